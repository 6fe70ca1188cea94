import Model
import Monitoring
import QueryLanguage

/// Firings counted: by some of their columns, or all together.
struct FiringGroups {
    private enum Measure: Equatable {
        case count
        case fold(MeasureAggregate, column: Int)
    }

    private enum MeasureAggregate: String, CaseIterable { case sum, avg, min, max }

    private let table: ResultTable
    private var keys: [Int] = []
    private var measures: [Measure] = []
    private(set) var mistakes: [Diagnostic] = []

    /// Reads what is counted; the rows are those of `FiringTable`.
    init(_ table: ResultTable, by names: [Name], show items: [ItemSyntax]) {
        self.table = table
        for name in names {
            let known = FiringTable.columns.filter(\.groups).map(\.name)
            if let place = FiringTable.columns.firstIndex(where: { $0.name == FiringGroups.canonical(name.text) && $0.groups }) {
                if !keys.contains(place) { keys.append(place) }
            } else {
                let best = NearestName.best(for: name.text, among: known)
                mistakes.append(
                    Diagnostic(
                        "unknown-field", at: name.span, "firings are not grouped by `\(name.text)`",
                        closest: best ?? known.joined(separator: ", "), replacement: best))
            }
        }
        for item in items { measure(item) }
        if measures.isEmpty { measures = [.count] }
    }

    /// True for an item that counts or folds, and is no column.
    static func isMeasure(_ item: ItemSyntax) -> Bool {
        item.argument != nil || item.name.text == "count" || MeasureAggregate(rawValue: item.name.text) != nil
    }

    private static func canonical(_ name: String) -> String { name == "rule" || name == "alertname" ? "alert" : name }

    private mutating func measure(_ item: ItemSyntax) {
        if item.name.text == "count", item.argument == nil || item.argument == .star { return add(.count) }
        let columns = FiringTable.columns.filter(\.isMeasured).map(\.name)
        if let aggregate = MeasureAggregate(rawValue: item.name.text), case .item(let inner)? = item.argument,
            inner.argument == nil,
            let place = FiringTable.columns.firstIndex(where: { $0.name == inner.name.text && $0.isMeasured })
        {
            return add(.fold(aggregate, column: place))
        }
        // A key that is shown is shown already.
        if item.argument == nil, keys.contains(where: { FiringTable.columns[$0].name == FiringGroups.canonical(item.name.text) })
        {
            return
        }
        mistakes.append(
            Diagnostic(
                "unknown-measure", at: item.span, "firings have no measure `\(item.name.text)`",
                closest: "count, " + MeasureAggregate.allCases.map { "\($0.rawValue)(length)" }.joined(separator: ", ")
                    + "; of " + columns.joined(separator: ", ")))
    }

    private mutating func add(_ measure: Measure) { if !measures.contains(measure) { measures.append(measure) } }

    /// One row a group: most first, then by name.
    func answer(_ receipt: Receipt) -> Answer {
        var groups: [[Value]: [[Value]]] = [:]
        if keys.isEmpty { groups[[]] = [] }
        for row in table.rows { groups[keys.map { row[$0] }, default: []].append(row) }
        let columns =
            keys.map { table.columns[$0] }
            + measures.map { measure in
                switch measure {
                case .count: ResultColumn("count", .count)
                case .fold(let aggregate, let column):
                    ResultColumn(
                        "\(aggregate.rawValue)(\(table.columns[column].name))",
                        aggregate == .avg && table.columns[column].type == .count ? .number : table.columns[column].type)
                }
            }
        let rows = groups.map { key, rows in (key, rows, key + measures.map { value($0, rows) }) }.sorted { a, b in
            if keys.isEmpty || a.1.count != b.1.count { return a.1.count > b.1.count }
            for (x, y) in zip(a.0, b.0) {
                if let isBefore = ValueSorting.isBefore(x, y, descending: false) { return isBefore }
                if x != y { return x == .flag(false) }
            }
            return false
        }
        return Answer(
            table: ResultTable(columns: columns, rows: rows.map(\.2)), shape: keys.isEmpty ? .numbers : .groups(keys: keys.count),
            receipt: receipt)
    }

    private func value(_ measure: Measure, _ rows: [[Value]]) -> Value {
        guard case .fold(let aggregate, let column) = measure else { return .count(Int64(rows.count)) }
        let values = rows.map { $0[column] }
        switch aggregate {
        case .min, .max:
            return values.min { a, b in
                ValueSorting.isBefore(a, b, descending: aggregate == .max) ?? false
            } ?? .missing
        case .sum, .avg:
            guard !values.isEmpty else { return aggregate == .sum ? FiringGroups.zero(table.columns[column].type) : .missing }
            return FiringGroups.folded(values, divides: aggregate == .avg)
        }
    }

    private static func zero(_ type: ValueType) -> Value {
        switch type {
        case .duration: .duration(.zero)
        case .count: .count(0)
        default: .number(0)
        }
    }

    private static func folded(_ values: [Value], divides: Bool) -> Value {
        let count = Int64(values.count)
        switch values[0] {
        case .duration:
            var sum = Duration.zero
            for case .duration(let length) in values { sum += length }
            return .duration(divides ? sum / Int(count) : sum)
        case .count:
            var sum: Int64 = 0
            for case .count(let number) in values { sum = sum.addingReportingOverflow(number).partialValue }
            return divides ? .number(Double(sum) / Double(count)) : .count(sum)
        default:
            let sum = values.reduce(0) { $0 + ($1.magnitude ?? 0) }
            return .number(divides ? sum / Double(count) : sum)
        }
    }
}
