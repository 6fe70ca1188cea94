import Glibc
import Ingest
import SQLite

/// Pages of a web API, one a line, in a file without a name: nothing of it is left when the program is killed.
final class PageFile {
    private let descriptor: Int32
    /// The bytes written.
    private(set) var size = 0

    /// Creates the file in the folder of the store.
    init(beside store: String) throws(IngestError) {
        var template = Array((store + ".pages-XXXXXX").utf8CString)
        descriptor = mkstemp(&template)
        guard descriptor >= 0 else {
            throw IngestError(
                path: store, "pages cannot be kept beside the store: \(String(cString: strerror(errno)).lowercased())")
        }
        unlink(template)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    deinit { if descriptor >= 0 { OpenDatabases.close(descriptor) } }

    /// The path under which this process can open the file.
    var path: String { "/proc/self/fd/\(descriptor)" }

    /// Appends a page.
    func append(_ page: LangfusePage) throws(IngestError) {
        var bytes = page.line
        bytes.append(0x0A)
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + done, $0.count - done) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                throw IngestError(path: path, "pages cannot be kept: \(String(cString: strerror(errno)).lowercased())")
            }
            done += count
        }
        size += bytes.count
    }
}
