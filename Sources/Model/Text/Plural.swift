extension BinaryInteger {
    /// The number with commas between thousands: `1,203`.
    public var grouped: String {
        let digits = String(magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0 && (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return self < 0 ? "-" + text : text
    }

    /// The number with what it counts: `1 row`, `1,203 rows`.
    ///
    /// - Parameter plural: The noun in the plural; words before it stay as they are.
    public func counted(_ plural: String) -> String { "\(grouped) \(self == 1 ? plural.singular : plural)" }
}

extension String {
    /// The noun in the singular: `row` for `rows`, `query` for `queries`, `match` for `matches`; `series` is both.
    public var singular: String {
        if self == "series" || hasSuffix(" series") || !hasSuffix("s") { return self }
        if hasSuffix("ies") { return dropLast(3) + "y" }
        return String(dropLast(hasSuffix("ches") ? 2 : 1))
    }
}
