import Alerts
import Glibc
import Importing
import LocalStore
import Model
import QueryLanguage
import Render
import Synchronization
import System
import Terminal

/// `alert check` and `alert watch`.
extension Interpreter {
    /// What fires and what is pending now, as every enabled rule tells it; nothing is written. Rules are evaluated at the
    /// present instant, and every minute before it so that `for` and `keep` count.
    func checkAlerts() throws -> Reply {
        let rules = try keptRules(), kept = rules.filter(\.isEnabled), failed = rules.filter(\.disabledItself)
        let open = hasAlertState ? try alertState().activeFirings() : []
        var reply = Reply()
        var rows: [[Value]] = [], isFiring = false, reach = Duration.zero
        for rule in kept {
            do {
                let tried = try read(rule)
                reach = max(reach, tried.reach)
                // Long enough that what holds now was seen to begin: for a day, and from what a watch knows to fire.
                let known = open.filter { $0.rule == rule.name }.map { now - $0.pendingFrom }.max() ?? .zero
                let back = max(wholeMinutes(tried.holding + tried.keeping) + Evaluation.step, .hours(24), wholeMinutes(known))
                guard let grid = Grid(from: now - back, to: now, step: Evaluation.step) else {
                    throw RuleTrouble("more than \(Grid.limit) evaluations")
                }
                guard let result = try trial([tried], on: grid, options: ReplayOptions()).first else { continue }
                if let failure = result.replay.failures.last, failure.window.to > grid.end { throw RuleTrouble(failure.message) }
                for (labels, state) in result.replay.states.sorted(by: { $0.key < $1.key }) {
                    let alert = result.replay.alerts.first { $0.labels == labels }
                    isFiring = isFiring || state.isFiring
                    rows.append([
                        .text(rule.name), series(labels, tried),
                        .text(state.isFiring ? "firing" : "pending"), .text(tried.severity.name),
                        (state.firingFrom ?? state.activeAt).map { .time($0) } ?? .missing,
                        (state.isFiring ? alert?.firings.last?.peak : nil).map { .number($0) } ?? .missing,
                    ])
                }
            } catch let error as Interrupted {
                throw error
            } catch {
                if wasToldToStop.isRaised { throw Interrupted() }
                rows.append([.text(rule.name), .missing, .text("failed"), .missing, .missing, .missing])
                let why = Evaluation.words(error)
                reply.narration += Printable.safe(Redaction.text("\(rule.name) could not be evaluated: \(why)")) + "\n"
                reply.exit = .trouble
            }
        }
        rows += failed.map { [.text($0.name), .missing, .text("failed"), .missing, .missing, .missing] }
        reply.narration += failed.compactMap(\.troubleLine).joined()
        if !failed.isEmpty { reply.exit = .trouble }
        reply.narration += try silence(reach)
        let shown = checked(rows, rules: kept.count)
        (reply.output, reply.isDrawn) = (shown.output, shown.isDrawn)
        if isFiring { reply.exit = .firing }
        return reply
    }

    /// What a check found, as a table, or the words that nothing fires.
    private func checked(_ rows: [[Value]], rules: Int) -> Reply {
        if rows.isEmpty, settings.form == nil {
            let none = rules == 0 ? "no rule is enabled" : "nothing fires: \(rules) rule\(rules == 1 ? "" : "s")"
            return Reply(wrap("\(none) at \(TimeText.iso(now, zone: settings.zone))", width: style.widthInColumns))
        }
        let names: [(String, ValueType)] = [
            ("alert", .text), ("series", .text), ("state", .text), ("severity", .text), ("since", .time), ("peak", .number),
        ]
        let table = ResultTable(columns: names.map { ResultColumn($0.0, $0.1) }, rows: rows).redacted
        return AnswerPresenter(style).table(table, form: settings.form)
    }

    /// Says that there is nothing to evaluate: that is no sign of calm. "" when there is.
    private func silence(_ reach: Duration) throws -> String {
        guard reach > .zero else { return "" }
        guard let newest = try facts().newest else {
            return "the store holds no records: that nothing fires is no sign of calm\n"
        }
        guard newest <= now - reach else { return "" }
        return
            "the newest record is of \(TimeText.iso(newest, zone: settings.zone)), before every window: that nothing fires is no sign of calm\n"
    }

    private func wholeMinutes(_ length: Duration) -> Duration {
        .minutes(-floorDivide(-length.inNanoseconds, Evaluation.step.inNanoseconds))
    }

    /// The labels of an alert without the severity that stands beside them.
    private func series(_ labels: LabelSet, _ rule: TriedRule) -> Value {
        let words = LabelText.words(LabelText.series(labels, severity: rule.severity))
        return words.isEmpty ? .missing : .text(words)
    }

    /// Evaluates every minute until Ctrl-C, or once; reports what fires and what is resolved, and sends notifications.
    func watchAlerts(once: Bool) throws -> Reply {
        if !once, !hasPinnedClock, let background = backgroundWatch {
            return .narrated(background.toggle(store: store.path, surroundings))
        }
        let state = try alertState()
        let sender = Sender(state, folder: dataFolder, environment: surroundings.locations.environment)
        // A clock that stands still comes to no next minute; a replay asks once.
        let isSingle = once || hasPinnedClock || !writesFiles
        var collected = Reply()
        func tell(_ reply: Reply) {
            if let emit, !isSingle { return emit(reply) }
            collected.output += reply.output
            collected.narration += reply.narration
        }
        var isFirst = true, trouble = WatchTrouble(store.path, "evaluated"), delivery = WatchTrouble(store.path, "sent")
        /// What was on its way goes on, and Ctrl-C ends it all.
        func stopped() -> Reply {
            wasToldToStop.reset()
            collected.narration += "stopped watching\n" + ((try? undeliveredLines()) ?? "")
            return collected
        }
        while true {
            statementTime = Clock.nextSecond()
            let round = watchRound(state, isFirst: isFirst, goesOn: !isSingle)
            if isSingle {
                tell(round.reply)
                if let error = round.trouble { throw error }
                let flag = wasToldToStop
                do {
                    try sender.finish(at: clockNow) { flag.isRaised }
                    collected.narration += try undeliveredLines()
                } catch {
                    // What was found is reported all the same.
                    collected.narration += Printable.safe(Redaction.text("notifications were not sent: \(error)")) + "\n"
                    collected.exit = .trouble
                }
                return collected
            }
            isFirst = isFirst && round.trouble != nil
            // What is told here is logged, also when Ctrl-C comes right behind it.
            let sending = sender.trouble(at: clockNow)
            tell(round.reply)
            if wasToldToStop.isRaised { return stopped() }
            tell(Reply(narrating: try trouble.told(of: round.trouble) + delivery.told(of: sending) + reports(of: sender)))
            let next = Evaluation.next(after: clockNow)
            while Clock.now() < next {
                if wasToldToStop.isRaised { return stopped() }
                let lines = try delivery.told(of: sender.trouble(at: Clock.now())) + reports(of: sender)
                if !lines.isEmpty { tell(Reply(narrating: lines)) }
                usleep(sender.isBusy ? 20_000 : 100_000)
            }
        }
    }

    /// What a sender has to report, a line each.
    func reports(of sender: Sender) -> String {
        sender.takeReports().map { Printable.safe(Redaction.text($0)) + "\n" }.joined()
    }

    /// The folder of the store, where the log of alerts lies too.
    var dataFolder: String {
        guard let slash = store.path.lastIndex(of: "/") else { return "." }
        return String(store.path[..<slash])
    }
}

/// Watching beside the prompt: a thread with a store of its own, whose reports are printed above the line being typed.
public final class BackgroundWatch: Sendable {
    /// Raised to end the thread that watches; nil while none does. Each thread has its own, so that one that was told to end
    /// does not go on when the next one begins.
    private let running = Mutex<StopFlag?>(nil)
    private let post: NoticeQueue

    /// Makes a watch that does not run yet.
    init(_ post: NoticeQueue) { self.post = post }

    /// Begins to watch, or ends it; the result says so.
    func toggle(store path: String, _ surroundings: Surroundings) -> String {
        let flag = StopFlag()
        let before = running.withLock { running in
            defer { running = running == nil ? flag : nil }
            return running
        }
        if let before {
            before.raise()
            return "stopped watching alerts"
        }
        let box = Unmanaged.passRetained(Task(watch: self, flag: flag, path: path, surroundings: surroundings))
        var thread = pthread_t()
        var all = sigset_t(), mask = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, &mask)
        let code = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Task>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, box.toOpaque())
        pthread_sigmask(SIG_SETMASK, &mask, nil)
        guard code == 0 else {
            box.release()
            running.withLock { $0 = nil }
            return "alerts cannot be watched: \(String(cString: strerror(code)).lowercased())"
        }
        pthread_detach(thread)
        return "alerts are watched every minute; `alert watch` again ends it"
    }

    /// What the thread does.
    private final class Task {
        let watch: BackgroundWatch
        let flag: StopFlag
        let path: String
        let surroundings: Surroundings

        init(watch: BackgroundWatch, flag: StopFlag, path: String, surroundings: Surroundings) {
            self.watch = watch
            self.flag = flag
            self.path = path
            self.surroundings = surroundings
        }

        func run() {
            flag.governing(watchAlerts)
        }

        private func watchAlerts() {
            do {
                // Connections are used by one thread each.
                let interpreter = try Interpreter(store: surroundings.locations.openStore(path), surroundings: surroundings)
                interpreter.progress = nil
                let state = try interpreter.alertState()
                let sender = Sender(
                    state, folder: interpreter.dataFolder, environment: surroundings.locations.environment)
                var trouble = WatchTrouble(path, "evaluated"), delivery = WatchTrouble(path, "sent")
                while !flag.isRaised {
                    interpreter.statementTime = Clock.nextSecond()
                    let round = interpreter.watchRound(state, isFirst: false)
                    var text = round.reply.output + round.reply.narration
                    text += try trouble.told(of: round.trouble)
                    text += try delivery.told(of: sender.trouble(at: interpreter.clockNow))
                    text += interpreter.reports(of: sender)
                    if !text.isEmpty { watch.post.printAbove(text) }
                    let next = Evaluation.next(after: interpreter.clockNow)
                    while Clock.now() < next, !flag.isRaised {
                        let lines =
                            try delivery.told(of: sender.trouble(at: Clock.now())) + interpreter.reports(of: sender)
                        if !lines.isEmpty { watch.post.printAbove(lines) }
                        usleep(100_000)
                    }
                }
            } catch {
                watch.running.withLock { if $0 === flag { $0 = nil } }
                watch.post.printAbove("stopped watching alerts: \(Printable.safe("\(error)"))\n")
            }
        }
    }
}
