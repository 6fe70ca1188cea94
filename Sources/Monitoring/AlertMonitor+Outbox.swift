import LocalStore
import Model
import QueryLanguage
import Render
import Platform

/// Notifications that have not arrived: reported by rule and receiver, tried again, or deleted.
extension AlertMonitor {
    /// Notifications of one rule for one receiver that stand alike.
    private struct Group {
        var first: QueuedNotification
        var count = 1

        func holds(_ other: QueuedNotification) -> Bool {
            (first.rule, first.receiver, first.state, first.attempts) == (other.rule, other.receiver, other.state, other.attempts)
                && first.problem == other.problem
        }
    }

    /// Lines about notifications that wait or were given up, with what to do; "" when there are none.
    package func undeliveredLines() throws -> String {
        let undelivered = file.exists ? try file.open().undeliveredNotifications() : []
        guard !undelivered.isEmpty else { return "" }
        var groups: [Group] = []
        for notification in undelivered {
            if let place = groups.firstIndex(where: { $0.holds(notification) }) {
                groups[place].count += 1
            } else {
                groups.append(Group(first: notification))
            }
        }
        let values = ValueText(style)
        var lines = ["\(count(undelivered.count)) not delivered:"]
        for group in groups.prefix(10) {
            let first = group.first
            var line = "  \(first.rule) to \(first.receiver.label): "
            line += group.count == 1 ? first.event.word : String(group.count)
            line += " \(first.stateWords)"
            if first.state == .retrying, let next = first.nextAt { line += ", next attempt \(values.time(next))" }
            lines.append(line)
        }
        if groups.count > 10 { lines.append("  and \(groups.count - 10) more") }
        let states = Set(undelivered.map(\.state))
        if states.contains(.queued) || states.contains(.retrying) { lines.append("`alert watch` sends queued notifications") }
        if states.contains(.gaveUp) {
            lines.append("`alert resend` retries notifications that gave up, `alert discard` deletes them")
        }
        return lines.map { Printable.safe(Redaction.text($0)) + "\n" }.joined()
    }

    private func count(_ number: Int) -> String { "\(number) notification\(number == 1 ? "" : "s")" }

    /// `alert resend [NAME]` and `alert discard [NAME]`.
    package func givenUpNotifications(of name: Name?, areSent: Bool, _ text: String) throws -> Reply {
        let state = try file.open(), lost = try state.undeliveredNotifications().filter { $0.state == .gaveUp }
        let known = Set(lost.map(\.rule)).sorted()
        if let name, !known.contains(name.text) {
            let best = NearestName.best(for: name.text, among: known)
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "not-given-up", at: name.span, "no failed notifications for rule `\(name.text)`",
                        closest: best ?? (known.isEmpty ? "alert list" : known.prefix(5).joined(separator: ", ")),
                        replacement: best.map(Literal.spelling))
                ])
        }
        guard !lost.isEmpty else { return .narrated("no failed notifications") }
        guard areSent else {
            let number = try state.discardNotifications(ofRule: name?.text)
            return .narrated("\(count(number)) deleted; the firings stay in `firings`")
        }
        let (number, outdated) = try state.resendNotifications(ofRule: name?.text, at: clock())
        var parts: [String] = []
        if number > 0 { parts.append("\(count(number)) queued again: `alert watch` sends \(number == 1 ? "it" : "them")") }
        if outdated > 0 {
            parts.append(
                "\(count(outdated)) not sent: the receiver has a later one of the same series; `alert discard` deletes "
                    + (outdated == 1 ? "it" : "them"))
        }
        return .narrated(parts.joined(separator: "\n"))
    }

    /// What changing a rule did to its firings: how many were resolved, and where RESOLVED arrived. Sends it.
    ///
    /// The change is kept by now: trouble in sending is no error of the statement.
    /// - Returns: The end of a sentence, such as `; 1 firing resolved: RESOLVED sent to log`; "" when nothing fired.
    package func resolvedWords(_ changes: [FiringChange]) -> String {
        guard !changes.isEmpty else { return "" }
        var words = "; \(changes.count) firing\(changes.count == 1 ? "" : "s") resolved"
        do { words += try sendResolved(changes.map(\.firing)) } catch {
            words += "; RESOLVED is not sent yet: \(error)"
        }
        return Printable.safe(Redaction.text(words))
    }

    private func sendResolved(_ firings: [FiringEntry]) throws -> String {
        let state = try file.open()
        let sender = try sender(), flag = flag
        try sender.finish(at: clock(), for: Set(firings.map(\.id))) { flag.isRaised }
        let made = try state.notifications(ofFirings: firings).values.flatMap { $0 }.filter { $0.event == .resolved }
        var seen: Set<String> = []
        let parts = made.sorted { $0.id < $1.id }.map { "\($0.stateWords) to \($0.receiver.label)" }
            .filter { seen.insert($0).inserted }
        let isWhole = made.allSatisfy { $0.state == .sent }
        return (parts.isEmpty ? "" : ": RESOLVED " + parts.joined(separator: ", "))
            + (isWhole ? "" : "; `alert list` shows what is not delivered")
    }
}
