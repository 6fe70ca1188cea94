import Analysis
import Engine
import Model
import QueryLanguage

/// What is different about the rows of a query: the answer of `why QUERY` before it is shown.
struct QueryContrast {
    /// A value that stands out, with what is known of it.
    struct Finding {
        let field: Field
        let value: Value
        let finding: Contrast.Finding
        /// Values with the same rows.
        let same: [(field: Field, value: Value)]
        /// The row of the finding under which it stands, and its rows among that one's; nil for a finding of its own.
        var within: (number: Int, both: Int64, all: Int64)?
        /// True for a value that only errors have: it is compared with the errors of the window before.
        var isOfErrors = false
    }

    /// What the rows were compared with.
    enum Basis: Hashable {
        /// The other calls, or other traces, of the same window.
        case others
        /// The same question about another window.
        case window(Window, isAsked: Bool)
        /// Nothing, for a reason.
        case nothing(String)
    }

    let query: CheckedQuery
    private(set) var basis = Basis.others
    /// Rows of the query in its window; failed calls and error events.
    private(set) var selected: Int64 = 0
    /// All calls or traces of the window; with another window as basis, the rows there.
    private(set) var all: Int64 = 0
    /// Rows of the query the window before, with the words for it; nil where that is not known.
    private(set) var before: (count: Int64, words: String, window: Window)?
    /// Findings with their dependents behind each, in the order shown.
    private(set) var findings: [Finding] = []
    private(set) var compared = 0
    /// The findings whose values lead to selected rows only in combination.
    private(set) var together: [(field: Field, value: Value)] = []
    /// When the rows of the first finding began to be more frequent; nil where that is not seen.
    private(set) var onset: Onset?

    /// Numbers of findings of their own.
    var numbers: Int { findings.count { $0.within == nil } }

    /// Asks the engine.
    init(_ query: CheckedQuery, facts: QueryFacts, engine: any Engine) throws {
        self.query = query
        let window = query.window ?? facts.coverage ?? Window(from: Timestamp(nanoseconds: 0), to: Timestamp(nanoseconds: 0))
        try count(window, facts, engine)
        let keys = try engine.metadataKeys(in: query.scope(in: window), limit: ContrastColumns.mostMetadataKeys)
        if let baseline = query.baseline {
            try compare(window, with: baseline, isAsked: true, keys, facts, engine)
        } else {
            try compareWithOthers(window, keys, facts, engine)
        }
        try StopFlag.check()
        try findOnset(window, facts, engine)
    }

    /// The relation of the query's own rows.
    private var ownRelation: Relation {
        switch query.noun {
        case .errors: .errors
        case .traces: .traces(failedOnly: false)
        case .failures: .traces(failedOnly: true)
        case .calls, .events: .calls
        }
    }

    // MARK: Counts

    private func count(_ query: CheckedQuery, _ window: Window, _ facts: QueryFacts, _ engine: any Engine) throws -> Int64 {
        var counted = query
        (counted.columns, counted.measures, counted.keys, counted.limit) = ([], [.count], [], .all)
        (counted.versus, counted.baseline, counted.sort, counted.window) = (nil, nil, [], window)
        let answer = try QueryCompiler().compile(counted, facts: facts).answer(from: engine)
        if case .count(let number)? = answer.table.rows.first?.first { return number }
        return 0
    }

    private mutating func count(_ window: Window, _ facts: QueryFacts, _ engine: any Engine) throws {
        selected = try count(query, window, facts, engine)
        guard query.baseline == nil, query.window != nil else { return }
        let day = Duration.days(1), isShort = window.length <= day
        let earlier = Window(from: window.from - (isShort ? day : window.length), to: window.to - (isShort ? day : window.length))
        guard QueryContrast.isCovered(earlier, facts) else { return }
        before = (try count(query, earlier, facts, engine), isShort ? "the day before" : "the window before", earlier)
    }

    /// True if the store has data for a whole window.
    static func isCovered(_ window: Window, _ facts: QueryFacts) -> Bool {
        guard let coverage = facts.coverage, coverage.from <= window.from else { return false }
        return !facts.gaps.contains { !$0.intersection(window).isEmpty }
    }

    // MARK: With other rows

    private mutating func compareWithOthers(
        _ window: Window, _ keys: [String], _ facts: QueryFacts, _ engine: any Engine
    ) throws {
        let question = query.contrast
        let fields = ContrastColumns.fields(
            of: query.noun == .errors ? .calls : query.noun == .failures ? .traces : query.noun,
            besides: question.selectingFields, metadata: keys, withErrors: false)
        let rows = try engine.columns(
            for: ColumnRequest(
                question.relation, fields: fields, conditions: [question.selecting], predicate: question.population,
                scope: query.scope(in: window)))
        let isSelected = rows.holds(0), ofCalls = isSelected.reduce(0) { $0 + Int64($1) }
        let length = window.length, previous = Window(from: window.from - length, to: window.from)
        guard ofCalls * 2 > selected, ofCalls < Int64(rows.count) else {
            // Errors of a source that has no calls, or no successes: only another time tells what is different.
            return try compare(window, with: previous, isAsked: false, keys, facts, engine)
        }
        all = Int64(rows.count)
        let columns = ContrastColumns([rows])
        let contrast = Contrast(ContrastTable(isSelected: isSelected, dimensions: columns.dimensions))
        compared = contrast.compared
        let ofErrors = query.noun == .errors ? try contrastOfErrors(window, previous, facts, engine) : nil
        compared += ofErrors?.contrast.compared ?? 0
        add(contrast, columns)
        // Corrected over all values compared, here and there.
        let share = ofErrors.map { Double(compared) / Double(max(1, $0.contrast.compared)) } ?? 1
        for finding in ofErrors?.contrast.findings ?? [] where finding.pValue * share <= Contrast.level {
            findings.append(made(finding, ofErrors!.columns, isOfErrors: true))
        }
    }

    /// What only errors have, compared with the errors of the window before.
    private func contrastOfErrors(
        _ window: Window, _ previous: Window, _ facts: QueryFacts, _ engine: any Engine
    ) throws -> (contrast: Contrast, columns: ContrastColumns)? {
        guard QueryContrast.isCovered(previous, facts) else { return nil }
        let asked = Set(query.contrast.selectingFields)
        let fields = ContrastColumns.ofErrors.filter { !asked.contains($0) }.map { Field($0) }
        let request = ColumnRequest(.errors, fields: fields, predicate: query.predicate, scope: query.scope(in: window))
        let now = try engine.columns(for: request), then = try engine.columns(for: request.moved(to: previous))
        guard then.count > 0 else { return nil }
        let columns = ContrastColumns([now, then])
        let table = ContrastTable(
            .otherTime, isSelected: Array(repeating: 1, count: now.count) + Array(repeating: 0, count: then.count),
            dimensions: columns.dimensions)
        return (Contrast(table), columns)
    }

    // MARK: With another time

    private mutating func compare(
        _ window: Window, with baseline: Window, isAsked: Bool, _ keys: [String], _ facts: QueryFacts, _ engine: any Engine
    ) throws {
        guard QueryContrast.isCovered(baseline, facts) else {
            basis = .nothing(isAsked ? "the window to compare with is not covered by data" : "no other calls, and no data before")
            return
        }
        basis = .window(baseline, isAsked: isAsked)
        let fields = ContrastColumns.fields(of: query.noun, besides: [], metadata: keys, withErrors: query.noun == .errors)
        let request = ColumnRequest(ownRelation, fields: fields, predicate: query.predicate, scope: query.scope(in: window))
        let now = try engine.columns(for: request), then = try engine.columns(for: request.moved(to: baseline))
        all = Int64(then.count)
        guard then.count > 0, now.count > 0 else {
            basis = .nothing("nothing to compare with: no such rows in the window before")
            return
        }
        let columns = ContrastColumns([now, then])
        let table = ContrastTable(
            .otherTime, isSelected: Array(repeating: 1, count: now.count) + Array(repeating: 0, count: then.count),
            dimensions: columns.dimensions)
        let contrast = Contrast(table)
        compared = contrast.compared
        add(contrast, columns)
    }

    // MARK: Findings

    private func made(
        _ finding: Contrast.Finding, _ columns: ContrastColumns, within: (Int, Int64, Int64)? = nil, isOfErrors: Bool = false
    ) -> Finding {
        let (field, value) = columns[finding.value]
        return Finding(
            field: field, value: value, finding: finding, same: finding.same.map { columns[$0] }, within: within,
            isOfErrors: isOfErrors)
    }

    private mutating func add(_ contrast: Contrast, _ columns: ContrastColumns) {
        for finding in contrast.findings {
            findings.append(made(finding, columns))
            let number = findings.count
            for dependent in finding.dependents {
                let shared = contrast.selectedRows(with: dependent.value, within: finding.value)
                findings.append(made(dependent, columns, within: (number, shared.both, shared.all)))
            }
        }
        if let (first, second) = contrast.together {
            together = [first, second].map { columns[contrast.findings[$0].value] }
        }
    }

    /// The rows of the leading finding.
    var leading: [(field: Field, value: Value)] {
        together.isEmpty ? findings.first.map { [($0.field, $0.value)] } ?? [] : together
    }

    private mutating func findOnset(_ window: Window, _ facts: QueryFacts, _ engine: any Engine) throws {
        guard !findings.isEmpty, query.window != nil else { return }
        let wider = Window(from: window.from - window.length, to: window.to)
        // Without data before, the beginning of the data would look like that of the errors.
        let seen = QueryContrast.isCovered(wider, facts) ? wider : window
        let rows = query.rows(with: leading, in: seen)
        let times = try engine.columns(
            for: ColumnRequest(ownRelation, fields: [], predicate: rows.predicate, scope: query.scope(in: seen))
        ).times
        onset = Onset.of(times, in: seen)
    }
}
