import Glibc
import PtySupport
import Synchronization

/// The built program, run as from a shell.
struct Tool {
    /// The exit code and output of a run.
    struct Outcome {
        var code: Int32
        var output: String
        var errors: String
    }

    /// A running program.
    final class Running {
        let process: pid_t
        private let output: String, errors: String
        private var isOver = false

        fileprivate init(process: pid_t, output: String, errors: String) {
            (self.process, self.output, self.errors) = (process, output, errors)
        }

        deinit { if !isOver { kill(process, SIGKILL) } }

        func signal(_ number: Int32) { kill(process, number) }

        /// Waits until the program has used this much CPU time, however slowly the machine grants it.
        func work(milliseconds: Int) {
            let perSecond = sysconf(Int32(_SC_CLK_TCK)), limit = ContinuousClock.now + .seconds(60)
            while ContinuousClock.now < limit {
                // The name in parentheses may contain spaces; user and system time are fields 12 and 13 after it.
                let fields = Folder.text("/proc/\(process)/stat").split(separator: ")").last?.split(separator: " ") ?? []
                guard fields.count > 12, fields[0] != "Z" else { return }
                let ticks = (Int(fields[11]) ?? 0) + (Int(fields[12]) ?? 0)
                if ticks * 1000 >= milliseconds * perSecond { return }
                usleep(5000)
            }
        }

        /// The text on standard output so far.
        var written: String { Folder.text(output) }

        /// The text on standard error so far.
        var said: String { Folder.text(errors) }

        /// Waits for the end; a program killed by a signal has the exit code 128 + the signal's number.
        func wait() -> Outcome {
            var status: Int32 = 0
            while waitpid(process, &status, 0) < 0 && errno == EINTR {}
            isOver = true
            let signal = status & 0x7F
            return Outcome(
                code: signal == 0 ? (status >> 8) & 0xFF : 128 + signal, output: Folder.text(output), errors: Folder.text(errors))
        }
    }

    /// The home and working folder of every run.
    let folder: Folder
    var environment: [String: String]

    /// The path of the program.
    static let path = BuiltProgram.path("faultline")

    init(_ folder: Folder = Folder(), _ changes: [String: String] = [:]) {
        self.folder = folder
        environment = [
            "PATH": "/usr/bin:/bin", "HOME": folder.path, "LANG": "C.UTF-8", "TERM": "xterm", "SWIFT_BACKTRACE": "enable=no",
        ].merging(changes) { $1 }
    }

    /// Runs the program to its end.
    func run(_ arguments: String..., input: String = "") -> Outcome { start(arguments, input: input).wait() }

    /// Runs a shell command in which `$faultline` is the program.
    func shell(_ line: String) -> Outcome { start(line: line).wait() }

    func start(line: String) -> Running { start("/bin/sh", ["-c", line], input: "") }

    func start(_ arguments: [String], input: String = "") -> Running { start(Tool.path, arguments, input: input) }

    private func start(_ program: String, _ arguments: [String], input: String) -> Running {
        // Files instead of pipes, so that nothing has to be read while the program runs.
        let number = Tool.number.add(1, ordering: .relaxed).newValue
        let (inputPath, output, errors) = (
            folder.write("in\(number)", input), folder.file("out\(number)"), folder.file("err\(number)")
        )
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, inputPath, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        // The test runner may ignore or block signals that the program should receive.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var all = sigset_t(), none = sigset_t()
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        func words(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] { texts.map { strdup($0) } + [nil] }
        // The shell only changes the folder; the program replaces it and keeps its process id.
        let goThere = ["/bin/sh", "-c", "cd \"$1\" && shift && exec \"$@\"", "sh", folder.path]
        let argumentWords = words(goThere + [program] + arguments)
        let variables = environment.merging(["faultline": Tool.path]) { $1 }
        let environmentWords = words(variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
        defer { for word in argumentWords + environmentWords { free(word) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, "/bin/sh", &actions, &attributes, argumentWords, environmentWords)
        precondition(code == 0, "\(program) can be started: \(String(cString: strerror(code)))")
        return Running(process: process, output: output, errors: errors)
    }

    /// The number of the last run; each run has its own files.
    private static let number = Atomic<Int>(0)
}

/// Data shared by several tests; generated once by the program itself, deleted when the process ends.
enum Made {
    private static let folder: Folder = {
        let folder = Folder()
        kept = folder
        atexit { if let folder = Made.kept { Folder.remove(folder.path) } }
        return folder
    }()
    nonisolated(unsafe) private static var kept: Folder?

    /// A store with 400 calls over a week, up to 2026-11-21T14:00Z.
    static let store = made("store.db", "--store", calls: 400)
    /// The same data as JSON lines.
    static let lines = made("lines.jsonl", "--jsonl", calls: 400)
    /// Data large enough for interrupting its import.
    static let manyLines = made("many.jsonl", "--jsonl", calls: 2000)

    private static func made(_ name: String, _ option: String, calls: Int) -> String {
        let outcome = Tool(folder).run("generate", "--calls", "\(calls)", "--days", "7", option, folder.file(name))
        precondition(outcome.code == 0, "generate works: \(outcome.errors)")
        return folder.file(name)
    }

    /// A copy of the store in a folder, for tests that write beside it.
    static func copyOfStore(in folder: Folder) -> String { folder.write("store.db", Folder.bytes(store)) }
}
