import Model
import Testing

@testable import QueryLanguage

@Suite("Classes of errors as types")
struct ClassWordTests {
    /// What the statement asks of the types: the conditions of its planned statements.
    private func asked(_ text: String) throws -> [CheckedPredicate] { try compile(text).statements.map(\.predicate) }

    @Test(
        "the word of a class that is no type stands for its types, wherever a type may stand",
        arguments: [
            ("errors where type = auth_error last 1h", "errors where type = authentication, permission last 1h"),
            (
                "errors where type = auth_error, timeout last 1h",
                "errors where type = authentication, permission, timeout last 1h"
            ),
            ("errors where type != auth_error last 1h", "errors where type != authentication, permission last 1h"),
            (
                "errors where type = AUTH_ERROR by model last 1h",
                "errors where type = authentication, permission by model last 1h"
            ),
        ])
    func words(byClass: String, byTypes: String) throws {
        #expect(try asked(byClass) == asked(byTypes))
    }

    @Test("a word that names both a type and a class means the type")
    func both() throws {
        #expect(
            try asked("errors where type = rate_limit last 1h").count
                == asked("errors where type = timeout last 1h").count)
        #expect(try asked("errors where type = rate_limit last 1h") != asked("errors where class = rate_limit last 1h"))
    }
}
