/// The SplitMix64 generator's functions (Steele, Lea and Flood 2014).
public enum SplitMix64 {
    /// What the generator adds to its state for each number.
    public static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// The finaliser: a bijection of 64-bit integers, so that distinct inputs stay distinct.
    @inlinable public static func mixed(_ number: UInt64) -> UInt64 {
        var z = number
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Returns a pseudo-random but fixed number for a number that counts from 0.
    @inlinable public static func number(_ place: UInt64) -> UInt64 { mixed((place &+ 1) &* 0x9E37_79B9_7F4A_7C15) }
}
