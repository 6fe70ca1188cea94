import Model
import QueryLanguage
import Render
import Platform

/// What `set` changes: kept for the session, and part of what a result depends on.
package struct Settings: Hashable, Sendable {
    /// The time zone of buckets and times without one.
    package var zone: Zone = .utc
    /// The default window of statements; nil for everything.
    package var range: Duration? = .hours(24)
    /// The evidence that counts as an error.
    package var evidence: Evidence = .default
    /// The form of answers that name none; nil for the picture that fits.
    package var form: String?

    /// How many alert rules may be enabled.
    package var mostRules = 50

    /// True when secrets are taken out of what is shown.
    package var redacts = true

    /// The instant that `as of` pins; nil lets now move.
    package var asOf: Timestamp?

    /// Makes the settings a session begins with.
    package init() {}

    /// A setting: its name, how it is written, what it means.
    package struct Row: Sendable {
        let name: String
        let grammar: String
        let meaning: String
    }

    /// Every setting, in the order in which they are listed.
    package static let rows = [
        Row(name: "tz", grammar: "set tz ZONE", meaning: "time zone of buckets and times, such as Europe/Berlin"),
        Row(name: "range", grammar: "set range DURATION | all", meaning: "default window of statements"),
        Row(
            name: "detect", grammar: "set detect +EVIDENCE | -EVIDENCE | EVIDENCE {EVIDENCE} | default",
            meaning: "evidence that counts as an error: explicit event field stream empty anomaly slow soft"),
        Row(name: "form", grammar: "set form FORM | auto", meaning: "output form: table, bars, csv, json, …"),
        Row(
            name: "redact", grammar: "set redact on | off",
            meaning:
                "hide secrets in text; `off` shows names, users and record texts in answers, traces and `sql` as imported, only on the screen: files, sessions, exports and notifications stay redacted"
        ),
        Row(name: "rules", grammar: "set rules N", meaning: "maximum number of enabled alert rules, 1 to 1000"),
    ]

    /// The value of a setting as it would be typed.
    func value(of name: String) -> String {
        switch name {
        case "tz": zone.name
        case "range": range.map(Units.spelling) ?? "all"
        case "detect": evidence.names.joined(separator: " ")
        case "redact": redacts ? "on" : "off"
        case "rules": String(mostRules)
        default: form ?? "auto"
        }
    }

    /// Changes a setting. Gives the mistake, at the word that is wrong.
    mutating func set(_ name: Literal, to values: [Literal], locations: Locations) -> Diagnostic? {
        let names = Settings.rows.map(\.name)
        guard let value = values.first else {
            return Diagnostic(
                "missing-value", at: name.span, "`set \(name.text)` to what?",
                closest: Settings.rows.first { $0.name == name.text.lowercased() }?.grammar ?? names.joined(separator: ", "))
        }
        switch name.text.lowercased() {
        case "tz", "timezone":
            guard let zone = locations.zone(named: value.text) else {
                return Diagnostic(
                    "unknown-zone", at: value.span, "no time zone `\(value.text)`",
                    closest: "UTC, Europe/Berlin, America/New_York")
            }
            self.zone = zone
        case "range":
            if value.text.lowercased() == "all" {
                range = nil
            } else if let length = Units.duration(values.last?.text ?? ""), length > .zero {
                range = length
            } else {
                return Diagnostic(
                    "bad-duration", at: value.span, "`\(value.text)` is not a duration", closest: "15m, 24h, 7d, all")
            }
        case "detect": return detect(values)
        case "redact":
            guard let choice = ["on": true, "off": false][value.text.lowercased()] else {
                return Diagnostic(
                    "bad-choice", at: value.span, "`\(value.text)` is neither on nor off", closest: "set redact on")
            }
            redacts = choice
        case "rules":
            guard let count = Int(value.text), (1...1000).contains(count) else {
                return Diagnostic(
                    "bad-count", at: value.span, "`\(value.text)` is not between 1 and 1000", closest: "set rules 80")
            }
            mostRules = count
        case "form":
            let form = value.text.lowercased()
            guard form == "auto" || AnswerForms.names.contains(form) else {
                let best = NearestName.best(for: form, among: AnswerForms.names)
                return Diagnostic(
                    "unknown-form", at: value.span, "no form `\(value.text)`",
                    closest: best ?? AnswerForms.names.joined(separator: ", "), replacement: best)
            }
            self.form = form == "auto" ? nil : form
        default:
            let best = NearestName.best(for: name.text, among: names)
            return Diagnostic(
                "unknown-setting", at: name.span, "no setting `\(name.text)`", closest: best ?? names.joined(separator: ", "),
                replacement: best)
        }
        return nil
    }

    private mutating func detect(_ values: [Literal]) -> Diagnostic? {
        // Names without a sign are the whole set; with signs they change what is set.
        let isWhole = values.contains { value in !["+", "-"].contains(value.text.first) && value.text.lowercased() != "default" }
        var evidence = isWhole ? [] : self.evidence
        for value in values {
            var word = value.text.lowercased()
            if word == "default" {
                evidence = .default
                continue
            }
            let removes = word.hasPrefix("-")
            if removes || word.hasPrefix("+") { word.removeFirst() }
            guard let bit = Evidence.named.first(where: { $0.name == word })?.bit else {
                let names = Evidence.named.map(\.name)
                return Diagnostic(
                    "unknown-value", at: value.span, "no evidence `\(word)`",
                    closest: NearestName.best(for: word, among: names) ?? names.joined(separator: ", "))
            }
            if removes { evidence.remove(bit) } else { evidence.insert(bit) }
        }
        guard !evidence.isEmpty else {
            return Diagnostic(
                "no-evidence", at: values[0].span, "without evidence nothing is an error", closest: "set detect default")
        }
        self.evidence = evidence
        return nil
    }
}
