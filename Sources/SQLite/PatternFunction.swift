import CSQLite
import Model

/// `matches_pattern(pattern, text)`: true when the regular expression matches somewhere in the text; NULL for no text.
package enum PatternFunction {
    /// A compiled pattern that SQLite keeps between the rows of a statement.
    private final class Compiled {
        let pattern: Pattern
        init(_ pattern: Pattern) { self.pattern = pattern }
    }

    /// Makes the function known to a connection.
    package static func register(on handle: OpaquePointer) {
        sqlite3_create_function_v2(
            handle, "matches_pattern", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, nil,
            { @Sendable context, _, values in PatternFunction.run(context, values) }, nil, nil, nil)
    }

    private static func run(_ context: OpaquePointer?, _ values: UnsafeMutablePointer<OpaquePointer?>?) {
        guard let values, let text = sqlite3_value_text(values[1]) else {
            sqlite3_result_null(context)
            return
        }
        let count = Int(sqlite3_value_bytes(values[1]))
        if let kept = sqlite3_get_auxdata(context, 0) {
            let compiled = Unmanaged<Compiled>.fromOpaque(kept).takeUnretainedValue()
            sqlite3_result_int(context, compiled.pattern.matches(utf8: UnsafeBufferPointer(start: text, count: count)) ? 1 : 0)
            return
        }
        guard let written = sqlite3_value_text(values[0]), let pattern = try? Pattern(String(cString: written)) else {
            sqlite3_result_error(context, "the pattern cannot be read", -1)
            return
        }
        sqlite3_result_int(context, pattern.matches(utf8: UnsafeBufferPointer(start: text, count: count)) ? 1 : 0)
        sqlite3_set_auxdata(
            context, 0, Unmanaged.passRetained(Compiled(pattern)).toOpaque(),
            { @Sendable kept in if let kept { Unmanaged<Compiled>.fromOpaque(kept).release() } })
    }
}
