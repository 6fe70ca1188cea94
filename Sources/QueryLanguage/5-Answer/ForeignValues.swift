import Model

/// Values of measures that come from other queries: those of the baseline window of `vs`, and those with a window of their
/// own.
struct ForeignValues {
    /// A group by its decoded keys, in a bucket.
    struct Key: Hashable {
        var name: [Value]
        var bucket: Int
    }

    /// The values of each measure by group and bucket.
    private(set) var values: [Measure: [Key: Value]] = [:]
    /// The names of displayed values, which are groups as well.
    private(set) var names: Set<[Value]> = []

    /// Adds the columns of an answer.
    /// - Parameters:
    ///   - bucket: The bucket of all rows; nil if the answer has buckets of its own.
    ///   - alignment: For each bucket of the answer, the corresponding buckets of the query.
    ///   - areShown: Whether the measures are displayed, so that their groups are rows of the answer.
    mutating func add(
        _ measures: [Measure], of answer: Answer, keys: Int, bucket: Int?, alignment: [Timestamp: [Int]] = [:], areShown: Bool
    ) {
        var first = 0
        switch answer.shape {
        case .series, .groupedSeries: first = 1
        default: break
        }
        for row in answer.table.rows {
            let names = Array(row[first..<first + keys])
            var places = [bucket ?? 0]
            if first == 1, case .time(let start) = row[0] { places = alignment[start] ?? [] }
            if areShown { self.names.insert(names) }
            for place in places {
                let key = Key(name: names, bucket: place)
                for (column, measure) in measures.enumerated() {
                    let value = row[first + keys + column], known = values[measure]?[key]
                    values[measure, default: [:]][key] = known.map { ForeignValues.together($0, value, measure) } ?? value
                }
            }
        }
    }

    /// Combines the values of two buckets that correspond to one, such as an hour that occurred twice; otherwise keeps the first.
    private static func together(_ a: Value, _ b: Value, _ measure: Measure) -> Value {
        if case .ratio(let x) = a, case .ratio(let y) = b {
            return Ratio(x.numerator + y.numerator, of: x.denominator + y.denominator).map { .ratio($0) } ?? a
        }
        var inner = measure
        while case .before(let next) = inner { inner = next }
        return inner.isAdditive ? Answering.sum(a, b) : a.isMissing ? b : a
    }

    /// Returns the value of a foreign measure; without a value, zero for counts and missing for others.
    func value(_ measure: Measure, of key: Key) -> Value {
        if let value = values[measure]?[key] { return value }
        var inner = measure
        while true {
            switch inner {
            case .over(let next, _), .before(let next): inner = next
            case .count, .countWhere, .calls, .errors, .distinct: return .count(0)
            default: return .missing
            }
        }
    }
}

extension CompiledQuery {
    /// Runs the queries for the foreign measures.
    func foreignValues(from engine: some QueryEngine) throws -> ForeignValues {
        var foreign = ForeignValues()
        let measures = query.allMeasures.reduce(into: [Measure]()) { if !$0.contains($1) { $0.append($1) } }
        var before = measures.compactMap { if case .before(let inner) = $0 { inner } else { nil } }
        if measures.contains(where: \.isDifference), let changed = query.changed, !before.contains(changed) {
            before.append(changed)
        }
        if let baseline = query.baseline, !before.isEmpty {
            let answer = try ask(before, over: baseline, keepsBuckets: true, engine)
            foreign.add(
                before.map { .before($0) }, of: answer, keys: query.keys.count, bucket: nil,
                alignment: alignment(with: answer.shape),
                areShown: true)
        }
        var lengths: [Duration] = []
        for case .over(_, let length) in measures where !lengths.contains(length) { lengths.append(length) }
        for length in lengths {
            let inner = measures.compactMap { measure in
                if case .over(let inner, length) = measure { inner } else { nil as Measure? }
            }
            for (place, end) in ends.enumerated() {
                // An event exactly at the end counts; one exactly at the beginning does not.
                let instant = Duration.nanoseconds(1)
                let answer = try ask(
                    inner, over: Window(from: end - length + instant, to: end + instant), keepsBuckets: false, engine)
                foreign.add(
                    inner.map { .over($0, length) }, of: answer, keys: query.keys.count, bucket: place,
                    areShown: query.measures.contains { if case .over(_, length) = $0 { true } else { false } })
            }
        }
        return foreign
    }

    /// The ends of measure windows: the ends of the buckets, or the end of the window.
    private var ends: [Timestamp] {
        guard let axis = plan.buckets?.axis else {
            return [query.window?.to ?? facts.coverage?.to ?? Timestamp(nanoseconds: 0)]
        }
        return axis.starts.indices.map { min(axis.bucket($0).to, axis.window.to) }
    }

    /// For each bucket of the baseline, the corresponding buckets of the query's window: hours of calendar windows correspond by
    /// clock time, all others in order.
    private func alignment(with shape: AnswerShape) -> [Timestamp: [Int]] {
        let axis: TimeAxis
        switch shape {
        case .series(let found), .groupedSeries(let found, _): axis = found
        default: return [:]
        }
        var alignment: [Timestamp: [Int]] = [:]
        guard let own = plan.buckets?.axis, query.alignsByClock, case .fixed(let width)? = query.bucket else {
            for (place, start) in axis.starts.enumerated() { alignment[start] = [place] }
            return alignment
        }
        /// Returns the number of widths since the beginning of the window, in clock time.
        func steps(_ axis: TimeAxis) -> [Int64] {
            func local(_ instant: Timestamp) -> Int64 {
                instant.nanoseconds.addingStopping(axis.zone.offset(at: instant) * 1_000_000_000)
            }
            let first = local(axis.window.from)
            return axis.starts.map { floorDivide(local($0).subtractingStopping(first), width.inNanoseconds) }
        }
        let places = Dictionary(grouping: zip(steps(own), own.starts.indices), by: \.0).mapValues { $0.map(\.1) }
        for (start, step) in zip(axis.starts, steps(axis)) { alignment[start] = places[step] ?? [] }
        return alignment
    }

    private func ask(_ measures: [Measure], over window: Window, keepsBuckets: Bool, _ engine: some QueryEngine) throws -> Answer
    {
        func asked(_ query: CheckedQuery, _ measures: [Measure]) -> CompiledQuery {
            var question = query
            question.measures = measures
            question.window = window
            if !keepsBuckets { question.bucket = nil }
            (question.having, question.top, question.versus, question.baseline) = (nil, nil, nil, nil)
            question.changed = nil
            (question.sort, question.limit) = ([], .all)
            return CompiledQuery(question, facts: facts)
        }
        var totals: [Int64]?
        if var whole, measures.contains(.share) {
            whole.keys = []
            totals = try asked(whole, [.count]).answer(from: engine).table.rows.map { row in
                if case .count(let count)? = row.last { count } else { 0 }
            }
        }
        return try asked(query, measures).answer(from: engine, totals: totals)
    }

    /// Returns the baseline of `vs` for the answer.
    func baseline() -> Baseline? {
        guard let versus = query.versus, let window = query.baseline else { return nil }
        let first = (query.bucket == nil ? 0 : 1) + query.keys.count
        var columns: [Int: Int] = [:]
        for (place, measure) in query.measures.enumerated() {
            if let before = query.measures.firstIndex(of: .before(measure)) { columns[first + place] = first + before }
        }
        let isUnknown = facts.coverage.map { window.intersection($0).isEmpty } ?? true
        return Baseline(
            window: window, name: versus.name, columns: columns, covered: coveredPart(of: window), isUnknown: isUnknown)
    }

    /// Returns the part of a window with data, such as `18 of 24 h`; nil if complete.
    private func coveredPart(of window: Window) -> String? {
        guard let coverage = facts.coverage else { return "none" }
        let covered = window.intersection(coverage)
        // The last record of a store is rarely at the very end of its window.
        let slack = window.length.inSeconds / 100
        guard covered.isEmpty || window.length.inSeconds - covered.length.inSeconds > slack else { return nil }
        let (unit, name): (Double, String) =
            switch window.length.inSeconds {
            case ..<7200: (60, "min")
            case ..<259_200: (3600, "h")
            default: (86_400, "d")
            }
        func count(_ length: Double) -> String { String(Int64((length / unit).rounded(.down))) }
        return covered.isEmpty
            ? "none of \(count(window.length.inSeconds)) \(name)"
            : "\(count(covered.length.inSeconds)) of \(count(window.length.inSeconds)) \(name)"
    }
}
