import Glibc
import Synchronization

/// Runs `other` on a thread of its own while `body` runs here; returns when both are done.
public func withThread(_ other: @escaping @Sendable () -> Void, while body: () throws -> Void) rethrows {
    let thread = Thread(other)
    defer { thread.join() }
    try body()
}

/// A thread that runs one closure.
public final class Thread: Sendable {
    private final class Box: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private let handle: Mutex<pthread_t>

    /// Starts the thread.
    public init(_ body: @escaping @Sendable () -> Void) {
        var made = pthread_t()
        let context = Unmanaged.passRetained(Box(body)).toOpaque()
        pthread_create(
            &made, nil,
            { @Sendable context in
                if let context { Unmanaged<Box>.fromOpaque(context).takeRetainedValue().body() }
                return nil
            }, context)
        handle = Mutex(made)
    }

    /// Waits until it has ended.
    public func join() { _ = handle.withLock { pthread_join($0, nil) } }
}
