import Model

/// Checking of results as sources: `$3`, `$3[2]`, `F in $3`, `on $3[2]`.
extension Checker {
    /// Returns the referenced result; reports a missing one.
    mutating func source(_ reference: ResultReference) -> ResultSource? {
        guard let cell = reference.cell ?? context.lastResult else {
            report(Mistake.noResultYet(reference.span))
            return nil
        }
        guard let source = context.results[cell] else {
            report(Mistake.unknownResult(reference.span, cell: cell, known: context.results.keys.sorted()))
            return nil
        }
        return source
    }

    /// Returns the query behind a result, or behind one of its rows; the statement's clauses override it.
    mutating func base(_ reference: ResultReference) -> CheckedQuery? {
        guard let source = source(reference) else { return nil }
        guard let row = reference.row else { return source.query }
        guard source.answer.table.rows.indices.contains(row - 1) else {
            report(Mistake.unknownRow(reference, rows: source.answer.table.rows.count))
            return nil
        }
        var rows = Checker.rows(behind: row - 1, of: source)
        if let told = Checker.words(ofRow: row - 1, of: source) {
            rows.drilled = "behind row \(row) of $\(reference.cell ?? context.lastResult ?? 0): \(told)"
        }
        return rows
    }

    /// Describes a row by its keys, such as `type rate_limit, provider openai`; nil if it has none.
    private static func words(ofRow index: Int, of source: ResultSource) -> String? {
        let keys: Range<Int>
        switch source.answer.shape {
        case .groups(let count): keys = 0..<count
        case .groupedSeries(_, let count): keys = 1..<count + 1
        case .numbers, .listing, .series: return nil
        }
        let row = source.answer.table.rows[index], columns = source.answer.table.columns
        return keys.map { place in
            let value: String
            switch row[place] {
            case .text(let text): value = text
            case .count(let count): value = String(count)
            case .flag(let flag): value = flag ? "true" : "false"
            case .time(let time): value = TimeText.iso(time)
            case .missing: value = "(none)"
            default: value = "of row \(index + 1)"
            }
            return "\(columns[place].name) \(value)"
        }.joined(separator: ", ")
    }

    /// Returns a listing of the rows behind a row of a result: those of its group or bucket, or the row itself.
    static func rows(behind index: Int, of source: ResultSource) -> CheckedQuery {
        if source.behind.indices.contains(index) { return source.behind[index] }
        let query = source.query, answer = source.answer, row = answer.table.rows[index]
        var rows = query
        (rows.keys, rows.measures, rows.bucket, rows.having, rows.sort) = ([], [], nil, nil, [])
        (rows.columns, rows.top, rows.limit, rows.form, rows.path) = (
            standardColumns(of: query.noun).map { Field($0) }, nil, .standard, nil, nil
        )
        (rows.versus, rows.trend) = (nil, nil)
        func group(_ values: ArraySlice<Value>) -> CheckedPredicate {
            .all(zip(query.keys, values).map { FieldCodec.isShownAs($0, $1) })
        }
        var conditions = query.predicate.conjuncts
        func isOther(_ names: ArraySlice<Value>, among rows: [[Value]]) -> CheckedPredicate? {
            guard answer.foldedGroups > 0, case .text(let label)? = names.first, label.hasPrefix("other (") else { return nil }
            let kept = Set(rows.map { Array($0[names.indices]) }).subtracting([Array(names)])
            return .not(.or(kept.map { group($0[...]) }.sorted { "\($0)" < "\($1)" }))
        }
        switch answer.shape {
        case .numbers: break
        case .listing:
            // A row is identified by all of its displayed values.
            conditions += zip(query.columns, row).filter { $0.0.type != .tags && $0.0.id != .outcome }.map { field, value in
                let shown = FieldCodec.isShownAs(field, value)
                return query.noun.isTrace && !field.row.isOfTraces ? .someRow(field, shown) : shown
            }
        case .groups(let keys):
            conditions.append(isOther(row[0..<keys], among: answer.table.rows) ?? group(row[0..<keys]))
        case .series(let axis):
            rows.window = window(of: row, on: axis)
            // A value with its own window covers the rows up to the end of its bucket.
            if case .over(_, let length)? = query.measures.first, let end = rows.window?.to {
                let instant = Duration.nanoseconds(1)
                rows.window = Window(from: end - length + instant, to: end + instant)
            }
        case .groupedSeries(let axis, let keys):
            rows.window = window(of: row, on: axis)
            conditions.append(isOther(row[1...keys], among: answer.table.rows) ?? group(row[1...keys]))
        }
        rows.predicate = .all(conditions)
        return rows
    }

    /// Returns the part of the requested window that a row's bucket covers.
    private static func window(of row: [Value], on axis: TimeAxis) -> Window {
        guard case .time(let start)? = row.first, let index = axis.starts.firstIndex(of: start) else { return axis.window }
        return axis.bucket(index).intersection(axis.window)
    }

    /// Returns the window of a row: its bucket, first to last seen, or its duration; otherwise a minute around it.
    mutating func span(of reference: ResultReference) -> Window? {
        guard let source = source(reference) else { return nil }
        let table = source.answer.table
        guard let row = reference.row else { return source.query.window ?? context.coverage }
        guard table.rows.indices.contains(row - 1) else {
            report(Mistake.unknownRow(reference, rows: table.rows.count))
            return nil
        }
        let values = table.rows[row - 1]
        func value(_ name: String) -> Value? { table.index(of: name).map { values[$0] } }
        let instant = Duration.nanoseconds(1)
        switch source.answer.shape {
        case .series(let axis), .groupedSeries(let axis, _): return Checker.window(of: values, on: axis)
        default: break
        }
        if case .time(let first)? = value("first_seen"), case .time(let last)? = value("last_seen") {
            return Window(from: first, to: last + instant)
        }
        if case .time(let start)? = value("start"), let end = value("end") {
            if case .time(let end) = end { return Window(from: start, to: max(end, start) + instant) }
            return Window(from: start, to: max(context.now, start + instant))
        }
        if case .time(let end)? = value("time") {
            if case .duration(let length)? = value("latency") ?? value("duration"), length >= .zero {
                return Window(from: end - length, to: end + instant)
            }
            return Window(from: end - .seconds(30), to: end + .seconds(30))
        }
        report(Mistake.rowWithoutTime(reference))
        return nil
    }

    /// Returns the condition `F in $3`: the field has one of its values in the result.
    mutating func membership(_ field: Field, in reference: ResultReference, negated: Bool) -> CheckedPredicate? {
        guard let source = source(reference) else { return nil }
        guard let column = source.answer.table.index(of: field.name) else {
            report(Mistake.noColumn(reference, field: field.name, columns: source.answer.table.columns.map(\.name)))
            return nil
        }
        var rows = source.answer.table.rows
        if let row = reference.row {
            guard rows.indices.contains(row - 1) else {
                report(Mistake.unknownRow(reference, rows: rows.count))
                return nil
            }
            rows = [rows[row - 1]]
        }
        if source.answer.foldedGroups > 0 {
            rows.removeAll { if case .text(let text) = $0[column] { text.hasPrefix("other (") } else { false } }
        }
        var seen: Set<Value> = [], listed: [StoredValue] = [], parts: [CheckedPredicate] = []
        for value in rows.map({ $0[column] }) where seen.insert(value).inserted {
            switch FieldCodec.isShownAs(field, value) {
            case .isOneOf(_, let stored): listed += stored
            case let other: parts.append(other)
            }
        }
        if !listed.isEmpty { parts.insert(.isOneOf(field, listed), at: 0) }
        let any = parts.isEmpty ? CheckedPredicate.always(false) : ofRow(field, parts.count == 1 ? parts[0] : .or(parts))
        return negated ? .not(any) : any
    }
}
