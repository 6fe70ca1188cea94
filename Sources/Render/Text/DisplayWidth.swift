import Model

/// The width of text in terminal columns: 2 for wide East Asian characters and emoji, 0 for combining marks.
///
/// Counts scalar by scalar, as terminals without cluster support do; `Printable.safe` removes the sequences on which terminals
/// disagree (joined emoji, variation selectors), so that the width of safe text is unambiguous.
/// terminals disagree (joined emoji, variation selectors), so that for safe text there is one answer.
public enum DisplayWidth {
    /// Returns the width of `text` on one line; control characters count 0.
    public static func of(_ text: String) -> Int {
        var bytes = 0, isPlain = true
        for byte in text.utf8 {
            bytes += 1
            if byte < 0x20 || byte > 0x7E { isPlain = false; break }
        }
        if isPlain { return bytes }
        return text.unicodeScalars.reduce(0) { $0 + of($1) }
    }

    /// Returns the width of one scalar: 0, 1 or 2.
    public static func of(_ scalar: Unicode.Scalar) -> Int {
        let value = scalar.value
        if value < 0x300 { return value < 0x20 || (0x7F...0x9F).contains(value) ? 0 : 1 }
        if isZero(scalar) { return 0 }
        return value >= 0x1100 && isWide(value) ? 2 : 1
    }

    /// Returns the longest prefix of `text` that fits `width` columns, with its combining marks.
    ///
    /// When text is cut, `mark` (`…` or `~`) takes the last column; the result may be one column short when a wide character did
    /// not fit.
    public static func cut(_ text: String, to width: Int, mark: String) -> String {
        if width <= 0 { return "" }
        // No character is wider in columns than it is long in bytes.
        if text.utf8.count <= width { return text }
        var taken = String.UnicodeScalarView(), filled = 0, atMark = String.UnicodeScalarView()
        let room = width - of(mark)
        for scalar in text.unicodeScalars {
            let columns = of(scalar)
            if filled + columns > width { return room < 0 ? String(taken) : String(atMark) + mark }
            if filled + columns <= room { atMark.append(scalar) }
            taken.append(scalar)
            filled += columns
        }
        return String(taken)
    }

    /// Returns `text` padded with spaces to `width` columns, on the left when `right`; longer text is unchanged.
    public static func pad(_ text: String, to width: Int, right: Bool = false) -> String {
        let blanks = String(repeating: " ", count: max(0, width - of(text)))
        return right ? blanks + text : text + blanks
    }

    private static func isZero(_ scalar: Unicode.Scalar) -> Bool {
        // Hangul vowels and final consonants combine with the consonant before them.
        if (0x1160...0x11FF).contains(scalar.value) || (0xD7B0...0xD7FF).contains(scalar.value) { return true }
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format: return true
        default: return false
        }
    }

    private static func isWide(_ value: UInt32) -> Bool {
        let next = wide.partitioningIndex { $0.1 >= value }
        return next < wide.count && wide[next].0 <= value
    }

    /// First and last scalar of each range with East Asian Width W or F (Unicode Standard Annex 11), ascending.
    private static let wide: [(UInt32, UInt32)] = [
        (0x1100, 0x115F), (0x231A, 0x231B), (0x2329, 0x232A), (0x23E9, 0x23EC), (0x23F0, 0x23F0), (0x23F3, 0x23F3),
        (0x25FD, 0x25FE), (0x2614, 0x2615), (0x2648, 0x2653), (0x267F, 0x267F), (0x2693, 0x2693), (0x26A1, 0x26A1),
        (0x26AA, 0x26AB), (0x26BD, 0x26BE), (0x26C4, 0x26C5), (0x26CE, 0x26CE), (0x26D4, 0x26D4), (0x26EA, 0x26EA),
        (0x26F2, 0x26F3), (0x26F5, 0x26F5), (0x26FA, 0x26FA), (0x26FD, 0x26FD), (0x2705, 0x2705), (0x270A, 0x270B),
        (0x2728, 0x2728), (0x274C, 0x274C), (0x274E, 0x274E), (0x2753, 0x2755), (0x2757, 0x2757), (0x2795, 0x2797),
        (0x27B0, 0x27B0), (0x27BF, 0x27BF), (0x2B1B, 0x2B1C), (0x2B50, 0x2B50), (0x2B55, 0x2B55), (0x2E80, 0x303E),
        (0x3041, 0x3247), (0x3250, 0xA4C6), (0xA960, 0xA97C), (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE10, 0xFE19),
        (0xFE30, 0xFE6B), (0xFF01, 0xFF60), (0xFFE0, 0xFFE6), (0x16FE0, 0x1B2FB), (0x1F004, 0x1F004), (0x1F0CF, 0x1F0CF),
        (0x1F18E, 0x1F18E), (0x1F191, 0x1F19A), (0x1F200, 0x1F320), (0x1F32D, 0x1F335), (0x1F337, 0x1F37C), (0x1F37E, 0x1F393),
        (0x1F3A0, 0x1F3CA), (0x1F3CF, 0x1F3D3), (0x1F3E0, 0x1F3F0), (0x1F3F4, 0x1F3F4), (0x1F3F8, 0x1F43E), (0x1F440, 0x1F440),
        (0x1F442, 0x1F4FC), (0x1F4FF, 0x1F53D), (0x1F54B, 0x1F54E), (0x1F550, 0x1F567), (0x1F57A, 0x1F57A), (0x1F595, 0x1F596),
        (0x1F5A4, 0x1F5A4), (0x1F5FB, 0x1F64F), (0x1F680, 0x1F6C5), (0x1F6CC, 0x1F6CC), (0x1F6D0, 0x1F6D2), (0x1F6D5, 0x1F6DF),
        (0x1F6EB, 0x1F6EC), (0x1F6F4, 0x1F6FC), (0x1F7E0, 0x1F7F0), (0x1F90C, 0x1F93A), (0x1F93C, 0x1F945), (0x1F947, 0x1F9FF),
        (0x1FA70, 0x1FAFF), (0x20000, 0x3FFFD),
    ]
}
