import Model

/// Values of measures that other questions answer: those of the window that `vs` compares with, and those taken over a
/// length of time of their own.
struct ForeignValues {
    /// A group by its decoded keys, in a bucket.
    struct Key: Hashable {
        var name: [Value]
        var bucket: Int
    }

    /// The values of each measure by group and bucket.
    private(set) var values: [Measure: [Key: Value]] = [:]
    /// Every group that has a value, by name.
    private(set) var names: Set<[Value]> = []

    /// Takes over the columns of an answer.
    /// - Parameters:
    ///   - bucket: The bucket that all rows belong to; nil when the answer has buckets of its own, which then stand for
    ///     those of the question in order.
    mutating func add(_ measures: [Measure], of answer: Answer, keys: Int, bucket: Int?) {
        var places: [Value: Int] = [:]
        switch answer.shape {
        case .series(let axis), .groupedSeries(let axis, _):
            for (place, start) in axis.starts.enumerated() { places[.time(start)] = place }
        default: break
        }
        let first = places.isEmpty ? 0 : 1
        for row in answer.table.rows {
            let names = Array(row[first..<first + keys])
            guard let place = bucket ?? places[row[0]] ?? (places.isEmpty ? 0 : nil) else { continue }
            let key = Key(name: names, bucket: place)
            self.names.insert(names)
            for (column, measure) in measures.enumerated() { values[measure, default: [:]][key] = row[first + keys + column] }
        }
    }

    /// The value of a foreign measure; what nothing was found for is zero when it counts, else missing.
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
    /// Asks the questions behind the foreign measures.
    func foreignValues(from engine: some QueryEngine) throws -> ForeignValues {
        var foreign = ForeignValues()
        let measures = query.allMeasures.reduce(into: [Measure]()) { if !$0.contains($1) { $0.append($1) } }
        var before = measures.compactMap { if case .before(let inner) = $0 { inner } else { nil } }
        if measures.contains(.change), let changed = query.changed, !before.contains(changed) { before.append(changed) }
        if let baseline = query.baseline, !before.isEmpty {
            let answer = try ask(before, over: baseline, keepsBuckets: true, engine)
            foreign.add(before.map { .before($0) }, of: answer, keys: query.keys.count, bucket: nil)
        }
        var lengths: [Duration] = []
        for case .over(_, let length) in measures where !lengths.contains(length) { lengths.append(length) }
        for length in lengths {
            let inner = measures.compactMap { measure in
                if case .over(let inner, length) = measure { inner } else { nil as Measure? }
            }
            for (place, end) in ends.enumerated() {
                // An event exactly at the end counts, one exactly a length before it does not.
                let instant = Duration.nanoseconds(1)
                let answer = try ask(
                    inner, over: Window(from: end - length + instant, to: end + instant), keepsBuckets: false, engine)
                foreign.add(inner.map { .over($0, length) }, of: answer, keys: query.keys.count, bucket: place)
            }
        }
        return foreign
    }

    /// The instants up to which lengths of time of their own reach: the ends of the buckets, or the end of the window.
    private var ends: [Timestamp] {
        guard let axis = plan.buckets?.axis else {
            return [query.window?.to ?? facts.coverage?.to ?? Timestamp(nanoseconds: 0)]
        }
        return axis.starts.indices.map { min(axis.bucket($0).to, axis.window.to) }
    }

    private func ask(_ measures: [Measure], over window: Window, keepsBuckets: Bool, _ engine: some QueryEngine) throws -> Answer
    {
        func asked(_ query: CheckedQuery, _ measures: [Measure]) -> CompiledQuery {
            var question = query
            question.measures = measures
            question.window = window
            if !keepsBuckets { question.bucket = nil }
            (question.having, question.top, question.versus, question.baseline) = (nil, nil, nil, nil)
            (question.sort, question.limit) = ([], .all)
            return CompiledQuery(question, facts: facts, dialect: dialect)
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

    /// What the answer says of the window that `vs` compares with.
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

    /// `18 of 24 h`: how much of a window the data covers; nil when all of it.
    private func coveredPart(of window: Window) -> String? {
        guard let coverage = facts.coverage else { return "none" }
        let covered = window.intersection(coverage)
        // The last record of a store is rarely the last instant of its window.
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
