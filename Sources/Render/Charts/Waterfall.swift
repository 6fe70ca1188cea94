import Model

/// One span of a waterfall, in the order of the tree: parents before children, siblings by start.
public struct WaterfallRow: Sendable, Hashable {
    /// How the span ended.
    public enum Mark: Sendable, Hashable {
        /// The error arose here.
        case failed
        /// Failed because a span below it failed.
        case propagated
        case succeeded
        /// Not ended when last seen.
        case unfinished
        /// The source does not say.
        case unknown
    }

    /// Something that happened at one instant of the span.
    public struct Event: Sendable, Hashable {
        /// When it happened; nil when unknown.
        public var time: Timestamp?
        /// What happened; shown under the span. Empty leaves only the mark.
        public var text: String

        /// Makes an event.
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
    /// True for a call of a model, which is drawn heavier than the spans around it.
    public var isCall: Bool
    public var start: Timestamp?, end: Timestamp?
    /// How the span ended.
    public var mark: Mark
    /// The error's type and message, such as `rate_limit: 429 Too many requests`; shown under the span.
    public var error: String?
    /// What the span repeats or replaces, such as `retry of chat gpt-4o, attempt 2`; shown after `↻`.
    public var lineage: String?
    /// What happened in the span, by time.
    public var events: [Event]
    /// True for the span that the trace was asked for by, which is marked.
    public var isAsked: Bool

    /// Makes a row; what is left out is not known.
    public init(
        depth: Int, title: String, detail: String = "", isCall: Bool = false, start: Timestamp? = nil, end: Timestamp? = nil,
        mark: Mark = .unknown, error: String? = nil, lineage: String? = nil, events: [Event] = [],
        isAsked: Bool = false
    ) {
        self.depth = depth
        self.title = title
        self.detail = detail
        self.isCall = isCall
        self.start = start
        self.end = end
        self.mark = mark
        self.error = error
        self.lineage = lineage
        self.events = events
        self.isAsked = isAsked
    }
}

/// The spans of a trace as a tree beside their bars in time, with errors, retries and events under them.
public struct Waterfall: Chart {
    /// The spans in the order of the tree.
    public var rows: [WaterfallRow]
    /// The most spans drawn; failed spans and what encloses them come before others.
    public var mostRows: Int
    /// What the marked spans are, such as `row 3 of $2`; nil when none is marked.
    public var asked: String?

    /// The mark of the span that was asked for.
    public static func askedMark(_ style: Style) -> String { style.marks.asked }

    /// Makes a waterfall of at most 200 spans unless said otherwise.
    public init(_ rows: [WaterfallRow], mostRows: Int = 200) {
        self.rows = rows
        self.mostRows = max(1, mostRows)
    }

    /// What the picture shows, in one sentence.
    public func sentence(_ style: Style) -> String {
        let text = ValueText(style)
        func number(_ n: Int, _ word: String) -> String { "\(DecimalText.grouped(Int64(n))) \(word.counted(Int64(n)))" }
        guard !rows.isEmpty else { return "No spans." }
        var parts = [number(rows.count, "spans")]
        let window = WaterfallWindow(rows)
        parts[0] += window.map { " over " + text.duration(.nanoseconds($0.lengthInNanoseconds)) } ?? ", none with times"
        let failed = rows.filter { $0.mark == .failed }
        let propagated = rows.filter { $0.mark == .propagated }.count
        let unfinished = rows.filter { $0.mark == .unfinished }.count
        parts.append(failed.isEmpty ? "none failed" : "\(DecimalText.grouped(Int64(failed.count))) failed")
        if propagated > 0 { parts.append("\(DecimalText.grouped(Int64(propagated))) by propagation") }
        if unfinished > 0 { parts.append("\(DecimalText.grouped(Int64(unfinished))) unfinished") }
        let again = rows.filter { $0.lineage != nil }.count
        if again > 0 { parts.append("\(DecimalText.grouped(Int64(again))) retried or replaced another") }
        var sentence = parts.joined(separator: ", ")
        if let first = failed.first {
            sentence += "; first failure: " + style.safe(first.title, columns: 60)
            if let start = first.start, let window { sentence += " at +" + text.duration(start - window.from) }
        }
        return sentence + "."
    }

    /// The picture, without the sentence.
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

    /// The rows that are drawn, ascending: what was asked for and failed ones with what encloses them, then the others in order, up to the
    /// limit.
    func chosen() -> [Int] {
        if rows.count <= mostRows { return Array(rows.indices) }
        var isChosen = [Bool](repeating: false, count: rows.count), count = 0
        func choose(_ index: Int) {
            if !isChosen[index] && count < mostRows {
                isChosen[index] = true
                count += 1
            }
        }
        /// Rows of a kind with what encloses them.
        func choose(where isWanted: (WaterfallRow) -> Bool) {
            // Ancestors of the row at hand: the last row seen at each smaller depth.
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
        choose(where: \.isAsked)
        choose { $0.mark == .failed }
        for index in rows.indices { choose(index) }
        return rows.indices.filter { isChosen[$0] }
    }
}

/// The stretch of time that the spans of a waterfall fill.
struct WaterfallWindow {
    let from: Timestamp
    let to: Timestamp

    /// Nil when no span has a time.
    init?(_ rows: [WaterfallRow]) {
        let times = rows.flatMap { [$0.start, $0.end] }.compactMap { $0 }
        guard let from = times.min(), let to = times.max() else { return nil }
        self.from = from
        self.to = to
    }

    /// The length; at most 292 years, whatever the data says.
    var lengthInNanoseconds: Int64 {
        let (length, overflow) = to.nanoseconds.subtractingReportingOverflow(from.nanoseconds)
        return overflow ? .max : length
    }

    /// Where `instant` lies between `from` and `to`: 0...1.
    func place(_ instant: Timestamp) -> Double {
        guard to > from else { return 0 }
        let from = Double(from.nanoseconds)
        return min(1, max(0, (Double(instant.nanoseconds) - from) / (Double(to.nanoseconds) - from)))
    }
}
