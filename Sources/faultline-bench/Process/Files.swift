import Glibc

/// File operations of the benchmark.
enum Files {
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func remove(_ path: String) { unlink(path) }

    /// Drops the file from the page cache, so that the next read comes from disk.
    static func dropFromCache(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        // Dirty pages cannot be dropped.
        fdatasync(descriptor)
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
        close(descriptor)
    }

    static func move(_ path: String, to other: String) -> Bool { rename(path, other) == 0 }

    /// Overwrites the file with text.
    static func write(_ text: String, to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw BenchError("\(path) cannot be written: \(String(cString: strerror(errno)).lowercased())") }
        defer { close(file) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            guard count > 0 else {
                throw BenchError("\(path) cannot be written: \(String(cString: strerror(errno)).lowercased())")
            }
            rest = rest.dropFirst(count)
        }
    }

    /// Returns the size of the file in bytes; 0 when it does not exist.
    static func size(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}

/// Messages for the user.
enum Terminal {
    static func note(_ text: String) {
        let line = "faultline-bench: \(text)\n"
        _ = line.withCString { write(2, $0, strlen($0)) }
    }
}
