import Synchronization

/// Says that the user wants what runs to stop: raised on one thread, checked by the work on another.
///
/// ```swift
/// try flag.governing { try importer.importFile(path, now: now) }
/// ```
/// Work that may take long checks it where it stands, with `StopFlag.check()`; nothing has to be handed down. Statements of
/// SQLite check it by themselves. What was interrupted throws, and leaves things as they were.
public final class StopFlag: Sendable {
    private let flag = Atomic<Bool>(false)
    /// The flag of the work that runs on this thread; nil when nothing may stop it.
    @TaskLocal private static var governing: StopFlag?

    /// Makes a flag that is not raised.
    public init() {}

    /// True once it was raised, until it is reset.
    public var isRaised: Bool { flag.load(ordering: .relaxed) }

    /// Asks the work to stop. May be called on any thread.
    public func raise() { flag.store(true, ordering: .relaxed) }

    /// Takes the wish back, before other work begins.
    public func reset() { flag.store(false, ordering: .relaxed) }

    /// Runs `body`, which stops when this flag is raised.
    public func governing<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R { try StopFlag.run(body, under: self) }

    /// Runs `body` to its end, whatever flag governs this thread: for what must not be left half done.
    public static func ignored<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R { try run(body, under: nil) }

    private static func run<R, E: Error>(_ body: () throws(E) -> R, under flag: StopFlag?) throws(E) -> R {
        // The result travels as a value, because a task-local value is bound without typed errors.
        var result: Result<R, E>?
        $governing.withValue(flag) {
            do throws(E) { result = .success(try body()) } catch { result = .failure(error) }
        }
        guard let result else { preconditionFailure("the body was run") }
        return try result.get()
    }

    /// True when the work on this thread should stop.
    public static var isRaised: Bool { governing?.isRaised ?? false }

    /// Throws when the work on this thread should stop.
    public static func check() throws(Interrupted) { if isRaised { throw Interrupted() } }
}

/// Says that work ended early because the user wanted it to.
public struct Interrupted: Error, Hashable, CustomStringConvertible {
    public var description: String { "interrupted" }

    /// The only value there is.
    public init() {}
}
