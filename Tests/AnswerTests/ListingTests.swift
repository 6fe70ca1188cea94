import Model
import Testing
import TestSupport

@testable import LocalStore
@testable import QueryLanguage

/// Listings row by row against the plain facts: which rows, in which order, with which columns, and what the receipt says.
@Suite struct ListingTests {
    private static let orderedWords: [FieldID: [String]] = [
        .severity: ["INFO", "WARNING", "ERROR", "CRITICAL"], .weekday: ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
    ]

    /// Less than zero when `a` comes first; missing values come last in either direction.
    private func compare(_ field: FieldID, _ a: PlainRow, _ b: PlainRow, descending: Bool) -> Int {
        let x = a[field], y = b[field]
        if x == y { return 0 }
        if x.isMissing { return 1 }
        if y.isMissing { return -1 }
        let isLess: Bool
        switch (x, y) {
        case (.text(let p), .text(let q)):
            if let words = ListingTests.orderedWords[field] {
                isLess = words.firstIndex(of: p) ?? 0 < words.firstIndex(of: q) ?? 0
            } else if field == .evidence {
                isLess = a.evidence < b.evidence
            } else {
                isLess = Array(p.utf8).lexicographicallyPrecedes(Array(q.utf8))
            }
        case (.time, .time): isLess = a.time < b.time
        case (.duration(let p), .duration(let q)): isLess = p < q
        default: isLess = (x.magnitude ?? 0) < (y.magnitude ?? 0)
        }
        return isLess != descending ? -1 : 1
    }

    private func sorted(_ rows: [PlainRow], _ keys: [(FieldID, Bool)]) -> [PlainRow] {
        func traceID(_ row: PlainRow) -> String { if case .text(let id) = row[.trace] { id } else { "" } }
        return rows.sorted { a, b in
            for (field, isDescending) in keys {
                let order = compare(field, a, b, descending: isDescending)
                if order != 0 { return order < 0 }
            }
            if a.time != b.time { return a.time > b.time }
            return (a.id, traceID(a), a.scope, a.row) < (b.id, traceID(b), b.scope, b.row)
        }
    }

    @Test("listings hold the right rows in the right order", arguments: [UInt64(21), 22])
    func listings(seed: UInt64) throws {
        let history = try HistoryStore(AwkwardHistory.traces(seed: seed, count: 120))
        for (round, zone) in [Zone.utc, Zones.newYork].enumerated() {
            let evidence: Evidence = round == 0 ? .default : [.explicit, .slow, .event]
            let facts = try PlainFacts(history.store, zone: zone, evidence: evidence)
            for number in 0..<40 {
                let own = seed * 1000 + UInt64(round * 100 + number)
                try check(seed: own, facts, history.store)
            }
        }
    }

    private func check(seed: UInt64, _ facts: PlainFacts, _ store: Store) throws {
        var random = SeededGenerator(seed: seed)
        func pick<T>(_ choices: [T]) -> T { choices[Int(random.next() % UInt64(choices.count))] }
        let noun: Noun = pick([.errors, .errors, .calls, .calls, .traces, .failures])
        let maker = ConditionMaker(noun, facts, withKind: random.next() % 6 == 0)
        let condition = maker.condition(&random, count: 2)
        let own: [FieldID] =
            noun.isTrace
            ? [
                .time, .name, .agent, .calls, .errors, .type, .severity, .tokens, .cost, .duration, .trace, .tag, .hour, .weekday,
                .day, .outcome,
            ]
            : [
                .time, .type, .class, .severity, .status, .model, .provider, .agent, .name, .message, .signature, .code, .origin,
                .evidence, .latency, .ttft, .cost, .tokens, .attempts, .recovered, .failed, .outcome, .finish, .fallback, .host,
                .requestID, .trace, .span, .user, .session, .environment, .tag, .hour, .weekday, .day, .week, .month, .release,
            ]
        var columns: [FieldID] = [.time]
        for _ in 0..<4 { columns.append(pick(own)) }
        var keys: [(FieldID, Bool)] = [], sort: [String] = []
        for _ in 0..<random.next() % 3 {
            let field = pick(own.filter { MeasureTable.names[$0.rawValue] == nil })
            let direction: Bool? = pick([nil, true, false])
            keys.append((field, direction ?? Field(field).descends))
            sort.append(field.rawValue + (direction.map { $0 ? " desc" : " asc" } ?? ""))
        }
        let limit: Int? = pick([nil, 1, 7, 50, 100_000])
        let isAll = random.next() % 4 == 0
        var text = "\(noun.rawValue) show \(columns.map(\.rawValue).joined(separator: ", "))"
        if !condition.text.isEmpty { text += " where \(condition.text)" }
        let from = pick(AwkwardHistory.places) - 36_000, to = from + pick([0, 7200, 86_400, 200_000])
        if isAll {
            text += " all"
        } else {
            text += " from \(TimeText.iso(Timestamp(seconds: from))) to \(TimeText.iso(Timestamp(seconds: to)))"
        }
        if !sort.isEmpty { text += " sort " + sort.joined(separator: ", ") }
        if let limit { text += limit == 100_000 ? " limit all" : " limit \(limit)" }

        let coversEveryKind = condition.fields.contains(.kind)
        let rows: [PlainRow] =
            switch noun {
            case .errors: facts.errors.filter { coversEveryKind || $0.scope != 1 }
            case .calls: facts.calls.filter { coversEveryKind || $0.scope != 1 }
            case .traces: facts.traces
            case .failures: facts.traces.filter(\.hasFailed)
            case .events: []
            }
        let inside = rows.filter {
            (isAll || ($0.time >= from * 1_000_000_000 && $0.time < to * 1_000_000_000)) && condition.holds($0)
        }
        let all = sorted(inside, keys)
        let shown = Array(all.prefix(limit ?? 50))
        do {
            let query = try compiled(text, store, zone: facts.zone, evidence: facts.evidence)
            let answer = try query.answer(from: store)
            // A walk that is given up for the other form, and one that is never given up.
            for steps in [1, .max] {
                store.walkingSteps = steps
                defer { store.walkingSteps = Store.standardWalkingSteps }
                #expect(try query.answer(from: store) == answer, "seed \(seed): \(text)")
            }
            let expected = shown.map { row in columns.map { row[$0] } }
            if answer.table.rows != expected {
                let place = zip(answer.table.rows, expected).enumerated().first { $1.0 != $1.1 }?.offset ?? -1
                Issue.record(
                    """
                    seed \(seed): \(text)
                    \(answer.table.rows.count) rows, \(expected.count) expected; first difference in row \(place)
                    found:    \(place >= 0 ? "\(answer.table.rows[place])" : "")
                    expected: \(place >= 0 ? "\(expected[place])" : "")
                    """)
            }
            #expect(answer.receipt.isCut == (all.count > shown.count), "seed \(seed): \(text)")
            if let found = answer.receipt.found { #expect(found == Int64(all.count), "seed \(seed): \(text)") }
            if noun == .errors, let errors = answer.receipt.errors {
                #expect(errors == Int64(all.count), "seed \(seed): \(text)")
            }
            if noun == .calls, let calls = answer.receipt.calls { #expect(calls == Int64(all.count), "seed \(seed): \(text)") }
        } catch {
            Issue.record("seed \(seed): \(text): \(error)")
        }
    }
}

/// A store that counts the rows handed over one by one, and the most that came together.
private final class CountingEngine: QueryEngine {
    let store: Store
    var handedOver = 0, mostTogether = 0

    init(_ store: Store) { self.store = store }

    func rows(for statement: PlannedStatement) throws -> [[StoredValue]] {
        let rows = try store.rows(for: statement)
        mostTogether = max(mostTogether, rows.count)
        return rows
    }

    func eachRow(for statement: PlannedStatement, _ take: ([StoredValue]) throws -> Void) throws {
        try store.eachRow(for: statement) {
            handedOver += 1
            try take($0)
        }
    }

    func isCheap(_ statement: PlannedStatement) -> Bool { store.isCheap(statement) }
    func histories(in window: Window) throws -> any HistoryReader { store.histories(in: window) }
}

@Suite struct ListedRowsTests {
    @Test("the rows of a whole listing come one by one, and none is kept", arguments: ["errors", "calls", "traces", "failures"])
    func oneByOne(_ noun: String) throws {
        let history = try HistoryStore(AwkwardHistory.traces(seed: 31, count: 150))
        let query = try compiled("\(noun) all limit all", history.store), engine = CountingEngine(history.store)
        var rows: [[Value]] = []
        let answer = try query.eachListedRow(from: engine) {
            rows.append($0)
            #expect(engine.handedOver == rows.count)
        }
        #expect(engine.mostTogether <= 1 && rows.count > 20 && answer.table.rows.isEmpty)
        let whole = try query.answer(from: history.store)
        #expect(rows == whole.table.rows && answer.receipt == whole.receipt && answer.table.columns == query.listedColumns)
    }
}
