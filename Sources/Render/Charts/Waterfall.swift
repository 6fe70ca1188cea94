import Model

/// One span of a waterfall, in tree order: parents before children, siblings by start.
public struct WaterfallRow: Sendable, Hashable {
    /// The outcome of a span.
    public enum Mark: Sendable, Hashable {
        /// The error occurred here.
        case failed
        /// Failed because a descendant failed.
        case propagated
        case succeeded
        /// Had not ended when last seen.
        case unfinished
        /// The source does not say.
        case unknown
    }

    /// An event of the span.
    public struct Event: Sendable, Hashable {
        /// The time of the event; nil when unknown.
        public var time: Timestamp?
        /// The text below the span; empty draws only the mark.
        public var text: String

        /// Creates an event.
        public init(_ time: Timestamp?, _ text: String) {
            self.time = time
            self.text = text
        }
    }

    /// 0 for a root.
    public var depth: Int
    /// The span's name.
    public var title: String
    /// Kind and model, such as `llm gpt-4o`; empty when neither is known.
    public var detail: String
    /// True for a model call, drawn heavier than the spans around it.
    public var isCall: Bool
    public var start: Timestamp?, end: Timestamp?
    /// The latency; nil when only the times are known.
    public var latency: Duration?
    /// The outcome.
    public var mark: Mark
    /// The error's type and message, such as `rate_limit: 429 Too many requests`; shown in full below the span.
    public var error: String?
    /// The span that this one repeats or replaces, such as `retry of chat gpt-4o, attempt 2`; shown after `↻`.
    public var lineage: String?
    /// The span's events, by time.
    public var events: [Event]
    /// True for the requested span, which is marked.
    public var isRequested: Bool

    /// Creates a row; omitted properties are unknown.
    public init(
        depth: Int, title: String, detail: String = "", isCall: Bool = false, start: Timestamp? = nil, end: Timestamp? = nil,
        latency: Duration? = nil, mark: Mark = .unknown, error: String? = nil, lineage: String? = nil, events: [Event] = [],
        isRequested: Bool = false
    ) {
        self.depth = depth
        self.title = title
        self.detail = detail
        self.isCall = isCall
        self.start = start
        self.end = end
        self.latency = latency
        self.mark = mark
        self.error = error
        self.lineage = lineage
        self.events = events
        self.isRequested = isRequested
    }
}

/// A trace as a tree of spans beside their bars in time, with errors, retries and events below the spans.
public struct Waterfall: Chart {
    /// The spans in tree order.
    public var rows: [WaterfallRow]
    /// Maximum number of spans drawn; failed spans and their ancestors come first.
    public var mostRows: Int
    /// What the marked spans are, such as `row 3 of $2`; nil when none is marked.
    public var requested: String?

    /// Returns the mark of the requested span.
    public static func requestedMark(_ style: Style) -> String { style.marks.requested }

    /// Creates a waterfall of at most 200 spans by default.
    public init(_ rows: [WaterfallRow], mostRows: Int = 200) {
        self.rows = rows
        self.mostRows = max(1, mostRows)
    }

    /// The chart's summary in one sentence.
    public func summary(_ style: Style) -> String {
        let text = ValueText(style)
        func number(_ n: Int, _ word: String) -> String { "\(DecimalText.grouped(Int64(n))) \(word.counted(Int64(n)))" }
        guard !rows.isEmpty else { return "No spans." }
        var parts = [number(rows.count, "spans")]
        let window = WaterfallWindow(rows)
        parts[0] += window.map { " over " + text.duration(.nanoseconds($0.lengthInNanoseconds)) } ?? ", no times"
        let failed = rows.filter { $0.mark == .failed }
        let propagated = rows.filter { $0.mark == .propagated }.count
        let unfinished = rows.filter { $0.mark == .unfinished }.count
        parts.append(failed.isEmpty ? "none failed" : "\(DecimalText.grouped(Int64(failed.count))) failed")
        if propagated > 0 { parts.append("\(DecimalText.grouped(Int64(propagated))) propagated") }
        if unfinished > 0 { parts.append("\(DecimalText.grouped(Int64(unfinished))) unfinished") }
        let again = rows.filter { $0.lineage != nil }.count
        if again > 0 { parts.append(again == 1 ? "1 retry or fallback" : "\(number(again, "retries")) or fallbacks") }
        var sentence = parts.joined(separator: ", ")
        if let first = failed.first {
            sentence += "; first failure: " + style.safe(first.title, columns: 60)
            if let start = first.start, let window { sentence += " at +" + text.duration(start - window.from) }
        }
        return sentence + "."
    }

    /// The drawing, without the summary.
    public func picture(_ style: Style) -> [String] {
        guard style.widthInColumns > 0, !rows.isEmpty else { return [] }
        let plan = WaterfallPlan(self, style)
        var lines: [Line] = plan.axisLine.map { [$0] } ?? []
        var next = 0
        for index in plan.shown {
            if index > next { lines.append(plan.skippedLine(next..<index)) }
            lines += plan.lines(index)
            next = index + 1
        }
        if next < rows.count { lines.append(plan.skippedLine(next..<rows.count)) }
        if plan.shown.count < rows.count {
            lines.append(
                Line(
                    "\(DecimalText.grouped(Int64(plan.shown.count))) of \(DecimalText.grouped(Int64(rows.count))) spans shown",
                    .dim))
        }
        lines += plan.legendLines
        return lines.texts(style)
    }

    /// Returns the indices of the rows drawn, ascending: requested and failed spans with their ancestors, then the others in
    /// order, up to the limit.
    func chosen() -> [Int] {
        if rows.count <= mostRows { return Array(rows.indices) }
        var isChosen = [Bool](repeating: false, count: rows.count), count = 0
        func choose(_ index: Int) {
            if !isChosen[index] && count < mostRows {
                isChosen[index] = true
                count += 1
            }
        }
        /// Adds the rows that satisfy a predicate, with their ancestors.
        func choose(where isWanted: (WaterfallRow) -> Bool) {
            // Ancestors of the current row: the last row at each smaller depth.
            var path: [Int] = []
            for (index, row) in rows.enumerated() {
                while let last = path.last, rows[last].depth >= row.depth { path.removeLast() }
                if isWanted(row) {
                    for ancestor in path.suffix(32) { choose(ancestor) }
                    choose(index)
                }
                path.append(index)
            }
        }
        choose(0)
        choose(where: \.isRequested)
        choose { $0.mark == .failed }
        for index in rows.indices { choose(index) }
        return rows.indices.filter { isChosen[$0] }
    }
}

/// The time interval that the spans of a waterfall cover.
struct WaterfallWindow {
    let from: Timestamp
    let to: Timestamp

    /// Returns nil when no span has a time.
    init?(_ rows: [WaterfallRow]) {
        let times = rows.flatMap { [$0.start, $0.end] }.compactMap { $0 }
        guard let from = times.min(), let to = times.max() else { return nil }
        self.from = from
        self.to = to
    }

    /// The length in nanoseconds; at most 292 years, whatever the data says.
    var lengthInNanoseconds: Int64 {
        let (length, overflow) = to.nanoseconds.subtractingReportingOverflow(from.nanoseconds)
        return overflow ? .max : length
    }

    /// Returns the position of `instant` in the interval: 0...1.
    func place(_ instant: Timestamp) -> Double {
        guard to > from else { return 0 }
        let from = Double(from.nanoseconds)
        return min(1, max(0, (Double(instant.nanoseconds) - from) / (Double(to.nanoseconds) - from)))
    }
}
