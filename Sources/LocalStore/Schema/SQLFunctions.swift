import CSQLite
import Errors
import Ingest
import Model

/// Functions of other databases' SQL that `sql` knows as well: `DATE_TRUNC(unit, time)` and `NOW()`. Times are text in UTC. And
/// `error_words(text)`, by which queries read what error objects say.
enum SQLFunctions {
    /// The time that `NOW()` gives.
    final class Clock {
        var now = Timestamp(seconds: 0)
    }

    /// Makes the functions known to a connection.
    static func register(on handle: OpaquePointer, clock: Clock) {
        sqlite3_create_function_v2(
            handle, "date_trunc", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, nil,
            { @Sendable context, _, values in SQLFunctions.truncate(context, values) }, nil, nil, nil)
        sqlite3_create_function_v2(
            handle, "error_words", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, nil,
            { @Sendable context, _, values in
                guard let value = values?[0], let text = SQLFunctions.text(value) else { return sqlite3_result_null(context) }
                guard let words = ErrorText.words(ofObject: text) else { return sqlite3_result_value(context, value) }
                csqlite_result_text_copy(context, words, Int32(clamping: words.utf8.count))
            }, nil, nil, nil)
        sqlite3_create_function_v2(
            handle, "now", 0, SQLITE_UTF8 | SQLITE_INNOCUOUS, Unmanaged.passRetained(clock).toOpaque(),
            { @Sendable context, _, _ in
                guard let clock = sqlite3_user_data(context) else { return }
                SQLFunctions.give(Unmanaged<Clock>.fromOpaque(clock).takeUnretainedValue().now, context)
            }, nil, nil, { @Sendable clock in if let clock { Unmanaged<Clock>.fromOpaque(clock).release() } })
    }

    /// The units by which times are cut, with the number of years of the long ones.
    private static let units = ["microseconds", "milliseconds", "second", "minute", "hour", "day", "week", "month", "quarter"]
    private static let years = ["year": 1, "decade": 10, "century": 100, "millennium": 1000]

    private static func truncate(_ context: OpaquePointer?, _ values: UnsafeMutablePointer<OpaquePointer?>?) {
        guard let values, let unit = text(values[0]), let written = text(values[1]) else { return sqlite3_result_null(context) }
        guard let instant = TimeText.parse(written) else {
            return sqlite3_result_error(context, "DATE_TRUNC: `\(written.prefix(40))` is not a time", -1)
        }
        var word = unit.lowercased()
        if !units.contains(word), years[word] == nil, word.last == "s" { word.removeLast() }
        var civil = Zone.utc.civil(instant)
        if let years = years[word] {
            // Centuries and millennia begin with the year 1, decades with the year 0.
            let first = years >= 100 ? 1 : 0
            civil = CivilTime(civil.year - (civil.year - first) % years, 1, 1)
        } else {
            guard let place = units.firstIndex(of: word) else {
                let known = (units + years.keys.sorted()).joined(separator: ", ")
                return sqlite3_result_error(context, "DATE_TRUNC has no unit `\(unit.prefix(40))`; its units are \(known)", -1)
            }
            switch place {
            case 0: civil.nanosecond -= civil.nanosecond % 1000
            case 1: civil.nanosecond -= civil.nanosecond % 1_000_000
            default: civil.nanosecond = 0
            }
            if place >= 3 { civil.second = 0 }
            if place >= 4 { civil.minute = 0 }
            if place >= 5 { civil.hour = 0 }
            if place >= 7 { civil.day = 1 }
            if place >= 8 { civil.month -= (civil.month - 1) % 3 }
        }
        var cut = Zone.utc.instant(of: civil)
        if word == "week" {
            // Days since Monday; 1 January 1970 was a Thursday.
            let days = cut.nanoseconds / 86_400_000_000_000 - (cut.nanoseconds % 86_400_000_000_000 < 0 ? 1 : 0)
            cut = cut - .seconds(86_400 * (((days + 3) % 7 + 7) % 7))
        }
        give(cut, context, isExact: cut.nanoseconds % 1_000_000_000 != 0)
    }

    private static func text(_ value: OpaquePointer?) -> String? {
        guard let start = sqlite3_value_text(value) else { return nil }
        return String(decoding: UnsafeBufferPointer(start: start, count: Int(sqlite3_value_bytes(value))), as: UTF8.self)
    }

    private static func give(_ instant: Timestamp, _ context: OpaquePointer?, isExact: Bool = true) {
        let text = String(LLMMetricsDatabase.time(instant).prefix(isExact ? 26 : 19))
        csqlite_result_text_copy(context, text, Int32(text.utf8.count))
    }
}
