import Glibc

/// Formats numbers as Go does.
public enum GoNumber {
    /// Formats like `%v` and `%g`: the fewest digits that round-trip, with an exponent below 10⁻⁴ and from 10⁶ on (`1e+06`),
    /// as the 'g' format of strconv does at the shortest precision.
    static func shortest(_ value: Double) -> String { shortest(value, withoutExponent: -4..<6) }

    /// Formats a number as in a rule: the fewest digits that round-trip, without an exponent from 10⁻¹² up to 10¹⁶.
    public static func plain(_ value: Double) -> String { shortest(value, withoutExponent: -12..<16) }

    private static func shortest(_ value: Double, withoutExponent powers: Range<Int>) -> String {
        if let word = word(value) { return word }
        let (digits, exponent) = decimal(value)
        let sign = value.sign == .minus ? "-" : ""
        if !powers.contains(exponent) {
            let fraction = digits.count > 1 ? "." + digits.dropFirst() : ""
            let power = String(exponent.magnitude)
            return sign + digits.prefix(1) + fraction + "e" + (exponent < 0 ? "-" : "+") + (power.count < 2 ? "0" : "") + power
        }
        if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits }
        let whole = exponent + 1
        if digits.count <= whole { return sign + digits + String(repeating: "0", count: whole - digits.count) }
        return sign + digits.prefix(whole) + "." + digits.dropFirst(whole)
    }

    /// Returns `NaN`, `+Inf` or `-Inf`; nil for finite numbers.
    static func word(_ value: Double) -> String? {
        value.isNaN ? "NaN" : value.isInfinite ? (value < 0 ? "-Inf" : "+Inf") : nil
    }

    /// Formats with a C conversion that matches Go's: `e`, `f` or `g` with a precision.
    static func fixed(_ value: Double, _ verb: Character, precision: Int) -> String {
        if let word = word(value) { return word }
        // Room for numbers from 10⁻³⁰⁸ to 10³⁰⁸ plus the requested digits.
        var buffer = [CChar](repeating: 0, count: 400 + precision)
        let format = "%.\(precision)\(verb)"
        let length = withVaList([value]) { vsnprintf(&buffer, buffer.count, format, $0) }
        return String(decoding: buffer.prefix(Int(max(length, 0))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Returns the shortest digits without leading or trailing zeros, and the power of ten of the first digit.
    private static func decimal(_ value: Double) -> (digits: String, exponent: Int) {
        if value == 0 { return ("0", 0) }
        let text = value.magnitude.description
        let parts = text.split(separator: "e")
        let power = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
        let point = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let all = point.joined()
        let leading = all.prefix { $0 == "0" }.count
        var digits = all.dropFirst(leading)
        while digits.last == "0" { digits.removeLast() }
        return (String(digits), point[0].count - 1 - leading + power)
    }
}
