/// A regular expression with matching in linear time, for queries, alert rules and templates.
///
/// The syntax is RE2's without Unicode classes: literals, `.`, classes (`[a-z]`, `[[:alpha:]]`, `\d \w \s` and their
/// negations), `^ $ \A \z \b \B`, groups and named groups, `|`, `* + ? {n,m}` and their lazy forms, `\Q…\E`, and the flags
/// `i`, `s`, `m`, `U`. Look-around and back-references are errors. Sources: https://github.com/google/re2/wiki/Syntax; the
/// matcher is Pike's (Russ Cox, "Regular Expression Matching: the Virtual Machine Approach", 2009).
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
        program = try PatternProgram(
            tree, groupCount: parser.groupCount, groupNames: parser.groupNames, length: text.utf8.count)
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

    /// Returns the text with every match replaced, like Go's `ReplaceAllString`: in the template `$1`, `${1}` and `${name}` refer to
    /// groups, and `$$` is a dollar sign.
    public func replacing(_ text: String, with template: String) -> String {
        PatternReplacement(program, template: template).replacing(text)
    }
}

/// A set of Unicode scalars.
struct ScalarSet: Hashable, Sendable {
    var ranges: [ClosedRange<UInt32>]
    var isNegated = false
    /// True if the set contains non-ASCII letters in both cases.
    var ignoresCase = false

    func contains(_ scalar: UInt32) -> Bool {
        if has(scalar) { return !isNegated }
        if ignoresCase, scalar > 0x7F, let scalar = Unicode.Scalar(scalar), ScalarSet.otherCases(of: scalar).contains(where: has)
        {
            return !isNegated
        }
        return isNegated
    }

    private func has(_ scalar: UInt32) -> Bool { ranges.contains { $0.contains(scalar) } }

    /// Returns the lower-case and upper-case forms of a scalar that are single scalars.
    private static func otherCases(of scalar: Unicode.Scalar) -> [UInt32] {
        [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping].compactMap { form in
            form.unicodeScalars.count == 1 ? form.unicodeScalars.first?.value : nil
        }
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
                for other in ScalarSet.otherCases(of: scalar) where other != value { both.append(other...other) }
            }
        }
        return ScalarSet(ranges: both, isNegated: isNegated, ignoresCase: true)
    }

    /// The ranges of the set in order, with any negation resolved.
    var positiveRanges: [ClosedRange<UInt32>] {
        guard isNegated else { return ranges }
        var rest: [ClosedRange<UInt32>] = [], next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { rest.append(next...(range.lowerBound - 1)) }
            next = max(next, range.upperBound + 1)
        }
        return next <= 0x10FFFF ? rest + [next...0x10FFFF] : rest
    }

    static let digits = ScalarSet(ranges: [0x30...0x39])
    static let words = ScalarSet(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let blanks = ScalarSet(ranges: [0x09...0x0A, 0x0C...0x0D, 0x20...0x20])
    static let all = ScalarSet(ranges: [0...0x10FFFF])
    static let notNewline = ScalarSet(ranges: [0x0A...0x0A], isNegated: true)
}

/// A position between two scalars of a text.
enum PatternAnchor: Hashable, Sendable {
    case start, end, lineStart, lineEnd, wordEdge, notWordEdge

    /// Returns true if the byte offset is such a position.
    func holds(at offset: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        // Words are ASCII, so that one byte decides.
        func isWord(_ place: Int) -> Bool {
            bytes.indices.contains(place) && ScalarSet.words.contains(UInt32(bytes[place]))
        }
        switch self {
        case .start: return offset == 0
        case .end: return offset == bytes.count
        case .lineStart: return offset == 0 || bytes[offset - 1] == 0x0A
        case .lineEnd: return offset == bytes.count || bytes[offset] == 0x0A
        case .wordEdge: return isWord(offset - 1) != isWord(offset)
        case .notWordEdge: return isWord(offset - 1) == isWord(offset)
        }
    }
}

/// The syntax tree of a pattern.
indirect enum PatternTree: Sendable {
    case empty
    case set(ScalarSet)
    case anchor(PatternAnchor)
    case sequence([PatternTree])
    case choice([PatternTree])
    /// Between `least` and `most` times; `most` is nil if there is no upper bound. A lazy repetition prefers fewer.
    case repeated(PatternTree, least: Int, most: Int?, isLazy: Bool)
    /// A capturing group; numbers start at 1.
    case group(PatternTree, number: Int)
}
