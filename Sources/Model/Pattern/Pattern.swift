/// A regular expression with a time bound of text length × pattern size.
///
/// The syntax is that of RE2 without captures: literals, `.`, classes (`[a-z]`, `\d \w \s` and their negations), `^ $ \b \B`,
/// groups, `|`, `* + ? {n,m}`, and the flags `(?i)`, `(?s)`, `(?m)`. Look-around and back-references are errors.
/// Sources: https://github.com/google/re2/wiki/Syntax; the matcher is Pike's (Russ Cox, "Regular Expression Matching: the
/// Virtual Machine Approach", 2009).
public struct Pattern: Sendable {
    /// A syntax error in a pattern with its position.
    public struct Mistake: Error, Hashable, Sendable {
        /// Byte offsets in the pattern's UTF-8.
        public var start: Int, end: Int
        /// One sentence in lower case.
        public var message: String
    }

    /// The source text of the pattern.
    public let text: String
    let program: PatternProgram

    /// Compiles a pattern.
    /// - Throws: The first error with its position.
    public init(_ text: String) throws(Mistake) {
        self.text = text
        var parser = PatternParser(text)
        let tree = try parser.parse()
        program = try PatternProgram(tree, length: text.utf8.count)
    }

    /// Returns true if part of the text matches.
    public func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { PatternMachine(program).finds(in: $0, wholly: false) }
    }

    /// Returns true if the whole text matches.
    public func matchesWhole(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { PatternMachine(program).finds(in: $0, wholly: true) }
    }

    /// Returns true if part of the UTF-8 bytes matches.
    public func matches(utf8 bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        PatternMachine(program).finds(in: bytes, wholly: false)
    }
}

/// A set of Unicode scalars.
struct ScalarSet: Hashable, Sendable {
    var ranges: [ClosedRange<UInt32>]
    var isNegated = false

    func contains(_ scalar: UInt32) -> Bool {
        for range in ranges where range.contains(scalar) { return !isNegated }
        return isNegated
    }

    /// Returns the set with both cases of its ASCII letters and of other letters with a one-to-one case mapping.
    func ignoringCase() -> ScalarSet {
        var both = ranges
        for range in ranges {
            let lower = range.clamped(to: 0x61...0x7A), upper = range.clamped(to: 0x41...0x5A)
            if range.overlaps(0x61...0x7A) { both.append((lower.lowerBound - 32)...(lower.upperBound - 32)) }
            if range.overlaps(0x41...0x5A) { both.append((upper.lowerBound + 32)...(upper.upperBound + 32)) }
            guard range.upperBound > 0x7F, range.count <= 512 else { continue }
            for value in range {
                guard value > 0x7F, let scalar = Unicode.Scalar(value) else { continue }
                for other in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
                    if let only = other.unicodeScalars.first, other.unicodeScalars.count == 1, only != scalar {
                        both.append(only.value...only.value)
                    }
                }
            }
        }
        return ScalarSet(ranges: both, isNegated: isNegated)
    }

    static let digits = ScalarSet(ranges: [0x30...0x39])
    static let words = ScalarSet(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let blanks = ScalarSet(ranges: [0x09...0x0A, 0x0C...0x0D, 0x20...0x20])
    static let all = ScalarSet(ranges: [0...0x10FFFF])
    static let notNewline = ScalarSet(ranges: [0x0A...0x0A], isNegated: true)
}

/// The syntax tree of a pattern.
indirect enum PatternTree: Sendable {
    case empty
    case set(ScalarSet)
    case start, end, lineStart, lineEnd, wordEdge, notWordEdge
    case sequence([PatternTree])
    case choice([PatternTree])
    /// Between `least` and `most` times; `most` is nil if there is no upper bound.
    case repeated(PatternTree, least: Int, most: Int?)
}
