import Analysis
import Engine
import Model
import QueryLanguage
import Render

/// Two traces step by step: which steps both took, and where they part.
struct TraceComparison {
    /// A span as a step of its trace.
    struct Step {
        /// What makes two steps the same.
        struct Kind: Hashable {
            var kind: String, name: String, outcome: String
        }

        var kind: Kind
        var depth: Int
        var span: StoredSpan
    }

    let first: StoredTrace, second: StoredTrace
    private let a: [Step], b: [Step]
    private let places: [Alignment.Place]

    /// Steps beyond this many are not compared: the work grows with the product of both numbers.
    private static let mostSteps = 4000

    init(_ first: StoredTrace, _ second: StoredTrace) throws(Interrupted) {
        (self.first, self.second) = (first, second)
        a = Array(try TraceComparison.steps(first).prefix(TraceComparison.mostSteps))
        b = Array(try TraceComparison.steps(second).prefix(TraceComparison.mostSteps))
        places = Alignment.places(a.map(\.kind), b.map(\.kind))
    }

    /// The spans of a trace as steps, in the order of its tree.
    private static func steps(_ trace: StoredTrace) throws(Interrupted) -> [Step] {
        var errors: [String: StoredError] = [:]
        for error in trace.errors where !error.evidence.isDisjoint(with: .default) {
            if let span = error.spanID, errors[span] == nil { errors[span] = error }
        }
        return try TraceOrder.places(trace).map { place, depth in
            let span = trace.spans[place], record = span.record
            let error = errors[record.spanID]
            // A span that only passes on what failed below it is no failure of its own.
            let outcome = error?.type.name ?? (record.status == .error ? "failed" : record.end == nil ? "unfinished" : "ok")
            return Step(
                kind: Step.Kind(kind: record.kind.name, name: record.name ?? "", outcome: outcome), depth: depth, span: span)
        }
    }

    /// The number of steps that both took, and of those that only one of them did.
    var common: Int { places.count { if case .both = $0 { true } else { false } } }
    var different: Int { places.count - common }

    // MARK: As rows

    /// One row a step of either trace.
    var table: ResultTable {
        let columns: [(String, ValueType)] = [
            ("step", .count), ("in", .text), ("kind", .text), ("name", .text), ("outcome", .text), ("latency_a", .duration),
            ("latency_b", .duration), ("tokens_a", .count), ("tokens_b", .count), ("cost_a", .money), ("cost_b", .money),
            ("span_a", .text), ("span_b", .text),
        ]
        let rows = places.enumerated().map { number, place -> [Value] in
            let (left, right) = steps(at: place)
            guard let step = left ?? right else { preconditionFailure("a place holds a step") }
            func both(_ value: (Step) -> Value) -> [Value] { [left.map(value) ?? .missing, right.map(value) ?? .missing] }
            return [
                .count(Int64(number + 1)), .text(left == nil ? "B" : right == nil ? "A" : "both"), .text(step.kind.kind),
                .text(step.kind.name), .text(step.kind.outcome),
            ] + both { $0.span.latency.map { .duration($0) } ?? .missing }
                + both { $0.span.record.tokens.map { .count($0) } ?? .missing }
                + both { $0.span.record.cost.map { .money($0) } ?? .missing } + both { .text($0.span.record.spanID) }
        }
        return ResultTable(columns: columns.map { ResultColumn($0.0, $0.1) }, rows: rows)
    }

    private func steps(at place: Alignment.Place) -> (Step?, Step?) {
        switch place {
        case .both(let left, let right): (a[left], b[right])
        case .first(let left): (a[left], nil)
        case .second(let right): (nil, b[right])
        }
    }

    /// The spans behind each row, in the first trace where it has the step.
    var spans: [(id: String, trace: StoredTrace)] {
        places.map { place in
            switch place {
            case .both(let left, _), .first(let left): (a[left].span.record.spanID, first)
            case .second(let right): (b[right].span.record.spanID, second)
            }
        }
    }

    // MARK: On the terminal

    func lines(_ style: Style) -> [String] {
        var lines = sentences(style).flatMap { wrap($0, width: style.widthInColumns, hanging: 2) }
        lines += [""] + TableRenderer(style).lines(figures(style)) + [""]
        return lines + stepLines(style)
    }

    /// How alike the two are, and where they part.
    func sentences(_ style: Style) -> [String] {
        func words(_ step: Step?) -> String {
            guard let step else { return "no further step" }
            let name = Printable.safe(style.cleared(step.kind.name), glyphs: style.glyphs, columns: 60)
            return "\(step.kind.kind) \(name) \(step.kind.outcome)"
        }
        let names = TraceComparison.names(first, second)
        let header =
            "trace \(names.0) vs \(names.1): \(a.count.grouped) and \(b.count.counted("steps")), \(common.grouped) in both"
        guard let parting = places.firstIndex(where: { if case .both = $0 { false } else { true } }) else {
            return [header + "; the same steps in the same order, nothing parts them"]
        }
        // What each of the two does from there on.
        var left: Step?, right: Step?
        for place in places[parting...] {
            let (one, two) = steps(at: place)
            if left == nil { left = one }
            if right == nil { right = two }
            if left != nil && right != nil { break }
        }
        var sentences = [header + "; they part at step \(parting + 1)", "A: \(words(left)); B: \(words(right))"]
        if max(first.spans.count, second.spans.count) > TraceComparison.mostSteps {
            sentences.append("only the first \(TraceComparison.mostSteps.grouped) steps of each are compared")
        }
        return sentences
    }

    /// The shortest beginnings of the two ids, of at least 8 characters, that differ.
    static func names(_ a: StoredTrace, _ b: StoredTrace) -> (String, String) {
        let one = a.record.traceID, two = b.record.traceID
        var length = 8
        while length < max(one.count, two.count), one.prefix(length) == two.prefix(length) { length += 1 }
        return (Printable.safe(String(one.prefix(length))), Printable.safe(String(two.prefix(length))))
    }

    /// Both traces as a whole, with the difference between them.
    private func figures(_ style: Style) -> ResultTable {
        let text = ValueText(style), names = TraceComparison.names(first, second)
        func length(_ trace: StoredTrace) -> Duration? { trace.first.flatMap { first in trace.last.map { $0 - first } } }
        func row(_ name: String, _ one: String?, _ two: String?, _ difference: String? = nil) -> [Value] {
            [.text(name)] + [one, two, difference].map { $0.map { .text($0) } ?? .missing }
        }
        func signed(_ text: String, _ sign: Int64) -> String { sign > 0 ? "+" + text : text }
        func outcome(_ trace: StoredTrace) -> String { trace.isFailed ? "failed" : trace.errorCount > 0 ? "handled" : "ok" }
        func count(_ name: String, _ one: Int64?, _ two: Int64?) -> [Value] {
            let difference = one.flatMap { one in two.map { one.subtractingStopping($0) } }
            return row(
                name, one.map(text.count), two.map(text.count), difference.map { signed(text.count($0), $0) })
        }
        let lengths = (length(first), length(second))
        let longer = lengths.0.flatMap { one in lengths.1.map { one - $0 } }
        let extraCost = first.cost.flatMap { one in second.cost.map { Money(units: one.units.subtractingStopping($0.units)) } }
        let rows = [
            row("outcome", outcome(first), outcome(second)),
            row(
                "duration", lengths.0.map(text.duration), lengths.1.map(text.duration),
                longer.map { signed(text.duration($0), $0.inNanoseconds) }),
            count("calls", first.calls, second.calls), count("errors", first.errorCount, second.errorCount),
            count("tokens", first.tokens, second.tokens),
            row(
                "cost", first.cost.map(text.money), second.cost.map(text.money),
                extraCost.map { signed(text.money($0), $0.units) }),
        ]
        let columns = [("", ValueType.text), ("A: " + names.0, .text), ("B: " + names.1, .text), ("A − B", .text)]
        return ResultTable(
            columns: columns.map { ResultColumn(style.glyphs == .ascii ? $0.0.replacing("−", with: "-") : $0.0, $0.1) },
            rows: rows)
    }

    /// Steps around a difference that are shown; longer runs of common steps are folded.
    private static let context = 2

    private func stepLines(_ style: Style) -> [String] {
        var near = [Bool](repeating: false, count: places.count)
        for (index, place) in places.enumerated() {
            if case .both = place { continue }
            for shown in max(0, index - TraceComparison.context)...min(places.count - 1, index + TraceComparison.context) {
                near[shown] = true
            }
        }
        // A trace of few steps is shown whole.
        if places.count <= 20 { near = near.map { _ in true } }
        var lines: [String] = [], folded = 0
        func flush() {
            if folded > 0 { lines.append("  " + (style.glyphs == .ascii ? "..." : "…") + " \(folded.counted("steps")) in both") }
            folded = 0
        }
        for (index, place) in places.enumerated() {
            guard near[index] else {
                folded += 1
                continue
            }
            flush()
            lines.append(line(place, style))
        }
        flush()
        return lines
    }

    private func line(_ place: Alignment.Place, _ style: Style) -> String {
        let text = ValueText(style), (left, right) = steps(at: place)
        guard let step = left ?? right else { return "" }
        let mark = left == nil ? "B " : right == nil ? "A " : "  "
        let times = [left, right].map { $0?.span.latency.map(text.duration) ?? "" }
        let tail =
            DisplayWidth.pad(times[0], to: 8, right: true)
            + (times[1].isEmpty ? "" : " " + DisplayWidth.pad(times[1], to: 8, right: true))
        let room = max(10, style.widthInColumns - 20)
        let name =
            String(repeating: "  ", count: min(step.depth, 10))
            + "\(step.kind.kind) \(style.cleared(step.kind.name)) \(step.kind.outcome)"
        let cut = DisplayWidth.cut(
            Printable.safe(name, glyphs: style.glyphs), to: room, mark: style.glyphs == .unicode ? "…" : "~")
        let role: Role = left == nil || right == nil ? .strong : .dim
        return style.theme.paint(mark + DisplayWidth.pad(cut, to: room), role) + " " + tail
    }
}
