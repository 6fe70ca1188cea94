import Glibc
import Synchronization

/// Text out to a descriptor.
public enum Output {
    /// The system's number of the first failure to write to the standard output; 0 while all is well.
    private static let failure = Atomic<Int32>(0)

    /// Why something of the standard output was lost, in the system's words; nil while nothing was.
    static var lostOutput: String? {
        let code = failure.load(ordering: .relaxed)
        return code == 0 ? nil : String(cString: strerror(code)).lowercased()
    }

    /// Writes all of the text; false when the reader has gone or the disk is full.
    @discardableResult public static func write(_ text: String, to descriptor: Int32) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var sent = 0
            while sent < bytes.count {
                let count = Glibc.write(descriptor, bytes.baseAddress! + sent, bytes.count - sent)
                if count < 0 && errno == EINTR { continue }
                if count <= 0 {
                    if descriptor == 1 { failure.store(errno == 0 ? EIO : errno, ordering: .relaxed) }
                    return false
                }
                sent += count
            }
            return true
        }
    }
}
