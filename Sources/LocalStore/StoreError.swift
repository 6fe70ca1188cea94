import Ingest
import Model
import SQLite

/// Trouble with the store's file or with a source, in words for people.
public enum StoreError: Error, Sendable, Equatable, CustomStringConvertible {
    /// There is no file, and none was to be made.
    case missing(path: String)
    /// The file cannot be opened or made; the reason in the system's words.
    case unusable(path: String, reason: String)
    /// The file is something else; `found` says what.
    case notAStore(path: String, found: String)
    /// A newer program wrote the file.
    case newer(path: String, version: Int64, supported: Int64)
    /// Another process is writing.
    case busy(path: String)
    /// The file is damaged.
    case damaged(path: String, reason: String)
    /// The work was interrupted; nothing of it was kept.
    case interrupted
    /// A source cannot be imported; `line` counts from 1.
    case source(path: String, line: Int?, reason: String)
    /// A statement failed for another reason.
    case statement(path: String, SQLError)

    public var description: String {
        switch self {
        case .missing(let path): "\(path): no store here"
        case .unusable(let path, let reason): "\(path): \(reason)"
        case .notAStore(let path, let found): "\(path) is not a Faultline store: it is \(found)"
        case .newer(let path, let version, let supported):
            "\(path) was written by a newer faultline (store version \(version), this one reads up to \(supported)): update faultline, or use another store"
        case .busy(let path): "\(path): another process is writing to this store; try again when it is done"
        case .damaged(let path, let reason): "\(path): the file is damaged (\(reason))"
        case .interrupted: "interrupted; nothing was changed"
        case .source(let path, let line, let reason): "\(path)\(line.map { ":\($0)" } ?? ""): \(reason)"
        case .statement(let path, let error): "\(path): \(error)"
        }
    }

    /// The error of a statement on the file at `path`.
    init(_ error: SQLError, path: String) {
        if error.isBusy {
            self = .busy(path: path)
        } else if error.isInterrupted {
            self = .interrupted
        } else if error.isGivenUp {
            self = .source(path: path, line: nil, reason: error.message)
        } else if error.isNoDatabase {
            self = .damaged(path: path, reason: error.message)
        } else if error.isStorageTrouble {
            self = .unusable(path: path, reason: error.trouble)
        } else {
            self = .statement(path: path, error)
        }
    }

    /// Runs `body`, and tells every error as one about the file at `path`.
    package static func about<R>(_ path: String, _ body: () throws -> R) throws(StoreError) -> R {
        do { return try body() } catch let error as StoreError { throw error } catch let error as SQLError {
            throw StoreError(error, path: path)
        } catch let error as IngestError {
            throw .source(path: error.path, line: error.line, reason: error.message)
        } catch is Interrupted {
            throw .interrupted
        } catch {
            throw .unusable(path: path, reason: String(describing: error))
        }
    }
}
