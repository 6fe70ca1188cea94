import Errors
import Model
import Render
import Platform

/// Rules and what they find, in words.
enum RuleWording {
    /// What a rule looks for, as far as it fits a column.
    static func matches(_ rule: Rule) -> String {
        let texts = rule.phrases + rule.codes + rule.classes
        let status = statuses(rule)
        let all = texts.prefix(4).joined(separator: " · ") + (texts.count > 4 ? " · …" : "")
        return [status.isEmpty ? "" : "HTTP " + status, all].filter { !$0.isEmpty }.joined(separator: " · ")
    }

    static func statuses(_ rule: Rule) -> String {
        rule.statuses.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)–\($0.upperBound)" }.joined(separator: ", ")
    }

    /// Names in a column, their values beside them.
    static func lines(_ rows: [(String, String)], _ style: Style) -> [String] {
        let width = (rows.map(\.0.count).max() ?? 0) + 2
        return rows.flatMap { name, value in
            wrap(
                name + String(repeating: " ", count: width - name.count)
                    + Printable.safe(Redaction.text(value), glyphs: style.glyphs),
                width: style.widthInColumns, hanging: width)
        }
    }

    /// Which rule types a text, from which field, by which characters; and what else it meets.
    static func explained(_ error: ErrorText, by classifier: Classifier, _ style: Style) -> [String] {
        let found = classifier.classify(error)
        let met = classifier.rulesMet(by: error)
        var rows: [(String, String)] = []
        if let found {
            rows.append(("type", "\(found.type.name), \(found.severity.name), class \(found.type.errorClass.rawValue)"))
            let rule = classifier.rules.rule(id: found.rule)
            rows.append(("rule", found.rule + (rule.map { ", \($0.strength.meaning)" } ?? " (no rule matches this text)")))
            if let field = found.field { rows.append(("field", field.name)) }
            if let status = found.httpStatus { rows.append(("HTTP status", String(status))) }
            if let code = found.code { rows.append(("code", code)) }
        } else {
            rows.append(("type", "not_an_error"))
            let benign = met.first { $0.type == nil }
            rows.append(("rule", benign?.id ?? "none: the text does not report a failure"))
            var known = error
            known.isKnownFailure = true
            if let failed = classifier.classify(known) {
                rows.append(("if it failed", "\(failed.type.name) by \(failed.rule)"))
            }
        }
        let others = met.filter { $0.id != found?.rule }.map(\.id)
        if !others.isEmpty { rows.append(("also met", others.joined(separator: ", "))) }
        return lines(rows, style) + marked(error, found, style)
    }

    /// The field's text with the characters underlined that the rule matched.
    private static func marked(_ error: ErrorText, _ found: Classification?, _ style: Style) -> [String] {
        guard let found, let range = found.matched, let field = found.field, let source = error.value(of: field) else {
            return []
        }
        let bytes = Array(source.utf8)
        guard range.upperBound <= bytes.count else { return [] }
        func shown(_ part: ArraySlice<UInt8>) -> String {
            Printable.safe(Redaction.text(String(decoding: part, as: UTF8.self)), glyphs: style.glyphs)
        }
        let room = max(10, style.widthInColumns - 4)
        let middle = shown(bytes[range])
        let lead = String(shown(bytes[..<range.lowerBound]).suffix(max(0, (room - middle.count) / 2)))
        let line = DisplayWidth.cut(
            lead + middle + shown(bytes[range.upperBound...]), to: room, mark: style.glyphs == .unicode ? "…" : "~")
        let mark = String(
            repeating: style.glyphs == .unicode ? "▔" : "^",
            count: max(1, min(DisplayWidth.of(middle), room - DisplayWidth.of(lead))))
        return ["  " + line, "  " + String(repeating: " ", count: DisplayWidth.of(lead)) + mark]
    }
}
