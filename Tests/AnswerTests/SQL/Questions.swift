import Model
import TestSupport
import Testing

@testable import QueryLanguage

/// Questions as the store is asked them, over data that is only claimed.
let coverage = Window(from: at("2026-10-01"), to: at("2026-11-21T14:00:30Z"))
let now = at("2026-11-21T14:05:00Z")

/// An instant from its ISO text.
private func at(_ text: String) -> Timestamp {
    guard let instant = TimeText.parse(text) else { preconditionFailure("\(text) is a time") }
    return instant
}

/// The query of a statement that has no mistake.
func compile(_ text: String, _ context: CheckContext = CheckContext(now: now, coverage: coverage)) throws -> CompiledQuery {
    let (read, found) = Parser.query(text)
    guard let syntax = read else { throw Diagnostics(text: text, found) }
    let facts = QueryFacts(coverage: coverage, newest: coverage.to, keepsSuccesses: true, rules: "3f9a")
    return try QueryCompiler().compile(syntax, text: text, mistakes: found, context: context, facts: facts)
}
