import Synchronization

/// A request to interrupt running work: raised on one thread, checked by the work on another.
///
/// ```swift
/// try flag.governing { try importer.importFile(path, now: now) }
/// ```
/// Long-running work checks the current flag with `StopFlag.check()`, so no flag needs to be passed down. SQLite statements check
/// it automatically. Interrupted work throws and leaves everything unchanged.
public final class StopFlag: Sendable {
    private let flag = Atomic<Bool>(false)
    /// The flag for the work on this thread; nil if it cannot be interrupted.
    @TaskLocal private static var governing: StopFlag?

    /// Creates a flag that is not raised.
    public init() {}

    /// True from `raise()` until `reset()`.
    public var isRaised: Bool { flag.load(ordering: .relaxed) }

    /// Requests interruption. Safe to call from any thread.
    public func raise() { flag.store(true, ordering: .relaxed) }

    /// Clears the flag before other work begins.
    public func reset() { flag.store(false, ordering: .relaxed) }

    /// Runs `body` under this flag, so that raising it interrupts the work.
    public func governing<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R { try StopFlag.run(body, under: self) }

    /// Runs `body` to completion, ignoring any flag, for work that must not be left half done.
    public static func ignored<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R { try run(body, under: nil) }

    private static func run<R, E: Error>(_ body: () throws(E) -> R, under flag: StopFlag?) throws(E) -> R {
        // The result is passed as a value because `withValue` does not support typed errors.
        var result: Result<R, E>?
        $governing.withValue(flag) {
            do throws(E) { result = .success(try body()) } catch { result = .failure(error) }
        }
        guard let result else { preconditionFailure("the body was run") }
        return try result.get()
    }

    /// True if a flag governs the work on this thread.
    public static var governsThread: Bool { governing != nil }

    /// True if the work on this thread should stop.
    public static var isRaised: Bool { governing?.isRaised ?? false }

    /// True if a loop over rows should end at this row, because the work was stopped. Checked every 1,024 rows, so that short
    /// texts are always whole; what called the loop throws.
    public static func stops(atRow row: Int) -> Bool { row & 0x3FF == 0x3FF && isRaised }

    /// Throws if the work on this thread should stop.
    public static func check() throws(Interrupted) { if isRaised { throw Interrupted() } }
}

/// Thrown by work that was interrupted.
public struct Interrupted: Error, Hashable, CustomStringConvertible {
    public var description: String { "interrupted" }

    /// Creates the error.
    public init() {}
}
