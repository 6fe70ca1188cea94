import Model
import Yams

/// A YAML text with its lines, for locating nodes; it tolerates broken list items.
struct YAMLText {
    private(set) var lines: [[Unicode.Scalar]]

    init(_ text: String) {
        lines = text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            Array(line.last == "\r" ? line.dropLast() : line)
        }
    }

    /// Parses the YAML; returns the root node and the syntax errors.
    ///
    /// A list item with invalid YAML is reported and removed, and parsing restarts, so that one broken rule does not hide the
    /// others.
    mutating func root() -> (node: Node?, mistakes: [RuleFileMistake]) {
        var mistakes: [RuleFileMistake] = []
        if let problem = excess { return (nil, [problem]) }
        for _ in 0..<100 {
            let text = lines.map { String(String.UnicodeScalarView($0)) }.joined(separator: "\n")
            do {
                return (try Yams.Parser(yaml: text, encoding: .utf8).singleRoot(), mistakes)
            } catch let error as YamlError {
                let (message, mark, context) = YAMLText.described(error)
                let line = min(max(mark?.line ?? 1, 1), max(lines.count, 1))
                mistakes.append(RuleFileMistake("bad-yaml", line: line, column: max(mark?.column ?? 1, 1), message))
                // An unterminated construct began in an earlier item; remove that one.
                guard blankItem(around: context?.line ?? line) || blankItem(around: line) else { return (nil, mistakes) }
            } catch {
                return (nil, mistakes + [RuleFileMistake("bad-yaml", line: 1, column: 1, "invalid YAML")])
            }
        }
        return (nil, mistakes)
    }

    private static func described(_ error: YamlError) -> (String, Mark?, Mark?) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            // Report unterminated constructs where they begin.
            (
                [context?.text, problem].compactMap { $0 }.joined(separator: ": "),
                problem.contains("end of stream") ? context?.mark ?? mark : mark, context?.mark
            )
        case .duplicatedKeysInMapping(let duplicates, let context):
            ("duplicate key `\(duplicates.first ?? "")`", context.mark, nil)
        case .reader(let problem, _, _, _): (problem, nil, nil)
        default: ("invalid YAML", nil, nil)
        }
    }

    /// Blanks the innermost list item that contains the line; returns false if there is none.
    private mutating func blankItem(around line: Int) -> Bool {
        guard line >= 1, line <= lines.count else { return false }
        func indent(_ index: Int) -> Int? { lines[index].firstIndex { $0 != " " } }
        func isItem(_ index: Int) -> Bool {
            guard let indent = indent(index), lines[index][indent] == "-" else { return false }
            return indent + 1 == lines[index].count || lines[index][indent + 1] == " "
        }
        var start = line - 1
        // The item's first line: a dash no further right than the start of the line itself.
        var limit = indent(start).map { isItem(start) ? $0 : $0 - 1 } ?? .max
        while start >= 0 {
            if let found = indent(start) {
                if isItem(start), found <= limit { break }
                // A line further left closes the items nested in it.
                limit = min(limit, isItem(start) ? found : found)
            }
            start -= 1
        }
        guard start >= 0, let left = indent(start) else { return false }
        var end = start + 1
        while end < lines.count, indent(end).map({ $0 > left }) ?? true { end += 1 }
        guard end > line - 1 else { return false }
        for index in start..<end { lines[index] = [] }
        return true
    }

    /// Rejects files that would take unreasonable time to parse.
    private var excess: RuleFileMistake? {
        let size = lines.reduce(0) { $0 + $1.count }
        if size > 4_000_000 {
            return RuleFileMistake("too-large", line: 1, column: 1, "the file has more than 4 million characters")
        }
        // Nested aliases grow exponentially: at most (aliases / anchors) ^ anchors nodes.
        var anchors = 0, aliases = 0
        for line in lines {
            var before: Unicode.Scalar = " "
            for (index, scalar) in line.enumerated() {
                let next = index + 1 < line.count ? line[index + 1] : " "
                if " -[{,:?".unicodeScalars.contains(before), next.properties.isAlphabetic || next.properties.numericType != nil {
                    if scalar == "&" { anchors += 1 }
                    if scalar == "*" { aliases += 1 }
                }
                before = scalar
            }
        }
        var nodes = 1.0
        for _ in 0..<min(anchors, 100) { nodes *= max(Double(aliases) / Double(anchors), 1) }
        return nodes > 1_000_000
            ? RuleFileMistake("too-many-aliases", line: 1, column: 1, "the aliases in the file expand to too many nodes") : nil
    }

    /// Returns the 1-based line and column of a node.
    static func place(of node: Node) -> (line: Int, column: Int) {
        (max(node.mark?.line ?? 1, 1), max(node.mark?.column ?? 1, 1))
    }

    /// Returns a function from a byte offset in a scalar's value to its line and column in the file.
    func places(in scalar: Node.Scalar) -> (Int) -> (line: Int, column: Int) {
        var line = max((scalar.mark?.line ?? 1) - 1, 0), column = max((scalar.mark?.column ?? 1) - 1, 0)
        switch scalar.style {
        case .literal, .folded:
            line += 1
            column = 0
        case .singleQuoted, .doubleQuoted: column += 1
        default: break
        }
        // The source position of each byte of the value.
        var places: [(line: Int, column: Int)] = []
        var last = (line: line + 1, column: column + 1)
        func skipBlanks() {
            while line < lines.count {
                while column < lines[line].count, lines[line][column] == " " || lines[line][column] == "\t" { column += 1 }
                let isContinued = scalar.style == .doubleQuoted && column == lines[line].count - 1 && lines[line][column] == "\\"
                guard column >= lines[line].count || isContinued else { return }
                line += 1
                column = 0
            }
        }
        for character in scalar.string.unicodeScalars {
            let width = UTF8.width(character)
            if character == " " || character == "\n" || character == "\t" {
                // White space may be folded or escaped in the source: use the position after the previous character.
                if scalar.style == .doubleQuoted, line < lines.count, column + 1 < lines[line].count, lines[line][column] == "\\",
                    lines[line][column + 1] == "n" || lines[line][column + 1] == "t"
                {
                    column += 2
                }
                for _ in 0..<width { places.append((last.line, last.column + 1)) }
                continue
            }
            skipBlanks()
            last = (line + 1, column + 1)
            for _ in 0..<width { places.append(last) }
            guard line < lines.count, column < lines[line].count else { continue }
            if scalar.style == .singleQuoted, lines[line][column] == "'" {
                column += 2
            } else if scalar.style == .doubleQuoted, lines[line][column] == "\\", column + 1 < lines[line].count {
                let lengths: [Unicode.Scalar: Int] = ["x": 4, "u": 6, "U": 10]
                column += lengths[lines[line][column + 1]] ?? 2
            } else {
                column += 1
            }
        }
        let end = (line: last.line, column: last.column + 1)
        return { offset in offset < places.count && offset >= 0 ? places[offset] : end }
    }
}
