import Analysis
import Model
import QueryLanguage
import Render

/// Two measures over the same time buckets, for each group: how they move together, and how sure that is.
struct Correlations {
    /// One row a group: pairs, both coefficients with their p-values, and the lag of the strongest rank correlation.
    let figures: Answer
    private let measures: [ResultColumn]
    private let groups: [Group]
    private let keys: Int
    /// Buckets in the order of time, and their width.
    private let axis: TimeAxis
    private let comparisons: Int

    private struct Group {
        var names: [Value]
        var x: [Double?], y: [Double?]
        var found: SeriesCorrelation
        /// p-values of Spearman, Pearson and the best lag, adjusted for all comparisons.
        var spearman: Double?, pearson: Double?, lagged: Double?

        /// True for a rank correlation that chance does not explain.
        var standsOut: Bool { [spearman, lagged].contains { $0.map { $0 <= Correlations.level } ?? false } }
        var strength: Double { max(abs(found.spearman?.coefficient ?? 0), standsOut ? abs(found.best?.coefficient ?? 0) : 0) }
    }

    /// The false discovery rate.
    private static let level = 0.05

    /// - Parameter answer: A series, or one for each group, whose first two measures are compared; nil for any other shape.
    init?(_ answer: Answer) {
        let axis: TimeAxis, keys: Int
        switch answer.shape {
        case .series(let buckets): (axis, keys) = (buckets, 0)
        case .groupedSeries(let buckets, let count): (axis, keys) = (buckets, count)
        case .listing, .numbers, .groups: return nil
        }
        let first = 1 + keys
        guard answer.table.columns.count >= first + 2 else { return nil }
        (self.axis, self.keys) = (axis, keys)
        measures = Array(answer.table.columns[first...first + 1])
        let places = Dictionary(axis.starts.enumerated().map { ($0.element, $0.offset) }) { first, _ in first }
        let none = [Double?](repeating: nil, count: axis.starts.count)
        var order: [[Value]] = [], series: [[Value]: (x: [Double?], y: [Double?])] = [:]
        for row in answer.table.rows {
            guard case .time(let start)? = row.first, let place = places[start] else { continue }
            let names = Array(row[1..<first])
            if series[names] == nil {
                order.append(names)
                series[names] = (none, none)
            }
            // A bucket that is cut off, or that no source covers, is no measurement.
            guard axis.isCovered(place), !axis.isPartial(place) else { continue }
            series[names]?.x[place] = row[first].magnitude
            series[names]?.y[place] = row[first + 1].magnitude
        }
        var groups = order.map { names in
            let (x, y) = series[names] ?? (none, none)
            return Group(names: names, x: x, y: y, found: SeriesCorrelation.of(x, y))
        }
        comparisons = Correlations.adjust(&groups)
        groups = groups.enumerated().sorted { a, b in
            (a.element.standsOut ? 0 : 1, -a.element.strength, a.offset) < (
                b.element.standsOut ? 0 : 1, -b.element.strength, b.offset
            )
        }.map(\.element)
        self.groups = groups
        var columns = Array(answer.table.columns[1..<first])
        columns += [
            ResultColumn("n", .count), ResultColumn("n_eff", .number), ResultColumn("spearman", .number),
            ResultColumn("p", .number),
            ResultColumn("pearson", .number), ResultColumn("pearson_p", .number), ResultColumn("lag", .count),
            ResultColumn("lag_spearman", .number), ResultColumn("lag_p", .number),
        ]
        let table = ResultTable(columns: columns, rows: groups.map(Correlations.row))
        figures = Answer(table: table, shape: keys == 0 ? .numbers : .groups(keys: keys), receipt: answer.receipt)
    }

    /// Adjusts the p-values of all groups together; returns how many there are.
    private static func adjust(_ groups: inout [Group]) -> Int {
        let places: [WritableKeyPath<Group, Double?>] = [\.spearman, \.pearson, \.lagged]
        var tests: [(group: Int, place: WritableKeyPath<Group, Double?>, p: Double)] = []
        for (index, group) in groups.enumerated() {
            let found = [group.found.spearman?.pValue, group.found.pearson?.pValue, group.found.best?.pValue]
            for (place, p) in zip(places, found) { if let p { tests.append((index, place, p)) } }
        }
        for (test, p) in zip(tests, Significance.benjaminiHochberg(tests.map(\.p))) {
            groups[test.group][keyPath: test.place] = p
        }
        return tests.count
    }

    private static func row(_ group: Group) -> [Value] {
        func number(_ value: Double?) -> Value { value.map { .number($0) } ?? .missing }
        let found = group.found
        return group.names + [
            .count(Int64(found.pairs)), number(found.spearman == nil ? nil : found.effectivePairs),
            number(found.spearman?.coefficient), number(group.spearman), number(found.pearson?.coefficient),
            number(group.pearson), found.best.map { .count(Int64($0.buckets)) } ?? .missing,
            number(found.best?.coefficient), number(group.lagged),
        ]
    }

    // MARK: On the terminal

    /// - Parameter isScatter: True to draw the points of all groups; by default only those of one series are drawn.
    func lines(_ style: Style, isScatter: Bool) -> [String] {
        var lines = wrap(sentence(style), width: style.widthInColumns, hanging: 2)
        if isScatter || groups.count == 1, groups.contains(where: { $0.found.pairs > 1 }) {
            lines += [""] + scatter(style).picture(style)
        }
        guard groups.contains(where: { $0.found.spearman != nil }) else { return lines }
        lines += [""] + TableRenderer(style).lines(shown(style))
        if groups.count > Correlations.mostShown {
            lines.append(
                "only the first \(Correlations.mostShown) of \(groups.count.counted("groups")) are shown; `as csv` gives every one"
            )
        }
        return lines + [""] + notes.flatMap { wrap($0, width: style.widthInColumns, hanging: 2) }
    }

    private static let mostShown = 50

    /// The points of all groups.
    func scatter(_ style: Style) -> Scatter {
        let points = groups.flatMap { group in
            zip(group.x, group.y).compactMap { x, y in x.flatMap { x in y.map { Scatter.Point(x, $0) } } }
        }
        return Scatter(title: "buckets of \(axis.width)", x: measures[0], y: measures[1], points: points)
    }

    /// What stands out, or that nothing does.
    func sentence(_ style: Style) -> String {
        let pair = "\(measures[0].name) and \(measures[1].name)", text = ValueText(style)
        let known = groups.filter { $0.found.spearman != nil }
        guard !known.isEmpty else {
            guard let most = groups.map(\.found.pairs).max(), most >= SeriesCorrelation.fewestPairs else {
                let buckets = (groups.map(\.found.pairs).max() ?? 0).counted("buckets")
                return
                    "\(pair): not enough data; \(buckets) of \(axis.width) have both values, at least \(SeriesCorrelation.fewestPairs) are needed"
            }
            return "\(pair): no correlation; one of the two never changes"
        }
        let found = known.filter(\.standsOut)
        guard let first = found.first else {
            let place = known.count > 1 ? " in any of \(known.count.counted("groups"))" : ""
            return
                "no correlation between \(pair) stands out\(place) (\(comparisons.counted("comparisons")), Benjamini-Hochberg at 5%)"
        }
        var sentence = pair + " "
        if known.count > 1 {
            let name = first.names.map { $0.isMissing ? "(none)" : text.text($0) }.joined(separator: ", ")
            sentence =
                "\(pair) move together in \(found.count) of \(known.count.counted("groups")); most of all in \(name): they "
        }
        let isSameTime = first.spearman.map { $0 <= Correlations.level } ?? false
        if isSameTime, let spearman = first.found.spearman, let p = first.spearman {
            sentence += spearman.coefficient > 0 ? "rise together" : "move in opposite directions"
            sentence += ", Spearman \(text.number(spearman.coefficient)) (\(Correlations.text(p, text)))"
        }
        if let best = first.found.best, best.buckets != 0, let p = first.lagged, p <= Correlations.level {
            let (late, early) = best.buckets > 0 ? (measures[1].name, measures[0].name) : (measures[0].name, measures[1].name)
            sentence += isSameTime ? ", and most of all when " : "are correlated at a lag only: "
            sentence += "\(late) follows \(early) by \(abs(best.buckets).counted("buckets")) of \(axis.width)"
            sentence += ", Spearman \(text.number(best.coefficient)) (\(Correlations.text(p, text)))"
        }
        return sentence
    }

    private static func text(_ p: Double, _ text: ValueText) -> String { p < 0.001 ? "p < 0.001" : "p = " + text.number(p) }

    private var notes: [String] {
        [
            "n: buckets of \(axis.width) with both values; partial buckets and those without data take no part. n_eff: independent buckets that would tell as much, allowing for autocorrelation (Bayley and Hammersley 1946)",
            "p: Student's t with n_eff, adjusted for \(comparisons.counted("comparisons")) (Benjamini-Hochberg). lag: buckets that \(measures[1].name) is behind \(measures[0].name), the strongest of -6 to +6 (its p also corrected for 13 lags)",
        ]
    }

    private func shown(_ style: Style) -> ResultTable {
        let text = ValueText(style), first = keys
        var table = figures.table
        table.rows = table.rows.prefix(Correlations.mostShown).map { row in
            row.enumerated().map { place, value in
                guard place >= first, case .number(let number) = value else { return value }
                return table.columns[place].name.hasSuffix("p")
                    ? .text(number < 0.001 ? "<0.001" : text.number((number * 1000).rounded() / 1000))
                    : .number((number * 100).rounded() / 100)
            }
        }
        for place in table.columns.indices where place >= first {
            if table.columns[place].name == "lag_spearman" { table.columns[place].name = "at lag" }
            // Each p stands behind what it is of.
            if table.columns[place].name.hasSuffix("p") { table.columns[place] = ResultColumn("p", .text) }
        }
        return table
    }
}
