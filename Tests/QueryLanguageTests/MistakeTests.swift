import Model
import TestSupport
import Testing

@testable import QueryLanguage

/// Statements with mistakes and their diagnostics, in one file: `Tests/Fixtures/queries/mistakes.txt`.
///
/// A case is a line `> STATEMENT`; `RECORD=1` writes the diagnostics after each.
@Suite struct MistakeTests {
    private static let file = "queries/mistakes.txt"

    /// Throws the diagnostics of a correction.
    private func check(_ text: String) throws {
        let found = mistakes(text, catalog: SmallCatalog())
        guard found.all.isEmpty else { throw found }
    }

    private func told(_ text: String) -> String {
        let found = mistakes(text, catalog: SmallCatalog())
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
        let statements = statements(in: MistakeTests.file)
        #expect(statements.count >= 70)
        #expect(Set(statements).count == statements.count, "duplicate statements")
        expectGolden(statements.map(told).joined(separator: "\n"), MistakeTests.file)
    }

    @Test("every diagnostic id occurs in the recorded file")
    func everyKind() {
        let files = ["QueryDiagnostics", "QueryDiagnostics+Results", "QueryDiagnostics+Alerts"]
        let source = files.map {
            String(decoding: bytes(of: Fixtures.root + "/Sources/QueryLanguage/\($0).swift"), as: UTF8.self)
        }.joined()
        var ids: Set<String> = []
        // An id is the first string after `Diagnostic(`.
        for part in source.split(separator: "Diagnostic(").dropFirst() {
            let inner = part.drop(while: \.isWhitespace)
            guard inner.first == "\"" else { continue }
            ids.insert(String(inner.dropFirst().prefix { $0 != "\"" }))
        }
        #expect(ids.count > 40)
        let recorded = String(decoding: bytes(of: Fixtures.path(MistakeTests.file)), as: UTF8.self)
        // These need hundreds of words; `RobustnessTests` covers the limits.
        ids.subtract(["too-deep", "too-many"])
        let missing = ids.filter { !recorded.contains("\n\($0) [") }
        #expect(missing == [], "no statement shows these")
    }

    @Test("every suggested correction is a valid statement, and most diagnostics with a single correction suggest it")
    func corrections() {
        var offered = 0
        for text in statements(in: MistakeTests.file) {
            let found = mistakes(text, catalog: SmallCatalog()), checked = found.offering(check)
            guard let correction = checked.correction else { continue }
            offered += 1
            #expect(mistakes(correction, catalog: SmallCatalog()).all.isEmpty, "\(text) → \(correction)")
            #expect(!correction.hasSuffix(" ") && !correction.contains("  ") || text.contains("  "), "\(text) → \(correction)")
        }
        #expect(offered > 80)
    }

    @Test("messages are one sentence in lower case without a full stop")
    func form() {
        for text in statements(in: MistakeTests.file) {
            let found = mistakes(text, catalog: SmallCatalog())
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
        let found = mistakes(text).all
        #expect(found.map(\.id) == ["unknown-field"])
        #expect(Array(text.utf8)[found[0].span.start..<found[0].span.end].elementsEqual("tpye".utf8))
    }

    @Test("independent mistakes are reported together")
    func together() {
        let ids = mistakes("errors by tpye last 24h where model=gpt4o", catalog: SmallCatalog()).all.map(\.id)
        #expect(ids == ["unknown-field", "no-value"])
        #expect(mistakes("errors whree modle = x top 0").all.map(\.id) == ["unknown-clause", "unknown-field", "bad-number"])
    }
}
