import Glibc
import Model

/// A child process with a fixed input, whose output is captured in a file.
package final class ChildProcess {
    package let process: pid_t
    private let output: Int32
    private let began = Clock.ticks()
    package private(set) var code: Int32?
    /// True after `end` was called.
    package private(set) var wasKilled = false

    /// Starts a program found on the search path; the input is passed on its standard input, never on the command line.
    /// - Parameters:
    ///   - folder: Folder for the unnamed file that holds the input.
    ///   - inherited: A descriptor that the program keeps open, as descriptor 3, until it ends.
    ///   - answer: The file that captures the output and outlives this process; nil for an unnamed one.
    /// - Throws: `FileError` when the program is not installed or cannot be started.
    package init(
        _ program: String, _ arguments: [String], input: String, folder: String, environment: [String: String],
        inheriting inherited: Int32? = nil, answer: String? = nil
    ) throws(FileError) {
        guard let path = ChildProcess.find(program, environment) else {
            throw FileError(path: program, reason: "is not installed")
        }
        let descriptor = try ChildProcess.unnamedFile(in: folder)
        defer { close(descriptor) }
        Output.write(input, to: descriptor)
        lseek(descriptor, 0, SEEK_SET)
        let output: Int32
        if let answer { output = try ChildProcess.namedFile(answer) } else { output = try ChildProcess.unnamedFile(in: folder) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, descriptor, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        if let inherited { posix_spawn_file_actions_adddup2(&actions, inherited, 3) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Ctrl-C is meant for the foreground job, not for a notification in flight.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
        var variables: [UnsafeMutablePointer<CChar>?] =
            environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for word in words + variables { free(word) } }
        var process = pid_t()
        let code = posix_spawn(&process, path, &actions, &attributes, &words, &variables)
        guard code == 0 else {
            close(output)
            throw FileError(path: path, reason: String(cString: strerror(code)).lowercased())
        }
        self.process = process
        self.output = output
    }

    deinit {
        if code == nil { kill(process, SIGKILL) }
        if code == nil {
            var status: Int32 = 0
            waitpid(process, &status, 0)
        }
        close(output)
    }

    /// Time since the start.
    package var age: Duration { Clock.ticks() - began }

    /// Returns true once the process has ended. A process killed by a signal has the exit code 128 + the signal's number.
    package func hasEnded() -> Bool {
        if code != nil { return true }
        var status: Int32 = 0
        let ended = waitpid(process, &status, WNOHANG)
        guard ended == process || (ended < 0 && errno == ECHILD) else { return false }
        let signal = status & 0x7F
        code = signal == 0 ? (status >> 8) & 0xFF : 128 + signal
        return true
    }

    /// Kills the process and the processes that it started.
    package func end() {
        wasKilled = true
        kill(-process, SIGKILL)
    }

    /// The output so far: its first million bytes.
    package var capturedOutput: String {
        var status = stat()
        guard fstat(output, &status) == 0 else { return "" }
        var buffer = [UInt8](repeating: 0, count: Int(min(max(status.st_size, 0), 1_000_000)))
        let count = pread(output, &buffer, buffer.count, 0)
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : ""
    }

    /// Returns true when the program is on the search path.
    package static func isInstalled(_ program: String, _ environment: [String: String]) -> Bool {
        find(program, environment) != nil
    }

    private static func find(_ program: String, _ environment: [String: String]) -> String? {
        let folders = (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":").map(String.init)
        return (folders + ["/usr/sbin", "/usr/lib"]).map { $0 + "/" + program }.first {
            access($0, X_OK) == 0 && !Files.isFolder($0)
        }
    }

    /// Opens an empty file that only its owner can read.
    private static func namedFile(_ path: String) throws(FileError) -> Int32 {
        let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw FileError(path: path, reason: String(cString: strerror(errno)).lowercased()) }
        return descriptor
    }

    /// Opens a file without a name, which only this process and its children can reach.
    static func unnamedFile(in folder: String) throws(FileError) -> Int32 {
        var template = Array((folder + "/notification-XXXXXX").utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw FileError(path: folder, reason: String(cString: strerror(errno)).lowercased()) }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unlink(template)
        return descriptor
    }
}
