/// A value as a store keeps it, takes it and gives it: enumerations are numbers, times nanoseconds, money its smallest units.
public enum StoredValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)

    /// The integer; nil for any other kind.
    public var integer: Int64? { if case .integer(let n) = self { n } else { nil } }
    /// The text; nil for any other kind.
    public var text: String? { if case .text(let s) = self { s } else { nil } }
}
