import Model

/// A random number generator with the same output for the same seed on every machine (SplitMix64, integers only).
///
/// Nothing here uses floating point: a different libm or compiler cannot change a history.
struct RandomSource: Sendable {
    private var state: UInt64

    /// Creates a generator; equal seeds give equal sequences.
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= SplitMix64.increment
        return SplitMix64.mixed(state)
    }

    /// Returns an integer in `0..<count`.
    mutating func below(_ count: Int) -> Int {
        Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(count)).high)
    }

    /// Returns an integer in the closed range.
    mutating func among(_ range: ClosedRange<Int>) -> Int { range.lowerBound + below(range.upperBound - range.lowerBound + 1) }

    /// Returns true with this probability in millionths.
    mutating func chance(_ perMillion: Int) -> Bool { below(1_000_000) < perMillion }

    /// Returns one of the choices with equal probability.
    mutating func pick<Choice>(_ choices: [Choice]) -> Choice { choices[below(choices.count)] }

    /// Returns a random index of `cumulative`, a list of cumulative weights, according to the weights.
    mutating func index(in cumulative: [Int]) -> Int {
        let target = below(cumulative[cumulative.count - 1])
        return cumulative.dropLast().partitioningIndex { $0 > target }
    }

    /// Returns a log-normally distributed integer.
    /// - Parameters:
    ///   - median: The median of the result, in any unit.
    ///   - spread: The standard deviation of the logarithm, in thousandths.
    mutating func logNormal(median: Int64, spread: Int64) -> Int64 {
        // From ln to log₂: 65,536 / ln 2 ≈ 94,548 per unit of spread.
        let exponent = (normal() * (spread * 94_548 / 1000)) >> 16
        return LogNormal.scale(median, byPowerOfTwo: exponent)
    }

    /// Returns a standard normal value in units of 2⁻¹⁶; its magnitude is below 4.4.
    private mutating func normal() -> Int64 {
        let bits = next()
        let size = LogNormal.quantile(ofTail: bits >> 1)
        return bits & 1 == 0 ? size : -size
    }
}

/// Fixed-point arithmetic for the log-normal distribution.
enum LogNormal {
    /// Returns the magnitude that a normal variable exceeds with the two-sided probability `tail` / 2⁶³, in units of 2⁻¹⁶.
    ///
    /// The knots are at `2^-(k+1) · (1 + j/8)`, so that the tail is as finely divided as the center; values between are
    /// interpolated linearly.
    static func quantile(ofTail tail: UInt64) -> Int64 {
        let octave = tail.leadingZeroBitCount - 1
        guard octave < 16 else { return knots[knots.count - 1] }
        let aligned = tail << UInt64(octave)
        let cell = Int((aligned >> 59) & 7), fraction = Int64((aligned >> 43) & 0xFFFF)
        let index = octave * 8 + 8 - cell
        return knots[index] + (((knots[index - 1] - knots[index]) * fraction) >> 16)
    }

    /// Returns `value · 2^(exponent / 65,536)` within 0.3% (2ᶠ ≈ 1 + 0.6565 f + 0.3435 f² for a fraction f).
    static func scale(_ value: Int64, byPowerOfTwo exponent: Int64) -> Int64 {
        let whole = exponent >> 16, f = exponent & 0xFFFF
        let mantissa = 65_536 + ((f * (43_021 + ((22_515 * f) >> 16))) >> 16)
        return (value * mantissa) >> (16 - min(max(whole, -40), 12))
    }

    private static let knots: [Int64] = [
        0, 5139, 10_310, 15_545, 20_882, 26_362, 32_032, 37_954, 44_203, 47_482, 50_884, 54_428,
        58_140, 62_048, 66_191, 70_616, 75_389, 77_933, 80_600, 83_408, 86_377, 89_536, 92_917, 96_565,
        100_540, 102_675, 104_924, 107_304, 109_834, 112_540, 115_453, 118_613, 122_076, 123_944, 125_918, 128_013,
        130_248, 132_646, 135_235, 138_055, 141_156, 142_834, 144_610, 146_500, 148_519, 150_691, 153_042, 155_608,
        158_437, 159_970, 161_597, 163_329, 165_184, 167_181, 169_346, 171_714, 174_330, 175_750, 177_257, 178_865,
        180_588, 182_445, 184_462, 186_670, 189_113, 190_440, 191_851, 193_356, 194_971, 196_714, 198_608, 200_683,
        202_983, 204_233, 205_563, 206_982, 208_507, 210_153, 211_943, 213_907, 216_085, 217_270, 218_531, 219_878,
        221_325, 222_888, 224_590, 226_458, 228_531, 229_660, 230_861, 232_145, 233_525, 235_017, 236_642, 238_426,
        240_408, 241_487, 242_636, 243_865, 245_187, 246_616, 248_173, 249_884, 251_785, 252_821, 253_924, 255_104,
        256_374, 257_747, 259_244, 260_890, 262_719, 263_716, 264_779, 265_915, 267_138, 268_462, 269_905, 271_492,
        273_257, 274_219, 275_245, 276_343, 277_524, 278_803, 280_197, 281_732, 283_438,
    ]
}
