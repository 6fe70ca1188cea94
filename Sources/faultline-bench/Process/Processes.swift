import Glibc

/// The resources used by a finished process.
struct ProcessUse {
    /// Wall time in seconds, from before the start until the parent sees the end.
    var elapsed: Double
    /// User plus system time, in seconds.
    var processor: Double
    /// The captured output.
    var output: String
}

/// Starts programs and waits for them.
enum Processes {
    /// The path of this executable.
    static let thisOne: String = {
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        return length > 0
            ? String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self) : CommandLine.arguments[0]
    }()

    /// Returns the path of a program in this executable's folder.
    static func besideThisOne(_ name: String) -> String {
        guard let slash = thisOne.lastIndex(of: "/") else { return name }
        return thisOne[...slash] + name
    }

    /// Returns the program's path in `$PATH`; nil when it is not installed.
    static func find(_ name: String) -> String? {
        guard let folders = getenv("PATH").map({ String(cString: $0) }) else { return nil }
        return folders.split(separator: ":").lazy.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    /// Runs a program to its end and passes its standard error through. Throws when it cannot be started or fails.
    static func run(_ path: String, _ arguments: [String], keepsOutput: Bool) throws -> ProcessUse {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var ends: [Int32] = [-1, -1]
        if keepsOutput {
            guard pipe(&ends) == 0 else { throw BenchError("cannot create a pipe for \(path)") }
            posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
            posix_spawn_file_actions_addclose(&actions, ends[0])
            posix_spawn_file_actions_addclose(&actions, ends[1])
        } else {
            posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        let start = Clocks.elapsed()
        var child = pid_t()
        let code = posix_spawn(&child, path, &actions, nil, &words, environ)
        if keepsOutput { close(ends[1]) }
        guard code == 0 else {
            if keepsOutput { close(ends[0]) }
            throw BenchError("\(path) cannot be started: \(String(cString: strerror(code)).lowercased())")
        }
        var output: [UInt8] = []
        if keepsOutput {
            output = readAll(ends[0])
            close(ends[0])
        }
        var status: Int32 = 0
        var usage = rusage()
        while wait4(child, &status, 0, &usage) < 0 && errno == EINTR {}
        let elapsed = Clocks.elapsed() - start
        guard status == 0 else { throw BenchError("\(path) \(arguments.first ?? "") failed (status \(status))") }
        return ProcessUse(
            elapsed: elapsed, processor: seconds(usage.ru_utime) + seconds(usage.ru_stime),
            output: String(decoding: output, as: UTF8.self))
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

    private static func readAll(_ descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            if count <= 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    /// Returns the peak memory of this process, in bytes.
    ///
    /// The process asks for itself: what the parent sees at its end includes the parent's own memory, which the child shares
    /// until exec.
    static func peakMemory() -> Int {
        let descriptor = open("/proc/self/status", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        let lines = String(decoding: readAll(descriptor), as: UTF8.self).split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix("VmHWM:") }) else { return 0 }
        return (line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }
}
