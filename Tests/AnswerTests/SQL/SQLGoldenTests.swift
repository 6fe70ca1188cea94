import SQLite
import Model
import Testing
import TestSupport

@testable import LocalStore
@testable import QueryLanguage

/// The statements that an engine is sent, with their values, as recorded: a plan that stays the same may still be written as
/// a worse statement, which gives the same answer more slowly.
@Suite("Recorded SQL")
struct SQLGoldenTests {
    /// Keeps what is asked, and asks the store.
    private final class Recorder: QueryEngine {
        let store: Store
        private(set) var lines: [String] = []

        init(_ store: Store) { self.store = store }

        private func note(_ statement: SQLStatement, _ prefix: String = "") {
            lines.append(prefix + statement.text)
            if !statement.bindings.isEmpty { lines.append("    " + statement.bindings.map(written).joined(separator: ", ")) }
        }

        private func written(_ value: StoredValue) -> String {
            switch value {
            case .null: "NULL"
            case .integer(let number): String(number)
            case .real(let number): String(number)
            case .text(let text): "'\(text)'"
            }
        }

        func rows(for statement: PlannedStatement) throws -> [[StoredValue]] {
            // Both forms are sent when the first takes too long.
            if let walk = SQLCompiler.walk(statement) { note(walk, "walk: ") }
            note(SQLCompiler.statement(statement))
            return try store.rows(for: statement)
        }

        func isCheap(_ statement: PlannedStatement) -> Bool { store.isCheap(statement) }

        func histories(in window: Window) -> any HistoryReader { store.histories(in: window) }

        /// All that is sent for a history: every row from the tables, its groups, and what packed segments leave.
        func note(_ family: RuleRows) throws {
            let sql = HistorySQL(family.request), window = family.request.window
            for names in sql.dictionaries { if let names { note(names) } }
            note(sql.statement(of: window))
            if family.knowsGroups {
                let groups = HistorySQL(family.request.groups(of: window))
                for names in groups.dictionaries { if let names { note(names) } }
                note(groups.groups)
            }
            for names in sql.dictionaries { if let names { note(names) } }
            switch sql.packing {
            case .kinds(let kinds)?:
                note(kinds)
                let stretches = try store.errorColumns(in: window).stretches
                for case .rows(let part) in WindowPart.parts(of: sql.window, packed: stretches) { note(sql.statement(of: part)) }
            case .minutes?:
                let stretches = try store.minuteColumns(in: window).stretches
                for case .rows(let part) in WindowPart.parts(of: sql.window, packed: stretches) {
                    note(sql.statement(of: Window(from: part.from, to: part.to - .nanoseconds(1))))
                }
            case nil: note(sql.statement(of: window))
            }
        }
    }

    private static let now = Timestamp(seconds: AwkwardHistory.november + 50_000)

    /// A statement and all that is asked to answer it; nil when it is refused.
    private func asked(_ text: String, _ store: Store, zone: Zone = .utc, evidence: Evidence = .default) throws -> String? {
        let facts = try store.queryFacts()
        let context = CheckContext(now: SQLGoldenTests.now, zone: zone, evidence: evidence, coverage: facts.coverage)
        let (read, mistakes) = Parser.query(text)
        guard let syntax = read else { return nil }
        let query: CompiledQuery
        do throws(Diagnostics) {
            query = try QueryCompiler().compile(syntax, text: text, mistakes: mistakes, context: context, facts: facts)
        } catch {
            return nil
        }
        let recorder = Recorder(store)
        _ = try query.answer(from: recorder)
        let asOf = zone == .utc ? "" : "  [\(zone.name)]"
        let counted = evidence == .default ? "" : "  [\(evidence.names.joined(separator: "+"))]"
        return (["> \(text)\(asOf)\(counted)"] + recorder.lines).joined(separator: "\n") + "\n"
    }

    /// A condition that tests a field in every way that its type has.
    private func condition(_ field: Field) -> String {
        let name = field.name
        switch field.type {
        case .text where [.day, .week, .month].contains(field.id):
            return ["day": "day = 2026-11-21", "week": "week = 2026-W47", "month": "month = 2026-11"][name] ?? ""
        case .text:
            return
                "(\(name) = x, y or \(name) = g* or \(name) is missing) and not (\(name) has \"bcd\" or \(name) matches \"a.c\")"
        case .choice(let words, let isOrdered):
            return isOrdered
                ? "\(name) >= \(words[1]) or \(name) is missing" : "\(name) = \(words[0]), \(words[1]) or \(name) is missing"
        case .count: return "\(name) > 3 or \(name) = 1 or \(name) is missing"
        case .duration: return "\(name) > 1.5s or \(name) is missing"
        case .money: return "\(name) > $0.5 or \(name) is missing"
        case .time: return "\(name) >= 2026-11-20"
        case .flag: return "not \(name) or \(name)"
        case .httpStatus: return "\(name) = 5xx or \(name) = 429 or \(name) is missing"
        case .tags: return "\(name) = vip, x* or \(name) has y or \(name) is missing"
        }
    }

    /// Every field of a noun as key, as condition, as column and order; every measure; every clause.
    private func questions(_ noun: Noun) -> [String] {
        let word = noun.rawValue
        var texts = ["\(word) all", "\(word)", "\(word) show metadata.team where metadata.team = x and metadata.n > 3 all"]
        for row in FieldTable.all where row.id != .metadata && FieldTable.isField(row.id, of: noun) {
            let field = Field(row.id), name = field.name
            texts.append("\(word) where \(condition(field)) show count on 2026-11-21")
            texts.append("\(word) by \(name) show count, users from 2026-11-20T22:10 to 2026-11-22")
            texts.append("\(word) show time, \(name) sort \(name) limit 3 all")
            if !noun.isTrace || FieldTable.isOwn(row.id, of: noun) { texts.append("\(word) show common(\(name)), new(\(name))") }
        }
        for measure in MeasureSweepTests.measures {
            texts.append("\(word) by agent show \(measure) from 2026-11-20 to 2026-11-22")
        }
        for clause in MeasureSweepTests.clauses {
            for measure in ["count", "p95(latency)"] { texts.append("\(word) " + clause.replacing("M", with: measure)) }
        }
        return texts
    }

    @Test("every field, measure and clause of a noun is sent as recorded", arguments: Noun.allCases)
    func nouns(_ noun: Noun) throws {
        let history = try HistoryStore(AwkwardHistory.traces(seed: 91, count: 40))
        let lines = try questions(noun).compactMap { try asked($0, history.store) }
        #expect(lines.count > 60)
        expectGolden(lines.joined(separator: "\n"), "sql/sqlite/\(noun.rawValue).txt")
    }

    @Test("every choice of rollups, zone and evidence is sent as recorded")
    func rollups() throws {
        let history = try HistoryStore(AwkwardHistory.traces(seed: 91, count: 40))
        var lines: [String] = []
        for noun in ["errors", "calls"] {
            for keys in [
                "", "by model", "by provider", "by agent", "by model, agent", "by type", "by type, model", "by signature",
                "by hour", "by weekday, model",
            ] {
                for time in ["last 24h", "from 2026-10-24 to 2026-10-27 every 1h", "last 7d every 1d", "all", "last 90s"] {
                    let text = "\(noun) \(keys) show count, cost, p95(latency) \(time)"
                    if let asked = try asked(text, history.store) { lines.append(asked) }
                }
            }
            for (text, zone) in [
                ("by day show count from 2026-10-24 to 2026-10-27 every 3h", Zones.berlin),
                ("every 30m show count last 3h", Zones.kolkata),
                ("by hour show count last 7d", Zones.lordHowe), ("every 1mo show count, per_minute(count) all", Zones.newYork),
            ] {
                if let asked = try asked("\(noun) \(text)", history.store, zone: zone) { lines.append(asked) }
            }
            for evidence in [[.explicit], Evidence.default.union([.slow, .soft])] as [Evidence] {
                for text in [
                    "by type show count, error_rate last 7d", "where outcome = failed and kind = any", "show recovered last 24h",
                ] {
                    if let asked = try asked("\(noun) \(text)", history.store, evidence: evidence) { lines.append(asked) }
                }
            }
        }
        expectGolden(lines.joined(separator: "\n"), "sql/sqlite/rollups.txt")
    }

    @Test("what alert rules read is sent as recorded")
    func rules() throws {
        let history = try HistoryStore(AwkwardHistory.traces(seed: 91, count: 40)), store = history.store
        let window = Window(from: SQLGoldenTests.now - .days(2), to: SQLGoldenTests.now)
        let context = CheckContext(now: window.to, coverage: window)
        let more = [
            "traces by agent over 1h having share(errors > 1) > 10% and p95(duration) > 1s",
            "failures over 1h having distinct(user) > 2",
            "events by model over 1h having count(event = fallback) > 1", "calls by model, agent over 5m having calls > 3",
            "calls where not recovered by outcome over 1h having count > 1",
        ]
        var lines: [String] = []
        for text in RuleRowsTests.rules + more {
            let (parsed, mistakes) = Parser.rule("when " + text)
            guard let syntax = parsed else { throw Diagnostics(text: text, mistakes) }
            let rule = try QueryCompiler().compileRule(syntax, text: text, mistakes: mistakes, context: context)
            lines.append("> \(text)")
            for family in QueryCompiler().rows(of: rule, in: window, allowsMinutes: true) {
                let recorder = Recorder(store)
                try recorder.note(family)
                lines += ["\(family.family):"] + recorder.lines
            }
            lines.append("")
        }
        expectGolden(lines.joined(separator: "\n"), "sql/sqlite/rules.txt")
    }
}
