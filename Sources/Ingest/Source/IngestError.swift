import SQLite

/// Why a file cannot be imported.
public struct IngestError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file, as given.
    public var path: String
    /// The line, from 1; nil for the whole file.
    public var line: Int?
    /// A single lower-case sentence.
    public var message: String

    /// Creates an error about a file, or a line of it.
    public init(path: String, line: Int? = nil, _ message: String) {
        self.path = path
        self.line = line
        self.message = message
    }

    public var description: String { path + (line.map { ":\($0)" } ?? "") + ": " + message }
}

extension IngestError {
    /// Runs `body`; reports errors of the database at `path` as errors of that file.
    static func about<R>(_ path: String, _ body: () throws -> R) throws -> R {
        do { return try body() } catch let error as SQLError where !error.isInterrupted {
            throw IngestError(path: path, error.reason)
        }
    }
}

/// A record that was skipped or read incompletely; reading continues.
public struct RecordProblem: Sendable, Equatable, CustomStringConvertible {
    /// How many problems of a source are kept with their text; all are counted.
    public static let kept = 1000

    /// The file, as given.
    public var path: String
    /// The first line of the record, from 1.
    public var line: Int
    /// The problem, in lower case.
    public var what: String

    /// Creates a problem at a line.
    public init(path: String, line: Int, _ what: String) {
        self.path = path
        self.line = line
        self.what = what
    }

    public var description: String { "\(path):\(line): \(what)" }
}
