/// All formats that can be imported, from the tables that drive recognition: for help, the README and the tests.
public enum ImportFormats {
    /// One row per format.
    public struct Row: Sendable {
        /// The name that reports and `sources` show, such as `otlpTraces`.
        public var name: String
        /// A one-line description.
        public var summary: String
    }

    /// File formats, then databases, in the order in which they are tried.
    public static var all: [Row] {
        SourceFormat.allCases.filter { $0 != .sqlite }.map { Row(name: $0.name, summary: $0.summary) }
            + DatabaseSchema.allCases.filter(\.isReadable).map { Row(name: $0.rawValue, summary: "SQLite: \($0.name)") }
    }
}
