/// A strict parser of OpenMetrics text with counters only: any deviation from the standard is an error.
///
/// Source: https://github.com/OpenObservability/OpenMetrics, version 1.0.
public struct OpenMetricsReader {
    /// A line with a number.
    public struct Sample: Hashable, Sendable {
        /// The name with its suffix.
        public var name: String
        public var labels: [String: String]
        public var value: Int64
        /// Nanoseconds since 1970; nil without a time.
        public var time: Int64?
    }

    /// The error and its location.
    public struct Fault: Error, CustomStringConvertible {
        public var line: Int
        public var reason: String
        public var description: String { "line \(line): \(reason)" }
    }

    /// In file order.
    public private(set) var samples: [Sample] = []
    /// The families by name, without suffix, in file order.
    public private(set) var families: [String] = []
    private var lastKey: [[UInt8]]?
    private var lastSample: Sample?
    private var isTyped = false
    private var line = 0

    /// Parses a whole file.
    public init(_ text: String) throws(Fault) {
        guard text.utf8.last == 0x0A else { throw Fault(line: 0, reason: "the last line has no end") }
        let lines = text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).dropLast().map(Array.init)
        for (index, bytes) in lines.enumerated() {
            line = index + 1
            if bytes == Array("# EOF".utf8) {
                guard line == lines.count else { throw fault("something follows the end") }
                return
            }
            if bytes.first == UInt8(ascii: "#") {
                try read(meta: String(decoding: bytes, as: UTF8.self))
            } else {
                try read(bytes)
            }
        }
        throw fault("there is no end")
    }

    private func fault(_ reason: String) -> Fault { Fault(line: line, reason: reason) }

    private mutating func read(meta text: String) throws(Fault) {
        let words = text.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
        guard words.count == 4, words[0] == "#", !words[3].isEmpty else { throw fault("a comment") }
        switch words[1] {
        case "TYPE":
            guard words[3] == "counter", OpenMetricsReader.isName(words[2].utf8) else { throw fault("a type") }
            let name = String(words[2])
            guard !name.hasSuffix("_total"), families.last.map({ $0 + "_total" < name + "_total" }) ?? true else {
                throw fault("order of families")
            }
            families.append(name)
            (lastKey, lastSample, isTyped) = (nil, nil, true)
        case "HELP":
            guard isTyped, families.last == String(words[2]) else { throw fault("a help of nothing") }
            isTyped = false
        default: throw fault("a comment")
        }
    }

    private static func isName(_ bytes: some Collection<UInt8>) -> Bool {
        guard let first = bytes.first, !(0x30...0x39).contains(first) else { return false }
        return bytes.allSatisfy { (0x61...0x7A).contains($0 | 0x20) && $0 != 0x5F || (0x30...0x39).contains($0) || $0 == 0x5F }
    }

    private mutating func read(_ bytes: [UInt8]) throws(Fault) {
        guard let family = families.last else { throw fault("a sample without a type") }
        var at = bytes.firstIndex { $0 == UInt8(ascii: "{") || $0 == 0x20 } ?? bytes.count
        let name = String(decoding: bytes[..<at], as: UTF8.self)
        guard name == family + "_total" else { throw fault("a sample of another family") }
        var key: [[UInt8]] = [], labels: [String: String] = [:]
        if at < bytes.count, bytes[at] == UInt8(ascii: "{") {
            repeat {
                at += 1
                let (label, value) = try label(bytes, &at)
                let text = String(decoding: label, as: UTF8.self)
                guard key.count < 2 || key[key.count - 2].lexicographicallyPrecedes(label) else { throw fault("order of labels") }
                guard labels.updateValue(String(decoding: value, as: UTF8.self), forKey: text) == nil else {
                    throw fault("a label twice")
                }
                key += [label, value]
                guard at < bytes.count else { throw fault("labels without an end") }
            } while bytes[at] == UInt8(ascii: ",")
            guard bytes[at] == UInt8(ascii: "}") else { throw fault("labels without an end") }
            at += 1
        }
        guard at < bytes.count, bytes[at] == 0x20 else { throw fault("no blank before the number") }
        let numbers = bytes[(at + 1)...].split(separator: 0x20, omittingEmptySubsequences: false)
        guard numbers.count <= 2, let value = Int64(String(decoding: numbers[0], as: UTF8.self)), value >= 0 else {
            throw fault("no number")
        }
        let sample = Sample(
            name: name, labels: labels, value: value,
            time: try numbers.dropFirst().first.map { bytes throws(Fault) in try time(bytes) })
        if let lastKey, lastKey == key {
            // The same series again must be later, and not lower.
            guard let before = lastSample, let old = before.time, let new = sample.time, old < new, before.value <= value else {
                throw fault("a series twice")
            }
        } else if let lastKey {
            guard lastKey.lexicographicallyPrecedes(key, by: { $0.lexicographicallyPrecedes($1) }) else {
                throw fault("order of series")
            }
        }
        (lastKey, lastSample, isTyped) = (key, sample, false)
        samples.append(sample)
    }

    private func label(_ bytes: [UInt8], _ at: inout Int) throws(Fault) -> (name: [UInt8], value: [UInt8]) {
        guard let equals = bytes[at...].firstIndex(of: UInt8(ascii: "=")), OpenMetricsReader.isName(bytes[at..<equals]),
            equals + 1 < bytes.count, bytes[equals + 1] == UInt8(ascii: "\"")
        else { throw fault("no label") }
        let name = Array(bytes[at..<equals])
        var value: [UInt8] = []
        at = equals + 2
        while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
            if bytes[at] == UInt8(ascii: "\\") {
                at += 1
                guard at < bytes.count else { throw fault("half an escape") }
                switch bytes[at] {
                case UInt8(ascii: "n"): value.append(0x0A)
                case UInt8(ascii: "\\"), UInt8(ascii: "\""): value.append(bytes[at])
                default: throw fault("an escape that is none")
                }
            } else {
                value.append(bytes[at])
            }
            at += 1
        }
        guard at < bytes.count else { throw fault("a value without an end") }
        guard !value.isEmpty else { throw fault("an empty value") }
        at += 1
        return (name, value)
    }

    private func time(_ bytes: ArraySlice<UInt8>) throws(Fault) -> Int64 {
        let parts = String(decoding: bytes, as: UTF8.self).split(separator: ".", omittingEmptySubsequences: false)
        guard let whole = Int64(parts[0]), parts.count <= 2 else { throw fault("no time") }
        guard parts.count == 2 else { return whole * 1_000_000_000 }
        let digits = parts[1] + String(repeating: "0", count: max(0, 9 - parts[1].count))
        guard digits.utf8.count == 9, let rest = Int64(digits) else { throw fault("no time") }
        return whole * 1_000_000_000 + rest
    }
}
