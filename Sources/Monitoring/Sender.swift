import Glibc
import LocalStore
import Model
import SQLite
import Platform

/// Takes notifications from the outbox to their receivers: each by a process of its own, so that a slow or dead receiver delays
/// no other one; what fails is tried again, and given up in the end.
///
/// Any number of senders may work on one outbox, and be killed at any time: what `curl` heard from a receiver is kept in a file
/// until it is noted, so that the next sender knows what arrived.
package final class Sender {
    /// A notification on its way.
    private struct Delivery {
        let notification: QueuedNotification
        let child: ChildProcess
        let lock: DeliveryLock
    }

    private let state: StateStore
    private let folder: String
    private let environment: [String: String]
    /// Seconds that a receiver is given.
    private let patience: Int
    private var running: [Delivery] = []
    private var unread: [String] = []
    private var isClean = false

    /// Waits between attempts, in minutes; after the last one a notification is given up.
    private static let waits: [Int64] = [1, 2, 4, 8, 16, 32]
    /// How often a notification is tried.
    package static let attempts = waits.count + 1
    /// Processes at one time.
    private static let most = 16

    /// - Parameter folder: The folder of the programs that send.
    package init(_ state: StateStore, folder: String, environment: [String: String], patience: Int = 10) {
        self.patience = patience
        self.state = state
        self.folder = folder
        self.environment = environment
    }

    /// The log of a store's alerts, beside it: the store's own name and `.alerts.log`. Marks in it are numbers that another store
    /// of the folder gives out as well.
    package static func log(of state: StateStore) -> String {
        let ending = ".state"
        return log(besideStore: state.path.hasSuffix(ending) ? String(state.path.dropLast(ending.count)) : state.path)
    }

    /// The log of the alerts of the store at `path`.
    package static func log(besideStore path: String) -> String { path + ".alerts.log" }

    /// The processes that notifications are on their way with.
    package var processes: [Int32] { running.map(\.child.process) }

    /// True while some notification is on its way.
    package var isBusy: Bool { !running.isEmpty }

    /// What became of a call of `work`.
    package enum Progress {
        /// Nothing is due.
        case idle
        /// Something was begun or ended.
        case moved
        /// What is due is on its way, here or with another process.
        case waiting
    }

    /// Starts what is due and takes in what has ended; waits for nothing.
    /// - Parameter firings: Whose notifications are sent; nil for all.
    @discardableResult func work(at now: Timestamp, for firings: Set<Int64>? = nil) throws(StoreError) -> Progress {
        if !isClean { try removeOldAnswers() }
        var progress: Progress = try collect(at: now) ? .moved : isBusy ? .waiting : .idle
        guard running.count < Sender.most else { return progress }
        for due in try state.dueNotifications(at: now, limit: 200) where firings?.contains(due.firing) ?? true {
            guard running.count < Sender.most else { return progress }
            if running.contains(where: { $0.notification.id == due.id }) { continue }
            guard let lock = try lock(due.id) else {
                if progress == .idle { progress = .waiting }
                continue
            }
            // Another process may have sent it before the lock was ours.
            guard let notification = try state.dueNotification(due.id, at: now) else { continue }
            progress = .moved
            do { try start(notification, lock, at: now) } catch let error as StoreError { throw error } catch {
                try failed(notification, "\(error)", at: now)
            }
        }
        return progress
    }

    /// Works, and gives what kept it from it.
    package func trouble(at now: Timestamp) -> StoreError? {
        do throws(StoreError) {
            try work(at: now)
            return nil
        } catch {
            return error
        }
    }

    /// Works until nothing that is due is left, or receivers have used up their time.
    ///
    /// - Parameter isStopped: Asked between steps; true ends the waiting; what is on its way then is sent again later.
    package func finish(at now: Timestamp, for firings: Set<Int64>? = nil, isStopped: () -> Bool = { false }) throws(StoreError) {
        var since = Clock.ticks()
        while !isStopped() {
            switch try work(at: now, for: firings) {
            case .idle: return
            case .moved: since = Clock.ticks()
            case .waiting:
                // What another process holds is given up on after the longest time that its receiver may take.
                if !isBusy, Clock.ticks() - since > .seconds(Int64(2 * patience)) { return }
                usleep(10_000)
            }
        }
    }

    /// Lines about notifications that failed, were given up, or arrived after they had failed, since the last call.
    package func takeReports() -> [String] {
        defer { unread = [] }
        return unread
    }

    private func lock(_ id: Int64) throws(StoreError) -> DeliveryLock? {
        do { return try DeliveryLock.take(id, in: state.path + "-sending") } catch {
            throw .unusable(path: error.path, reason: error.reason)
        }
    }

    /// Where the answer to one attempt is kept.
    private func answerFile(_ notification: QueuedNotification) -> String {
        "\(state.path)-sending-\(notification.id)-\(notification.attempts)"
    }

    /// Removes answers that were noted already, by senders that were killed before they removed them.
    private func removeOldAnswers() throws(StoreError) {
        let prefix = String(state.path.split(separator: "/").last ?? "") + "-sending-"
        let names = Files.names(in: folder).filter { $0.hasPrefix(prefix) }
        if !names.isEmpty {
            let wanted = Set(try state.undeliveredNotifications().map { prefix + "\($0.id)-\($0.attempts)" })
            for name in names where !wanted.contains(name) { unlink("\(folder)/\(name)") }
        }
        isClean = true
    }

    private func start(_ notification: QueuedNotification, _ lock: DeliveryLock, at now: Timestamp) throws {
        func begin(_ program: String, _ arguments: [String], _ input: String, answer: String? = nil) throws {
            let child = try ChildProcess(
                program, arguments, input: input, folder: folder, environment: environment, inheriting: lock.descriptor,
                answer: answer)
            running.append(Delivery(notification: notification, child: child, lock: lock))
        }
        switch notification.receiver.kind {
        case "log":
            try Sender.append(notification.body, mark: notification.id, to: Sender.log(of: state))
            try sent(notification, at: now)
        case "email": try begin("sendmail", ["-t", "-i"], notification.body)
        default:
            // A sender that was killed may have started this attempt; whoever has the lock knows that its curl has ended.
            let answer = answerFile(notification)
            if let said = try? Files.text(of: answer) {
                let outcome = CurlRequest.outcome(said, code: 0, at: Clock.now())
                if outcome.isKnown { return try note(outcome, of: notification, at: now) }
            }
            let target = notification.receiver.target
            try begin(
                "curl", CurlRequest.arguments, CurlRequest.configuration(target, body: notification.body, patience: patience),
                answer: answer)
        }
    }

    private func note(_ outcome: CurlRequest.Outcome, of notification: QueuedNotification, at now: Timestamp) throws(StoreError) {
        if let problem = outcome.problem {
            try failed(notification, problem, retryAfter: outcome.retryAfter, at: now)
        } else {
            try sent(notification, at: now)
        }
        unlink(answerFile(notification))
    }

    /// Takes in what has ended; true when something has.
    private func collect(at now: Timestamp) throws(StoreError) -> Bool {
        let before = running.count
        var left: [Delivery] = []
        defer { running = left }
        for (index, delivery) in running.enumerated() {
            let child = delivery.child
            guard child.hasEnded() else {
                if child.age > .seconds(Int64(2 * patience)) { child.end() }
                left.append(delivery)
                continue
            }
            do throws(StoreError) { try judge(delivery, at: now) } catch {
                // It ended all the same, and is judged the next time.
                left += running[index...]
                throw error
            }
        }
        return left.count < before
    }

    private func judge(_ delivery: Delivery, at now: Timestamp) throws(StoreError) {
        let (notification, child) = (delivery.notification, delivery.child)
        let code = child.code ?? -1
        guard notification.receiver.kind == "email" else {
            var outcome = CurlRequest.outcome(child.capturedOutput, code: code, at: Clock.now())
            if child.wasKilled, !outcome.isKnown { outcome.problem = "no answer within \(2 * patience)s" }
            return try note(outcome, of: notification, at: now)
        }
        if child.wasKilled { return try failed(notification, "no answer within \(2 * patience)s", at: now) }
        if code == 0 { return try sent(notification, at: now) }
        let words = child.capturedOutput.split { $0.isNewline }.first.map { String($0.prefix(300)) } ?? ""
        try failed(notification, words.isEmpty ? "sendmail ended with code \(code)" : words, at: now)
    }

    private func sent(_ notification: QueuedNotification, at now: Timestamp) throws(StoreError) {
        try state.noteSent(notification.id, at: now)
        if notification.attempts > 0 { report(notification, "sent, attempt \(notification.attempts + 1)") }
    }

    private func failed(
        _ notification: QueuedNotification, _ problem: String, retryAfter: Duration? = nil, at now: Timestamp
    ) throws(StoreError) {
        // What a program says of its failure may contain the address.
        let target = notification.receiver.target
        let problem = Redaction.text(target.isEmpty ? problem : problem.replacing(target, with: "the receiver"))
        var failed = notification
        failed.attempts += 1
        failed.problem = problem
        failed.nextAt =
            notification.attempts < Sender.waits.count
            ? now + max(.minutes(Sender.waits[notification.attempts]), retryAfter ?? .zero) : nil
        try state.noteFailure(notification.id, problem: problem, nextAt: failed.nextAt)
        if notification.attempts == 0 || failed.nextAt == nil { report(failed, failed.stateWords) }
    }

    private func report(_ notification: QueuedNotification, _ words: String) {
        unread.append("\(notification.event.word) \(notification.rule) to \(notification.receiver.label): \(words)")
    }

    /// Adds a line to the log unless it is there already, because the process was killed after it wrote it.
    private static func append(_ line: String, mark: Int64, to path: String) throws(FileError) {
        let whole = "\(line) [\(mark)]\n"
        let descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileError(path: path, reason: String(cString: strerror(errno)).lowercased()) }
        defer { OpenDatabases.close(descriptor) }
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

extension NotificationReceiver {
    /// Its kind and where it leads, without what only those may know who send: `webhook hooks.example.org`.
    package var label: String {
        guard let scheme = target.firstRange(of: "://") else { return target.isEmpty ? kind : "\(kind) \(target)" }
        let host = target[scheme.upperBound...].prefix { !"/?#".contains($0) }.split(separator: "@").last ?? ""
        return "\(kind) \(host)"
    }
}

extension QueuedNotification {
    /// `queued`, `retrying (2 of 7: HTTP 500 Internal Server Error)`, `sent`, `gave up (7 attempts: …)`.
    package var stateWords: String {
        let why = problem.map { ": \($0)" } ?? ""
        return switch state {
        case .queued: "queued"
        case .sent: "sent"
        case .retrying: "retrying (\(attempts) of \(Sender.attempts)\(why))"
        case .gaveUp: attempts == 0 ? "gave up\(why)" : "gave up (\(attempts) attempt\(attempts == 1 ? "" : "s")\(why))"
        }
    }
}
