import Glibc
import Model
import Storage

/// Takes notices from the outbox to their receivers: each by a process of its own, so that a slow or dead receiver delays
/// nothing else; what fails is tried again, and given up in the end.
final class Courier {
    private let state: StateStore
    private let folder: String
    private let environment: [String: String]
    private var running: [(notice: WaitingNotice, child: ChildProcess)] = []

    /// Waits between attempts, in minutes; after the last one a notice is given up.
    private static let waits: [Int64] = [1, 2, 4, 8, 16, 32]
    /// Processes at one time.
    private static let most = 16
    /// Seconds that a receiver is given.
    private let patience: Int

    /// - Parameter folder: Where the log is kept.
    init(_ state: StateStore, folder: String, environment: [String: String], patience: Int = 10) {
        self.patience = patience
        self.state = state
        self.folder = folder
        self.environment = environment
    }

    /// The log of a store's alerts.
    static func log(in folder: String) -> String { folder + "/alerts.log" }

    /// The processes that notices are on their way with.
    var processes: [Int32] { running.map(\.child.process) }

    /// True while some notice is on its way.
    var isBusy: Bool { !running.isEmpty }

    /// Starts what is due and takes in what has ended; waits for nothing.
    func work(at now: Timestamp) throws(StoreError) {
        try collect(at: now)
        guard running.count < Courier.most else { return }
        for notice in try state.dueNotices(at: now, limit: 200) {
            guard running.count < Courier.most else { return }
            // For the time of an attempt it is nobody else's: two processes do not send it twice.
            let lease = now + .seconds(Int64(6 * patience))
            guard try state.claim(notice, until: lease) else { continue }
            do {
                switch notice.notice.kind {
                case "log":
                    try Courier.append(notice.notice.body, mark: notice.id, to: Courier.log(in: folder))
                    try state.noteSent(notice.id, at: now)
                case "email":
                    running.append((notice, try start("sendmail", ["-t", "-i"], notice.notice.body)))
                default: running.append((notice, try start("curl", ["-q", "--config", "-"], request(notice.notice))))
                }
            } catch let error as StoreError {
                throw error
            } catch {
                try failed(notice, "\(error)", at: now)
            }
        }
    }

    /// Works, and gives what kept it from it.
    func trouble(at now: Timestamp) -> StoreError? {
        do throws(StoreError) {
            try work(at: now)
            return nil
        } catch {
            return error
        }
    }

    /// Works until nothing is on its way, at most a receiver's patience long.
    func finish(at now: Timestamp) throws(StoreError) {
        repeat {
            try work(at: now)
            if isBusy { usleep(10_000) }
        } while isBusy
    }

    private func start(_ program: String, _ arguments: [String], _ input: String) throws(FileError) -> ChildProcess {
        try ChildProcess(program, arguments, input: input, folder: folder, environment: environment)
    }

    private func collect(at now: Timestamp) throws(StoreError) {
        var left: [(notice: WaitingNotice, child: ChildProcess)] = []
        for (notice, child) in running {
            guard child.hasEnded() else {
                if child.age > .seconds(Int64(2 * patience)) { child.end() }
                left.append((notice, child))
                continue
            }
            if child.code == 0 {
                try state.noteSent(notice.id, at: now)
            } else {
                let words = child.said.split { $0.isNewline }.last.map(String.init) ?? ""
                try failed(notice, words.isEmpty ? "ended with code \(child.code ?? -1)" : words, at: now)
            }
        }
        running = left
    }

    private func failed(_ notice: WaitingNotice, _ problem: String, at now: Timestamp) throws(StoreError) {
        // What a program says of its failure may name the address.
        let target = notice.notice.target
        let problem = Redaction.text(target.isEmpty ? problem : problem.replacing(target, with: "the receiver"))
        let wait = notice.attempts < Courier.waits.count ? Courier.waits[notice.attempts] : nil
        try state.noteFailure(notice.id, problem: problem, nextAt: wait.map { now + .minutes($0) })
    }

    /// What curl reads from its input: address, headers and body, none of which the list of processes shows.
    private func request(_ notice: NewNotice) -> String {
        """
        url = \(Courier.quoted(notice.target))
        header = "Content-Type: application/json"
        user-agent = "faultline"
        data-raw = \(Courier.quoted(notice.body))
        proto = "=http,https"
        connect-timeout = \(max(1, patience / 2))
        max-time = \(patience)
        output = "/dev/null"
        silent
        show-error
        fail

        """
    }

    /// A text in the quotes of curl's configuration.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for character in text.unicodeScalars {
            switch character {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            default: quoted.unicodeScalars.append(character)
            }
        }
        return quoted + "\""
    }

    /// Adds a line to the log unless it is there already, because the process was killed after it wrote it.
    private static func append(_ line: String, mark: Int64, to path: String) throws(FileError) {
        let whole = "\(line) [\(mark)]\n"
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError(path: path, reason: String(cString: strerror(errno)).lowercased()) }
        defer { close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END), length = min(size, 262_144)
        var tail = [UInt8](repeating: 0, count: Int(length))
        let count = pread(descriptor, &tail, tail.count, off_t(size - length))
        var text = String(decoding: tail.prefix(max(0, count)), as: UTF8.self)[...]
        if text.contains(whole) { return }
        // A line that a kill cut short stays as it is.
        text = text.suffix(1)
        guard Output.write((text.isEmpty || text == "\n" ? "" : "\n") + whole, to: descriptor) else {
            throw FileError(path: path, reason: String(cString: strerror(errno)).lowercased())
        }
    }
}
