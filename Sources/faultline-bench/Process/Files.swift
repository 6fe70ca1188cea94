import Glibc

/// What the benchmark does with files.
enum Files {
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func remove(_ path: String) { unlink(path) }

    /// Asks the system to forget what it keeps of the file in memory, so that the next reading is one of the disk.
    static func dropFromCache(_ path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        // Pages that are not written yet cannot be forgotten.
        fdatasync(descriptor)
        posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
        close(descriptor)
    }

    static func move(_ path: String, to other: String) -> Bool { rename(path, other) == 0 }

    /// Writes a text over what the file held.
    static func write(_ text: String, to path: String) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Trouble("\(path) cannot be written: \(String(cString: strerror(errno)).lowercased())") }
        defer { close(file) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            guard count > 0 else { throw Trouble("\(path) cannot be written: \(String(cString: strerror(errno)).lowercased())") }
            rest = rest.dropFirst(count)
        }
    }

    /// Bytes of the file; 0 when there is none.
    static func size(_ path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}

/// Words for the person who waits.
enum Terminal {
    static func note(_ text: String) {
        let line = "faultline-bench: \(text)\n"
        _ = line.withCString { write(2, $0, strlen($0)) }
    }
}
