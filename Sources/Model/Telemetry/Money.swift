/// An amount in US dollars, exact: a whole number of 10⁻⁸ dollars, so that sums are the same in any order.
public struct Money: Hashable, Comparable, Sendable {
    /// The amount in units of 10⁻⁸ USD.
    public var units: Int64
    /// How many units make a dollar.
    public static let unitsPerDollar: Int64 = 100_000_000

    /// Makes an amount from its units of 10⁻⁸ USD.
    public init(units: Int64) { self.units = units }

    /// Makes the amount nearest to `dollars`; nil when it is not finite or out of range (±92 billion).
    public init?(dollars: Double) {
        let scaled = (dollars * 1e8).rounded()
        guard let units = Int64(exactly: scaled) else { return nil }
        self.units = units
    }

    /// The amount in dollars, as exact as a Double is.
    public var dollars: Double { Double(units) / 1e8 }

    public static func < (a: Money, b: Money) -> Bool { a.units < b.units }
}
