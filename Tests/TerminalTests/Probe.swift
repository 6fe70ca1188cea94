import Glibc
import PtySupport

/// The program `terminal-probe` on a terminal, with its own home folder and history.
final class Probe {
    let session: PtySession
    let home: String
    var historyPath: String { home + "/history" }

    /// Starts the program, or the command that `command` builds from its path, in a folder prepared by `prepare`.
    init(
        _ changes: [String: String] = [:], command: ((String) -> String)? = nil, rows: Int = 24, columns: Int = 80,
        prepare: (String) throws -> Void = { _ in }
    ) throws {
        let temporary = getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir
        var name = Array("\(temporary)/terminal-probe-XXXXXX".utf8CString)
        home = mkdtemp(&name).map { String(cString: $0) } ?? temporary
        try prepare(home)
        var environment = [
            "TERM": "xterm", "LANG": "C.UTF-8", "HOME": home, "PROBE_HISTORY": home + "/history", "PATH": "/usr/bin:/bin",
            "SWIFT_BACKTRACE": "enable=no", "PS1": "sh$ ",
        ]
        if access(home + "/.editrc", F_OK) != 0 { environment["EDITRC"] = "/dev/null" }
        environment.merge(changes) { $1 }
        let path = BuiltProgram.path("terminal-probe")
        session =
            if let command {
                try PtySession(
                    "/bin/sh", arguments: ["-c", command(path)], environment: environment, rows: rows, columns: columns)
            } else {
                try PtySession(path, environment: environment, rows: rows, columns: columns)
            }
    }

    deinit {
        for name in ["history", ".editrc", "input"] { unlink(home + "/" + name) }
        rmdir(home)
    }

    /// Waits for the prompt and raw mode, then types.
    func type(_ text: String) throws {
        try session.waitForPrompt("probe>")
        try session.send(text)
    }

    /// Types a line at the prompt and waits for its result.
    func enter(_ line: String, gives shown: String) throws {
        try type(line + "\r")
        try session.expect(shown)
    }

    /// Quits the program at its prompt.
    func leave() throws -> PtySession.End {
        try type("\u{4}")
        try session.expect("end")
        return try session.waitForEnd()
    }
}

/// Writes a file for a test.
func writeFile(_ path: String, _ bytes: [UInt8], mode: mode_t = 0o600) {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode)
    _ = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
    close(file)
}

/// Returns the text of a file; empty when it does not exist.
func readFile(_ path: String) -> String {
    let file = open(path, O_RDONLY)
    defer { close(file) }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = read(file, &buffer, buffer.count)
    return String(decoding: buffer[..<max(0, count)], as: UTF8.self)
}

/// Returns the permission bits of a file.
func mode(of path: String) -> mode_t? {
    var info = stat()
    return stat(path, &info) == 0 ? info.st_mode & 0o777 : nil
}
