import Alerts
import LocalStore
import Model
import Monitoring
import QueryLanguage
import Notebook

/// Replays fifty rules over a freshly opened store and runs SQL for each rule at some of the steps.
struct RuleMeasurement {
    let path: String
    let title: String
    let days: Int
    let now: Timestamp
    let description: String
    /// Number of steps at which SQL is run for each rule; the rest is extrapolated.
    private static let sqlSteps = 240

    init(_ history: BenchHistory, title: String, days: Int) {
        (path, now, description) = (history.path, history.now, history.description)
        (self.title, self.days) = (title, days)
    }

    func run() throws -> RuleFigures {
        let minute: Int64 = 60_000_000_000
        let end = Timestamp(nanoseconds: floorDivide(now.nanoseconds, minute) * minute)
        guard let grid = Grid(from: end - .days(Int64(days)), to: end) else {
            throw BenchError("cannot build an evaluation grid of \(days) days")
        }
        let calls = try PlainSQLite(path).prepare("SELECT sum(calls) FROM call_hour_model").rows().first?.first?.number ?? 0
        let rules = BenchRule.fifty(callsPerMinute: calls / Double(days * 1440))
        var figures = RuleFigures(title: title, history: description)
        (figures.days, figures.rules, figures.steps) = (days, rules.count, grid.count)
        Terminal.note("\(title): all rules")
        let all = try replay(rules, grid)
        (figures.processor, figures.elapsed, figures.fromDisk) = (all.processor, all.elapsed, all.fromDisk)
        figures.firings = all.results.reduce(0) { $0 + $1.firings.count }
        let kinds = rules.reduce(into: [String]()) { if !$0.contains($1.kind) { $0.append($1.kind) } }
        figures.sqlSteps = min(RuleMeasurement.sqlSteps, grid.count)
        for name in kinds {
            let places = rules.indices.filter { rules[$0].kind == name }
            Terminal.note("\(title): \(rules[places[2]].text)")
            // The middle rule on its own, with a store opened for it alone.
            let one = try replay([rules[places[2]]], grid)
            var kind = RuleFigures.Kind(
                rule: rules[places[2]], processor: one.processor, elapsed: one.elapsed, fromDisk: one.fromDisk)
            for place in places {
                kind.firings += all.results[place].firings.count
                let (seconds, agrees) = try bySQL(rules[place], all.results[place], grid, steps: figures.sqlSteps)
                if place == places[2] { kind.sql = seconds * 1000 }
                kind.sqlOfAll += seconds * 1000
                kind.agrees = kind.agrees && agrees
            }
            figures.kinds.append(kind)
        }
        return figures
    }

    /// The cost of a replay: medians of three runs with a freshly opened store, and one run with a cold file cache.
    private struct Taken {
        var processor = 0.0, elapsed = 0.0, fromDisk = 0.0
        var results: [RuleReplay] = []
    }

    private func replay(_ rules: [BenchRule], _ grid: Grid) throws -> Taken {
        var processor: [Double] = [], elapsed: [Double] = [], taken = Taken()
        for run in 0..<4 {
            if run == 0 { Files.dropFromCache(path) }
            let (start, startElapsed) = (Clocks.processor(), Clocks.elapsed())
            let store = try Store.open(path: path, create: false)
            let tried = try rules.enumerated().map { place, rule in try self.rule(rule, "rule\(place)", store) }
            taken.results = try RuleTest(engine: store).run(tried, on: grid, options: ReplayOptions()).map(\.replay)
            let length = (Clocks.elapsed() - startElapsed) * 1000
            if run == 0 {
                taken.fromDisk = length
                continue
            }
            processor.append((Clocks.processor() - start) * 1000)
            elapsed.append(length)
        }
        (taken.processor, taken.elapsed) = (processor.median, elapsed.median)
        return taken
    }

    private func rule(_ rule: BenchRule, _ name: String, _ store: Store) throws -> RuleUnderTest {
        switch rule.form {
        case .own:
            do {
                let context = CheckContext(now: now, coverage: nil)
                return try RuleUnderTest(name: name, own: "when " + rule.text, context: context)
            } catch { throw BenchError("`\(rule.text)`: \(error)") }
        case .prometheus:
            let made = PrometheusRule.make(name, expression: rule.text, hold: .zero)
            guard let read = made.rule else { throw BenchError("`\(rule.text)`: \(made.mistakes.first?.message ?? "")") }
            return RuleUnderTest(name: name, prometheus: read)
        }
    }

    /// Returns the CPU time in seconds of SQL at every step, extrapolated from some steps, and whether those steps agree.
    private func bySQL(_ rule: BenchRule, _ replay: RuleReplay, _ grid: Grid, steps: Int) throws -> (Double, Bool) {
        let statement = try PlainSQLite(path).prepare(rule.sql)
        let spans = replay.firings.map { ($0.firing.from, $0.firing.resolvedAt ?? grid.end + grid.step) }
        var agrees = true, seconds = 0.0
        for number in 0..<steps {
            let instant = grid.instant((number * (grid.count - 1) + steps / 2) / max(steps - 1, 1))
            let start = Clocks.processor()
            statement.bind(["t": .integer(instant.nanoseconds)])
            let rows = try statement.rows().count
            seconds += Clocks.processor() - start
            if rows != spans.count(where: { $0.0 <= instant && instant < $0.1 }) { agrees = false }
        }
        return (seconds / Double(steps) * Double(grid.count), agrees)
    }
}
