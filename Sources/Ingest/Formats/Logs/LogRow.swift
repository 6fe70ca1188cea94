import Model

/// One row of a log while it is being read: its fields by meaning, whatever they are called.
struct LogRow {
    private var values = [String?](repeating: nil, count: LogField.allCases.count)
    /// The name under which each value came.
    private var names = [String](repeating: "", count: LogField.allCases.count)
    private(set) var extras = JSONWriter()
    private var latencyUnit: Double?
    private var isCostInCents = false, isInputCostInCents = false
    /// True when the message of the row is known to report an error, as in the log of errors only.
    var isErrorsOnly = false
    /// Fields that look like a failure and are not understood, with what they say.
    private(set) var unclear: [(name: String, word: String)] = []

    /// Words that stand for an empty cell.
    private static let empty: Set<String> = ["", "null", "none", "nan", "n/a", "na", "-", "\\n", "nil", "undefined"]

    private static func isEmpty(_ text: String) -> Bool {
        guard let first = text.utf8.first else { return true }
        // Every word for nothing begins with one of these; most cells are done here.
        guard text.utf8.count < 10, [0x6E, 0x4E, 0x75, 0x55, 0x2D, 0x5C].contains(first) else { return false }
        return empty.contains(text.lowercased())
    }

    mutating func reset() {
        for index in values.indices { values[index] = nil }
        extras.removeAll()
        latencyUnit = nil
        (isCostInCents, isInputCostInCents) = (false, false)
        unclear.removeAll()
    }

    subscript(field: LogField) -> String? { values[field.rawValue] }

    /// True when nothing was added.
    var isBlank: Bool { extras.isEmpty && values.allSatisfy { $0 == nil } }

    /// The name under which a field came; "" when it did not.
    func names(_ field: LogField) -> String { values[field.rawValue] == nil ? "" : names[field.rawValue] }

    /// Forgets a field.
    mutating func clear(_ field: LogField) { values[field.rawValue] = nil }

    /// Sets a field that is not known yet.
    mutating func fill(_ field: LogField, _ text: String?, name: String? = nil) {
        guard let text, !LogRow.isEmpty(text), values[field.rawValue] == nil else { return }
        values[field.rawValue] = text
        names[field.rawValue] = name ?? "\(field)"
    }

    /// Adds a cell; an empty one is unknown. Of two columns for one field the first that is filled wins.
    mutating func add(_ meaning: LogName?, name: String, _ text: String) {
        if LogRow.isEmpty(text) { return }
        guard let meaning, let field = LogRow.field(meaning.field, of: text, has: self) else {
            if meaning == nil { noteUnknown(name, text) }
            return writeExtra(name) { $0.string(text) }
        }
        guard values[field.rawValue] == nil else { return writeExtra(name) { $0.string(text) } }
        switch field {
        case .latency: latencyUnit = meaning.nanoseconds
        case .cost, .outputCost: isCostInCents = meaning.isInCents
        case .inputCost: isInputCostInCents = meaning.isInCents
        default: break
        }
        values[field.rawValue] = text
        names[field.rawValue] = name
    }

    /// Adds a single value of a column that nobody knows, as it is.
    mutating func addUnknown(_ name: String, _ value: JSONSlice) {
        guard let text = value.text, !LogRow.isEmpty(text) else { return }
        noteUnknown(name, text)
        writeExtra(name) { $0.value(value) }
    }

    private mutating func noteUnknown(_ name: String, _ text: String) {
        guard LogWords.tellsOfFailure(name), LogWords.truth(text) != false, !LogWords.saysNoError(text) else { return }
        unclear.append((name, text))
    }

    /// What a column means in view of its value: a status is a number or a word, an error a text or a truth value.
    private static func field(_ field: LogField, of text: String, has row: LogRow) -> LogField? {
        switch field {
        case .httpStatus: return text.utf8.contains { $0 >= 0x41 } ? (row[.outcome] == nil ? .outcome : .kind) : field
        case .errorMessage:
            switch text.lowercased() {
            case "true", "false": return .failed
            default: return Double(text) == nil ? field : Int(text).map { (400...599).contains($0) } == true ? .httpStatus : nil
            }
        case .code: return Int(text).map { (100...599).contains($0) } == true ? .httpStatus : field
        case .exceptionType where text.lowercased() == "true": return .failed
        case .exceptionType where text.lowercased() == "false": return nil
        case .level: return Int64(text) == nil ? field : .levelNumber
        case .input, .output: return Double(text) == nil ? field : nil
        case .success, .failed: return LogWords.truth(text) == nil ? .outcome : field
        case .latency: return LogRow.length(text, unit: 1) == nil && row[.time] == nil ? .time : field
        default: return field
        }
    }

    /// Adds a value that is no single cell, for a column that nobody knows.
    mutating func addExtra(_ name: String, _ value: JSONSlice) {
        if !value.isVoid { writeExtra(name) { $0.value(value) } }
    }

    private mutating func writeExtra(_ name: String, _ write: (inout JSONWriter) -> Void) {
        if extras.isEmpty { extras.beginObject() }
        extras.key(name)
        write(&extras)
    }

    // MARK: values

    func number(_ field: LogField) -> Double? {
        self[field].flatMap { Double($0.first == "$" ? String($0.dropFirst()) : $0) }
            .flatMap { $0.isFinite && $0 >= 0 && $0 < 1e15 ? $0 : nil }
    }

    func count(_ field: LogField) -> Int64? {
        guard var text = self[field] else { return nil }
        return text.withUTF8 { JSONNumber.int($0) }.flatMap { $0 >= 0 && $0 < 1_000_000_000_000_000 ? $0 : nil }
    }

    func time(_ field: LogField) -> Timestamp? {
        guard var text = self[field] else { return nil }
        return text.withUTF8 { TimeValue.any($0) } ?? LogTime.whole(text)
    }

    var httpStatus: Int? { count(.httpStatus).flatMap { (100...599).contains($0) ? Int($0) : nil } }

    /// The latency; `isMilliseconds` says what numbers without a unit are counted in. Longer than thirty years is no latency.
    func latency(isMilliseconds: Bool) -> Duration? {
        guard let text = self[.latency],
            let nanoseconds = LogRow.length(text, unit: latencyUnit ?? (isMilliseconds ? 1e6 : 1e9))
        else { return nil }
        return nanoseconds >= 0 && nanoseconds < 1e18 ? .nanoseconds(Int64(nanoseconds.rounded())) : nil
    }

    /// Nanoseconds of a number in `unit`, or of a text with a unit of its own: `1.5s`, `340 ms`, `1m2.5s`, `0:00:48.2`.
    static func length(_ text: String, unit: Double) -> Double? {
        if let number = Double(text) { return number.isFinite ? number * unit : nil }
        let colons = text.split(separator: ":")
        if colons.count == 3 || colons.count == 2, colons.allSatisfy({ Double($0) != nil }) {
            return colons.reduce(0) { $0 * 60 + (Double($1) ?? 0) } * 1e9
        }
        var total = 0.0, rest = text[...]
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            let word = rest.dropFirst(digits.count).drop { $0 == " " }.prefix { $0.isLetter }
            guard let value = Double(digits), let scale = word == "h" ? 3600e9 : LogName.units[word.lowercased()] else {
                return nil
            }
            total += value * scale
            rest = rest[word.endIndex...].drop { $0 == " " }
        }
        return text.isEmpty ? nil : total
    }

    var cost: Money? {
        if let cost = number(.cost) { return Money(dollars: isCostInCents ? cost / 100 : cost) }
        guard self[.inputCost] != nil || self[.outputCost] != nil else { return nil }
        let input = (number(.inputCost) ?? 0) / (isInputCostInCents ? 100 : 1)
        return Money(dollars: input + (number(.outputCost) ?? 0) / (isCostInCents ? 100 : 1))
    }

    /// True when the name of the latency's column tells its unit.
    var hasLatencyUnit: Bool { self[.latency] != nil && latencyUnit != nil }

    // MARK: rest

    /// Keeps values that the record has no place for under the names they came with.
    mutating func returnToLeftovers(_ fields: [LogField]) {
        for field in fields {
            guard let text = self[field] else { continue }
            writeExtra(names[field.rawValue]) { $0.string(text) }
        }
    }

    /// Notes a column that is known to tell how the row ended, in words that are not.
    mutating func noteUnclear(_ field: LogField) {
        if let word = self[field] { unclear.append((names[field.rawValue], word)) }
    }

    /// What no field took, as the text of an object; nil when there is nothing.
    mutating func takeExtras() -> String? {
        guard !extras.isEmpty else { return nil }
        extras.endObject()
        return extras.text
    }

    /// True when any of these has a value.
    func hasAny(_ fields: [LogField]) -> Bool { fields.contains { self[$0] != nil } }

    /// True if the row records a call to a model.
    var hasCallMark: Bool { LogField.allCases.contains { $0.marksCall && self[$0] != nil } }
}
