import Glibc
import TestSupport
import Testing

@testable import Notebook
@testable import Platform

@Suite("The README's reference")
struct ReferenceTests {
    @Test("is what the language's tables say; RECORD=1 rewrites it")
    func reference() throws {
        let path = Fixtures.root + "/README.md"
        let text = try Files.text(of: path)
        let begin = "<!-- reference: written by the tests -->\n", end = "<!-- end of reference -->"
        let parts = text.split(separator: begin, maxSplits: 1, omittingEmptySubsequences: false)
        try #require(parts.count == 2, "the README has a place for the reference")
        guard let tail = parts[1].range(of: end) else {
            Issue.record("the reference has no end")
            return
        }
        let written = String(parts[1][..<tail.lowerBound])
        guard written != Reference.markdown else { return }
        if getenv("RECORD") != nil {
            try Files.write(parts[0] + begin + Reference.markdown + end + parts[1][tail.upperBound...], to: path)
            Issue.record("the reference was rewritten: read it, then run without RECORD")
        } else {
            Issue.record("the README's reference is not what the tables say; RECORD=1 rewrites it")
        }
    }
}

extension Substring {
    /// The first place of a text; nil when it is not there.
    fileprivate func range(of text: String) -> Range<Index>? { firstRange(of: text) }
}
