import Analysis
import Model
import QueryLanguage
import Render

/// The overview of a window: what `summary` asks and how it is shown.
struct Summary {
    /// One row: the figures, each with its value in the window before.
    var figures: Answer
    var types: Answer
    var severities: Answer
    /// Errors in each bucket.
    var timeline: Answer
    /// The newest grave errors.
    var newest: Answer
    /// What stands out; nil for all of the store.
    let lead: SummaryLead?

    /// The questions behind the overview of what a query of calls selects.
    static func questions(_ calls: CheckedQuery) -> [CheckedQuery] {
        var errors = calls
        errors.noun = .errors
        errors.columns = []
        (errors.measures, errors.versus, errors.baseline) = ([], nil, nil)
        func question(_ noun: Noun, _ measures: [Measure]) -> CheckedQuery {
            var question = calls
            question.noun = noun
            question.columns = []
            question.measures = measures
            if calls.versus != nil { question.measures = measures.flatMap { [$0, .before($0)] } }
            return question
        }
        func grouped(by field: FieldID) -> CheckedQuery {
            var question = errors
            question.keys = [Field(field)]
            question.measures = [.count, .share]
            return question
        }
        let critical = CheckedPredicate.isOneOf(Field(.severity), [.integer(Int64(Severity.critical.rawValue))])
        let latency = Field(.latency)
        var timeline = errors
        timeline.measures = [.count]
        timeline.bucket = BucketWidth.automatic(for: calls.window)
        var newest = errors
        newest.columns = [.time, .type, .severity, .model, .agent, .message, .trace].map { Field($0) }
        newest.predicate = .all(
            errors.predicate.conjuncts + [
                .ordered(Field(.severity), .greaterOrEqual, .integer(Int64(Severity.error.rawValue)))
            ])
        newest.limit = .rows(10)
        return [
            question(.calls, [.calls, .errors, .errorRate]),
            question(
                .errors,
                [
                    .countWhere(critical, "severity = CRITICAL"), .aggregate(.avg, latency), .aggregate(.p95, latency),
                    .aggregate(.sum, Field(.cost)),
                ]),
            grouped(by: .type), grouped(by: .severity), timeline, newest,
        ] + SummaryLead.questions(timeline)
    }

    /// The windows beside its own that a summary looks at: the weeks before.
    static func weeksBefore(_ calls: CheckedQuery) -> [Window] { questions(calls).dropFirst(6).compactMap(\.window) }

    /// Puts the answers to `questions` together.
    init(_ answers: [Answer]) {
        let names = [
            "calls": "calls", "errors": "errors", "error_rate": "error rate", "count(severity = CRITICAL)": "critical",
            "avg(latency)": "avg latency of failed", "p95(latency)": "p95 latency of failed", "cost": "cost of failed",
        ]
        var columns: [ResultColumn] = [], row: [Value] = [], places: [Int: Int] = [:]
        for answer in answers[0...1] {
            for (column, place) in (answer.baseline?.columns ?? [:]) { places[columns.count + column] = columns.count + place }
            columns += answer.table.columns.map { column in
                let bare = column.name.hasSuffix(" before") ? String(column.name.dropLast(7)) : column.name
                let name = names[bare] ?? bare
                return ResultColumn(bare == column.name ? name : name + " before", column.type)
            }
            row += answer.table.rows.first ?? []
        }
        figures = Answer(table: ResultTable(columns: columns, rows: [row]), shape: .numbers, receipt: answers[0].receipt)
        figures.baseline = answers[0].baseline
        figures.baseline?.columns = places
        (types, severities, timeline, newest) = (answers[2], answers[3], answers[4], answers[5])
        lead = SummaryLead(timeline, weeks: Array(answers.dropFirst(6)))
    }

    /// What stands out first, then the figures, then the pictures; what is known of the figures themselves last.
    func lines(_ style: Style) -> [String] {
        let renderer = AnswerRenderer(style)
        var lines = sentences(style).flatMap { wrap($0, width: style.widthInColumns, hanging: 2) }
        if !lines.isEmpty { lines.append("") }
        lines += renderer.lines(figures, title: "overview")
        let notes = [
            "cost of failed calls is as the sources report it: an estimate, and nothing where they report none",
            "retries inside a client library are not recorded and not counted",
        ].flatMap { wrap($0, width: style.widthInColumns, hanging: 2) }
        guard !types.table.rows.isEmpty else { return lines + [""] + notes }
        lines += [""] + renderer.lines(timeline, title: "errors")
        lines += [""] + renderer.lines(types, title: "errors by type")
        lines += [""] + renderer.lines(severities, title: "errors by severity")
        lines += ["", "the latest CRITICAL and ERROR errors"]
        lines += newest.table.rows.isEmpty ? ["none"] : renderer.lines(newest, title: "errors")
        return lines + [""] + notes
    }

    /// What stands out, and which type is the most common.
    func sentences(_ style: Style) -> [String] {
        let text = ValueText(style)
        var sentences = lead?.sentences(change, style) ?? []
        if let top = types.table.rows.first, case .text(let name) = top[0] {
            sentences.insert(
                "most common: \(name) (\(text.text(top[1])), \(text.text(top[2])))", at: min(1, sentences.count))
        }
        return sentences
    }

    /// The relative change of the number of errors against the window before; nil where that is not known.
    private var change: Double? {
        guard let baseline = figures.baseline, baseline.covered == nil, !baseline.isUnknown,
            let now = figures.table.index(of: "errors"), let column = baseline.columns[now], let row = figures.table.rows.first,
            let value = row[now].magnitude, let before = row[column].magnitude
        else { return nil }
        return before > 0 ? value / before - 1 : value > 0 ? .infinity : 0
    }
}
