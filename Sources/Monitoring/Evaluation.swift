import Alerts
import Engine
import LocalStore
import Model
import QueryLanguage

/// One evaluation of the enabled rules: what each came to since the last one, kept as a whole.
package struct Evaluation {
    package let monitor: AlertMonitor
    package let state: StateStore
    /// The last instant evaluated: the first of the present minute.
    package let at: Timestamp
    package let now: Timestamp

    package static let step = Duration.minutes(1)
    /// How far back from the last evaluation late rows are looked for. Minutes that were missed are all made up for.
    package static let furthest = Duration.days(7)

    package init(_ monitor: AlertMonitor, _ state: StateStore, now: Timestamp) {
        self.monitor = monitor
        self.state = state
        self.now = now
        let minute = Evaluation.step.inNanoseconds
        at = Timestamp(nanoseconds: floorDivide(now.nanoseconds, minute) * minute)
    }

    /// When the evaluation after one at this time is due, however long that one took.
    package static func next(after time: Timestamp) -> Timestamp {
        Timestamp(nanoseconds: (floorDivide(time.nanoseconds, step.inNanoseconds) + 1).multipliedStopping(by: step.inNanoseconds))
    }

    /// What happened.
    package struct Result {
        var changes: [FiringChange] = []
        /// Sentences about rows that came late and rules that were left out.
        var remarks: [String] = []
        /// Lines about rules that failed, and what to do about them.
        var failures = ""
        var rules = 0
    }

    /// Evaluates every enabled rule. A rule that cannot be evaluated is disabled, alone; trouble of the store is none of the rule's,
    /// and the rule is evaluated again the next time.
    ///
    /// - Parameter result: What happened is added to it as it is kept, so that trouble on the way hides nothing of it.
    package func run(_ result: inout Result) throws {
        let newest = try monitor.engine.newestArrival()
        for kept in try state.rules() where kept.isEnabled {
            if monitor.flag.isRaised { throw Interrupted() }
            var round = AlertRound(kept, at: max(at, kept.evaluatedAt ?? at))
            (round.lastSpan, round.lastEvent) = (newest.span, newest.event)
            do {
                let rule = try monitor.read(kept)
                round.receivers = rule.actions.map { NotificationReceiver(kind: $0.kind, target: $0.target) }
                let late = try lateRow(kept, newest)
                // Nothing of this minute is left to be evaluated.
                if let evaluated = kept.evaluatedAt, evaluated >= at, late == nil { continue }
                if let late {
                    result.remarks.append(
                        "\(kept.name): late rows arrived, the earliest at \(TimeText.iso(late)); evaluated again from there")
                }
                try evaluate(rule, kept, late: late, &round)
            } catch let error as Interrupted {
                throw error
            } catch {
                if monitor.flag.isRaised { throw Interrupted() }
                guard Evaluation.isOfRule(error) else {
                    result.remarks.append("\(kept.name) was not evaluated: \(error); retrying at the next evaluation")
                    continue
                }
                round.problem = Evaluation.words(error)
                round.disables = true
            }
            if let changes = try state.commit(round, at: now, NotificationText.body) {
                result.changes += changes
                var rule = kept
                (rule.problem, rule.isEnabled) = (round.problem, !round.disables)
                result.failures += rule.troubleLine ?? ""
            }
            result.rules += 1
        }
    }

    /// True for an error that the rule itself makes: it cannot be read, or what it asks cannot be computed. Others are the store's,
    /// and come and go: it is busy, damaged, without tables that every store has, or there is no memory.
    package static func isOfRule(_ error: any Error) -> Bool {
        switch error {
        case StoreError.statement(_, let error): !error.isOutOfMemory && !error.message.hasPrefix("no such ")
        case is StoreError: false
        default: true
        }
    }

    /// An error in a line.
    package static func words(_ error: any Error) -> String {
        if let diagnostics = error as? Diagnostics { return diagnostics.all.first?.message ?? "the rule cannot be read" }
        return "\(error)"
    }

    /// The first row that came in since the last evaluation and yet lies before it.
    private func lateRow(_ kept: StoredRule, _ newest: ArrivalMark) throws -> Timestamp? {
        guard let evaluated = kept.evaluatedAt, let span = kept.lastSpan, let event = kept.lastEvent,
            newest.span > span || newest.event > event
        else { return nil }
        return try monitor.engine.firstLateRow(
            after: ArrivalMark(span: span, event: event), from: min(at, evaluated) - Evaluation.furthest, to: evaluated)
    }

    /// Where a rule that was never evaluated begins: at the first minute of its life, however late watching begins. What was
    /// before it need not be told.
    private func firstInstant(_ kept: StoredRule) -> Timestamp {
        guard let since = kept.since else { return at }
        let step = Evaluation.step.inNanoseconds, whole = floorDivide(since.nanoseconds, step) * step
        return min(at, Timestamp(nanoseconds: whole == since.nanoseconds ? whole : whole + step))
    }

    private func evaluate(_ rule: RuleUnderTest, _ kept: StoredRule, late: Timestamp?, _ round: inout AlertRound) throws {
        let step = Evaluation.step.inNanoseconds
        var start = kept.evaluatedAt.map { $0 + Evaluation.step } ?? firstInstant(kept)
        if let late {
            // Early enough that what is pending or kept there begins before the late rows.
            let first = max(late - rule.holding - rule.keeping - Evaluation.step, start - Evaluation.furthest)
            start = min(start, Timestamp(nanoseconds: floorDivide(first.nanoseconds, step) * step))
        }
        let end = max(round.at, start)
        guard let grid = Grid(from: start, to: end, step: Evaluation.step) else { throw RuleTrouble("the clock was set back") }
        var states: [LabelSet: AlertState] = [:]
        for old in try state.states(ofRule: kept.name) {
            // What began after the start is found again.
            guard let since = old.activeAt ?? old.firingFrom, since < start || late == nil else { continue }
            states[LabelText.labels(old.labels)] = AlertState(
                activeAt: old.activeAt, firingFrom: old.firingFrom, keepSince: late == nil ? old.keepSince : nil)
        }
        var trial = RuleTest(engine: monitor.engine)
        let flag = monitor.flag
        trial.isWanted = { _, _ in !flag.isRaised }
        // Groups that ceased to have rows are to be known for a while.
        trial.extraReach = .days(1)
        let results = try trial.run([rule], on: grid, options: ReplayOptions(resuming: [rule.alertName: states]))
        guard let result = results.first else { return }
        round.cooldown = rule.cooldown
        round.isBelow = result.replay.measure.isBelow
        try take(
            result, rule, kept, late,
            try state.firings(ofRule: kept.name, in: Window(from: start - .nanoseconds(1), to: .distantFuture)), &round)
        if let failure = result.replay.failures.last, failure.window.to > grid.end { round.problem = failure.message }
    }

    /// Fits what the replay found to the firings that are kept already.
    private func take(
        _ result: RuleTestResult, _ rule: RuleUnderTest, _ kept: StoredRule, _ late: Timestamp?, _ known: [FiringEntry],
        _ round: inout AlertRound
    ) throws {
        var open = Set(known.filter { $0.endedAt == nil }.map(\.id))
        var begun: [String: Timestamp] = [:]
        let condition = FiringCondition(rule, kept, result.replay.measure)
        for alert in result.replay.alerts {
            let labels = LabelText.json(alert.labels)
            // Each kept firing is one of those found, the first that it touches; one that is open would touch all later ones.
            var left = known.filter { $0.labels == labels }.sorted { $0.startedAt < $1.startedAt }
            for firing in alert.firings {
                var entry = FiringEntry(
                    rule: kept.name, labels: labels, severity: rule.severity, pendingFrom: firing.pendingFrom,
                    startedAt: firing.from, endedAt: firing.resolvedAt, peak: firing.peak, value: firing.firstValue,
                    errors: firing.errors, note: note(rule, alert, firing))
                entry.condition = condition.json
                if firing.from < result.replay.grid.start { entry.errors = try errors(behind: firing, of: alert, result) }
                let own = left.filter { touches($0, firing) }
                left.removeAll { touches($0, firing) }
                if let last = own.last {
                    if firing.resolvedAt == nil, let end = last.endedAt {
                        // It was told that it is over: it begins again.
                        entry.startedAt = max(end, firing.from)
                        entry.wasLate = late != nil
                    } else {
                        entry.startedAt = last.startedAt
                        open.remove(last.id)
                    }
                } else if let evaluated = kept.evaluatedAt, firing.from <= evaluated {
                    entry.wasLate = true
                }
                if firing.resolvedAt == nil { begun[labels] = entry.startedAt }
                if own.isEmpty {
                    var begun = condition
                    (entry.trace, begun.errorType) = cause(of: firing, of: alert, result)
                    entry.condition = begun.json
                }
                if entry.peak.isNaN { entry.peak = own.last?.peak ?? 0 }
                if entry.value.isNaN { entry.value = own.last?.value ?? 0 }
                round.firings.append(entry)
            }
        }
        // What fires no more and was not found either: corrected rows took it away.
        for firing in known where open.contains(firing.id) {
            guard result.replay.states[LabelText.labels(firing.labels)]?.isFiring != true else { continue }
            var entry = firing
            entry.endedAt = max(round.at, firing.startedAt)
            round.firings.append(entry)
        }
        round.states = result.replay.states.sorted { $0.key < $1.key }.map { labels, state in
            let json = LabelText.json(labels)
            return AlertRound.State(
                labels: json, activeAt: state.activeAt, firingFrom: state.firingFrom.map { begun[json] ?? $0 },
                keepSince: state.keepSince)
        }
    }

    /// The errors of all windows of a firing that began in an earlier round.
    private func errors(behind firing: Firing, of alert: AlertReplay, _ result: RuleTestResult) throws -> Int64 {
        var whole = firing
        let first = firing.from - result.rule.reach + .nanoseconds(1)
        whole.evidence.from = min(whole.evidence.from, first)
        var question = result.errors(behind: whole, of: alert)
        question.columns = []
        question.measures = [.count]
        let engine = monitor.engine
        let answer = try QueryCompiler().compile(question, facts: engine.overview()).answer(from: engine)
        guard case .count(let count)? = answer.table.rows.first?.first else { return firing.errors }
        return max(count, firing.errors)
    }

    /// The trace of the newest error behind a firing, and the most frequent type of these errors; nil where there are none.
    /// Nothing depends on them: trouble in looking for them is none of the rule's.
    private func cause(of firing: Firing, of alert: AlertReplay, _ result: RuleTestResult) -> (trace: String?, type: ErrorType?) {
        guard firing.errors > 0 else { return (nil, nil) }
        // Those that made it fire, however late it is evaluated.
        var first = firing
        first.evidence.to = min(first.evidence.to, firing.from + .nanoseconds(1))
        var question = result.errors(behind: first, of: alert)
        question = question.commonTraits
        let engine = monitor.engine
        let answer = try? QueryCompiler().compile(question, facts: engine.overview()).answer(from: engine)
        func text(_ column: String) -> String? {
            guard let table = answer?.table, let place = table.index(of: column), case .text(let text)? = table.rows.first?[place]
            else { return nil }
            return text
        }
        return (text("sample"), text("common(type)").flatMap(ErrorType.init(name:)))
    }

    private func touches(_ entry: FiringEntry, _ firing: Firing) -> Bool {
        entry.startedAt < (firing.resolvedAt ?? .distantFuture) && firing.from < (entry.endedAt ?? .distantFuture)
    }

    private func note(_ rule: RuleUnderTest, _ alert: AlertReplay, _ firing: Firing) -> String? {
        let texts = rule.annotations(alert, firing)
        return texts.isEmpty ? nil : LabelText.json(LabelSet(texts))
    }
}

extension Timestamp {
    /// Later than every instant of data.
    package static let distantFuture = Timestamp(nanoseconds: .max)
}
