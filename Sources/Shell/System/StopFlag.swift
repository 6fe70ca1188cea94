import Synchronization

/// Says that the user wants what runs to stop; raised on one thread, looked at on another.
final class StopFlag: Sendable {
    private let flag = Atomic<Bool>(false)

    /// True once it was raised.
    var isRaised: Bool { flag.load(ordering: .relaxed) }

    func raise() { flag.store(true, ordering: .relaxed) }

    func reset() { flag.store(false, ordering: .relaxed) }
}
