import Model

/// What the columns of a log are, by the names and values in many of its rows: no single row has them all.
struct LogColumns {
    private var fields: Set<LogField> = []
    /// What the names of columns mean that look like times or errors and are not known.
    private var unknownNames: [String] = []
    private var timeLike: String?
    private var habits = LogHabits()
    private var hasFailureWords = false
    private let isTimed: Bool
    private let isMapped = !ColumnMap.current.isEmpty
    private var requests: Set<String> = []

    /// Looks at objects; `isTimed` when their collector gives them a time.
    init(of records: [some Collection<UInt8>], isTimed: Bool = false) {
        self.isTimed = isTimed
        var object = LogObject()
        for record in records {
            var row = LogRow()
            Array(record).withUnsafeBufferPointer { bytes in
                var cursor = JSONCursor(bytes)
                try? object.read(&cursor, into: &row)
                noteNames(of: bytes)
            }
            note(row)
        }
        settle()
    }

    /// Looks at a header and the rows below it.
    init(header: [String], rows: [[String]]) {
        isTimed = false
        let meanings = header.map { LogName($0) }
        var object = LogObject()
        for cells in rows {
            var row = LogRow()
            for (index, cell) in cells.enumerated() where index < header.count {
                object.add(meanings[index], header[index], cell, to: &row)
                noteUnknown(header[index], meanings[index], cell)
            }
            object.addPostponed(to: &row)
            note(row)
        }
        // A column may be empty in all the rows that were looked at.
        fields.formUnion(meanings.compactMap { $0?.field })
        if header.contains("message"), rows.contains(where: { LogColumns.looksLikeLog($0) }) { fields.insert(.level) }
        settle()
    }

    /// True for a row of a collector's table, whose message is a program's line.
    private static func looksLikeLog(_ cells: [String]) -> Bool {
        cells.contains { cell in
            var cell = cell
            return cell.withUTF8 { LogLine($0, isTimed: false, follows: nil)?.isOfProgram == true }
        }
    }

    private mutating func noteNames(of record: UnsafeBufferPointer<UInt8>) {
        var cursor = JSONCursor(record)
        guard (try? cursor.skipValue()) != nil else { return }
        JSONSlice(start: record.baseAddress!, count: record.count).forEachMember { key, value in
            guard let text = value.text else { return }
            noteUnknown(key.text, LogName(key.text), text)
        }
    }

    private mutating func noteUnknown(_ name: String, _ meaning: LogName?, _ text: String) {
        guard meaning == nil else { return }
        if timeLike == nil, TimeText.parse(text) != nil { timeLike = name }
        if unknownNames.count < 20, !unknownNames.contains(name) { unknownNames.append(name) }
    }

    private var unitless: [Double] = []
    private var attempts = 0

    private mutating func note(_ row: LogRow) {
        for field in LogField.allCases where row[field] != nil { fields.insert(field) }
        if row[.time] != nil, row.time(.time) == nil { fields.remove(.time) }
        if let kind = row[.kind], LogWords.tellsOfFailure(kind) { hasFailureWords = true }
        if !row.hasLatencyUnit, let length = row.number(.latency) { unitless.append(length) }
        if row[.attempt] != nil { attempts += 1 }
        if let id = row[.requestID], row[.traceID] == nil {
            if !requests.insert(id).inserted { habits.joinsRequests = true }
        }
    }

    private mutating func settle() {
        habits.isErrorLog =
            fields.isDisjoint(with: [.level, .levelNumber, .logger])
            && (!fields.isDisjoint(with: [.errorType, .errorMessage, .provider]) || hasFailureWords
                || fields.contains(.model) && !fields.isDisjoint(with: [.httpStatus, .retries]))
        if attempts > 0 { habits.joinsRequests = habits.joinsRequests || fields.contains(.requestID) }
        // No call takes ten minutes; many whole numbers of some size are milliseconds.
        let whole = unitless.filter { $0 == $0.rounded() && $0 >= 50 }
        if let longest = unitless.max() {
            habits.countsMilliseconds = longest > 600 || whole.count * 2 > unitless.count && unitless.count > 1
        }
    }

    /// True when rows with such columns are a log: a time, and what only a log of calls, of errors or of a program has.
    var isLog: Bool {
        guard isTimed || fields.contains(.time) else { return false }
        if isMapped { return true }
        func any(_ some: LogField...) -> Bool { !fields.isDisjoint(with: some) }
        if any(.provider, .errorType) { return true }
        if fields.contains(.model) {
            return any(
                .httpStatus, .errorMessage, .retries, .level, .levelNumber, .inputTokens, .outputTokens, .totalTokens, .cost,
                .latency,
                .success,
                .failed, .outcome, .errorCode, .finishReason, .exceptionType, .output)
        }
        if any(.errorMessage, .errorCode, .exceptionType, .stack) {
            return any(
                .httpStatus, .level, .message, .kind, .name, .outcome, .success, .failed, .errorCode, .latency, .stack, .detail)
                || isTimed
        }
        if any(.level, .levelNumber) { return any(.message, .kind, .logger, .detail) }
        if hasFailureWords { return any(.message, .detail, .httpStatus) }
        return any(.success, .failed) && any(.latency, .name, .kind, .inputTokens, .totalTokens, .cost)
    }

    /// What the rows have in common.
    var learned: LogHabits { habits }

    /// The form of such a log.
    func form() -> SourceForm {
        let habits = habits
        return SourceForm(reader: { LogReader(habits) }, csvReader: { LogCSVReader(habits) })
    }

    /// True for `{"name": {"0": …, "1": …}, "status": {"0": …}}`, as pandas writes tables unless told otherwise.
    static func isByColumns(_ record: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let start = record.baseAddress else { return false }
        var columns = 0, others = 0
        JSONSlice(start: start, count: record.count).forEachMember { _, value in
            if value.isObject, value.member("0") != nil { columns += 1 } else { others += 1 }
        }
        return columns > 1 && others == 0
    }

    /// What to do about a source that is not read: what is missing for a log, and the mapping that gives it.
    var advice: String {
        let end = "; `help import` lists the formats"
        var found: [String] = [], mapping: [String] = []
        if fields.contains(.time) || isTimed {
            found.append("a time")
        } else {
            mapping.append("time=\(timeLike ?? "COLUMN")")
        }
        for (field, word) in [(LogField.model, "a model"), (.level, "a level"), (.message, "a message"), (.latency, "a latency")]
        where fields.contains(field) {
            found.append(word)
        }
        if fields.isDisjoint(with: [.errorMessage, .errorType, .httpStatus, .outcome, .success, .failed]) {
            let near = unknownNames.first {
                $0.lowercased().contains("err") || $0.lowercased().contains("fail") || $0.lowercased().contains("stat")
            }
            mapping.append("error=\(near ?? "COLUMN")")
        }
        if fields.isDisjoint(with: [.model, .provider]) {
            mapping.append("model=\(unknownNames.first { $0.lowercased().contains("model") } ?? "COLUMN")")
        }
        let has = found.isEmpty ? "" : " (\(found.joined(separator: ", ")) found)"
        let map = mapping.isEmpty ? "model=COLUMN,error=COLUMN" : mapping.joined(separator: ",")
        return "Nearest is a log of calls or errors\(has): `import --map \(FormatSniffer.safe(map)) FILE` reads it as one\(end)"
    }
}
