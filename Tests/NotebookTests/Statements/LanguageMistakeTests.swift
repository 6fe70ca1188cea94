import Model
import Platform
import TestSupport
import Testing

@testable import QueryLanguage
@testable import Notebook

/// Statements with mistakes and their diagnostics, in one file: `Tests/Fixtures/queries/mistakes.txt`.
///
/// A case is a line `> STATEMENT`; `RECORD=1` writes what is told behind each.
@Suite("Mistakes in the language")
struct LanguageMistakeTests {
    private static let file = "queries/mistakes.txt"

    /// The statements of the golden file: its lines that begin with `> `.
    private static func statements() -> [String] {
        text(Fixtures.path(file)).split(separator: "\n").filter { $0.hasPrefix("> ") }.map { String($0.dropFirst(2)) }
    }

    private static func text(_ path: String) -> String { (try? Files.text(of: path)) ?? "" }

    /// Throws the mistakes of a correction.
    private func check(_ text: String) throws {
        let found = PlainContext.mistakes(text, catalog: SmallCatalog())
        guard found.all.isEmpty else { throw found }
    }

    private func told(_ text: String) -> String {
        let found = PlainContext.mistakes(text, catalog: SmallCatalog())
        var lines = ["> " + text]
        for diagnostic in found.all {
            let bytes = Array(text.utf8)[diagnostic.span.start..<diagnostic.span.end]
            lines.append("\(diagnostic.id) [\(String(decoding: bytes, as: UTF8.self))] \(diagnostic.message)")
            if let closest = diagnostic.closest { lines.append("    closest: \(closest)") }
        }
        if found.all.isEmpty { lines.append("no mistake") }
        if let corrected = found.offering(check).correction { lines.append("try: \(corrected)") }
        return lines.joined(separator: "\n") + "\n"
    }

    @Test("diagnostics are as recorded")
    func golden() {
        let statements = LanguageMistakeTests.statements()
        #expect(statements.count >= 70)
        #expect(Set(statements).count == statements.count, "duplicate statements")
        let difference = Golden.difference(statements.map(told).joined(separator: "\n"), LanguageMistakeTests.file)
        #expect(difference == nil)
    }

    @Test("every diagnostic id occurs in the recorded file")
    func everyKind() {
        let files = ["QueryDiagnostics", "QueryDiagnostics+Results", "QueryDiagnostics+Alerts"]
        let source = files.map {
            LanguageMistakeTests.text(Fixtures.root + "/Sources/QueryLanguage/\($0).swift")
        }.joined()
        var ids: Set<String> = []
        // An id is the first string after `Diagnostic(`.
        for part in source.split(separator: "Diagnostic(").dropFirst() {
            let inner = part.drop(while: \.isWhitespace)
            guard inner.first == "\"" else { continue }
            ids.insert(String(inner.dropFirst().prefix { $0 != "\"" }))
        }
        #expect(ids.count > 40)
        let recorded = LanguageMistakeTests.text(Fixtures.path(LanguageMistakeTests.file))
        // These need hundreds of words; see the limits in the tests of robustness.
        ids.subtract(["too-deep", "too-many"])
        let missing = ids.filter { !recorded.contains("\n\($0) [") }
        #expect(missing == [], "no statement shows these")
    }

    @Test("every suggested correction is a valid statement, and most diagnostics with a single correction suggest it")
    func corrections() {
        var offered = 0
        for text in LanguageMistakeTests.statements() {
            let found = PlainContext.mistakes(text, catalog: SmallCatalog()), checked = found.offering(check)
            guard let correction = checked.correction else { continue }
            offered += 1
            #expect(PlainContext.mistakes(correction, catalog: SmallCatalog()).all.isEmpty, "\(text) → \(correction)")
            #expect(!correction.hasSuffix(" ") && !correction.contains("  ") || text.contains("  "), "\(text) → \(correction)")
        }
        #expect(offered > 80)
    }

    @Test("messages are one sentence in lower case without a full stop")
    func form() {
        for text in LanguageMistakeTests.statements() {
            let found = PlainContext.mistakes(text, catalog: SmallCatalog())
            #expect(!found.all.isEmpty, "\(text)")
            for diagnostic in found.all {
                let first = diagnostic.message.first { $0.isLetter }
                let isName = diagnostic.message.hasPrefix("`") || diagnostic.message.hasPrefix("SQL")
                #expect(isName || first?.isLowercase == true || first == nil, "\(diagnostic.message)")
                #expect(!diagnostic.message.hasSuffix("."), "\(diagnostic.message)")
            }
        }
    }

    @Test("spans are byte offsets, also after wide characters")
    func wideCharacters() {
        let text = "errors where model = \"日本\" by tpye"
        let found = PlainContext.mistakes(text).all
        #expect(found.map(\.id) == ["unknown-field"])
        #expect(Array(text.utf8)[found[0].span.start..<found[0].span.end].elementsEqual("tpye".utf8))
    }

    @Test("independent mistakes are reported together")
    func together() {
        let ids = PlainContext.mistakes("errors by tpye last 24h where model=gpt4o", catalog: SmallCatalog()).all.map(\.id)
        #expect(ids == ["unknown-field", "no-value"])
        #expect(
            PlainContext.mistakes("errors whree modle = x top 0").all.map(\.id) == [
                "unknown-clause", "unknown-field", "bad-number",
            ])
    }
}
