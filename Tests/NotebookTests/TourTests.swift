import TestSupport
import Testing

@testable import Notebook
@testable import Platform

@Suite("The tour")
struct TourTests {
    @Test("every statement of the tour runs, and its answers are the recorded ones")
    func tour() throws {
        let session = try openSession(Stores.tour)
        var text = ""
        for piece in StatementSplitter.pieces(of: try Files.text(of: Fixtures.root + "/queries/tour.flq")) {
            switch piece {
            case .prose(let prose): text += "# \(prose)\n"
            case .statement(let statement, let line):
                let reply = session.run(statement)
                #expect(reply.exit == .ok, "line \(line): \(reply.narration)")
                text += "\n> \(statement)\n\(reply.output.filter { $0 != "\r" })\(reply.narration)\n"
            }
        }
        expectGolden(withoutRules(text), "shell/tour.txt")
    }

    /// The text with dots for the version of the rules: a new rule that changes no answer here changes nothing.
    private func withoutRules(_ text: String) -> String {
        var parts = text.split(separator: "rules ", omittingEmptySubsequences: false).map(String.init)
        for place in parts.indices.dropFirst() where parts[place].prefix(4).allSatisfy(\.isHexDigit) {
            parts[place].replaceSubrange(parts[place].prefix(4).startIndex..<parts[place].prefix(4).endIndex, with: "····")
        }
        return parts.joined(separator: "rules ")
    }
}
