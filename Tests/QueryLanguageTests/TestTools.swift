import Glibc
import Model
import TestSupport
import Testing

@testable import QueryLanguage

/// Returns the contents of a file; empty if it cannot be read.
func bytes(of path: String) -> [UInt8] {
    guard let file = fopen(path, "rb") else { return [] }
    defer { fclose(file) }
    var bytes: [UInt8] = [], part = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = fread(&part, 1, part.count, file)
        if count == 0 { return bytes }
        bytes += part[..<count]
    }
}

/// Returns the zone of a copied zone file, so that the tests do not depend on the machine.
func zone(_ name: String) -> Zone {
    let file = name.split(separator: "/").last ?? ""
    guard let zone = Zone(name: name, file: bytes(of: Fixtures.path("queries/\(file).tzif"))) else {
        preconditionFailure("the fixture of zone \(name) is a zone file")
    }
    return zone
}

let berlin = zone("Europe/Berlin")

/// Returns the instant of an ISO 8601 text.
func at(_ text: String, _ zone: Zone = .utc) -> Timestamp {
    guard let instant = TimeText.parse(text, zone: zone) else { preconditionFailure("\(text) is a time") }
    return instant
}

let now = at("2026-11-21T14:05:00Z")
let coverage = Window(from: at("2026-10-01"), to: at("2026-11-21T14:00:30Z"))
let facts = QueryFacts(coverage: coverage, newest: coverage.to, keepsSuccesses: true, rules: "3f9a")
/// A context in which `$1` is a small result by type and `$model` is bound.
let context: CheckContext = {
    var context = CheckContext(now: now, coverage: coverage)
    var query = CheckedQuery(noun: .errors)
    query.keys = [Field(.type)]
    query.measures = [.count]
    query.window = Window(from: now - .hours(24), to: now)
    let table = ResultTable(
        columns: [ResultColumn("type", .text), ResultColumn("count", .count)],
        rows: [[.text("timeout"), .count(3)], [.text("rate_limit"), .count(1)]])
    context.results = [
        1: ResultSource(
            query: query,
            answer: Answer(table: table, shape: .groups(keys: 1), receipt: Receipt(window: query.window, zone: .utc)))
    ]
    context.lastResult = 1
    context.forms = [
        AnswerForm("csv", "data", isData: true), AnswerForm("bars", "bars", needs: .groups),
        AnswerForm("stack", "a stack", needs: .groupsAndBuckets), AnswerForm("line", "a line", needs: .buckets),
        AnswerForm("table", "a table"), AnswerForm("scatter", "points", needs: .points),
        AnswerForm("heatmap", "shades", needs: .grid),
    ]
    return context
}()

/// A catalog with a few models and providers.
struct SmallCatalog: ValueCatalog {
    static let values: [FieldID: [KnownValue]] = [
        .model: [
            KnownValue("gpt-4o-mini", 8114), KnownValue("gpt-4o", 1203), KnownValue("claude-sonnet-4", 900),
            KnownValue("grosses modell", 3),
        ],
        .provider: [KnownValue("openai", 9317), KnownValue("anthropic", 900), KnownValue("gemini", 12)],
    ]

    func contains(_ value: String, in field: FieldID) -> Bool? {
        SmallCatalog.values[field]?.contains { $0.value == value }
    }
    func values(of field: FieldID) -> [KnownValue] { SmallCatalog.values[field] ?? [] }
}

/// Everything that is wrong with a query, from parser and checker together, in order of place.
func mistakes(_ text: String, _ context: CheckContext = context, catalog: (any ValueCatalog)? = nil) -> Diagnostics {
    let (query, found) = Parser.query(text)
    guard let query else { return Diagnostics(text: text, found) }
    do throws(Diagnostics) {
        _ = try QueryCompiler().compile(query, text: text, mistakes: found, context: context, facts: facts, catalog: catalog)
        return Diagnostics(text: text, [])
    } catch {
        return error
    }
}

/// Returns the query of a valid statement.
func compile(
    _ text: String, _ context: CheckContext = context, _ location: SourceLocation = #_sourceLocation
) throws -> CompiledQuery {
    let (query, found) = Parser.query(text)
    guard let syntax = query else {
        Issue.record("no query: \(text)", sourceLocation: location)
        throw Diagnostics(text: text, found)
    }
    do {
        return try QueryCompiler().compile(
            syntax, text: text, mistakes: found, context: context, facts: facts)
    } catch {
        Issue.record("\(text): \(error.all.map(\.message))", sourceLocation: location)
        throw error
    }
}

/// Compares a text with the recorded one.
func expectGolden(_ text: String, _ name: String, _ location: SourceLocation = #_sourceLocation) {
    if let difference = Golden.difference(text, name) { Issue.record("\(difference)", sourceLocation: location) }
}

/// Returns the statements of a golden file: the lines that begin with `> `.
func statements(in name: String) -> [String] {
    String(decoding: bytes(of: Fixtures.path(name)), as: UTF8.self).split(separator: "\n").filter { $0.hasPrefix("> ") }
        .map { String($0.dropFirst(2)) }
}
