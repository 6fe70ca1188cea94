/// The syntax tree of a regular expression: the part of RE2's syntax that rules use.
indirect enum PatternSyntax {
    case empty
    case scalars(PatternClass)
    case anchor(PatternAnchor)
    case sequence([PatternSyntax])
    case choice([PatternSyntax])
    /// `most` is nil if there is no upper bound.
    case repeated(PatternSyntax, least: Int, most: Int?, isLazy: Bool)
    case group(PatternSyntax, number: Int)
}

enum PatternAnchor { case textStart, textEnd, lineStart, lineEnd, wordBoundary, notWordBoundary }

/// A set of characters.
struct PatternClass {
    var ranges: [ClosedRange<UInt32>] = []
    var isNegated = false
    var foldsCase = false

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        if has(scalar.value) { return !isNegated }
        if foldsCase {
            for other in PatternClass.otherCases(of: scalar) where has(other) { return !isNegated }
        }
        return isNegated
    }

    private func has(_ value: UInt32) -> Bool { ranges.contains { $0.contains(value) } }

    private static func otherCases(of scalar: Unicode.Scalar) -> [UInt32] {
        [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping].compactMap { text in
            text.unicodeScalars.count == 1 ? text.unicodeScalars.first?.value : nil
        }
    }

    static let digit = PatternClass(ranges: [0x30...0x39])
    static let word = PatternClass(ranges: [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let space = PatternClass(ranges: [0x09...0x0A, 0x0C...0x0D, 0x20...0x20])
    static let any = PatternClass(ranges: [0...0x10FFFF])
    static let anyButNewline = PatternClass(ranges: [0...9, 0x0B...0x10FFFF])

    static let named: [String: PatternClass] = [
        "alnum": PatternClass(ranges: [0x30...0x39, 0x41...0x5A, 0x61...0x7A]),
        "alpha": PatternClass(ranges: [0x41...0x5A, 0x61...0x7A]), "ascii": PatternClass(ranges: [0...0x7F]),
        "blank": PatternClass(ranges: [9...9, 0x20...0x20]), "cntrl": PatternClass(ranges: [0...0x1F, 0x7F...0x7F]),
        "digit": digit, "graph": PatternClass(ranges: [0x21...0x7E]), "lower": PatternClass(ranges: [0x61...0x7A]),
        "print": PatternClass(ranges: [0x20...0x7E]),
        "punct": PatternClass(ranges: [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]),
        "space": PatternClass(ranges: [9...13, 0x20...0x20]), "upper": PatternClass(ranges: [0x41...0x5A]), "word": word,
        "xdigit": PatternClass(ranges: [0x30...0x39, 0x41...0x46, 0x61...0x66]),
    ]

    /// The ranges of this class with any negation resolved.
    var positiveRanges: [ClosedRange<UInt32>] {
        guard isNegated else { return ranges }
        var result: [ClosedRange<UInt32>] = [], next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { result.append(next...range.lowerBound - 1) }
            next = max(next, range.upperBound + 1)
        }
        if next <= 0x10FFFF { result.append(next...0x10FFFF) }
        return result
    }
}

/// A syntax error in a pattern, worded as a predicate of "the pattern".
struct PatternProblem: Error { let text: String }

/// Parses a pattern into a tree.
struct PatternParser {
    private let text: [Unicode.Scalar]
    private var at = 0
    private var nesting = 0
    private var foldsCase = false, dotTakesNewline = false, isMultiline = false
    private(set) var groupCount = 0
    private(set) var groupNames: [String: Int] = [:]

    init(_ text: String) { self.text = Array(text.unicodeScalars) }

    private var next: Unicode.Scalar? { at < text.count ? text[at] : nil }

    mutating func whole() throws(PatternProblem) -> PatternSyntax {
        let tree = try choice()
        if at < text.count { throw PatternProblem(text: "has a `)` without its `(`") }
        return tree
    }

    private mutating func choice() throws(PatternProblem) -> PatternSyntax {
        nesting += 1
        defer { nesting -= 1 }
        if nesting > 50 { throw PatternProblem(text: "nests too deep") }
        // Flags set in a group end with it.
        let flags = (foldsCase, dotTakesNewline, isMultiline)
        defer { (foldsCase, dotTakesNewline, isMultiline) = flags }
        var branches = [try sequence()]
        while next == "|" {
            at += 1
            branches.append(try sequence())
        }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(PatternProblem) -> PatternSyntax {
        var parts: [PatternSyntax] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            var part = try atom()
            var repetitions = 0
            while let (least, most) = try repetition() {
                let isLazy = next == "?"
                if isLazy { at += 1 }
                part = .repeated(part, least: least, most: most, isLazy: isLazy)
                repetitions += 1
                if repetitions > 1 { throw PatternProblem(text: "repeats a repetition") }
            }
            parts.append(part)
        }
        return parts.count == 1 ? parts[0] : parts.isEmpty ? .empty : .sequence(parts)
    }

    /// Parses `* + ? {n} {n,} {n,m}`; braces with any other content are literal characters.
    private mutating func repetition() throws(PatternProblem) -> (Int, Int?)? {
        switch next {
        case "*":
            at += 1
            return (0, nil)
        case "+":
            at += 1
            return (1, nil)
        case "?":
            at += 1
            return (0, 1)
        case "{":
            guard let close = text[at...].firstIndex(of: "}") else { return nil }
            let inside = String(String.UnicodeScalarView(text[at + 1..<close]))
            let parts = inside.split(separator: ",", omittingEmptySubsequences: false)
            func isNumber(_ part: Substring) -> Bool { !part.isEmpty && part.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } }
            guard (1...2).contains(parts.count), isNumber(parts[0]), parts.count == 1 || parts[1].isEmpty || isNumber(parts[1])
            else { return nil }
            at = close + 1
            let least = Int(parts[0]) ?? .max
            let most = parts.count == 1 ? least : parts[1].isEmpty ? nil : Int(parts[1]) ?? .max
            if least > 1000 || (most ?? 0) > 1000 { throw PatternProblem(text: "repeats more than 1,000 times") }
            if let most, most < least { throw PatternProblem(text: "repeats from more to less") }
            return (least, most)
        default: return nil
        }
    }

    private mutating func atom() throws(PatternProblem) -> PatternSyntax {
        guard let scalar = next else { return .empty }
        at += 1
        switch scalar {
        case "(": return try group()
        case "[": return .scalars(try characterClass())
        case ".": return .scalars(dotTakesNewline ? .any : .anyButNewline)
        case "^": return .anchor(isMultiline ? .lineStart : .textStart)
        case "$": return .anchor(isMultiline ? .lineEnd : .textEnd)
        case "*", "+", "?": throw PatternProblem(text: "has `\(scalar)` with nothing to repeat")
        case "\\": return try escape()
        default: return literal(scalar)
        }
    }

    private func literal(_ scalar: Unicode.Scalar) -> PatternSyntax {
        .scalars(PatternClass(ranges: [scalar.value...scalar.value], foldsCase: foldsCase))
    }

    private mutating func group() throws(PatternProblem) -> PatternSyntax {
        var number: Int?
        // Flags set at the start of a group apply inside it.
        let flags = (foldsCase, dotTakesNewline, isMultiline)
        if next == "?" {
            at += 1
            if next == "P" || next == "<" {
                if next == "P" { at += 1 }
                guard next == "<", let close = text[at...].firstIndex(of: ">"), close > at + 1 else {
                    throw PatternProblem(text: "has a group with a broken name")
                }
                groupCount += 1
                number = groupCount
                groupNames[String(String.UnicodeScalarView(text[at + 1..<close]))] = groupCount
                at = close + 1
            } else if try readFlags() {
                return .empty
            }
        } else {
            groupCount += 1
            number = groupCount
        }
        let inner = try choice()
        guard next == ")" else { throw PatternProblem(text: "has a `(` without its `)`") }
        at += 1
        (foldsCase, dotTakesNewline, isMultiline) = flags
        return number.map { .group(inner, number: $0) } ?? inner
    }

    /// Reads the flags `i`, `s`, `m`, `-` up to `)` or `:`; returns true if they stand alone and apply to the rest of the group.
    private mutating func readFlags() throws(PatternProblem) -> Bool {
        var value = true
        while let scalar = next {
            at += 1
            switch scalar {
            case "i": foldsCase = value
            case "s": dotTakesNewline = value
            case "m": isMultiline = value
            case "-": value = false
            case ")": return true
            case ":": return false
            default: throw PatternProblem(text: "has a group `(?\(scalar)` that is not supported")
            }
        }
        throw PatternProblem(text: "has a `(` without its `)`")
    }

    private mutating func escape() throws(PatternProblem) -> PatternSyntax {
        switch next {
        case "b", "B", "A", "z":
            defer { at += 1 }
            return .anchor(next == "b" ? .wordBoundary : next == "B" ? .notWordBoundary : next == "A" ? .textStart : .textEnd)
        case "Q":
            at += 1
            var parts: [PatternSyntax] = []
            while let scalar = next {
                at += 1
                if scalar == "\\", next == "E" {
                    at += 1
                    break
                }
                parts.append(literal(scalar))
            }
            return .sequence(parts)
        default:
            var found = try escapedClass()
            found.foldsCase = foldsCase
            return .scalars(found)
        }
    }

    /// Parses the character after a backslash as a character class.
    private mutating func escapedClass() throws(PatternProblem) -> PatternClass {
        guard let scalar = next else { throw PatternProblem(text: "ends in a backslash") }
        at += 1
        func one(_ value: UInt32) -> PatternClass { PatternClass(ranges: [value...value]) }
        func negated(_ group: PatternClass) -> PatternClass { PatternClass(ranges: group.ranges, isNegated: true) }
        switch scalar {
        case "d": return .digit
        case "D": return negated(.digit)
        case "w": return .word
        case "W": return negated(.word)
        case "s": return .space
        case "S": return negated(.space)
        case "n": return one(10)
        case "t": return one(9)
        case "r": return one(13)
        case "f": return one(12)
        case "v": return one(11)
        case "a": return one(7)
        case "x": return one(try hexadecimal())
        default:
            if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
                throw PatternProblem(text: "has an escape `\\\(scalar)` that is not supported")
            }
            return one(scalar.value)
        }
    }

    private mutating func hexadecimal() throws(PatternProblem) -> UInt32 {
        var digits = ""
        if next == "{" {
            at += 1
            while let scalar = next, scalar != "}" {
                digits.unicodeScalars.append(scalar)
                at += 1
            }
            at += 1
        } else {
            while digits.count < 2, let scalar = next {
                digits.unicodeScalars.append(scalar)
                at += 1
            }
        }
        guard let value = UInt32(digits, radix: 16), value <= 0x10FFFF else {
            throw PatternProblem(text: "has a broken escape `\\x`")
        }
        return value
    }

    private mutating func characterClass() throws(PatternProblem) -> PatternClass {
        var result = PatternClass(foldsCase: foldsCase)
        if next == "^" {
            at += 1
            result.isNegated = true
        }
        var isFirst = true
        while let scalar = next, scalar != "]" || isFirst {
            isFirst = false
            if scalar == "[", at + 1 < text.count, text[at + 1] == ":" {
                result.ranges += try namedClass()
                continue
            }
            let low = try member()
            guard next == "-", at + 1 < text.count, text[at + 1] != "]" else {
                result.ranges += low.positiveRanges
                continue
            }
            at += 1
            let high = try member()
            guard let from = single(low), let to = single(high), from <= to else {
                throw PatternProblem(text: "has a range in brackets that runs backwards")
            }
            result.ranges.append(from...to)
        }
        guard next == "]" else { throw PatternProblem(text: "has a `[` without its `]`") }
        at += 1
        return result
    }

    private func single(_ group: PatternClass) -> UInt32? {
        guard group.ranges.count == 1, !group.isNegated, let range = group.ranges.first, range.count == 1 else { return nil }
        return range.lowerBound
    }

    private mutating func member() throws(PatternProblem) -> PatternClass {
        guard let scalar = next else { throw PatternProblem(text: "has a `[` without its `]`") }
        at += 1
        return scalar == "\\" ? try escapedClass() : PatternClass(ranges: [scalar.value...scalar.value])
    }

    private mutating func namedClass() throws(PatternProblem) -> [ClosedRange<UInt32>] {
        guard let close = text[at...].firstIndex(of: "]"), close + 1 < text.count, text[close - 1] == ":", close - 1 > at + 1
        else { throw PatternProblem(text: "has a broken class `[:`") }
        var name = String(String.UnicodeScalarView(text[at + 2..<close - 1]))
        at = close + 1
        let isNegated = name.hasPrefix("^")
        if isNegated { name.removeFirst() }
        guard var found = PatternClass.named[name] else { throw PatternProblem(text: "has an unknown class `[:\(name):]`") }
        found.isNegated = isNegated
        return found.positiveRanges
    }
}
