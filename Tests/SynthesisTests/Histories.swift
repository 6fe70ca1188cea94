import Model
import Testing

@testable import Synthesis

/// Histories shared by several tests, generated once.
enum Histories {
    static let end = Timestamp(seconds: 1_795_269_900)  // 2026-11-21T14:05:00Z, a Saturday
    static let plan = HistoryPlan(calls: 30_000, days: 30, end: end)
    static let month = Array(History(plan))

    /// The calls of the month.
    static let calls = month.flatMap { $0.spans.filter(\.kind.isCall) }
    /// The failures of the month.
    static let failures = month.flatMap(\.failures)
}

/// FNV-1a over bytes, a digest without dependencies.
struct Digest {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    }

    /// The digest of a history: its lines, its truth, and what only the records hold.
    static func of(_ plan: HistoryPlan) -> UInt64 {
        var digest = Digest(), truth = TruthLines(plan), buffer: [UInt8] = []
        for trace in History(plan) {
            LangfuseLines.append(trace, to: &buffer)
            for line in truth.lines(of: trace) { buffer.append(contentsOf: line.utf8) }
            for span in trace.spans {
                buffer.append(contentsOf: "\(span.status) \(span.isBrokenStream) \(span.level ?? "-")".utf8)
            }
            digest.add(buffer)
            buffer.removeAll(keepingCapacity: true)
        }
        for line in truth.closingLines() { digest.add(line.utf8) }
        return digest.value
    }
}
