import Glibc
import Model

/// Waits for pipes and terminals in steps, so that Ctrl-C ends the wait: a signal alone only restarts a system call.
package enum Waiting {
    private static let stepInMilliseconds: Int32 = 100

    /// Waits until a descriptor has bytes, has ended, or is broken. False when the work on this thread is stopped first.
    package static func forInput(_ descriptor: Int32) -> Bool { until(descriptor, is: POLLIN) }

    /// Waits until a descriptor takes bytes. False when the work on this thread is stopped first.
    package static func forRoom(_ descriptor: Int32) -> Bool { until(descriptor, is: POLLOUT) }

    private static func until(_ descriptor: Int32, is event: Int32) -> Bool {
        var state = pollfd(fd: descriptor, events: Int16(event), revents: 0)
        while !StopFlag.isRaised {
            // If something is wrong with the descriptor, reading or writing says what.
            let count = poll(&state, 1, stepInMilliseconds)
            if count > 0 || (count < 0 && errno != EINTR) { return true }
        }
        return false
    }

    /// Opens a device or pipe for writing; waits for the reader of a pipe. Negative, with the reason in `errno`, on failure.
    package static func openForWriting(_ path: String) throws(Interrupted) -> Int32 {
        while true {
            try StopFlag.check()
            let descriptor = open(path, O_WRONLY | O_CLOEXEC | O_NONBLOCK)
            guard descriptor >= 0 else {
                // Nobody reads the pipe yet.
                guard errno == ENXIO else { return descriptor }
                poll(nil, 0, stepInMilliseconds)
                continue
            }
            _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
            return descriptor
        }
    }
}
