import Model

/// The JSON output of `alert test`.
public enum ReplayJSON {
    /// Returns the output when no rule could be parsed: the errors only.
    public static func text(refused mistakes: [RuleFileMistake]) -> String {
        var writer = JSONWriter(.printable)
        writer.object { $0.refused(mistakes) }
        return writer.text
    }

    /// Returns one line of JSON, identical for identical replays: the alerts that fired, sorted by name, labels and time; instants
    /// are in seconds since 1970. Failed evaluations and rejected rules are included if there are any.
    public static func text(
        _ replays: [RuleReplay], refused mistakes: [RuleFileMistake] = [], from: Timestamp, to: Timestamp, step: Duration
    ) -> String {
        var writer = JSONWriter(.printable)
        writer.object {
            $0.member("from") { $0.string(TimeText.iso(from)) }
            $0.member("to") { $0.string(TimeText.iso(to)) }
            $0.member("step_seconds") { $0.number(step.inSeconds) }
            $0.member("alerts") { writer in
                let alerts = replays.flatMap { replay in replay.alerts.map { (name: replay.name, alert: $0) } }.enumerated()
                    .sorted {
                        let (a, b) = ($0.element, $1.element)
                        return a.name != b.name
                            ? a.name < b.name
                            : a.alert.labels != b.alert.labels ? a.alert.labels < b.alert.labels : $0.offset < $1.offset
                    }
                writer.array(alerts.map(\.element)) { $0.alert($1.name, $1.alert) }
            }
            let failures = replays.flatMap { replay in replay.failures.map { (name: replay.name, failure: $0) } }
            if !failures.isEmpty {
                $0.member("failures") { writer in writer.array(failures) { $0.failure($1.name, $1.failure) } }
            }
            if !mistakes.isEmpty { $0.refused(mistakes) }
        }
        return writer.text
    }
}

extension JSONWriter {
    /// Writes the errors of rejected rules.
    fileprivate mutating func refused(_ mistakes: [RuleFileMistake]) {
        member("refused") { writer in
            writer.array(mistakes) { writer, mistake in
                writer.object {
                    if let alert = mistake.alert { $0.member("alert") { $0.string(alert) } }
                    $0.member("line") { $0.integer(Int64(mistake.line)) }
                    $0.member("column") { $0.integer(Int64(mistake.column)) }
                    $0.member("id") { $0.string(mistake.id) }
                    $0.member("message") { $0.string(mistake.message) }
                }
            }
        }
    }

    /// Writes the evaluations at which a rule failed.
    fileprivate mutating func failure(_ name: String, _ failure: RuleFailure) {
        object {
            $0.member("alert") { $0.string(name) }
            $0.member("from") { $0.seconds(failure.window.from) }
            $0.member("to") { $0.seconds(failure.window.to) }
            $0.member("evaluations") { $0.integer(Int64(failure.evaluations)) }
            $0.member("message") { $0.string(failure.message) }
        }
    }

    fileprivate mutating func alert(_ name: String, _ alert: AlertReplay) {
        object {
            $0.member("alert") { $0.string(name) }
            $0.member("labels") { writer in
                writer.object {
                    for pair in alert.labels.pairs where pair.name != "alertname" {
                        $0.member(pair.name) { $0.string(pair.value) }
                    }
                }
            }
            $0.member("firing") { writer in
                writer.array(alert.firings) { writer, firing in
                    writer.object {
                        $0.member("firing_from") { $0.seconds(firing.from) }
                        $0.member("resolved_at") { if let end = firing.resolvedAt { $0.seconds(end) } else { $0.null() } }
                        $0.member("peak") { $0.number(firing.peak) }
                        $0.member("errors") { $0.integer(firing.errors) }
                    }
                }
            }
        }
    }

    /// Writes seconds since 1970, with a fraction only if needed.
    private mutating func seconds(_ instant: Timestamp) {
        if instant.nanoseconds % 1_000_000_000 == 0 {
            integer(instant.nanoseconds / 1_000_000_000)
        } else {
            number(Double(instant.nanoseconds) / 1e9)
        }
    }
}
