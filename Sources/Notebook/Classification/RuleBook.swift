import Alerts
import Errors
import Model
import QueryLanguage
import Render
import Platform

/// The rules that errors are typed by: those that the program comes with and the user's own, as the file holds them now.
package struct RuleBook {
    /// Where the user's file is, or would be.
    let path: String
    /// Its text; empty when there is no file.
    let text: String
    let own: [Rule]
    /// What is wrong with the file; while anything is, none of its rules counts.
    package let mistakes: [RuleFileMistake]
    package let rules: RuleSet

    /// Reads the file, when there is one.
    package static func read(_ path: String) throws(FileError) -> RuleBook {
        RuleBook(path: path, text: Files.exists(path) ? try Files.text(of: path) : "")
    }

    init(path: String, text: String) {
        self.path = path
        self.text = text
        let file = text.isEmpty ? nil : RuleTableFile(text)
        mistakes = file?.mistakes ?? []
        own = mistakes.isEmpty ? file?.rules ?? [] : []
        rules = own.isEmpty ? .builtIn : RuleSet.builtIn.adding(own)
    }

    /// The mistakes, each with its place, its line and a caret.
    func lines(_ style: Style) -> [String] {
        let source = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return mistakes.prefix(10).flatMap { mistake -> [String] in
            let line = mistake.line <= source.count ? source[mistake.line - 1] : ""
            let start = line.unicodeScalars.prefix(max(0, mistake.column - 1)).reduce(0) { $0 + UTF8.width($1) }
            let rest = line.unicodeScalars.dropFirst(max(0, mistake.column - 1))
            // Up to the end of the word or the quoted text that begins there.
            let quote = rest.first.flatMap { $0 == "\"" || $0 == "'" ? $0 : nil }
            let word = rest.dropFirst(quote == nil ? 0 : 1).prefix {
                quote == nil ? $0 != " " && $0 != ":" && $0 != "," : $0 != quote
            }
            let length = word.reduce(0) { $0 + UTF8.width($1) } + (quote == nil ? 0 : 2)
            let span = TextSpan(start, min(line.utf8.count, start + length))
            let diagnostic = Diagnostic("rules." + mistake.id, at: span, mistake.message, closest: mistake.closest)
            return ["\(Printable.safe(path)):\(mistake.line):\(mistake.column):"]
                + DiagnosticRenderer(style).lines(Diagnostics(text: Redaction.text(line), [diagnostic]))
        } + (mistakes.count > 10 ? ["and \(mistakes.count - 10) more"] : [])
    }

    /// The file's text with one more rule at its end.
    func adding(_ rule: Rule) -> String {
        var lines: [String] = []
        if !text.isEmpty { lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
        while lines.last?.allSatisfy(\.isWhitespace) == true { lines.removeLast() }
        let items = lines.filter { $0.drop(while: { $0 == " " }).hasPrefix("- ") }
        let indent = items.first.map { String($0.prefix { $0 == " " }) } ?? "  "
        if !lines.contains(where: { $0.hasPrefix("rules:") }) {
            if lines.isEmpty { lines = ["# Custom classification rules; see `help rules`."] }
            lines.append("rules:")
        }
        lines.append("\(indent)- id: \(rule.id)")
        lines.append("\(indent)  type: \(rule.type?.name ?? "not_an_error")")
        lines.append("\(indent)  phrases: [\(rule.phrases.map(RuleBook.quoted).joined(separator: ", "))]")
        if !rule.examples.isEmpty {
            lines.append("\(indent)  examples:")
            for example in rule.examples { lines.append("\(indent)    - \(RuleBook.quoted(example))") }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A text in the double quotes of YAML.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\" + String(scalar)
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            default:
                let digits = String(scalar.value, radix: 16)
                quoted +=
                    scalar.value < 0x20 || scalar.value == 0x7F
                    ? "\\x" + String(repeating: "0", count: 2 - digits.count) + digits : String(scalar)
            }
        }
        return quoted + "\""
    }
}

/// Says that the user's rules cannot be used as they are.
package struct RuleFileTrouble: Error, CustomStringConvertible {
    package let description: String

    package init(_ book: RuleBook) {
        let first = book.mistakes[0]
        let more = book.mistakes.count > 1 ? " and \(book.mistakes.count - 1) more" : ""
        description = "\(book.path):\(first.line):\(first.column): \(first.message)\(more); `rules` shows where"
    }
}

/// The classification rules of a session: read when they are needed, and kept until the user's file changes.
struct SessionClassification {
    /// The book when the file was last read.
    private var book: RuleBook?
    /// Classifies by the newest book.
    private var assessor: Assessor?
    /// The rules that `unknown` proposed last.
    var proposals: [ProposedRule] = []

    /// The rules as the file stands now.
    mutating func book(at path: String) throws -> RuleBook {
        let read = try RuleBook.read(path)
        if let book, book.text == read.text, book.path == read.path { return book }
        book = read
        return read
    }

    /// Classifies by the rules as the file stands now.
    /// - Throws: `RuleFileTrouble` when the file has mistakes.
    mutating func assessor(at path: String) throws -> Assessor {
        let book = try book(at: path)
        guard book.mistakes.isEmpty else { throw RuleFileTrouble(book) }
        if let assessor, assessor.classifier.rules.version == book.rules.version { return assessor }
        let made = Assessor(rules: book.rules)
        assessor = made
        return made
    }

    /// Reads the file again next time: it was written.
    mutating func forgetBook() { book = nil }
}

extension Session {
    /// The rules as the user's file stands now.
    func ruleBook() throws -> RuleBook { try classification.book(at: environment.locations.classificationRules) }

    /// Classifies by the rules as they stand now. Throws when the user's file has mistakes.
    func assessor() throws -> Assessor { try classification.assessor(at: environment.locations.classificationRules) }
}
