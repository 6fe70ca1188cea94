import Model
import Testing
import TestSupport

@testable import Importing
@testable import LocalStore
@testable import SQLite

/// Small copies of what real client libraries wrote, with what was injected: the failures are found, and no others, and typed.
@Suite("Accuracy over files of real libraries")
struct AccuracyTests {
    /// One call of the truth.
    struct Call {
        var trace: String, parent: String
        /// The spans of its attempts, the last one last.
        var spans: [String]
        /// Types that are right; empty for a call that ended well.
        var types: Set<String>
    }

    /// An error fact of a span or of a lone event.
    struct Found: Hashable {
        var trace: String, span: String, isCall: Bool, kind: Int64, type: String
    }

    static let files = [
        "support-bot.otlp.jsonl.gz", "research-desk.otlp.jsonl.gz", "code-reviewer.otlp.jsonl.gz", "batch-gateway.otlp.jsonl.gz",
        "llm-proxy.otlp.jsonl.gz", "shop-assistant.otlp.jsonl.gz", "code-reviewer.console.json.gz",
        "shop-assistant.observations.jsonl.gz", "helpdesk.ingestion.jsonl.gz", "batch-gateway.payload.jsonl.gz",
        "llm-proxy.payload.jsonl.gz",
    ]

    private let folder = TemporaryFolder()

    private static func normal(_ id: some StringProtocol) -> String { id.lowercased().filter { $0 != "-" } }

    private static func truth(of file: String) -> [Call] {
        Fixtures.text("accuracy/truth.tsv").split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard cells.count == 5, cells[0] == file else { return nil }
            var types = Set(cells[4] == "-" ? [] : cells[4].split(separator: ",").map(String.init))
            // The truth's words have no `permission`: it is authentication there.
            if types.contains("authentication") { types.insert("permission") }
            return Call(
                trace: normal(cells[1]), parent: normal(cells[2]), spans: cells[3].split(separator: ",").map(normal), types: types
            )
        }
    }

    @Test("failed calls are found, none that ended well is, and their types are right", arguments: files)
    func calls(of file: String) throws {
        let path = folder.file("store.db")
        let store = try Store.open(path: path, create: true)
        let report = try Importer(store).importFile(Fixtures.path("accuracy/" + file), now: Timestamp(seconds: 1_763_800_000))
        #expect(report.problemCount == 0)
        let connection = try Connection(path: path, mode: .readOnly)
        let (found, parents) = try (AccuracyTests.errors(connection), AccuracyTests.parents(connection))
        let truth = AccuracyTests.truth(of: file)
        let isCallOfTruth = Set(truth.flatMap(\.spans))
        #expect(truth.count(where: { !$0.types.isEmpty }) >= 3 && truth.contains { $0.types.isEmpty })

        var missed: [String] = [], mistyped: [String] = [], used: Set<String> = []
        for call in truth where !call.types.isEmpty {
            // The call's own record, else the failure of what it stands in.
            var places = call.spans.filter { found[$0] != nil }
            var above = parents[call.spans.last ?? ""] ?? call.parent
            while places.isEmpty, !above.isEmpty {
                if found[above] != nil { places = [above] }
                above = parents[above] ?? ""
            }
            used.formUnion(places)
            guard let last = places.last, let error = found[last] else {
                missed.append("\(call.spans)")
                continue
            }
            if !call.types.contains(error.type) { mistyped.append("\(error.type), not \(call.types.sorted()): \(call.spans)") }
        }
        #expect(missed == [])
        #expect(mistyped == [])
        // A call that the truth says ended well may have failed attempts before its last one; its last one did not fail.
        let wrong = truth.filter { $0.types.isEmpty }.compactMap(\.spans.last).filter { found[$0]?.isCall == true }
        #expect(wrong == [])
        let strangers = found.values.filter { $0.isCall && !isCallOfTruth.contains($0.span) && !used.contains($0.span) }
        #expect(strangers == [])
    }

    @Test("the failures in a log of LiteLLM are found once each")
    func log() throws {
        let path = folder.file("store.db")
        let store = try Store.open(path: path, create: true)
        _ = try Importer(store).importFile(
            Fixtures.path("accuracy/batch-gateway.json_logs.log.gz"), now: Timestamp(seconds: 1_763_800_000))
        let connection = try Connection(path: path, mode: .readOnly)
        let types = try AccuracyTests.errors(connection).values.map(\.type)
        #expect(types.count == 11)
        #expect(!types.contains("unknown"))
    }

    /// The errors that count by default, by their span or event.
    private static func errors(_ connection: Connection) throws -> [String: Found] {
        let read = try connection.statement(
            """
            SELECT e.scope, e.type, coalesce(t.trace_id, ''), coalesce(s.span_id, v.event_id, ''), coalesce(s.kind, 12)
            FROM err e LEFT JOIN trace t ON t.id = e.trace LEFT JOIN span s ON e.scope < 2 AND s.id = e.id
            LEFT JOIN event v ON e.scope = 2 AND v.id = e.id WHERE e.evidence & \(Evidence.default.rawValue) != 0
            """)
        defer { read.reset() }
        var found: [String: Found] = [:]
        while try read.step() {
            let span = normal(read.text(3) ?? "")
            found[span] = Found(
                trace: normal(read.text(2) ?? ""), span: span, isCall: read.integer(0) == 0, kind: read.integer(4),
                type: ErrorType(rawValue: Int(read.integer(1)))?.name ?? "")
        }
        return found
    }

    private static func parents(_ connection: Connection) throws -> [String: String] {
        let read = try connection.statement("SELECT span_id, parent_id FROM span")
        defer { read.reset() }
        var parents: [String: String] = [:]
        while try read.step() { parents[normal(read.text(0) ?? "")] = normal(read.text(1) ?? "") }
        return parents
    }
}
