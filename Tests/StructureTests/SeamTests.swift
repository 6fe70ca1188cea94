import TestSupport
import Testing

/// What must stay on one side of a seam.
@Suite("Seams")
struct SeamTests {
    /// The words of a line of code outside of comments.
    private func words(_ line: Substring) -> [Substring] {
        guard !line.drop(while: { $0 == " " }).hasPrefix("//") else { return [] }
        return line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
    }

    @Test("the query language writes no SQL behind its syntax")
    func noSQL() {
        let keywords: Set<Substring> = [
            "SELECT", "FROM", "WHERE", "JOIN", "GROUP", "ORDER", "HAVING", "UNION", "INSERT", "DELETE", "LIMIT", "CASE", "CAST",
        ]
        let stages = ["3-Checked", "4-Plan", "5-Answer"].map { "Sources/QueryLanguage/\($0)/" }
        let files = Repository.sources.filter { path in stages.contains { path.hasPrefix($0) } }
        #expect(files.count > 20)
        for path in files {
            for (number, line) in Repository.lines(path).enumerated() {
                for word in words(line) where keywords.contains(word) || word.hasPrefix("SQL") {
                    Issue.record("\(path):\(number + 1): \(word)")
                }
            }
        }
    }

    @Test("the query language names no table of the store")
    func noTables() {
        var tables: Set<Substring> = []
        for path in Repository.sources where path.hasPrefix("Sources/LocalStore/Schema/Migrations/") {
            for line in Repository.lines(path) {
                let words = words(line)
                // Names of one word are words of the language as well.
                if let place = words.firstIndex(of: "TABLE"), place + 1 < words.count, words[place + 1].contains("_") {
                    tables.insert(words[place + 1])
                }
            }
        }
        #expect(tables.isSuperset(of: ["error_kind", "span_content", "call_minute"]), "\(tables.sorted())")
        for path in Repository.sources where path.hasPrefix("Sources/QueryLanguage/") {
            for (number, line) in Repository.lines(path).enumerated() {
                for word in words(line) where tables.contains(word) { Issue.record("\(path):\(number + 1): \(word)") }
            }
        }
    }
}
