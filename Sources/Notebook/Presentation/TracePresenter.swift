import Engine
import Errors
import LocalStore
import Model
import Render
import Platform

/// A trace on the terminal: what it is, its numbers, the waterfall, the cost by model, and what was attached to it.
struct TracePresenter {
    let style: Style

    /// The lines of a trace; the span or the event that it was asked for by is marked.
    func lines(_ found: FoundTrace) throws(Interrupted) -> [String] {
        let trace = found.trace, subject = found.subject
        var lines = heading(trace, found.match)
        lines += cards(trace)
        lines.append("")
        var waterfall = try Waterfall(TraceTree(found, style: style).rows)
        waterfall.requested = found.askedName
        lines += waterfall.lines(style)
        let lone = trace.errors.filter { $0.spanID == nil }
        if !lone.isEmpty {
            lines += ["", style.theme.paint("errors without a call", .strong)]
            let mark = Waterfall.requestedMark(style)
            for error in lone {
                try StopFlag.check()
                let isAsked = subject?.isAbout(error, of: trace) ?? false
                let text =
                    ValueText(style).time(error.time) + "  " + error.type.name + ": "
                    + Printable.safe(error.message, glyphs: style.glyphs)
                for (place, line) in wrap(text, width: max(1, style.widthInColumns - 2)).enumerated() {
                    lines.append((place == 0 && isAsked ? mark + " " : "  ") + line)
                }
            }
            if let subject, lone.contains(where: { subject.isAbout($0, of: trace) }) { lines.append("\(mark) \(subject.name)") }
        }
        let models = costByModel(trace)
        if models.rows.count > 1 { lines += [""] + TableRenderer(style).lines(models) }
        lines += scores(trace)
        lines += metadata(trace)
        try StopFlag.check()
        return lines.map {
            DisplayWidth.of($0) <= style.widthInColumns || style.theme == .colour
                ? $0 : DisplayWidth.cut($0, to: style.widthInColumns, mark: style.glyphs == .unicode ? "…" : "~")
        }
    }

    private func heading(_ trace: StoredTrace, _ match: TraceMatch) -> [String] {
        let text = ValueText(style)
        var lines = [style.theme.paint("trace \(Printable.safe(trace.record.traceID, glyphs: style.glyphs))", .strong)]
        if match.kind != .trace {
            lines.append(
                "found by \(match.kind == .span ? "span" : "request") \(Printable.safe(style.cleared(match.id), glyphs: style.glyphs))"
            )
        }
        var parts: [String] = []
        func add(_ name: String, _ value: String?) {
            if let value { parts.append("\(name) \(Printable.safe(style.cleared(value), glyphs: style.glyphs))") }
        }
        add("name", trace.record.name)
        add("agent", trace.agent)
        if let first = trace.first { parts.append(text.time(first) + " " + style.zone.name) }
        add("user", trace.record.user)
        add("session", trace.record.session)
        add("environment", trace.record.environment)
        add("release", trace.record.release)
        add("service", trace.record.service)
        if !trace.record.project.isEmpty { add("project", trace.record.project) }
        if !trace.record.tags.isEmpty { add("tags", trace.record.tags.joined(separator: ", ")) }
        let between = style.glyphs == .unicode ? " · " : " | "
        return lines + wrap(parts.joined(separator: between), width: style.widthInColumns)
    }

    private func cards(_ trace: StoredTrace) -> [String] {
        let text = ValueText(style)
        var cards: [Cards.Card] = [
            Cards.Card("outcome", outcome(trace)),
            Cards.Card("calls", text.count(trace.calls)), Cards.Card("errors", text.count(trace.errorCount)),
        ]
        if let first = trace.first, let last = trace.last { cards.append(Cards.Card("duration", text.duration(last - first))) }
        cards.append(Cards.Card("tokens", trace.tokens.map(text.count) ?? text.text(.missing)))
        cards.append(Cards.Card("cost", trace.cost.map(text.money) ?? text.text(.missing)))
        return Cards(cards).lines(style)
    }

    /// A root that says OK is handled, even where no retry made an error good.
    private func outcome(_ trace: StoredTrace) -> String {
        if trace.isFailed { return "failed" }
        if trace.errorCount == 0 { return "ok" }
        return trace.errors.contains { $0.recovery == .open } ? "handled" : "recovered"
    }

    private func costByModel(_ trace: StoredTrace) -> ResultTable {
        struct Sums { var calls: Int64 = 0, errors: Int64 = 0, tokens: Int64?, cost: Money? }
        var models: [String: Sums] = [:]
        let failed = Set(trace.errors.compactMap(\.spanID))
        for span in trace.spans where span.isCall {
            let name = style.cleared(span.record.modelRequested ?? span.record.modelResponded ?? "(none)")
            var sums = models[name] ?? Sums()
            sums.calls += 1
            if failed.contains(span.record.spanID) { sums.errors += 1 }
            if let tokens = span.record.tokens {
                sums.tokens = (sums.tokens ?? 0).addingStopping(tokens)
            }
            if let cost = span.record.cost { sums.cost = Money(units: (sums.cost?.units ?? 0).addingStopping(cost.units)) }
            models[name] = sums
        }
        let rows = models.sorted { ($1.value.cost?.units ?? -1, $0.key) < ($0.value.cost?.units ?? -1, $1.key) }.map {
            name, sums in
            [
                Value.text(name), .count(sums.calls), .count(sums.errors), sums.tokens.map { .count($0) } ?? .missing,
                sums.cost.map { .money($0) } ?? .missing,
            ]
        }
        return ResultTable(
            columns: [
                ResultColumn("model", .text), ResultColumn("calls", .count), ResultColumn("errors", .count),
                ResultColumn("tokens", .count),
                ResultColumn("cost", .money),
            ], rows: rows)
    }

    private func scores(_ trace: StoredTrace) -> [String] {
        guard !trace.scores.isEmpty else { return [] }
        return ["", style.theme.paint("scores", .strong)]
            + trace.scores.map { score in
                let value = score.number.map { ValueText(style).number($0) } ?? score.text ?? "–"
                let comment = score.comment.map { "  " + $0 } ?? ""
                return "  "
                    + Printable.safe(
                        style.cleared("\(score.name)  \(value)\(comment)"), glyphs: style.glyphs, columns: style.widthInColumns)
            }
    }

    private func metadata(_ trace: StoredTrace) -> [String] {
        guard let metadata = trace.record.metadata, metadata != "{}" else { return [] }
        let shown = Printable.safe(style.cleared(metadata), glyphs: style.glyphs, columns: 4 * style.widthInColumns)
        return ["", style.theme.paint("metadata", .strong)] + wrap(shown, width: style.widthInColumns - 2).map { "  " + $0 }
    }
}

/// The spans of a trace as rows of a waterfall: parents before children, siblings by start.
struct TraceTree {
    private(set) var rows: [WaterfallRow] = []
    private let trace: StoredTrace
    private let asked: Set<String>
    private let style: Style
    private var errors: [String: StoredError] = [:]
    private var events: [String: [EventRecord]] = [:]

    init(_ found: FoundTrace, style: Style) throws(Interrupted) {
        trace = found.trace
        asked = found.askedSpans
        self.style = style
        for error in trace.errors { if let span = error.spanID, errors[span] == nil { errors[span] = error } }
        for event in trace.events where event.kind != .exception {
            events[event.spanID ?? event.parentID ?? "", default: []].append(event)
        }
        for (span, depth) in try TraceOrder.places(trace) { rows.append(row(trace.spans[span], depth: depth)) }
        if let stray = events[""], !stray.isEmpty, !rows.isEmpty { rows[0].events += stray.map(event) }
    }

    private func row(_ span: StoredSpan, depth: Int) -> WaterfallRow {
        let record = span.record
        let error = errors[record.spanID]
        let counts = error.map { !$0.evidence.isDisjoint(with: .default) } ?? false
        let mark: WaterfallRow.Mark =
            counts
            ? .failed
            : record.status == .error
                ? .propagated : record.end == nil ? .unfinished : record.status == .unknown ? .unknown : .succeeded
        var lineage: [String] = []
        if let attempt = record.attempt, attempt > 1 { lineage.append("attempt \(attempt)") }
        if let earlier = record.retryOf { lineage.append("retry of \(short(earlier))") }
        if let model = record.fallbackFrom { lineage.append("fallback from \(model)") }
        let detail = [record.kind == .unknown ? nil : record.kind.name, record.modelRequested ?? record.modelResponded].compactMap
        { $0 }.joined(separator: " ")
        return WaterfallRow(
            depth: min(depth, 60), title: style.cleared(record.name ?? short(record.spanID)), detail: style.cleared(detail),
            isCall: span.isCall, start: record.start, end: record.end, latency: span.latency,
            mark: mark, error: error.map { "\($0.type.name): \($0.message)" + recovery($0) },
            lineage: lineage.isEmpty ? nil : style.cleared(lineage.joined(separator: ", ")),
            events: (events[record.spanID] ?? []).map(event), isRequested: asked.contains(record.spanID))
    }

    private func recovery(_ error: StoredError) -> String {
        switch error.recovery {
        case .open: ""
        case .inferred, .explicit:
            error.recoveredAt.map { " (recovered after \(ValueText(style).duration($0 - error.time)))" } ?? " (recovered)"
        }
    }

    private func event(_ event: EventRecord) -> WaterfallRow.Event {
        var text = event.name ?? event.kind.name
        if let model = event.model, let fallback = event.fallbackModel { text += ": \(model) to \(fallback)" }
        if let message = event.message, !message.isEmpty { text += ": " + (ErrorText.words(ofObject: message) ?? message) }
        return WaterfallRow.Event(event.time, style.cleared(text))
    }

    private func short(_ id: String) -> String { id.count > 16 ? String(id.prefix(8)) : id }
}

extension FoundTrace {
    /// The spans that it was asked for by: that of the row, or those whose own id or request id was typed.
    var askedSpans: Set<String> {
        if let subject { return subject.span.map { [$0] } ?? [] }
        switch match.kind {
        case .trace: return []
        case .span: return [match.id]
        case .request: return Set(trace.spans.filter { $0.record.requestID == match.id }.map(\.record.spanID))
        }
    }

    /// What the marked spans are called: `row 3 of $2`.
    var askedName: String? {
        if let subject { return subject.name }
        switch match.kind {
        case .trace: return nil
        case .span: return "the requested span"
        case .request: return "the requested request"
        }
    }
}
