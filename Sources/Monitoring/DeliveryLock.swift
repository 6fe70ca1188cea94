import Glibc
import SQLite
import Platform

/// The right to send one notification, held by this process and by the program that it sends with, whatever happens to this
/// process: while that program may still deliver, nobody sends the notification again.
///
/// An open file description lock on one byte of a file beside the outbox: the kernel lets go of it when the last process that
/// holds it is gone. It is no lease, so that no clock is asked, neither the system's nor a pinned one.
package final class DeliveryLock {
    /// Inherited by the program that sends.
    package let descriptor: Int32

    /// `F_OFD_SETLK`, which the C library declares under a feature macro only.
    private static let setLock: Int32 = 37

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Takes the right to send the notification `id`; nil when somebody has it.
    /// - Throws: `FileError` when the file cannot be made.
    package static func take(_ id: Int64, in path: String) throws(FileError) -> DeliveryLock? {
        func trouble() -> FileError { FileError(path: path, reason: String(cString: strerror(errno)).lowercased()) }
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw trouble() }
        // Closes the file when it is dropped.
        let lock = DeliveryLock(descriptor)
        var range = flock()
        range.l_type = Int16(F_WRLCK)
        range.l_whence = Int16(SEEK_SET)
        range.l_start = off_t(id)
        range.l_len = 1
        if fcntl(descriptor, setLock, &range) == 0 { return lock }
        guard errno == EAGAIN || errno == EACCES else { throw trouble() }
        return nil
    }

    deinit { OpenDatabases.close(descriptor) }
}
