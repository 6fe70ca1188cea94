import Model

/// A dictionary of label values: each label's texts are numbered from 1; code 0 means "no value".
public struct LabelValues: Sendable {
    private var texts: [[String]] = Array(repeating: [""], count: Label.allCases.count)
    private var codes: [[String: Int32]] = Array(repeating: ["": 0], count: Label.allCases.count)

    /// Creates an empty dictionary.
    public init() {}

    /// Returns the code of a text, assigning one if the text is new; nil and "" are code 0.
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

    /// The code of a text; nil if the label has no such value.
    func existingCode(of text: String, for label: Label) -> Int32? { codes[label.rawValue][text] }
    /// The number of codes, including 0.
    func count(of label: Label) -> Int { texts[label.rawValue].count }
    /// All texts of a label, indexed by code.
    func texts(of label: Label) -> [String] { texts[label.rawValue] }
}

/// Weighted events in time order, one column of codes per label.
public struct EventColumns: Sendable {
    /// The labels that have a column; every other label is missing on all events.
    public let labels: [Label]
    /// Event times in nanoseconds since 1970, ascending.
    public private(set) var times: [Int64] = []
    /// The number of occurrences behind each event, at least 1; empty when all are 1.
    public private(set) var weights: [Int64] = []
    /// For each label, the value code of each event.
    public private(set) var codes: [[Int32]]

    /// Creates columns without events.
    public init(labels: [Label]) {
        self.labels = labels
        codes = labels.map { _ in [] }
    }

    /// Creates columns of equal length; `times` must ascend.
    public init(labels: [Label], times: [Int64], codes: [[Int32]], weights: [Int64] = []) {
        precondition(codes.count == labels.count, "one column of codes for each label")
        precondition(codes.allSatisfy { $0.count == times.count }, "columns have equal lengths")
        precondition(weights.isEmpty || weights.count == times.count, "one weight for each event")
        precondition(zip(times, times.dropFirst()).allSatisfy(<=), "events are in time order")
        self.labels = labels
        self.times = times
        self.codes = codes
        self.weights = weights
    }

    /// The number of events.
    public var count: Int { times.count }

    /// Appends an event no earlier than the last one; `codes` are in the order of `labels`.
    public mutating func append(_ time: Timestamp, _ codes: some Sequence<Int32>, weight: Int64 = 1) {
        precondition(times.last.map { $0 <= time.nanoseconds } ?? true, "events are in time order")
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

/// Calls over time: one event per call, or counts per minute.
public struct CallEvents: Sendable {
    /// The precision of the event times.
    public enum Precision: Sendable {
        /// Each event has its own time.
        case exact
        /// An event lies exactly on the start of its minute, or at an unknown time within that minute.
        case minutes
    }

    public private(set) var columns: EventColumns
    public let precision: Precision
    private var afterFirstInstant: [(start: Int64, codes: [Int32], calls: Int64)] = []

    /// Creates events from calls that have their own times.
    public init(exact columns: EventColumns) {
        self.columns = columns
        precision = .exact
    }

    /// Starts a table of per-minute counts; fill it with `append(minute:…)` and close it with `finish()`.
    public init(minutesBy labels: [Label]) {
        columns = EventColumns(labels: labels)
        precision = .minutes
    }

    /// Appends a rollup's counts for one minute and one combination of labels; minutes must ascend.
    ///
    /// - Parameters:
    ///   - minute: The start of the minute.
    ///   - calls: All calls in the minute.
    ///   - callsOnStart: The calls exactly at the start of the minute.
    ///   - codes: The label codes, in the order of the labels.
    public mutating func append(minute: Timestamp, calls: Int64, callsOnStart: Int64, codes: [Int32]) {
        precondition(precision == .minutes, "only a per-minute table accepts minutes")
        if let last = afterFirstInstant.last, last.start < minute.nanoseconds { finish() }
        if callsOnStart > 0 { columns.append(minute, codes, weight: callsOnStart) }
        if calls > callsOnStart { afterFirstInstant.append((minute.nanoseconds, codes, calls - callsOnStart)) }
    }

    /// Appends the pending counts of the last minute.
    public mutating func finish() {
        for (start, codes, calls) in afterFirstInstant {
            // On a grid and with windows of whole minutes, any instant within the minute gives the same counts.
            columns.append(Timestamp(nanoseconds: start &+ 59_999_999_999), codes, weight: calls)
        }
        afterFirstInstant.removeAll(keepingCapacity: true)
    }
}
