/// Locale-independent decimal formatting.
enum DecimalText {
    /// Returns an integer with thousands separators, such as `-1,203`.
    static func grouped(_ n: Int64) -> String { (n < 0 ? "-" : "") + grouped(digits: String(n.magnitude)) }

    /// Returns `x` rounded to `places` decimals (0...12), half away from zero, with thousands separators.
    ///
    /// Numbers from 10¹⁵ use an exponent.
    static func fixed(_ x: Double, _ places: Int) -> String {
        let places = max(0, min(12, places))
        guard x.isFinite else { return String(x) }
        if abs(x) >= 1e15 { return scientific(x) }
        let scale = power(places)
        let whole = abs(x).rounded(.down)
        // Round integer and fractional part separately, so that no product exceeds the exact range of a Double.
        var units = Int64(whole), parts = Int64(((abs(x) - whole) * Double(scale)).rounded())
        if parts >= scale {
            units += 1
            parts -= scale
        }
        return (x < 0 && (units > 0 || parts > 0) ? "-" : "") + joined(units, parts, places)
    }

    /// Returns `n / 10^exponent` rounded to `places` decimals (at most `exponent`), exact, with thousands separators.
    static func fixed(_ n: Int64, exponent: Int, _ places: Int) -> String {
        let cut = UInt64(power(max(0, exponent - places))), scale = UInt64(power(places))
        var rounded = n.magnitude / cut
        if n.magnitude % cut >= cut - cut / 2 && cut > 1 { rounded += 1 }
        return (n < 0 && rounded > 0 ? "-" : "") + joined(Int64(rounded / scale), Int64(rounded % scale), places)
    }

    /// Returns `n / 10^exponent` exactly: no separators, no trailing zeros, no trailing point.
    static func exact(_ n: Int64, exponent: Int) -> String {
        let scale = UInt64(power(exponent))
        var parts = padded(Int64(n.magnitude % scale), exponent)
        while parts.last == "0" { parts.removeLast() }
        return (n < 0 ? "-" : "") + String(n.magnitude / scale) + (parts.isEmpty ? "" : "." + parts)
    }

    /// Returns the shortest decimal that reads back as `x`, without an exponent between 10⁻¹² and 10¹⁶; nil when `x` is not
    /// finite.
    static func shortest(_ x: Double) -> String? {
        guard x.isFinite else { return nil }
        if let n = Int64(exactly: x), abs(x) < 1e16 { return String(n) }
        let text = "\(x)"
        guard let mark = text.firstIndex(of: "e"), let exponent = Int(text[text.index(after: mark)...]),
            (-12..<0).contains(exponent)
        else { return text }
        let mantissa = text[..<mark].filter { $0.isNumber }
        let digits = mantissa.hasSuffix("0") && mantissa.count == 2 ? String(mantissa.dropLast()) : String(mantissa)
        return (x < 0 ? "-" : "") + "0." + String(repeating: "0", count: -exponent - 1) + digits
    }

    /// Returns `text` without the trailing zeros of its fraction.
    static func trimmed(_ text: String) -> String {
        guard text.contains("."), !text.contains("e") else { return text }
        var text = text
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text
    }

    /// Returns the number of decimals that shows `x` with `significant` digits; 0...12.
    static func places(_ x: Double, significant: Int) -> Int {
        guard x.isFinite, x != 0 else { return 0 }
        var places = significant - 1, size = abs(x)
        while size >= 10 && places > 0 { (size, places) = (size / 10, places - 1) }
        while size < 1 && places < 12 { (size, places) = (size * 10, places + 1) }
        return places
    }

    /// Returns 10 to the power `exponent`, 0...18.
    static func power(_ exponent: Int) -> Int64 { (0..<max(0, min(18, exponent))).reduce(1) { product, _ in product * 10 } }

    /// Returns `n` padded with zeros to at least `count` digits.
    static func padded(_ n: Int64, _ count: Int) -> String {
        let digits = String(n)
        return String(repeating: "0", count: max(0, count - digits.count)) + digits
    }

    private static func joined(_ whole: Int64, _ parts: Int64, _ places: Int) -> String {
        grouped(digits: String(whole)) + (places == 0 ? "" : "." + padded(parts, places))
    }

    private static func grouped(digits: String) -> String {
        if digits.count < 4 { return digits }
        var text = "", left = digits.count
        for digit in digits {
            text.append(digit)
            left -= 1
            if left > 0 && left % 3 == 0 { text.append(",") }
        }
        return text
    }

    /// Returns `x`, finite and not zero, with three significant digits and an exponent, such as `1.5e20`.
    static func scientific(_ x: Double) -> String {
        var size = abs(x), exponent = 0
        // The last division may leave 9.999…, which rounds up to 10.
        while size >= 9.995 { (size, exponent) = (size / 10, exponent + 1) }
        while size < 0.9995 && size > 0 { (size, exponent) = (size * 10, exponent - 1) }
        return (x < 0 ? "-" : "") + trimmed(fixed(size, 2)) + "e" + String(exponent)
    }
}
