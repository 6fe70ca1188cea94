import CPty
import Glibc

/// A program on its own terminal, driven as a person would: wait for output, then type.
///
/// Output is collected as bytes; redraws split it, so expect short texts, and wait for raw mode before typing.
public final class PtySession {
    /// A failed expectation, with the output.
    public struct Failure: Error, CustomStringConvertible {
        /// The text waited for, and the output instead.
        public let description: String
    }

    /// The exit status of a program.
    public enum End: Hashable, Sendable {
        case exited(Int32), signalled(Int32)
    }

    /// The program's process id.
    public let process: pid_t
    /// The whole output so far.
    public private(set) var output: [UInt8] = []
    private let master: Int32
    private var searchedUpTo = 0
    private var end: End?

    /// Starts the program at `path`; `arguments` do not include its name, and `environment` is its whole environment.
    public init(
        _ path: String, arguments: [String] = [], environment: [String: String] = [:], rows: Int = 24, columns: Int = 80
    ) throws {
        func words(_ texts: [String]) -> [UnsafeMutablePointer<CChar>?] { texts.map { strdup($0) } + [nil] }
        let arguments = words([path] + arguments)
        let environment = words(environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
        defer { for word in arguments + environment { free(word) } }
        var process: pid_t = 0
        master = cpty_spawn(path, arguments, environment, Int32(rows), Int32(columns), &process)
        self.process = process
        guard master >= 0 else { throw Failure(description: "cannot start \(path): \(String(cString: strerror(errno)))") }
    }

    deinit {
        close(master)
        guard end == nil else { return }
        kill(process, SIGKILL)
        var status: Int32 = 0
        waitpid(process, &status, 0)
    }

    /// The whole output so far, as text.
    public var screenText: String { String(decoding: output, as: UTF8.self) }

    /// The output after the last expected text.
    public var unread: String { String(decoding: output[searchedUpTo...], as: UTF8.self) }

    /// Types a text; control characters are keys (`\r` is Enter, `\u{3}` is Ctrl-C).
    public func send(_ text: String) throws { try send(Array(text.utf8)) }

    /// Types bytes.
    public func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            // A terminal accepts at most 4096 bytes before the program reads; its output must be read meanwhile.
            let count = rest.prefix(1024).withUnsafeBytes { write(master, $0.baseAddress, $0.count) }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR && errno != EAGAIN {
                throw failure("cannot type")
            }
            read(for: .zero)
        }
    }

    /// Waits until `text` appears after the text expected before.
    public func expect(_ text: String, within limit: Duration = .seconds(20)) throws {
        let wanted = Array(text.utf8)
        try wait(within: limit, for: "‘\(text)’ to be shown") {
            guard let place = find(wanted) else { return false }
            searchedUpTo = place + wanted.count
            return true
        }
    }

    /// Waits until the terminal has left line mode; from then on, keys reach the editor one by one.
    public func waitUntilRaw(within limit: Duration = .seconds(20)) throws {
        try wait(within: limit, for: "raw mode") { cpty_is_raw(master) == 1 }
    }

    /// Waits until the terminal is back in line mode.
    public func waitUntilCooked(within limit: Duration = .seconds(20)) throws {
        try wait(within: limit, for: "line mode") { cpty_is_raw(master) == 0 }
    }

    /// Waits for a prompt and for raw mode.
    public func waitForPrompt(_ prompt: String, within limit: Duration = .seconds(20)) throws {
        try expect(prompt, within: limit)
        try waitUntilRaw(within: limit)
    }

    /// True when the terminal is in line mode and ready for the next program.
    public var isCooked: Bool { cpty_is_raw(master) == 0 }

    /// Resizes the terminal; the program gets SIGWINCH.
    public func resize(rows: Int, columns: Int) { _ = cpty_resize(master, Int32(rows), Int32(columns)) }

    /// Sends a signal to the program.
    public func signal(_ number: Int32) { kill(process, number) }

    /// Waits until the program has ended.
    public func waitForEnd(within limit: Duration = .seconds(20)) throws -> End {
        try wait(within: limit, for: "the end of the program") {
            var status: Int32 = 0
            guard waitpid(process, &status, WNOHANG) == process else { return false }
            let signal = status & 0x7F
            end = signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
            return true
        }
        return end ?? .exited(0)
    }

    /// Collects output until none arrives for a while.
    public func settle(_ quiet: Duration = .milliseconds(100)) {
        while read(for: quiet) {}
    }

    private func find(_ wanted: [UInt8]) -> Int? {
        guard let first = wanted.first else { return searchedUpTo }
        guard output.count - searchedUpTo >= wanted.count else { return nil }
        return (searchedUpTo...(output.count - wanted.count)).first {
            output[$0] == first && output[$0..<($0 + wanted.count)].elementsEqual(wanted)
        }
    }

    private func wait(within limit: Duration, for what: String, until isMet: () -> Bool) throws {
        let deadline = ContinuousClock.now + limit
        while !isMet() {
            guard ContinuousClock.now < deadline else { throw failure("waited in vain for \(what)") }
            read(for: .milliseconds(5))
        }
    }

    /// Reads available output, waiting at most this long; returns false when none arrived.
    @discardableResult private func read(for limit: Duration) -> Bool {
        var poll = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        let milliseconds = Int32(limit.components.attoseconds / 1_000_000_000_000_000 + limit.components.seconds * 1000)
        guard Glibc.poll(&poll, 1, milliseconds) > 0 else { return false }
        guard poll.revents & Int16(POLLIN) != 0 else {
            // Hung up: no process has the terminal open.
            if milliseconds > 0 { usleep(2000) }
            return false
        }
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let count = Glibc.read(master, &buffer, buffer.count)
        if count > 0 { output += buffer[..<count] }
        return count > 0
    }

    private func failure(_ message: String) -> Failure {
        let shown = unread.unicodeScalars.map {
            $0.value < 0x20 && $0 != "\n" ? "\\u{\(String($0.value, radix: 16))}" : String($0)
        }
        return Failure(description: "\(message); since the last text expected was shown:\n\(shown.joined())")
    }
}

/// The location of the package's programs when tests run.
public enum BuiltProgram {
    /// Returns the path of an executable target's program, beside the running test bundle.
    public static func path(_ name: String) -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        let runner = String(decoding: buffer[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return runner[..<(runner.lastIndex(of: "/") ?? runner.startIndex)] + "/" + name
    }
}
