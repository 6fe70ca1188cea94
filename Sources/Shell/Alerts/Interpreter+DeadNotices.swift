import Model
import QueryLanguage
import Render
import Storage

/// Notices that were given up: told by rule and receiver, tried again, or forgotten.
extension Interpreter {
    /// Notices of one rule that one receiver did not take.
    private struct Group {
        var rule: String, kind: String, host: String
        var count = 0
        /// The newest of them.
        var last: WaitingNotice
    }

    /// A line for each rule and receiver, the newest trouble first; "" when none was given up.
    func deadNoticeLines() throws -> String {
        let dead = hasAlertState ? try alertState().deadNotices() : []
        guard !dead.isEmpty else { return "" }
        var groups: [Group] = []
        for notice in dead {
            let host = Interpreter.host(of: notice.notice.target)
            let place = groups.firstIndex { ($0.rule, $0.kind, $0.host) == (notice.rule, notice.notice.kind, host) }
            if place == nil { groups.append(Group(rule: notice.rule, kind: notice.notice.kind, host: host, last: notice)) }
            groups[place ?? groups.count - 1].count += 1
        }
        var lines = ["\(count(dead.count)) could not be delivered; `alert resend` tries again, `alert discard` forgets them:"]
        let values = ValueText(style)
        for group in groups.prefix(10) {
            let whither = group.host.isEmpty ? group.kind : "\(group.kind) \(group.host)"
            let problem = group.last.problem.map { ": \($0)" } ?? ""
            lines.append("  \(group.rule) to \(whither), \(group.count), the last of \(values.time(group.last.madeAt))\(problem)")
        }
        if groups.count > 10 { lines.append("  and \(groups.count - 10) more") }
        return lines.map { Printable.safe(Redaction.text($0)) + "\n" }.joined()
    }

    /// Where an address leads, without what opens the door; "" when there is none.
    private static func host(of target: String) -> String {
        guard let scheme = target.firstRange(of: "://") else { return target }
        return String(target[scheme.upperBound...].prefix { !"/?#".contains($0) }.split(separator: "@").last ?? "")
    }

    private func count(_ number: Int) -> String { "\(number) notice\(number == 1 ? "" : "s")" }

    /// `alert resend [NAME]` and `alert discard [NAME]`.
    func deadNotices(of name: Name?, areSent: Bool, _ text: String) throws -> Reply {
        let state = try alertState(), dead = try state.deadNotices()
        let known = Set(dead.map(\.rule)).sorted()
        if let name, !known.contains(name.text) {
            let best = NearestName.best(for: name.text, among: known)
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "no-dead-notice", at: name.span, "no notice of a rule `\(name.text)` was given up",
                        closest: best ?? (known.isEmpty ? "alert list" : known.prefix(5).joined(separator: ", ")),
                        replacement: best.map(Literal.spelling))
                ])
        }
        guard !dead.isEmpty else { return .narrated("no notice was given up") }
        guard areSent else {
            return .narrated(
                "\(count(try state.discardDeadNotices(ofRule: name?.text))) forgotten; the firings stay in `firings`")
        }
        let number = try state.reviveDeadNotices(ofRule: name?.text, at: clockNow)
        return .narrated("\(count(number)) to be tried again: `alert watch` sends \(number == 1 ? "it" : "them")")
    }
}
