import Model

/// Renders the dim line below an answer, which states every truncation and assumption.
public struct ReceiptRenderer: Sendable {
    let style: Style
    /// True for output that is compared later: omits the newest record and the rules, which change although the answer does not.
    public var isForFile = false

    /// Creates a renderer with this style.
    public init(_ style: Style) { self.style = style }

    /// Window, errors of calls, newest record, rows, rules, evidence and elapsed time on one line, wrapped between parts when too
    /// wide; then dropped groups and remarks, one per line.
    ///
    /// - Parameters:
    ///   - rows: Number of rows shown; nil mentions rows only when some were cut.
    ///   - elapsed: Elapsed time; nil omits it, as recorded sessions must.
    public func lines(_ receipt: Receipt, rows: Int? = nil, elapsed: Duration? = nil) -> [String] {
        guard style.widthInColumns > 0 else { return [] }
        let between = style.marks.between
        var lines: [Line] = [], current = ""
        for part in parts(receipt, rows: rows, elapsed: elapsed) {
            if current.isEmpty {
                current = part
            } else if DisplayWidth.of(current) + DisplayWidth.of(between) + DisplayWidth.of(part) <= style.widthInColumns {
                current += between + part
            } else {
                lines.append(Line(current, .dim))
                current = part
            }
        }
        if !current.isEmpty { lines.append(Line(current, .dim)) }
        for sentence in receipt.dropped + receipt.remarks {
            lines += wrap(style.safe(sentence, columns: 2000), width: style.widthInColumns, hanging: 2).map { Line($0, .dim) }
        }
        return lines.texts(style)
    }

    private func parts(_ receipt: Receipt, rows: Int?, elapsed: Duration?) -> [String] {
        func number(_ n: Int64, _ word: String) -> String { "\(DecimalText.grouped(n)) \(word.counted(n))" }
        // All times are in the receipt's zone, which the window names.
        var style = style
        style.zone = receipt.zone
        let text = ValueText(style)
        var parts = [window(receipt, style)]
        switch (receipt.errors, receipt.calls) {
        case (let errors?, let calls?): parts.append("\(number(errors, "errors")) of \(number(calls, "calls"))")
        case (let errors?, nil): parts.append(number(errors, "errors"))
        case (nil, let calls?): parts.append(number(calls, "calls"))
        case (nil, nil): break
        }
        if !isForFile || receipt.newest == nil {
            parts.append(receipt.newest.map { "newest " + text.time($0) } ?? "no records")
        }
        if let found = receipt.found, let rows, found != Int64(rows) {
            parts.append("\(DecimalText.grouped(Int64(rows))) of \(number(found, "rows"))")
        } else if let rows {
            parts.append(number(Int64(rows), "rows") + (receipt.isCut ? ", more found" : ""))
        } else if receipt.isCut {
            parts.append("rows truncated" + (receipt.found.map { ", \(DecimalText.grouped($0)) found" } ?? ""))
        }
        if !receipt.rules.isEmpty, !isForFile { parts.append("rules " + style.safe(receipt.rules, columns: 40)) }
        if let evidence = receipt.evidence {
            parts.append("evidence " + (evidence.names.isEmpty ? "none" : evidence.names.joined(separator: "+")))
        }
        if let elapsed { parts.append(spaced(text.duration(elapsed))) }
        return parts
    }

    private func window(_ receipt: Receipt, _ style: Style) -> String {
        receipt.window.map { ValueText(style).window($0) } ?? "all time, times in " + style.safe(receipt.zone.name)
    }

    /// Separates number and unit in running text: `12 ms` for `12ms`.
    private func spaced(_ text: String) -> String {
        guard !text.contains(" "), let unit = text.firstIndex(where: { !$0.isNumber && $0 != "." && $0 != "-" }) else {
            return text
        }
        return text[..<unit] + " " + text[unit...]
    }
}
