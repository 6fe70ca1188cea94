import Engine
import Errors
import LocalStore
import Model
import Render

/// Why an error has its type: which rule gave it, from which field, by which characters.
struct Explanation {
    let error: StoredError
    /// The span that failed; nil when an event stands alone.
    let span: StoredSpan?
    /// The rules as they stand now.
    let classifier: Classifier

    /// The errors of a trace that were asked for: that of a row; else all of them for a trace, those of the span for a span or request.
    static func of(_ found: FoundTrace, rules: RuleSet) -> [Explanation] {
        let trace = found.trace, match = found.match, errors: [StoredError]
        switch match.kind {
        case _ where found.subject != nil: errors = found.subject?.errors(of: trace) ?? []
        case .trace: errors = trace.errors
        case .span: errors = trace.errors.filter { $0.spanID == match.id }
        case .request:
            let spans = Set(trace.spans.filter { $0.record.requestID == match.id }.map(\.record.spanID))
            errors = trace.errors.filter { $0.spanID.map(spans.contains) ?? false }
        }
        // Made once: a trace may have tens of thousands of errors.
        let classifier = Classifier(rules: rules)
        let spans = Dictionary(trace.spans.map { ($0.record.spanID, $0) }) { first, _ in first }
        return errors.map { error in
            Explanation(error: error, span: error.spanID.flatMap { spans[$0] }, classifier: classifier)
        }
    }

    func lines(_ style: Style) throws(Interrupted) -> [String] {
        try StopFlag.check()
        let text = ValueText(style)
        var rows: [(String, String)] = [
            ("type", "\(error.type.name), \(error.severity.name), class \(error.type.errorClass.rawValue)"),
            ("time", text.time(error.time)),
        ]
        if let id = error.spanID ?? error.eventID { rows.append((error.spanID == nil ? "event" : "span", id)) }
        if let name = span?.record.name { rows.append(("of", name)) }
        rows.append(("evidence", error.evidence.names.joined(separator: ", ")))
        rows.append(("rule", error.rule + ruleMeaning))
        if let status = error.httpStatus { rows.append(("HTTP status", String(status))) }
        if let code = error.code { rows.append(("code", code)) }
        rows.append(("origin", error.origin.name))
        rows.append(("recovery", recovery(text)))
        let width = (rows.map(\.0.count).max() ?? 0) + 2
        var lines = rows.flatMap { name, value in
            wrap(
                name.padding(width) + Printable.safe(Redactor.redact(value), glyphs: style.glyphs), width: style.widthInColumns,
                hanging: width)
        }
        lines += marked(style)
        lines += wrap(
            "signature: " + Printable.safe(error.signature, glyphs: style.glyphs), width: style.widthInColumns, hanging: 2)
        return lines
    }

    private var ruleMeaning: String {
        if error.rule == "none" { return " (no rule matches this text)" }
        if error.rule == "field.type" { return " (the type that the source reports)" }
        if error.rule.hasPrefix("evidence.") { return " (from the evidence, not from a text)" }
        guard let rule = classifier.rules.rule(id: error.rule) else {
            return " (by another version of the rules)"
        }
        return ", \(rule.strength.meaning)"
    }

    private func recovery(_ text: ValueText) -> String {
        switch error.recovery {
        case .open: "open: no later success in the trace recovers it"
        case .explicit: "explicit: the source reports the retry or fallback" + after(text)
        case .inferred: "inferred from the next call of the same operation" + after(text)
        }
    }

    private func after(_ text: ValueText) -> String {
        error.recoveredAt.map { ", after \(text.duration($0 - error.time))" } ?? ""
    }

    /// The message with the characters that the rule matched underlined, or the field that it went by.
    private func marked(_ style: Style) -> [String] {
        let fields = ErrorText(
            text: error.message, httpStatus: error.httpStatus, exceptionClass: span?.record.exceptionType, code: error.code,
            providerType: span?.record.errorType, isKnownFailure: true)
        let found = classifier.classify(fields)
        var lines = ["message:"]
        let shown = Printable.safe(Redactor.redact(error.message), glyphs: style.glyphs, columns: 20 * style.widthInColumns)
        guard let found, found.rule == error.rule, let range = found.matched, let field = found.field,
            let source = fields.value(of: field), range.upperBound <= source.utf8.count
        else { return lines + wrap(shown, width: style.widthInColumns - 2).map { "  " + $0 } }
        let matched = String(decoding: Array(source.utf8)[range], as: UTF8.self)
        if field != .text {
            lines += wrap(shown, width: style.widthInColumns - 2).map { "  " + $0 }
            return lines + ["matched in the \(field.name): \(Printable.safe(Redactor.redact(matched), glyphs: style.glyphs))"]
        }
        // The part around the match, on one line, with the match underlined.
        let bytes = Array(source.utf8)
        let room = max(10, style.widthInColumns - 4)
        let before = Printable.safe(
            Redactor.redact(String(decoding: bytes[..<range.lowerBound], as: UTF8.self)), glyphs: style.glyphs)
        let middle = Printable.safe(Redactor.redact(matched), glyphs: style.glyphs)
        let after = Printable.safe(
            Redactor.redact(String(decoding: bytes[range.upperBound...], as: UTF8.self)), glyphs: style.glyphs)
        let lead = String(before.suffix(max(0, (room - middle.count) / 2)))
        let line = DisplayWidth.cut(lead + middle + after, to: room, mark: style.glyphs == .unicode ? "…" : "~")
        let mark = String(
            repeating: style.glyphs == .unicode ? "▔" : "^",
            count: max(1, min(DisplayWidth.of(middle), room - DisplayWidth.of(lead))))
        return lines + ["  " + line, "  " + String(repeating: " ", count: DisplayWidth.of(lead)) + mark]
    }
}

extension Rule.Strength {
    /// How much a match of such a rule says, in words.
    var meaning: String {
        switch self {
        case .decisive: "which is decisive"
        case .telling: "which names the cause unless a decisive rule matches"
        case .named: "by the exception class or the provider's error type"
        case .status: "by the HTTP status"
        case .mention: "which names what failed"
        case .wrapper: "which matches a wrapper around the cause"
        case .vague: "which says only that something failed"
        }
    }
}

extension ErrorTextField {
    /// What the field is called.
    var name: String {
        switch self {
        case .text: "message"
        case .code: "code"
        case .providerType: "provider's type"
        case .exceptionClass: "exception's class"
        case .httpStatus: "HTTP status"
        }
    }
}

extension String {
    /// The text with blanks behind it, up to a width.
    fileprivate func padding(_ width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
