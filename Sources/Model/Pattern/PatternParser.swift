/// Parses the text of a pattern into a tree.
struct PatternParser {
    private let scalars: [Unicode.Scalar]
    /// The byte offset of each scalar, and of the end.
    private let offsets: [Int]
    private var at = 0
    private var depth = 0
    private var ignoresCase = false, dotMatchesNewline = false, isMultiline = false, isUngreedy = false
    /// The number of capturing groups.
    private(set) var groupCount = 0
    /// The numbers of the named groups.
    private(set) var groupNames: [String: Int] = [:]

    /// The same limit as in RE2.
    private static let mostRepeats = 1000
    private static let deepest = 50

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        var offsets: [Int] = [], offset = 0
        for scalar in scalars {
            offsets.append(offset)
            offset += UTF8.width(scalar)
        }
        self.offsets = offsets + [offset]
    }

    private func mistake(_ message: String, from: Int? = nil) -> Pattern.Mistake {
        let start = min(from ?? at, scalars.count)
        return Pattern.Mistake(start: offsets[start], end: offsets[min(max(at, start + 1), scalars.count)], message: message)
    }

    private var current: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard current == scalar else { return false }
        at += 1
        return true
    }

    mutating func parse() throws(Pattern.Mistake) -> PatternTree {
        let tree = try choice()
        if current == ")" { throw mistake("unmatched `)`; write `\\)` for the character") }
        return tree
    }

    private mutating func choice() throws(Pattern.Mistake) -> PatternTree {
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(Pattern.Mistake) -> PatternTree {
        var parts: [PatternTree] = []
        while let scalar = current, scalar != "|", scalar != ")" {
            let start = at
            var part = try atom()
            var repeats = 0
            while let (least, most) = try bounds(start) {
                repeats += 1
                if repeats > 1 { throw mistake("two repetitions in a row; put the inner one in parentheses", from: start) }
                // A `?` after a repetition inverts its preference.
                part = .repeated(part, least: least, most: most, isLazy: take("?") != isUngreedy)
            }
            parts.append(part)
        }
        return parts.isEmpty ? .empty : parts.count == 1 ? parts[0] : .sequence(parts)
    }

    /// Parses `*`, `+`, `?`, `{n}`, `{n,}`, `{n,m}`.
    private mutating func bounds(_ start: Int) throws(Pattern.Mistake) -> (Int, Int?)? {
        let place = at
        var found: (Int, Int?)
        if take("*") {
            found = (0, nil)
        } else if take("+") {
            found = (1, nil)
        } else if take("?") {
            found = (0, 1)
        } else if current == "{", let counted = count() {
            found = counted
            if let most = counted.1, most < counted.0 {
                throw mistake("the maximum of the repetition is below its minimum", from: place)
            }
            if max(counted.0, counted.1 ?? 0) > PatternParser.mostRepeats {
                throw mistake("a repetition is limited to \(PatternParser.mostRepeats) times", from: place)
            }
        } else {
            return nil
        }
        return found
    }

    /// Parses `{n}`, `{n,}`, `{n,m}`; other braces are literal characters: nil, with the position unchanged.
    private mutating func count() -> (Int, Int?)? {
        let place = at
        at += 1
        func number(_ parser: inout PatternParser) -> Int? {
            var digits = ""
            while let scalar = parser.current, ("0"..."9").contains(scalar), digits.count < 6 {
                digits.unicodeScalars.append(scalar)
                parser.at += 1
            }
            return Int(digits)
        }
        if let least = number(&self) {
            if take("}") { return (least, least) }
            if take(",") {
                if take("}") { return (least, nil) }
                if let most = number(&self), take("}") { return (least, most) }
            }
        }
        at = place
        return nil
    }

    private func set(_ set: ScalarSet) -> PatternTree { .set(ignoresCase ? set.ignoringCase() : set) }

    private func literal(_ scalar: Unicode.Scalar) -> PatternTree { set(ScalarSet(ranges: [scalar.value...scalar.value])) }

    private mutating func atom() throws(Pattern.Mistake) -> PatternTree {
        let start = at, scalar = scalars[at]
        at += 1
        switch scalar {
        case ".": return .set(dotMatchesNewline ? .all : .notNewline)
        case "^": return .anchor(isMultiline ? .lineStart : .start)
        case "$": return .anchor(isMultiline ? .lineEnd : .end)
        case "*", "+", "?":
            throw mistake("nothing to repeat before `\(scalar)`; write `\\\(scalar)` for the character", from: start)
        case "(": return try group(start)
        case "[": return set(try bracket(start))
        case "\\": return try escape(start)
        default: return literal(scalar)
        }
    }

    private mutating func group(_ start: Int) throws(Pattern.Mistake) -> PatternTree {
        depth += 1
        defer { depth -= 1 }
        guard depth <= PatternParser.deepest else { throw mistake("groups are nested too deeply", from: start) }
        let flags = (ignoresCase, dotMatchesNewline, isMultiline, isUngreedy)
        var number: Int?
        if take("?") {
            switch try groupHead(start) {
            case .flags: return .empty
            case .named(let name):
                groupCount += 1
                groupNames[name] = groupCount
                number = groupCount
            case .plain: break
            }
        } else {
            groupCount += 1
            number = groupCount
        }
        let inner = try choice()
        guard take(")") else {
            throw Pattern.Mistake(start: offsets[start], end: offsets[start + 1], message: "this `(` is not closed")
        }
        (ignoresCase, dotMatchesNewline, isMultiline, isUngreedy) = flags
        return number.map { .group(inner, number: $0) } ?? inner
    }

    /// The kind of a group that begins with `(?`.
    private enum GroupHead {
        /// `(?i)`: flags for the rest of the enclosing group.
        case flags
        /// `(?<name>…)`
        case named(String)
        /// `(?:…)` and `(?i:…)`
        case plain
    }

    private mutating func groupHead(_ start: Int) throws(Pattern.Mistake) -> GroupHead {
        if take("P") || current == "<" {
            if take("<"), current != "=", current != "!" {
                var name = ""
                while let scalar = current, scalar != ">" {
                    guard ScalarSet.words.contains(scalar.value) else {
                        throw mistake("a group name consists of letters, digits and `_`")
                    }
                    name.unicodeScalars.append(scalar)
                    at += 1
                }
                if !name.isEmpty, take(">") { return .named(name) }
                throw mistake("this group has an invalid name", from: start)
            }
            throw mistake("look-around is not supported: its cost is unbounded", from: start)
        }
        if current == "=" || current == "!" { throw mistake("look-around is not supported: its cost is unbounded", from: start) }
        var turnsOn = true
        while let scalar = current {
            at += 1
            switch scalar {
            case "i": ignoresCase = turnsOn
            case "s": dotMatchesNewline = turnsOn
            case "m": isMultiline = turnsOn
            case "U": isUngreedy = turnsOn
            case "-": turnsOn = false
            case ":": return .plain
            case ")": return .flags
            default: throw mistake("unknown flag `\(scalar)`; flags: i, m, s, U", from: at - 1)
            }
        }
        throw mistake("this `(` is not closed", from: start)
    }

    private mutating func escape(_ start: Int) throws(Pattern.Mistake) -> PatternTree {
        guard let scalar = current else { throw mistake("trailing `\\`; write `\\\\` for the character", from: start) }
        switch scalar {
        case "b":
            at += 1
            return .anchor(.wordEdge)
        case "B":
            at += 1
            return .anchor(.notWordEdge)
        case "A":
            at += 1
            return .anchor(.start)
        case "z":
            at += 1
            return .anchor(.end)
        case "Q":
            at += 1
            var parts: [PatternTree] = []
            while let scalar = current {
                at += 1
                if scalar == "\\", take("E") { break }
                parts.append(literal(scalar))
            }
            return .sequence(parts)
        case "1"..."9":
            at += 1
            throw mistake("back-references are not supported: their cost is unbounded", from: start)
        default: break
        }
        return set(try escapedSet(start))
    }

    /// Parses an escape after a backslash: `\d`, `\n`, `\.`, `\x41`, `\x{1F600}`.
    private mutating func escapedSet(_ start: Int) throws(Pattern.Mistake) -> ScalarSet {
        guard let scalar = current else { throw mistake("trailing `\\`; write `\\\\` for the character", from: start) }
        at += 1
        func one(_ value: UInt32) -> ScalarSet { ScalarSet(ranges: [value...value]) }
        switch scalar {
        case "d": return .digits
        case "w": return .words
        case "s": return .blanks
        case "D", "W", "S":
            var set: ScalarSet = scalar == "D" ? .digits : scalar == "W" ? .words : .blanks
            set.isNegated = true
            return set
        case "n": return one(0x0A)
        case "t": return one(0x09)
        case "r": return one(0x0D)
        case "f": return one(0x0C)
        case "v": return one(0x0B)
        case "a": return one(0x07)
        case "x":
            var digits = ""
            let isLong = take("{")
            while let digit = current, digit.isASCII, digit.properties.isASCIIHexDigit, digits.count < (isLong ? 6 : 2) {
                digits.unicodeScalars.append(digit)
                at += 1
            }
            guard let value = UInt32(digits, radix: 16), value <= 0x10FFFF, !isLong || take("}") else {
                throw mistake("`\\x` takes two hexadecimal digits", from: start)
            }
            return one(value)
        default:
            if scalar.isASCII, scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) {
                throw mistake("unknown escape `\\\(scalar)`", from: start)
            }
            return one(scalar.value)
        }
    }

    private mutating func bracket(_ start: Int) throws(Pattern.Mistake) -> ScalarSet {
        let isNegated = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        var isFirst = true
        while let scalar = current {
            if scalar == "]", !isFirst {
                at += 1
                return ScalarSet(ranges: ranges, isNegated: isNegated)
            }
            isFirst = false
            let place = at
            if scalar == "[", at + 1 < scalars.count, scalars[at + 1] == ":" {
                ranges += try named(place)
                continue
            }
            at += 1
            var low = scalar.value
            if scalar == "\\" {
                let set = try escapedSet(place)
                guard !set.isNegated, set.ranges.count == 1, set.ranges[0].count == 1 else {
                    ranges += set.positiveRanges
                    continue
                }
                low = set.ranges[0].lowerBound
            }
            var high = low
            if current == "-", at + 1 < scalars.count, scalars[at + 1] != "]" {
                at += 1
                let end = scalars[at]
                at += 1
                high = end.value
                if end == "\\" {
                    let set = try escapedSet(at - 1)
                    guard !set.isNegated, set.ranges.count == 1, set.ranges[0].count == 1 else {
                        throw mistake("a range must end in a single character", from: place)
                    }
                    high = set.ranges[0].lowerBound
                }
            }
            guard low <= high else { throw mistake("the range is reversed", from: place) }
            ranges.append(low...high)
        }
        throw Pattern.Mistake(start: offsets[start], end: offsets[start + 1], message: "this `[` is not closed")
    }

    /// Parses a POSIX class such as `[:alpha:]`.
    private mutating func named(_ start: Int) throws(Pattern.Mistake) -> [ClosedRange<UInt32>] {
        at += 2
        var name = ""
        while let scalar = current, scalar != ":" && scalar != "]" {
            name.unicodeScalars.append(scalar)
            at += 1
        }
        guard take(":"), take("]") else { throw mistake("this `[:` is not closed", from: start) }
        let isNegated = name.hasPrefix("^")
        if isNegated { name.removeFirst() }
        guard let ranges = PatternParser.classes.first(where: { $0.name == name })?.ranges else {
            let known = PatternParser.classes.map(\.name).joined(separator: ", ")
            throw mistake("unknown class `\(name)`; classes: \(known)", from: start)
        }
        return ScalarSet(ranges: ranges, isNegated: isNegated).positiveRanges
    }

    private static let classes: [(name: String, ranges: [ClosedRange<UInt32>])] = [
        ("alnum", [0x30...0x39, 0x41...0x5A, 0x61...0x7A]), ("alpha", [0x41...0x5A, 0x61...0x7A]), ("ascii", [0...0x7F]),
        ("blank", [0x09...0x09, 0x20...0x20]), ("cntrl", [0...0x1F, 0x7F...0x7F]), ("digit", [0x30...0x39]),
        ("graph", [0x21...0x7E]), ("lower", [0x61...0x7A]), ("print", [0x20...0x7E]),
        ("punct", [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E]), ("space", [0x09...0x0D, 0x20...0x20]),
        ("upper", [0x41...0x5A]), ("word", ScalarSet.words.ranges), ("xdigit", [0x30...0x39, 0x41...0x46, 0x61...0x66]),
    ]
}
