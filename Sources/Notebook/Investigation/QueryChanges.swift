import Analysis
import Engine
import Model
import QueryLanguage

/// The steps in all series of a window, beside what was changed then: the answer of `changes`.
struct QueryChanges {
    /// A step with what it is about.
    struct Step {
        let subject: ChangeSeries.Subject
        let change: SeriesChanges.Change
        /// The start of the new level, and how far the true one may be from it.
        let start: Timestamp, uncertainty: Duration
    }

    /// Something of the user's own that appeared or gained calls.
    struct Cause: Hashable {
        let field: Field
        let value: Value
        let isNew: Bool
        /// Its share of calls before and after.
        let before: Double, after: Double
    }

    /// Steps at the same time, the strongest first, with what was changed then.
    struct Event {
        var steps: [Step]
        var causes: [Cause]
    }

    /// Ascending by time.
    private(set) var events: [Event] = []
    /// The number of series, and of tests.
    private(set) var series = 0, tests = 0
    private(set) var calls = 0
    private(set) var width: Duration = .zero

    /// Fields in which somebody changes something.
    static let causes: [Field] = [.release, .promptVersion, .model, .agent, .host].map { Field($0) }

    /// Asks the engine.
    init(_ query: CheckedQuery, facts: QueryFacts, engine: any Engine) throws {
        guard let window = query.window ?? facts.coverage else { return }
        let measures = query.measures.isEmpty ? ChangeSeries.measures : query.measures
        var numbers: [Field] = []
        for case .aggregate(_, let field) in measures where !numbers.contains(field) { numbers.append(field) }
        let own = query.keys.isEmpty ? ChangeSeries.fields : query.keys
        let fields = own + QueryChanges.causes.filter { !own.contains($0) }
        let rows = try engine.columns(
            for: ColumnRequest(
                .calls, fields: fields, numbers: numbers, conditions: [.flag(Field(.failed))], predicate: query.predicate,
                scope: query.scope(in: window)))
        let all = ChangeSeries(
            rows, numbers: numbers, measures: measures, fields: own, window: window, coverage: facts.coverage, gaps: facts.gaps,
            zone: query.zone)
        calls = rows.count
        width = .nanoseconds(all.width)
        series = all.subjects.count
        let week = Int(604_800_000_000_000 / all.width)
        let found = try SeriesChanges(all.subjects.map(\.series), hours: all.hours(query.zone), week: week) {
            try StopFlag.check()
        }
        tests = found.tests
        events = QueryChanges.events(found.changes, all)
    }

    /// Puts steps at the same time together.
    private static func events(_ changes: [SeriesChanges.Change], _ all: ChangeSeries) -> [Event] {
        var groups: [(steps: [SeriesChanges.Change], reach: ClosedRange<Int>)] = []
        // The strongest first: the others join the one whose interval they touch.
        for change in changes.sorted(by: { ($1.strength, $0.bucket, $0.series) < ($0.strength, $1.bucket, $1.series) }) {
            if let place = groups.firstIndex(where: {
                abs($0.steps[0].bucket - change.bucket) <= 1 || $0.reach.overlaps(change.interval)
            }) {
                groups[place].steps.append(change)
            } else {
                groups.append(([change], change.interval))
            }
        }
        return groups.sorted { $0.steps[0].bucket < $1.steps[0].bucket }.map { group in
            let steps = group.steps.map { change -> Step in
                let reach = max(change.bucket - change.interval.lowerBound, change.interval.upperBound - change.bucket)
                return Step(
                    subject: all.subjects[change.series], change: change,
                    start: Timestamp(nanoseconds: all.starts[change.bucket]),
                    uncertainty: .nanoseconds(Int64(max(1, reach)) * all.width))
            }
            return Event(steps: steps, causes: causes(around: group.steps[0], all))
        }
    }

    /// The number of buckets on each side by which shares are judged.
    private static let reach = 24
    /// The change of a share that is reported.
    private static let bigShift = 0.1

    /// What appeared or gained calls within a step's interval.
    private static func causes(around change: SeriesChanges.Change, _ all: ChangeSeries) -> [Cause] {
        let low = max(0, change.interval.lowerBound - 1), high = min(all.count, change.interval.upperBound + 1)
        var found: [Cause] = []
        for field in QueryChanges.causes {
            guard let column = all.rows[field] else { continue }
            let before = all.counts(column, in: max(0, low - reach)..<low),
                after = all.counts(column, in: high..<min(all.count, high + reach))
            let ever = all.counts(column, in: 0..<low)
            guard before.all > 0, after.all > 0 else { continue }
            for (code, count) in after.values.enumerated() where count >= 5 {
                let was = Double(before.values[code]) / Double(before.all), now = Double(count) / Double(after.all)
                let isNew = ever.values[code] == 0
                let isBeyondChance =
                    Significance.compare(
                        Ratio(Int64(count), of: Int64(after.all))!, Ratio(Int64(before.values[code]), of: Int64(before.all))!
                    ).map { $0.pValue < 0.001 } ?? false
                guard isBeyondChance, isNew && now >= 0.01 || now - was >= bigShift else { continue }
                found.append(Cause(field: field, value: column.values[code], isNew: isNew, before: was, after: now))
            }
        }
        return found.sorted { a, b in
            if a.isNew != b.isNew { return a.isNew }
            return a.after - a.before > b.after - b.before
        }
    }
}
