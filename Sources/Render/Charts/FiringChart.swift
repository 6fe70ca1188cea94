import Model

/// The measure of an alert rule over time with its threshold and, below, when each series was pending and firing.
public struct FiringChart: Chart {
    /// The state of a series at one evaluation.
    public enum State: Sendable, Hashable {
        /// The condition is false, or cannot be evaluated.
        case inactive
        /// The condition is true, but not yet for long enough.
        case pending
        /// The condition has been true for long enough.
        case firing
        /// The measure has no value, so nothing can fire.
        case noValue
    }

    /// One series of the rule: a group of its `by`, or all rows.
    public struct Series: Sendable, Hashable {
        /// The group's key values; "" for a rule without groups.
        public var name: String
        /// The measure at each evaluation; nil for no value.
        public var values: [Double?]
        /// The state at each evaluation; inactive past the end of the array.
        public var states: [State]

        /// Creates a series.
        public init(_ name: String, values: [Double?], states: [State]) {
            self.name = name
            self.values = values
            self.states = states
        }
    }

    /// Totals over all evaluations and firings, for a chart that shows only part of them.
    public struct Totals: Sendable, Hashable {
        /// One firing of a series.
        public struct Firing: Sendable, Hashable {
            /// The key values of the series.
            public var series: String
            /// From the start to the end of the firing, or to the last evaluation.
            public var window: Window
            /// True while the alert is still firing.
            public var isOpen: Bool

            /// Creates a firing.
            public init(_ series: String, _ window: Window, isOpen: Bool) {
                self.series = series
                self.window = window
                self.isOpen = isOpen
            }
        }

        public var evaluations: Int
        /// The evaluation interval, as spelled.
        public var step: String
        public var firings: [Firing]

        /// Creates totals.
        public init(evaluations: Int, step: String, firings: [Firing]) {
            self.evaluations = evaluations
            self.step = step
            self.firings = firings
        }
    }

    /// The evaluations, each the start of a bucket one interval long.
    public var axis: TimeAxis
    /// The series, most important first.
    public var series: [Series]
    /// The threshold of the condition; nil draws none.
    public var threshold: LineChart.Threshold?
    /// The type of the values.
    public var type: ValueType
    /// The measure, such as `count over 15m`.
    public var name: String
    /// Height in rows of the plot, without the strips of states.
    public var heightInRows: Int
    /// Totals for the summary when the chart shows only a part; nil when it shows everything.
    public var totals: Totals?

    /// Maximum number of strips.
    public static let mostStrips = 12

    /// Creates a chart, ten rows high by default.
    public init(
        axis: TimeAxis, series: [Series], threshold: LineChart.Threshold? = nil, type: ValueType, name: String,
        heightInRows: Int = 10
    ) {
        self.axis = axis
        self.series = series
        self.threshold = threshold
        self.type = type
        self.name = name
        self.heightInRows = heightInRows
    }

    /// The chart's summary in one sentence.
    public func summary(_ style: Style) -> String {
        let text = ValueText(style)
        let firings = series.flatMap { series in runs(series).map { (series, $0) } }
        var parts: [String] = []
        if let totals {
            parts += firingParts(totals, text, style)
        } else if firings.isEmpty {
            parts.append("never fires")
        } else {
            let fired = Int64(Set(firings.map(\.0)).count), count = Int64(firings.count)
            var words = "\(DecimalText.grouped(count)) \("firings".counted(count))"
            if series.count > 1 { words += " of \(DecimalText.grouped(fired)) series" }
            parts.append(words)
            let lengths = firings.map { length($0.1) }
            parts.append("\(text.duration(lengths.reduce(.zero, +))) in total")
            if let longest = lengths.indices.max(by: { lengths[$0] < lengths[$1] }), count > 1 {
                let name = firings[longest].0.name
                let of = series.count > 1 && !name.isEmpty ? " of \(style.safe(name, columns: 60))" : ""
                let place = AxisPhrases.place(firings[longest].1.lowerBound, axis, style)
                parts.append(
                    "longest \(text.duration(lengths[longest]))\(of) from \(place.hasPrefix("at ") ? String(place.dropFirst(3)) : place)"
                )
            }
            let open = firings.filter { $0.1.upperBound == axis.starts.count }.count
            if open > 0 { parts.append("\(DecimalText.grouped(Int64(open))) still firing at the end") }
        }
        let known = series.flatMap { series in series.values.enumerated().compactMap { index, value in value.map { (index, $0) } }
        }
        .filter { $0.1.isFinite && axis.starts.indices.contains($0.0) }
        if let peak = known.max(by: { $0.1 < $1.1 }) {
            parts.append("highest \(text.magnitude(peak.1, type, of: name)) \(AxisPhrases.place(peak.0, axis, style))")
        }
        if let threshold { parts.append("threshold \(style.safe(threshold.label, columns: 60))") }
        let count = Int64(totals?.evaluations ?? axis.starts.count)
        let evaluations =
            "\(DecimalText.grouped(count)) \("evaluations".counted(count)) every \(style.safe(totals?.step ?? axis.width))"
        return "\(style.safe(name)), \(evaluations): \(parts.joined(separator: ", "))."
    }

    /// The part of the summary about all firings.
    private func firingParts(_ totals: Totals, _ text: ValueText, _ style: Style) -> [String] {
        guard !totals.firings.isEmpty else { return ["never fires"] }
        let fired = Int64(Set(totals.firings.map(\.series)).count), count = Int64(totals.firings.count)
        var words = "\(DecimalText.grouped(count)) \("firings".counted(count))"
        if fired > 1 || series.count > 1 { words += " of \(DecimalText.grouped(fired)) series" }
        let lengths = totals.firings.map { $0.window.to - $0.window.from }
        var parts = [words, "\(text.duration(lengths.reduce(.zero, +))) in total"]
        if let longest = lengths.indices.max(by: { lengths[$0] < lengths[$1] }), count > 1 {
            let firing = totals.firings[longest]
            let of = fired > 1 && !firing.series.isEmpty ? " of \(style.safe(firing.series, columns: 60))" : ""
            parts.append("longest \(text.duration(lengths[longest]))\(of) from \(text.time(firing.window.from))")
        }
        let open = Int64(totals.firings.count(where: \.isOpen))
        if open > 0 { parts.append("\(DecimalText.grouped(open)) still firing at the end") }
        return parts
    }

    /// The drawing, without the summary.
    public func picture(_ style: Style) -> [String] {
        let marks = style.marks
        let strips = series.prefix(FiringChart.mostStrips)
        let isMany = min(series.count, LineChart.mostLines) > 1
        // The glyph of a series' line names its strip as well.
        let labels = strips.enumerated().map { index, series -> String in
            let name = series.name.isEmpty ? "state" : style.safe(series.name, columns: 60)
            return isMany && index < LineChart.mostLines ? marks.points[index % marks.points.count] + " " + name : name
        }
        let widest = labels.map { DisplayWidth.of($0) }.max() ?? 0
        let label = min(widest, max(0, style.widthInColumns / 4))
        let lines = LineChart(
            axis: axis, series: series.map { LineChart.Series($0.name, $0.values) }, type: type, name: name, addsUp: false,
            thresholds: threshold.map { [$0] } ?? [], heightInRows: heightInRows)
        guard let frame = lines.frame(style, leastLabel: label) else { return [] }
        var drawn = lines.drawn(frame, style)
        for (place, series) in strips.enumerated() {
            let name = DisplayWidth.cut(labels[place], to: frame.gutter - 2, mark: marks.ellipsis)
            var line = Line(DisplayWidth.pad(name, to: frame.gutter - 2, right: true) + " ")
            line.append(marks.axisSide, .dim)
            for (index, group) in frame.layout.groups.enumerated() {
                let (glyph, role) = mark(group.map { state(series, $0) }, marks)
                let next = index + 1 < frame.layout.groups.count ? frame.layout.stride : frame.layout.bar
                line.append(String(repeating: glyph, count: next), role)
            }
            drawn.append(line)
        }
        if series.count > strips.count {
            drawn.append(Line("\(DecimalText.grouped(Int64(series.count - strips.count))) more series not drawn", .dim))
        }
        var legend = legend(strips, marks)
        let each = frame.layout.bucketsPerColumn
        if each > 1 {
            legend.append(
                "each column shows maximum and worst state of \(DecimalText.grouped(Int64(each))) evaluations")
        }
        drawn += .legend(legend, style)
        return drawn.texts(style)
    }

    private func state(_ series: Series, _ index: Int) -> State { index < series.states.count ? series.states[index] : .inactive }

    /// Returns the mark for a column that covers several evaluations: firing wins, so that none is lost.
    private func mark(_ states: [State], _ marks: Marks) -> (String, Role) {
        if states.contains(.firing) { return (marks.firing, .bad) }
        if states.contains(.pending) { return (marks.pending, .warning) }
        if states.contains(.inactive) { return (marks.inactive, .dim) }
        return (marks.noValue, .dim)
    }

    private func legend(_ strips: ArraySlice<Series>, _ marks: Marks) -> [String] {
        let found = Set(strips.flatMap { series in axis.starts.indices.map { state(series, $0) } })
        return [
            (State.firing, "\(marks.firing) firing"), (.pending, "\(marks.pending) pending"),
            (.inactive, "\(marks.inactive) inactive"), (.noValue, "\(marks.noValue) no value"),
        ].filter { found.contains($0.0) }.map(\.1)
    }

    /// The ranges of evaluations in which a series fires.
    private func runs(_ series: Series) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for index in axis.starts.indices where state(series, index) == .firing {
            if let last = runs.last, last.upperBound == index {
                runs[runs.count - 1] = last.lowerBound..<index + 1
            } else {
                runs.append(index..<index + 1)
            }
        }
        return runs
    }

    private func length(_ run: Range<Int>) -> Duration {
        axis.bucket(run.upperBound - 1).to - axis.bucket(run.lowerBound).from
    }
}
