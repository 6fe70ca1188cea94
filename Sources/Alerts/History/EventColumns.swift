import Model

/// Texts of label values as small integers: a column for each label, code 0 is "no value".
public struct LabelValues: Sendable {
    private var texts: [[String]] = Array(repeating: [""], count: Label.allCases.count)
    private var codes: [[String: Int32]] = Array(repeating: ["": 0], count: Label.allCases.count)

    /// Makes a dictionary that holds no value.
    public init() {}

    /// The code of a text, given out when the text is new; nil and "" are code 0.
    public mutating func code(of text: String?, for label: Label) -> Int32 {
        guard let text, !text.isEmpty else { return 0 }
        if let code = codes[label.rawValue][text] { return code }
        let code = Int32(texts[label.rawValue].count)
        codes[label.rawValue][text] = code
        texts[label.rawValue].append(text)
        return code
    }

    /// The text of a code; "" for 0.
    public func text(_ code: Int32, of label: Label) -> String { texts[label.rawValue][Int(code)] }

    /// The code of a text; nil when no value reads so.
    func existingCode(of text: String, for label: Label) -> Int32? { codes[label.rawValue][text] }
    /// How many codes there are, 0 included.
    func count(of label: Label) -> Int { texts[label.rawValue].count }
    /// Every text by its code.
    func texts(of label: Label) -> [String] { texts[label.rawValue] }
}

/// Weighted events in time order, with coded labels in columns.
public struct EventColumns: Sendable {
    /// The labels that have a column; the others are missing in every event.
    public let labels: [Label]
    /// Nanoseconds since 1970, ascending.
    public private(set) var times: [Int64] = []
    /// How many things happened at each time, at least 1; empty when it is 1 everywhere.
    public private(set) var weights: [Int64] = []
    /// For each label, the code of each event's value.
    public private(set) var codes: [[Int32]]

    /// Makes columns without events.
    public init(labels: [Label]) {
        self.labels = labels
        codes = labels.map { _ in [] }
    }

    /// Makes columns of equal length; `times` must ascend.
    public init(labels: [Label], times: [Int64], codes: [[Int32]], weights: [Int64] = []) {
        precondition(codes.count == labels.count, "one column of codes for each label")
        precondition(codes.allSatisfy { $0.count == times.count }, "columns have one length")
        precondition(weights.isEmpty || weights.count == times.count, "one weight for each event")
        precondition(zip(times, times.dropFirst()).allSatisfy(<=), "events come in time order")
        self.labels = labels
        self.times = times
        self.codes = codes
        self.weights = weights
    }

    /// How many events there are.
    public var count: Int { times.count }

    /// Adds an event that is not earlier than the last one; `codes` in the order of `labels`.
    public mutating func append(_ time: Timestamp, _ codes: some Sequence<Int32>, weight: Int64 = 1) {
        precondition(times.last.map { $0 <= time.nanoseconds } ?? true, "events come in time order")
        times.append(time.nanoseconds)
        var column = 0
        for code in codes {
            self.codes[column].append(code)
            column += 1
        }
        precondition(column == labels.count, "one code for each label")
        if weight != 1 && weights.isEmpty { weights = Array(repeating: 1, count: times.count - 1) }
        if weight != 1 || !weights.isEmpty { weights.append(weight) }
    }
}

/// Calls over time: each by itself, or counted by whole minutes.
public struct CallEvents: Sendable {
    /// How exact the times are.
    public enum Precision: Sendable {
        /// Each event has its own time.
        case exact
        /// Events lie on a minute's first instant, or anywhere after it and before the next minute.
        case minutes
    }

    public private(set) var columns: EventColumns
    public let precision: Precision
    private var afterFirstInstant: [(start: Int64, codes: [Int32], calls: Int64)] = []

    /// Takes calls with their own times.
    public init(exact columns: EventColumns) {
        self.columns = columns
        precision = .exact
    }

    /// Begins a table of whole minutes, to be filled by `append(minute:…)` and closed by `finish()`.
    public init(minutesBy labels: [Label]) {
        columns = EventColumns(labels: labels)
        precision = .minutes
    }

    /// Adds what a rollup knows of one minute and one combination of labels; minutes must ascend.
    ///
    /// - Parameters:
    ///   - minute: The minute's first instant.
    ///   - calls: All calls of the minute.
    ///   - callsOnStart: Those exactly on its first instant.
    ///   - codes: In the order of the labels.
    public mutating func append(minute: Timestamp, calls: Int64, callsOnStart: Int64, codes: [Int32]) {
        precondition(precision == .minutes, "minutes go into a table of minutes")
        if let last = afterFirstInstant.last, last.start < minute.nanoseconds { finish() }
        if callsOnStart > 0 { columns.append(minute, codes, weight: callsOnStart) }
        if calls > callsOnStart { afterFirstInstant.append((minute.nanoseconds, codes, calls - callsOnStart)) }
    }

    /// Takes in the rest of the last minute.
    public mutating func finish() {
        for (start, codes, calls) in afterFirstInstant {
            // Any instant inside the minute stands for all of them, on a grid and with windows of whole minutes.
            columns.append(Timestamp(nanoseconds: start &+ 59_999_999_999), codes, weight: calls)
        }
        afterFirstInstant.removeAll(keepingCapacity: true)
    }
}
