import TestSupport
import Testing

@Suite("Public documentation")
struct DocumentationTests {
    /// Declarations without a comment: operators, and members defined by standard protocols.
    private static let known = [
        "func <", "func ==", "func hash(into", "var description:", "var description ", "func makeIterator()",
        "mutating func next()",
        "func encode(to", "init(from decoder", "func index(after", "func run() throws", "static let configuration",
    ]

    /// Returns the first line of a public declaration that needs a comment; nil for other lines.
    private func declaration(_ line: Substring) -> String? {
        var words = line.drop { $0 == " " }.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        while let first = words.first, first.hasPrefix("@"), words.count > 1 { words.removeFirst() }
        guard words.first == "public" else { return nil }
        words.removeFirst()
        let modifiers: Set<String> = [
            "static", "final", "mutating", "nonmutating", "indirect", "override", "convenience", "nonisolated", "required",
        ]
        while let first = words.first, modifiers.contains(first) { words.removeFirst() }
        guard let kind = words.first.map({ $0.prefix { $0.isLetter } }) else { return nil }
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "actor", "func", "init", "typealias", "subscript"]
        return kinds.contains(kind) ? words.joined(separator: " ") : nil
    }

    /// Returns `func` and the name after it.
    private func name(of declaration: String) -> String { String(declaration.prefix { $0 != "(" && $0 != "<" }) }

    /// Returns the requirements of the protocols in a file.
    private func requirements(_ path: String) -> [String] {
        var found: [String] = [], isProtocol = false
        for line in Repository.lines(path) {
            if line.hasPrefix("public protocol ") { isProtocol = true }
            if line.hasPrefix("}") { isProtocol = false }
            let text = line.drop { $0 == " " }
            if isProtocol, text.hasPrefix("func ") { found.append(name(of: String(text))) }
        }
        return found
    }

    @Test("every public type, function and initialiser has a doc comment")
    func documented() {
        // Requirements of the program's own protocols are documented there, once.
        let required = Set(Repository.sources.flatMap(requirements))
        for path in Repository.sources {
            let lines = Repository.lines(path)
            for (index, line) in lines.enumerated() {
                guard let declaration = declaration(line), !DocumentationTests.known.contains(where: declaration.hasPrefix),
                    !required.contains(name(of: declaration))
                else { continue }
                var above = index - 1
                while above >= 0, lines[above].drop(while: { $0 == " " }).hasPrefix("@") { above -= 1 }
                let isDocumented = above >= 0 && lines[above].drop { $0 == " " }.hasPrefix("///")
                #expect(isDocumented, "\(path):\(index + 1): public \(declaration)")
            }
        }
    }

    @Test("comments contain no to-do notes, and no block comments")
    func notes() {
        // In pieces, so that this file does not contain them.
        let words = ["TO" + "DO", "FIX" + "ME", "HA" + "CK"]
        for path in Repository.code {
            for (index, line) in Repository.lines(path).enumerated() {
                let text = line.drop { $0 == " " }
                let comment = text.hasPrefix("//") ? text.split { !$0.isLetter } : []
                for word in words where comment.contains(word[...]) { Issue.record("\(path):\(index + 1): \(word)") }
                #expect(!text.hasPrefix("/*"), "\(path):\(index + 1): a block comment")
            }
        }
    }

    @Test("only failed preconditions end the program")
    func traps() {
        let words = ["fatal" + "Error(", "try" + "! ", "as" + "! "]
        for path in Repository.sources {
            for word in words where Repository.holds(path, word) { Issue.record("\(path): \(word)") }
        }
    }
}
