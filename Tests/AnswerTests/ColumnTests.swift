import Engine
import LocalStore
import Model
import Testing

@testable import QueryLanguage

@Suite("Rows in columns")
struct ColumnTests {
    private static let fields: [Field] =
        [
            .model, .provider, .agent, .name, .prompt, .promptVersion, .release, .host, .environment, .user, .session, .tag,
            .finish,
            .attempts, .hour, .type, .status, .code, .signature, .severity,
        ].map { Field($0) } + [
            Field(.latency, isBinned: true), Field(.inputTokens, isBinned: true), Field(.metadata, key: "team"),
        ]

    /// Each row with its values, as one text.
    private func lines(_ columns: RowColumns) -> [String] {
        columns.times.indices.map { row in
            let values = columns.fields.map { $0.codes[row] < 0 ? "-" : "\($0.values[Int($0.codes[row])])" }
            let numbers = columns.numbers.map { $0[row] == RowColumns.unknown ? "-" : String($0[row]) }
            return "\(columns.times[row]) \(columns.conditions[row]) \(values) \(numbers)"
        }.sorted()
    }

    @Test("a store's columns are those of listing the rows one by one, in any zone and of any relation", arguments: [301, 302])
    func same(seed: UInt64) throws {
        let traces = AwkwardHistory.traces(seed: seed, count: 80), history = try HistoryStore(traces)
        let store = history.store, plain = PlainEngine(store, traces)
        let coverage = try #require(try store.overview().coverage)
        for (number, zone) in Zones.all.enumerated() {
            for text in ["calls where provider is present", "errors where type != timeout", "calls where kind = any"] {
                let query = try compiled(text, store, zone: zone).query
                let relation: Relation = query.noun == .errors ? .errors : .calls
                var request = ColumnRequest(
                    relation, fields: ColumnTests.fields, numbers: [.latency, .cost, .tokens].map { Field($0) },
                    conditions: [.flag(Field(.failed)), .flag(Field(.recovered))], predicate: query.predicate,
                    scope: query.scope(in: coverage))
                if number % 2 == 1 {
                    request = request.moved(
                        to: Window(from: coverage.from + .seconds(30_000), to: coverage.to - .seconds(90_000)))
                }
                let ours = try store.columns(for: request), expected = try plain.columns(for: request)
                #expect(lines(ours) == lines(expected), "\(text), \(zone.name), seed \(seed)")
                #expect(ours.times == ours.times.sorted())
                #expect(ours.count > 0 || number % 2 == 1)
                for column in ours.fields { #expect(Set(column.values).count == column.values.count, "\(column.field.name)") }
            }
        }
    }

    @Test("keys of metadata are listed by how many rows have them, without those that identify rows")
    func metadataKeys() throws {
        let traces = AwkwardHistory.traces(seed: 303, count: 80), store = try HistoryStore(traces).store
        let coverage = try #require(try store.overview().coverage)
        let scope = try compiled("calls", store).query.scope(in: coverage)
        let keys = try store.metadataKeys(in: scope, limit: 5)
        #expect(keys.count <= 5 && Set(keys).count == keys.count)
        #expect(try store.metadataKeys(in: scope, limit: 0).isEmpty)
        let nothing = scope.moved(to: Window(from: coverage.to + .days(1), to: coverage.to + .days(2)))
        #expect(try store.metadataKeys(in: nothing, limit: 5).isEmpty)
    }
}
