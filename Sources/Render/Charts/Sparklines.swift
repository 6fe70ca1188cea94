import Model

/// One sparkline per group, each on its own scale, beside its total, last and largest value.
public struct Sparklines: Chart {
    /// One group: its name and one value per bucket, missing where there is none.
    public struct Series: Sendable, Hashable {
        /// The group's key values.
        public var keys: [Value]
        /// One value per bucket; trailing ones may be absent.
        public var values: [Value]

        /// Creates a series.
        public init(keys: [Value], values: [Value]) {
            self.keys = keys
            self.values = values
        }
    }

    /// The measure and its field, such as `errors by type`; the summary begins with it.
    public var title: String
    /// The buckets.
    public var axis: TimeAxis
    /// The key columns.
    public var keys: [ResultColumn]
    /// The measure.
    public var measure: ResultColumn
    /// The groups, in order.
    public var series: [Series]
    /// Number of groups folded into the last series; 0 when it is an ordinary group.
    public var foldedGroups: Int

    /// Creates a table of sparklines.
    public init(
        title: String, axis: TimeAxis, keys: [ResultColumn], measure: ResultColumn, series: [Series], foldedGroups: Int = 0
    ) {
        self.title = title
        self.axis = axis
        self.keys = keys
        self.measure = measure
        self.series = series
        self.foldedGroups = max(0, foldedGroups)
    }

    /// The chart's summary in one sentence.
    public func summary(_ style: Style) -> String {
        let count = Int64(series.count) + Int64(max(0, foldedGroups - 1)), text = ValueText(style)
        var parts: [String] = []
        if !keys.isEmpty { parts.append("\(DecimalText.grouped(count)) \("groups".counted(count))") }
        parts.append("\(AxisPhrases.buckets(axis, style))")
        let peaks = series.enumerated().compactMap { index, series in largest(series).map { (index, $0) } }
        if let peak = peaks.max(by: { ($0.1.value.magnitude ?? 0) < ($1.1.value.magnitude ?? 0) }) {
            let name = keys.isEmpty ? "" : " (\(SeriesGroups.name(series[peak.0].keys, style)))"
            let value = text.text(peak.1.value) + ValueText.per(measure.name)
            parts.append("peak \(value)\(name) \(AxisPhrases.place(peak.1.index, axis, style))")
        }
        if series.count > 1 { parts.append("each line on its own scale") }
        return "\(style.safe(title)): " + parts.joined(separator: ", ") + "."
    }

    /// The drawing, without the summary: a single line for a single series.
    public func picture(_ style: Style) -> [String] {
        guard style.widthInColumns > 0 else { return [] }
        var columns = keys
        if measure.addsUp { columns.append(ResultColumn("total", measure.type)) }
        columns += [ResultColumn("last", measure.type), ResultColumn("peak", measure.type)]
        let rows = series.map { series -> [Value] in
            let keys = (0..<keys.count).map { $0 < series.keys.count ? series.keys[$0] : .missing }
            let last = axis.starts.indices.last { known(series, $0) != nil && !axis.isPartial($0) }
            let values = [last.flatMap { known(series, $0) } ?? .missing, largest(series)?.value ?? .missing]
            return keys + (measure.addsUp ? [total(series)] : []) + values
        }
        let room = style.widthInColumns - width(of: columns, rows, style)
        let buckets = max(1, axis.starts.count)
        let most = max(5, min(min(120, room), buckets))
        let table = ResultTable(
            columns: Array(columns.prefix(keys.count)) + [ResultColumn("trend", .text)] + columns.dropFirst(keys.count),
            rows: zip(series, rows).map { series, row in
                Array(row.prefix(keys.count)) + [.text(line(series, width: most, style.marks))] + row.dropFirst(keys.count)
            })
        var options = TableOptions()
        options.keys = keys.count
        options.foldedGroups = keys.isEmpty ? 0 : foldedGroups
        var lines = TableRenderer(style).drawn(table, options)
        let hasGaps = series.contains { series in axis.starts.indices.contains { known(series, $0) == nil } }
        var legend = hasGaps ? ["\(style.marks.noData) no data or no value"] : []
        if let group = ColumnLayout(buckets: buckets, room: most), group.bucketsPerColumn > 1 {
            legend.append("each column shows the highest of \(DecimalText.grouped(Int64(group.bucketsPerColumn))) buckets")
        }
        lines += .legend(legend, style)
        return lines.texts(style)
    }

    /// Returns the glyphs of one sparkline: blank for zero, a mark for no value.
    private func line(_ series: Series, width: Int, _ marks: Marks) -> String {
        guard let layout = ColumnLayout(buckets: axis.starts.count, room: width) else { return "" }
        let largest = self.largest(series)?.value.magnitude ?? 0
        return layout.groups.map { group in
            guard let highest = group.compactMap({ known(series, $0)?.magnitude }).max() else { return marks.noData }
            return marks.sparkGlyph(highest, of: largest)
        }.joined()
    }

    /// Returns the value of a bucket that data covers; nil when it is missing or not finite.
    private func known(_ series: Series, _ index: Int) -> Value? {
        guard index < series.values.count, axis.isCovered(index), let size = series.values[index].magnitude, size.isFinite else {
            return nil
        }
        return series.values[index]
    }

    /// Returns the first of the largest values.
    private func largest(_ series: Series) -> (index: Int, value: Value)? {
        let all = axis.starts.indices.compactMap { index in known(series, index).map { (index: index, value: $0) } }
        return all.max { ($0.value.magnitude ?? 0) < ($1.value.magnitude ?? 0) }
    }

    private func total(_ series: Series) -> Value {
        let all = axis.starts.indices.compactMap { known(series, $0) }
        if measure.type == .count || measure.type == .money {
            var sum: Int64 = 0
            for value in all {
                let part: Int64 = if case .count(let n) = value { n } else if case .money(let m) = value { m.units } else { 0 }
                let (next, overflow) = sum.addingReportingOverflow(part)
                if overflow { return .missing }
                sum = next
            }
            return measure.type == .count ? .count(sum) : .money(Money(units: sum))
        }
        if measure.type == .duration {
            let length = all.reduce(0) { $0 + ($1.magnitude ?? 0) }
            return abs(length) < 9e9 ? .duration(.nanoseconds(Int64((length * 1e9).rounded()))) : .missing
        }
        return .number(all.reduce(0) { $0 + ($1.magnitude ?? 0) })
    }

    /// Returns the width of everything but the sparklines.
    private func width(of columns: [ResultColumn], _ rows: [[Value]], _ style: Style) -> Int {
        columns.indices.reduce(0) { sum, index in
            let cells = ValueText(style).column(rows.map { $0[index] }, type: columns[index].type).map { DisplayWidth.of($0) }
            let widest = max(DisplayWidth.of(style.safe(columns[index].name)), cells.max() ?? 0)
            return sum + (index < keys.count ? min(widest, 24) : widest) + 2
        }
    }
}

extension Sparklines: Picture {}
