extension BinaryInteger {
    /// The number with thousands separators: `1,203`.
    public var grouped: String {
        let digits = String(magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0 && (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return self < 0 ? "-" + text : text
    }

    /// Returns the number with its noun: `1 row`, `1,203 rows`.
    ///
    /// - Parameter plural: The noun in the plural; preceding words stay unchanged.
    public func counted(_ plural: String) -> String { "\(grouped) \(self == 1 ? plural.singular : plural)" }
}

extension String {
    /// The singular: `row` for `rows`, `query` for `queries`, `match` for `matches`; `series` is unchanged.
    public var singular: String {
        if self == "series" || hasSuffix(" series") || !hasSuffix("s") { return self }
        if hasSuffix("ies") { return dropLast(3) + "y" }
        return String(dropLast(hasSuffix("ches") ? 2 : 1))
    }
}
