import Alerts
import LocalStore
import Model
import Render
import Platform

/// The result of one evaluation while watching.
package struct WatchRound {
    package var reply = Reply()
    /// What cut it short; what was done before it is done, and the next round makes up for the rest.
    package var trouble: (any Error)?
}

extension AlertMonitor {
    /// One evaluation, reported.
    /// - Parameters:
    ///   - isFirst: Reports how many rules there are, and which are disabled because they could not be evaluated, too.
    ///   - goesOn: True when others follow every minute.
    package func round(at time: Timestamp, isFirst: Bool, goesOn: Bool = false) throws -> WatchRound {
        let state = try file.open()
        var round = WatchRound(), result = Evaluation.Result(), news = "", head = "", remark = ""
        do {
            news = try readSources()
            if isFirst { remark = try state.rules().filter(\.disabledItself).compactMap(\.troubleLine).joined() }
            let evaluation = Evaluation(self, state, now: time)
            try evaluation.run(&result)
            if isFirst, goesOn || result.changes.isEmpty {
                let active = try state.activeFirings().count
                let count = try state.rules().filter(\.isEnabled).count
                let time = TimeText.iso(evaluation.at, zone: zone)
                head = "\(time): \(count) rule\(count == 1 ? "" : "s"), \(active) firing"
                if goesOn { head += "; evaluated every minute, Ctrl-C ends it" }
                head += "\n"
                if count == 0 { remark += "no rule is enabled; `alert create NAME when …` creates one\n" }
            }
        } catch {
            round.trouble = error
        }
        round.reply = Reply(
            result.changes.map { change in
                var line = NotificationText(change.firing, change.event).line
                if !change.isNotified { line += " (no notification: cooldown)" }
                return line
            })
        round.reply.output = head + round.reply.output
        round.reply.narration =
            news + result.remarks.map { Printable.safe(Redaction.text($0)) + "\n" }.joined() + result.failures + remark
        return round
    }
}

/// Trouble of rounds that follow each other: reported once, and again only when it changed. It ends nothing: the next round makes
/// up for what a round missed.
package struct WatchTrouble {
    private let store: String
    private let verb: String
    private var told = ""

    /// - Parameter verb: What does not happen while there is trouble: `evaluated`.
    package init(_ store: String, _ verb: String) {
        self.store = store
        self.verb = verb
    }

    /// A line about the trouble of a round, nil for none; "" when it was reported before.
    /// - Throws: The trouble, when watching cannot go on: there is no store any more.
    package mutating func told(of error: (any Error)?) throws -> String {
        guard let error else {
            defer { told = "" }
            return told.isEmpty ? "" : "alerts are \(verb) again; missed evaluations are done now\n"
        }
        guard Files.exists(store) else { throw StoreError.missing(path: store) }
        let words = Printable.safe(Redaction.text("\(error)"))
        defer { told = words }
        return words == told ? "" : "alerts are not \(verb): \(words); retrying\n"
    }
}
