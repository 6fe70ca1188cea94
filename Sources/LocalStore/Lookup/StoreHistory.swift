import Model
import QueryLanguage
import SQLite

/// Reads histories of one window from a store; its packed segments are unpacked once, however many histories look at them.
final class StoreHistory: HistoryReader {
    private let store: Store
    private let window: Window
    private let leastErrorsOfKind: Int
    private lazy var errors: Result<ErrorColumns, any Error> = Result { try store.errorColumns(in: window) }
    private lazy var minutes: Result<MinuteColumns, any Error> = Result { try store.minuteColumns(in: window) }

    /// - Parameter leastErrorsOfKind: How many errors there must be for each kind, so that to look at all kinds first is worth
    ///     it; a measured choice.
    init(_ store: Store, in window: Window, leastErrorsOfKind: Int = 2) {
        (self.store, self.window, self.leastErrorsOfKind) = (store, window, leastErrorsOfKind)
    }

    func history(for request: HistoryRequest) throws -> HistoryColumns { try history(for: request, allowsSegments: true) }

    /// - Parameter allowsSegments: False to read every row from the tables.
    func history(for request: HistoryRequest, allowsSegments: Bool) throws -> HistoryColumns {
        let sql = HistorySQL(request), dictionaries = sql.dictionaries
        var columns = request
        if request.asksForGroups { (columns.fields, columns.conditions) = ([], []) }
        var reading = HistoryColumns.Reading(
            columns, isByMinute: sql.rollup != nil && !request.asksForGroups, readsNames: dictionaries.map { $0 != nil })
        for (place, statement) in dictionaries.enumerated() {
            guard let statement else { continue }
            try store.pass(statement) { reading.name($0.integer(0) ?? 0, $0.value(1), ofKey: place) }
        }
        if request.asksForGroups {
            try store.pass(sql.groups) { reading.take($0) }
        } else if !allowsSegments {
            try store.pass(sql.statement(of: request.window)) { reading.take($0) }
        } else {
            try take(sql, &reading)
        }
        return reading.columns
    }

    private func take(_ sql: HistorySQL, _ reading: inout HistoryColumns.Reading) throws {
        switch sql.packing {
        case .kinds(let kinds)?:
            let errors = try errors.get()
            guard errors.times.count > leastErrorsOfKind * errors.kindCount else { break }
            try store.pass(kinds) { reading.take($0) }
            reading.endKinds(count: errors.kindCount)
            for part in WindowPart.parts(of: sql.window, packed: errors.stretches) {
                switch part {
                case .rows(let window): try store.pass(sql.statement(of: window)) { reading.take($0) }
                case .packed(let window): reading.take(errors, in: window)
                }
            }
            return
        case .minutes?:
            let minutes = try minutes.get()
            for part in WindowPart.parts(of: sql.window, packed: minutes.stretches) {
                switch part {
                case .rows(let window):
                    // A statement reads the minute of a window's end as well.
                    let before = Window(from: window.from, to: window.to - .nanoseconds(1))
                    try store.pass(sql.statement(of: before)) { reading.take($0) }
                case .packed(let window): reading.take(minutes, in: window)
                }
            }
            return
        case nil: break
        }
        try store.pass(sql.statement(of: sql.request.window)) { reading.take($0) }
    }
}
