import Model

/// The baseline under `vs`: one value for each bucket of the series.
public struct BaselineSeries: Sendable, Hashable {
    /// The name of the baseline, such as `before` or `1d earlier`.
    public var name: String
    /// One value per bucket; nil, non-finite numbers and missing trailing elements mean no value.
    public var values: [Double?]
    /// The part of the baseline that data covers, such as `18 of 24 h`; nil when all of it. A partial baseline is not compared.
    public var covered: String?

    /// Creates a series.
    public init(name: String, values: [Double?], covered: String? = nil) {
        self.name = name
        self.values = values
        self.covered = covered
    }

    func value(_ index: Int) -> Double? {
        guard index < values.count, let value = values[index], value.isFinite else { return nil }
        return value
    }

    /// Returns the part of a summary about the baseline: its total and the difference of `sum` from it; nil for measures without
    /// a total.
    func words(against sum: Double?, _ type: ValueType, _ style: Style) -> [String] {
        let name = style.safe(name), text = ValueText(style)
        if let covered { return ["\(name) has data for \(style.safe(covered))"] }
        guard let sum else { return [] }
        let before = values.indices.compactMap { value($0) }.reduce(0, +)
        let change = before > 0 && (sum / before).isFinite ? " (\(text.change(sum / before - 1)))" : ""
        return ["\(name) \(text.magnitude(before, type))\(change)"]
    }
}

extension ResultColumn {
    /// True when values are amounts that a length can show. Times, names and flags are not, and neither is the most frequent
    /// value, whatever its type: a status code is not a length.
    public var isAmount: Bool {
        switch type {
        case .count, .number, .duration, .money, .ratio: !name.hasPrefix("common(")
        case .text, .time, .flag, .change: false
        }
    }

    /// True when the values of groups or buckets add up to the total: true for rows and sums, false for distinct counts and
    /// rates.
    var addsUp: Bool {
        guard type == .count || type == .money || type == .number || type == .duration else { return false }
        return ["count", "calls", "errors", "tokens", "cost"].contains(name) || name.hasPrefix("count(") || name.hasPrefix("sum(")
    }
}
