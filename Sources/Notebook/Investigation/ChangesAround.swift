import Analysis
import Engine
import Model
import QueryLanguage

/// What was different after an instant: values by their errors, and by their share of calls. The answer of `changes around T`.
struct ChangesAround {
    let query: CheckedQuery
    /// The windows before and after, of the same length.
    let before: Window, after: Window
    private(set) var failed: (before: Int64, after: Int64) = (0, 0)
    private(set) var calls: (before: Int64, after: Int64) = (0, 0)
    private(set) var rises: RateShift?
    private(set) var gains: Contrast?
    private(set) var losses: Contrast?
    private(set) var columns = ContrastColumns([])
    private(set) var onset: Onset?
    /// False where no data covers the time before.
    private(set) var isKnown = true

    /// Asks the engine.
    ///
    /// - Parameter instant: The instant asked about, in the middle of the query's window.
    init(_ query: CheckedQuery, instant: Timestamp, now: Timestamp, facts: QueryFacts, engine: any Engine) throws {
        self.query = query
        let reach = query.window.map { $0.to - instant } ?? .minutes(15)
        let end = max(instant, min(instant + reach, now))
        after = Window(from: instant, to: end)
        before = Window(from: instant - (end - instant), to: instant)
        guard QueryContrast.isCovered(before, facts), !after.isEmpty else {
            isKnown = false
            return
        }
        let whole = Window(from: before.from, to: after.to), scope = query.scope(in: whole)
        let keys = try engine.metadataKeys(in: scope, limit: ContrastColumns.mostMetadataKeys)
        let fields = ContrastColumns.fields(of: .calls, besides: [.hour], metadata: keys, withErrors: false)
        let rows = try engine.columns(
            for: ColumnRequest(
                .calls, fields: fields, conditions: [.flag(Field(.failed))], predicate: query.predicate, scope: scope))
        columns = ContrastColumns([rows])
        let hasFailed = rows.holds(0), isAfter = rows.times.map { $0 >= instant.nanoseconds ? UInt8(1) : 0 }
        for row in rows.times.indices {
            if isAfter[row] == 1 {
                calls.after += 1
                failed.after += Int64(hasFailed[row])
            } else {
                calls.before += 1
                failed.before += Int64(hasFailed[row])
            }
        }
        try StopFlag.check()
        // What came of calls is no cause of errors, and no traffic.
        let causes = columns.dimensions.map { dimension in
            var dimension = dimension
            if dimension.rank == .trait { dimension.codes = dimension.codes.map { _ in -1 } }
            return dimension
        }
        rises = RateShift(isAfter: isAfter, hasFailed: hasFailed, dimensions: causes)
        gains = Contrast(ContrastTable(.otherTime, isSelected: isAfter, dimensions: causes))
        losses = Contrast(ContrastTable(.otherTime, isSelected: isAfter.map { 1 - $0 }, dimensions: causes))
        let failures = rows.times.indices.filter { hasFailed[$0] == 1 }.map { rows.times[$0] }
        onset = Onset.of(failures, in: whole)
    }
}
