import Ingest
import Model

/// What an import did.
public struct ImportReport: Sendable {
    /// The file or database, as given.
    public var path: String
    /// The name of the format, such as `otlpTraces`.
    public var format: String
    /// Records read, of all kinds.
    public var read = 0
    /// Records the store had not.
    public var new = 0
    /// Records that replaced an older or poorer version.
    public var updated = 0
    /// Records that the store had already, the same or better.
    public var unchanged = 0
    /// The first records that were skipped or read with a loss, in their order.
    public var problems: [RecordProblem] = []
    /// All of them.
    public var problemCount = 0
    /// What the user should know of the source, though nothing of it was lost.
    public var notices: [RecordProblem] = []
    /// Times of the first and the last record; nil when none has a time.
    public var first: Timestamp?
    public var last: Timestamp?
    /// Size of the file; nil when not known.
    public var bytes: Int64?
    /// Time taken; never part of a recorded result.
    public var seconds = 0.0

    /// Makes an empty report.
    public init(path: String, format: String) {
        self.path = path
        self.format = format
    }

    /// Adds what another import of the same source did.
    mutating func add(_ other: ImportReport) {
        read += other.read
        new += other.new
        updated += other.updated
        unchanged += other.unchanged
        problems = Array((problems + other.problems).prefix(RecordProblem.kept))
        problemCount += other.problemCount
        notices += other.notices
        first = [first, other.first].compactMap { $0 }.min()
        last = [last, other.last].compactMap { $0 }.max()
        seconds += other.seconds
    }
}

/// How far an import has come.
public struct ImportProgress: Sendable {
    /// Bytes of the file taken so far, and all of them; nil when not known.
    public var bytes: Int64?
    public var totalBytes: Int64?
    /// Records read so far.
    public var records: Int
    /// True while another process writes to the store, and nothing is read yet.
    public var isWaiting = false
    /// How long a web API is left alone before the next request; nil when it is not waited for.
    public var pause: Duration?
    /// The instant up to which a web API was read; nil for files.
    public var reached: Timestamp?
}
