import Glibc
import Model
import SQLite

/// The bytes of a file, decompressed by the system's `gzip` or `zstd` if necessary.
final class ByteSource {
    let path: String
    /// Size on disk; nil for pipes and other files without one.
    let totalBytes: Int64?
    /// When the file was last changed; nil for pipes, whose lines are of now.
    private(set) var lastChange: Timestamp?
    private let input: InputFile
    private var file: Int32 { input.descriptor }
    private var pipe: Int32 = -1
    private var child: pid_t = 0
    private var isEnded = false
    /// Bytes left to read; nil for no limit.
    private var left: Int?

    /// True for a named pipe, whose writer may start late or be slow.
    private let isPipe: Bool

    /// Opens the file without reading from it.
    init(path: String) throws(IngestError) {
        self.path = path
        isPipe = SourceFiles.isPipe(path)
        // Opened without waiting for the writer: the wait must be interruptible.
        do { input = try InputFile(path: path, flags: isPipe ? O_NONBLOCK : 0) } catch {
            totalBytes = nil
            throw IngestError(path: path, error.reason)
        }
        var status = stat()
        guard fstat(input.descriptor, &status) == 0 else {
            totalBytes = nil
            throw IngestError(path: path, "cannot be inspected: \(ByteSource.reason(errno))")
        }
        let kind = status.st_mode & S_IFMT
        totalBytes = kind == S_IFREG ? Int64(status.st_size) : nil
        lastChange = kind == S_IFREG ? Timestamp(nanoseconds: Int64(status.st_mtim.tv_sec) * 1_000_000_000) : nil
        if kind == S_IFDIR { throw IngestError(path: path, "is a folder, not a file") }
    }

    deinit {
        if pipe >= 0 { close(pipe) }
        if child > 0 {
            // The pipe is closed, so a child that still writes ends by itself and only has to be reaped.
            var status: Int32 = 0
            while waitpid(child, &status, 0) < 0 && errno == EINTR {}
        }
    }

    /// Bytes of the file on disk consumed so far; compressed bytes when it is compressed.
    var consumed: Int64 {
        // The decompressing child shares the file's offset.
        let offset = lseek(file, 0, SEEK_CUR)
        return offset < 0 ? 0 : Int64(offset)
    }

    /// Reads the next bytes; fewer than requested only at the end, 0 after it.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(IngestError) -> Int {
        var filled = 0
        while filled < buffer.count, !isEnded {
            if isPipe || pipe >= 0 { try waitForBytes() }
            if StopFlag.isRaised { throw IngestError(path: path, "interrupted") }
            let wanted = min(buffer.count - filled, left ?? .max)
            let got = Glibc.read(pipe >= 0 ? pipe : file, buffer.baseAddress! + filled, wanted)
            if got > 0 {
                filled += got
                left? -= got
            } else if got == 0 {
                isEnded = true
            } else if errno != EINTR && errno != EAGAIN {
                throw IngestError(path: path, "cannot be read: \(ByteSource.reason(errno))")
            }
        }
        return filled
    }

    /// Waits for input, its end, or the request to stop.
    private func waitForBytes() throws(IngestError) {
        var end = pollfd(fd: pipe >= 0 ? pipe : file, events: Int16(POLLIN), revents: 0)
        while !StopFlag.isRaised {
            let count = poll(&end, 1, 100)
            if count > 0 { return }
            if count < 0 && errno != EINTR { throw IngestError(path: path, "cannot be read: \(ByteSource.reason(errno))") }
        }
    }

    /// Limits reading to a range of an uncompressed file.
    func restrict(to range: Range<Int64>) throws(IngestError) {
        guard lseek(file, off_t(range.lowerBound), SEEK_SET) >= 0 else {
            throw IngestError(path: path, "cannot seek: \(ByteSource.reason(errno))")
        }
        left = Int(range.upperBound - range.lowerBound)
        isEnded = false
    }

    /// Restarts from the first byte, through `program -dc`.
    func unwrap(with program: String) throws(IngestError) {
        guard lseek(file, 0, SEEK_SET) == 0 else {
            throw IngestError(path: path, "is compressed and not a regular file: decompress it first")
        }
        isEnded = false
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw IngestError(path: path, "cannot create a pipe: \(ByteSource.reason(errno))") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, file, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var arguments: [UnsafeMutablePointer<CChar>?] = [strdup(program), strdup("-dc"), nil]
        defer { for argument in arguments { free(argument) } }
        let failure = posix_spawnp(&child, program, &actions, nil, &arguments, environ)
        close(ends[1])
        guard failure == 0 else {
            close(ends[0])
            child = 0
            let why = failure == ENOENT ? "is not on the PATH" : "cannot be started: \(ByteSource.reason(failure))"
            throw IngestError(path: path, "is compressed, and `\(program)`, which decompresses it, \(why)")
        }
        pipe = ends[0]
    }

    /// Returns whether the compressed data was complete, after the last byte; true for uncompressed files.
    func endedWell() -> Bool {
        guard child > 0 else { return true }
        var status: Int32 = 0
        while waitpid(child, &status, 0) < 0 {
            if errno != EINTR { return true }
        }
        child = 0
        return status == 0
    }

    private static func reason(_ code: Int32) -> String { String(cString: strerror(code)).lowercased() }
}
