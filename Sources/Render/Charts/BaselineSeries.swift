import Model

/// The values of the same buckets before, under `vs`: bucket by bucket beside those of now.
public struct BaselineSeries: Sendable, Hashable {
    /// How the time before is named, such as `before` or `1d earlier`.
    public var name: String
    /// One value a bucket, as far as they go; nil and what is not finite is no value.
    public var values: [Double?]
    /// How much of the time before data covers, such as `18 of 24 h`; nil when all of it. Nothing is compared otherwise.
    public var covered: String?

    /// Makes a series.
    public init(name: String, values: [Double?], covered: String? = nil) {
        self.name = name
        self.values = values
        self.covered = covered
    }

    func value(_ index: Int) -> Double? {
        guard index < values.count, let value = values[index], value.isFinite else { return nil }
        return value
    }

    /// What a sentence says of it: the total before and the difference to `sum`; nil has no total.
    func words(against sum: Double?, _ type: ValueType, _ style: Style) -> [String] {
        let name = style.safe(name), text = ValueText(style)
        if let covered { return ["\(name) is known for \(style.safe(covered))"] }
        guard let sum else { return [] }
        let before = values.indices.compactMap { value($0) }.reduce(0, +)
        let change = before > 0 && (sum / before).isFinite ? " (\(text.change(sum / before - 1)))" : ""
        return ["\(name) \(text.magnitude(before, type))\(change)"]
    }
}

extension ResultColumn {
    /// True when its values are amounts, which a bar or a column can be as long as. Times, names and yes or no are none, and neither is
    /// the value that occurs most often, whatever its type: a status is no length.
    public var isAmount: Bool {
        switch type {
        case .count, .number, .duration, .money, .ratio: !name.hasPrefix("common(")
        case .text, .time, .flag, .change: false
        }
    }

    /// True when the values of groups or buckets add up to the value of all: rows and sums do, distinct things and rates do not.
    var addsUp: Bool {
        guard type == .count || type == .money || type == .number || type == .duration else { return false }
        return ["count", "calls", "errors", "tokens", "cost"].contains(name) || name.hasPrefix("count(") || name.hasPrefix("sum(")
    }
}
