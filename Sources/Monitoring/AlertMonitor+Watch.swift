import Alerts
import Engine
import Glibc
import LocalStore
import Model
import QueryLanguage
import Render
import Synchronization
import Platform

/// `alert check` and `alert watch`.
extension AlertMonitor {
    /// What fires and what is pending now, as every enabled rule tells it; nothing is written. Rules are evaluated at the
    /// present instant, and every minute before it so that `for` and `keep` count.
    package func check() throws -> Reply {
        let rules = try keptRules(), kept = rules.filter(\.isEnabled), failed = rules.filter(\.disabledItself)
        let open = file.exists ? try file.open().activeFirings() : []
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
                guard let result = try trial([tried], on: grid) else { continue }
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
                if flag.isRaised { throw Interrupted() }
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
        if rows.isEmpty, form == nil {
            let none = rules == 0 ? "no rule is enabled" : "nothing fires: \(rules) rule\(rules == 1 ? "" : "s")"
            return Reply(wrap("\(none) at \(TimeText.iso(now, zone: zone))", width: style.widthInColumns))
        }
        let names: [(String, ValueType)] = [
            ("alert", .text), ("series", .text), ("state", .text), ("severity", .text), ("since", .time), ("peak", .number),
        ]
        let table = ResultTable(columns: names.map { ResultColumn($0.0, $0.1) }, rows: rows).redacted
        return Reply(table, form: form, style)
    }

    /// Says that there is nothing to evaluate: that is no sign of calm. "" when there is.
    private func silence(_ reach: Duration) throws -> String {
        guard reach > .zero else { return "" }
        guard let newest = try engine.overview().newest else {
            return "the store has no records, so no firing does not mean calm\n"
        }
        guard newest <= now - reach else { return "" }
        return
            "the latest record is from \(TimeText.iso(newest, zone: zone)), before every window, so no firing does not mean calm\n"
    }

    private func wholeMinutes(_ length: Duration) -> Duration {
        .minutes(-floorDivide(-length.inNanoseconds, Evaluation.step.inNanoseconds))
    }

    /// The labels of an alert without the severity that stands beside them.
    private func series(_ labels: LabelSet, _ rule: RuleUnderTest) -> Value {
        let words = LabelText.words(LabelText.series(labels, severity: rule.severity))
        return words.isEmpty ? .missing : .text(words)
    }

    private func trial(_ rules: [RuleUnderTest], on grid: Grid) throws -> RuleTestResult? {
        var trial = RuleTest(engine: engine)
        let flag = flag
        trial.isWanted = { _, _ in !flag.isRaised }
        return try trial.run(rules, on: grid, options: ReplayOptions()).first
    }

    /// Evaluates every minute until Ctrl-C, or once; reports what fires and what is resolved, and sends notifications.
    /// - Parameter emit: Takes reports as they come; nil collects them.
    package func watch(once isSingle: Bool, emit: ((Reply) -> Void)? = nil) throws -> Reply {
        let sender = try sender(), flag = flag
        var collected = Reply()
        func tell(_ reply: Reply) {
            if let emit, !isSingle { return emit(reply) }
            collected.output += reply.output
            collected.narration += reply.narration
        }
        var isFirst = true, trouble = WatchTrouble(path, "evaluated"), delivery = WatchTrouble(path, "sent")
        /// What was on its way goes on, and Ctrl-C ends it all.
        func stopped() -> Reply {
            flag.reset()
            collected.narration += "stopped watching\n" + ((try? undeliveredLines()) ?? "")
            return collected
        }
        while true {
            let time = clock()
            let round = try round(at: time, isFirst: isFirst, goesOn: !isSingle)
            if isSingle {
                tell(round.reply)
                if let error = round.trouble { throw error }
                do {
                    try sender.finish(at: time) { flag.isRaised }
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
            let sending = sender.trouble(at: time)
            tell(round.reply)
            if flag.isRaised { return stopped() }
            tell(Reply(narrating: try trouble.told(of: round.trouble) + delivery.told(of: sending) + reports(of: sender)))
            let next = Evaluation.next(after: time)
            while Clock.now() < next {
                if flag.isRaised { return stopped() }
                let lines = try delivery.told(of: sender.trouble(at: Clock.now())) + reports(of: sender)
                if !lines.isEmpty { tell(Reply(narrating: lines)) }
                usleep(sender.isBusy ? 20_000 : 100_000)
            }
        }
    }

    /// What a sender has to report, a line each.
    package func reports(of sender: Sender) -> String {
        sender.takeReports().map { Printable.safe(Redaction.text($0)) + "\n" }.joined()
    }
}
