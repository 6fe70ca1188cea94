/// An exact amount in US dollars: an integer multiple of 10⁻⁸ dollars, so that sums do not depend on their order.
public struct Money: Hashable, Comparable, Sendable {
    /// The amount in units of 10⁻⁸ USD.
    public var units: Int64
    /// The number of units per dollar.
    public static let unitsPerDollar: Int64 = 100_000_000

    /// Creates an amount from units of 10⁻⁸ USD.
    public init(units: Int64) { self.units = units }

    /// Creates the amount nearest to `dollars`; nil if it is not finite or out of range (±92 billion).
    public init?(dollars: Double) {
        let scaled = (dollars * 1e8).rounded()
        guard let units = Int64(exactly: scaled) else { return nil }
        self.units = units
    }

    /// The amount in dollars, rounded to a Double.
    public var dollars: Double { Double(units) / 1e8 }

    public static func < (a: Money, b: Money) -> Bool { a.units < b.units }
}
