import CEdit
import Glibc
import Model
import Synchronization

/// A system call that failed while the terminal was set up.
public struct TerminalError: Error, Hashable, Sendable {
    /// The reason, such as `cannot open a pipe: too many open files`.
    public let message: String

    init(_ message: String, code: Int32? = nil) {
        self.message = code.map { "\(message): \(String(cString: strerror($0)).lowercased())" } ?? message
    }
}

/// Ctrl-C as an event: it interrupts the running body and never kills the process. One instance per process.
///
/// A signal handler written in C writes to a pipe and does nothing else. A watcher thread reads the pipe and calls the closure of
/// the running body. It is an ordinary thread, so the closure may do anything that is safe concurrently with the body
/// (`sqlite3_interrupt` is). The watcher holds a lock while it calls the closure, and the end of the body takes the same lock:
/// the closure never runs after the body has ended, so what it uses, such as a connection, may be closed then. The closure is
/// called every 50 ms until the body ends, because `sqlite3_interrupt` has no effect between two statements: a single call may
/// come too early.
public final class Interrupts: Sendable {
    private struct Body: Sendable {
        var number: Int32
        var onInterrupt: @Sendable () -> Void
        var wasInterrupted = false
    }

    private struct State: Sendable {
        /// Running bodies, innermost last.
        var bodies: [Body] = []
        var lastNumber: Int32 = 0
        var lastWasInterrupted = false
        var hasWatcher = false
    }

    /// Never freed: a signal handler may run at any time.
    nonisolated(unsafe) let signals: UnsafeMutablePointer<cedit_signals>
    private let state = Mutex(State())

    /// Installs the handler for Ctrl-C.
    public init() throws(TerminalError) {
        signals = .allocate(capacity: 1)
        guard cedit_open_pipes(signals) == 0 else { throw TerminalError("cannot open a pipe", code: errno) }
        cedit_catch_interrupts(signals)
    }

    /// True when Ctrl-C was pressed during the body that ended last.
    public var wasInterrupted: Bool { state.withLock { $0.lastWasInterrupted } }

    /// Runs `body`; on Ctrl-C, calls `onInterrupt` on the watcher thread, repeatedly until `body` ends.
    ///
    /// Rethrows the error of `body`. Afterwards `wasInterrupted` says whether Ctrl-C was pressed. Bodies may nest: Ctrl-C
    /// interrupts the innermost. A Ctrl-C pressed between the last line and `body` counts.
    public func during<T, E: Error>(_ onInterrupt: @escaping @Sendable () -> Void, body: () throws(E) -> T) throws(E) -> T {
        startWatcher()
        let number = state.withLock { state in
            state.lastNumber = state.lastNumber == .max ? 1 : state.lastNumber + 1
            state.bodies.append(Body(number: state.lastNumber, onInterrupt: onInterrupt))
            cedit_set_running(signals, state.lastNumber)
            return state.lastNumber
        }
        // Ctrl-C between the line and its body was meant for the body.
        if cedit_take_interrupt(signals) != 0 { cedit_interrupt(signals, number) }
        defer {
            state.withLock { state in
                state.lastWasInterrupted = state.bodies.removeLast().wasInterrupted
                cedit_set_running(signals, state.bodies.last?.number ?? 0)
            }
        }
        return try body()
    }

    /// Runs `body` with a flag that Ctrl-C raises; on Ctrl-C, also calls `besides`.
    package func during<T, E: Error>(
        _ flag: StopFlag, besides: @escaping @Sendable () -> Void = {}, body: () throws(E) -> T
    ) throws(E) -> T {
        try during(
            {
                flag.raise()
                besides()
            }, body: { () throws(E) in try flag.governing(body) })
    }

    /// Interrupts the innermost body. `number` is the body that was running when Ctrl-C was pressed, so that a late interrupt
    /// does not reach the next body. Returns false when that body has ended.
    private func interrupt(_ number: Int32) -> Bool {
        state.withLock { state in
            guard state.bodies.contains(where: { $0.number == number }) else { return false }
            let innermost = state.bodies.count - 1
            state.bodies[innermost].wasInterrupted = true
            state.bodies[innermost].onInterrupt()
            return true
        }
    }

    /// Runs the watcher thread; returns only when the pipe is broken.
    private func watch() {
        var number: Int32 = 0, isInterrupting = false
        while true {
            var pipe = pollfd(fd: signals.pointee.watch.0, events: Int16(POLLIN), revents: 0)
            if poll(&pipe, 1, isInterrupting ? 50 : -1) > 0 {
                guard read(pipe.fd, &number, MemoryLayout<Int32>.size) == MemoryLayout<Int32>.size else { return }
                isInterrupting = true
            }
            if isInterrupting { isInterrupting = interrupt(number) }
        }
    }

    private func startWatcher() {
        let isFirst = state.withLock { state in
            defer { state.hasWatcher = true }
            return !state.hasWatcher
        }
        guard isFirst else { return }
        // The watcher blocks all signals, so that they interrupt the reads of other threads.
        var all = sigset_t(), before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, &before)
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let code = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Interrupts>.fromOpaque(context).takeRetainedValue().watch() }
                return nil
            }, context)
        pthread_sigmask(SIG_SETMASK, &before, nil)
        if code == 0 { pthread_detach(thread) } else { Unmanaged<Interrupts>.fromOpaque(context).release() }
    }
}
