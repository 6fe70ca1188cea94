import Errors
import LocalStore
import Model

/// What a receiver needs of the program it is part of. The closures are called on the receiver's own threads.
public struct ReceiverHost: Sendable {
    /// Opens the store, for the thread that stores.
    let open: @Sendable () throws -> Store
    /// What types errors, asked before each transaction.
    let assessor: @Sendable () -> Assessor
    /// The present instant.
    let clock: @Sendable () -> Timestamp
    /// What marks this process in the store.
    let mark: String
    /// Hears what happens.
    let report: @Sendable (ReceiverEvent) -> Void

    /// Makes a host of its parts.
    public init(
        mark: String, open: @escaping @Sendable () throws -> Store, assessor: @escaping @Sendable () -> Assessor,
        clock: @escaping @Sendable () -> Timestamp, report: @escaping @Sendable (ReceiverEvent) -> Void
    ) {
        (self.mark, self.open, self.assessor, self.clock, self.report) = (mark, open, assessor, clock, report)
    }
}

/// What a receiver reports.
public enum ReceiverEvent: Sendable {
    /// Requests were stored; all that came so far.
    case stored(ReceiverTotals)
    /// A client was refused for the first time with this reason.
    case refused(String)
    /// Something about the records that the user should know, said once.
    case notice(String)
    /// The store takes nothing, and why; nil when it does again.
    case trouble(String?)
}

/// What a receiver took so far.
public struct ReceiverTotals: Hashable, Sendable {
    /// Requests whose records are stored.
    public var requests = 0
    /// Records in them.
    public var records = 0
    /// Records that the store had not.
    public var new = 0
    /// Records that cannot be stored, of requests that were.
    public var rejected = 0
    /// Requests that were refused and not sent again for that reason.
    public var refused = 0

    /// Nothing.
    public init() {}
}
