import Analysis
import Model
import QueryLanguage

/// The series in which `changes` looks for steps: measures of all calls, and of those with each frequent value.
struct ChangeSeries {
    /// A series with what it is about.
    struct Subject {
        let measure: Measure
        /// The value of the calls; nil for all calls.
        let value: (field: Field, value: Value)?
        let series: SeriesChanges.Series
    }

    let rows: RowColumns
    /// The start of each bucket in nanoseconds, and the end of the last.
    let starts: [Int64]
    let width: Int64
    private(set) var subjects: [Subject] = []
    /// The first row of each bucket, and the number of rows.
    private let bounds: [Int]
    private let numbers: [Field]
    private let isFailed: [UInt8]
    /// False for buckets that data covers only in part.
    private let isCovered: [Bool]

    /// The measures examined unless others are named.
    static let measures: [Measure] = [
        .count, .errorRate, .aggregate(.p95, Field(.latency)), .aggregate(.p95, Field(.ttft)), .aggregate(.avg, Field(.cost)),
        .aggregate(.avg, Field(.tokens)),
    ]
    /// The fields whose values have series of their own, unless others are named.
    static let fields: [Field] = [.model, .provider, .agent, .prompt, .release, .host].map { Field($0) }
    /// The most values of a field, the most frequent ones.
    static let mostValues = 12
    /// The mean number of calls in a bucket below which a measure is too uncertain.
    private static func fewestCalls(_ measure: Measure) -> Double {
        switch measure {
        case .count, .calls, .errors: 2
        case .aggregate(.p50, _), .aggregate(.avg, _), .aggregate(.sum, _): 3
        default: 8
        }
    }

    /// The widths of buckets in seconds.
    private static let widths: [Int64] = [60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400]
    /// About the number of buckets into which a window is divided.
    private static let mostBuckets: Int64 = 400

    /// The width of buckets of a window in nanoseconds.
    static func width(of window: Window) -> Int64 {
        let length = window.length.inNanoseconds
        return (widths.map { $0 * 1_000_000_000 }.first { length / $0 <= mostBuckets }) ?? 86_400_000_000_000
    }

    /// True for measures whose steps can be looked for.
    static func isExamined(_ measure: Measure) -> Bool {
        switch measure {
        case .count, .calls, .errors, .errorRate: true
        case .aggregate(let aggregate, let field): aggregate != .min && aggregate != .max && field.isAmountOfCalls
        default: false
        }
    }

    /// Makes the series.
    ///
    /// - Parameters:
    ///   - rows: Calls, with condition 0 for failed ones and the numbers of `numbers`.
    ///   - window: Whole buckets of it are examined.
    init(
        _ rows: RowColumns, numbers: [Field], measures: [Measure], fields: [Field], window: Window, coverage: Window?,
        gaps: [Window], zone: Zone
    ) {
        self.rows = rows
        self.numbers = numbers
        let width = ChangeSeries.width(of: window)
        self.width = width
        // Days and hours of the clock, by the offset at the start of the window.
        let offset = zone.offset(at: window.from) * 1_000_000_000
        let first = -floorDivide(-(window.from.nanoseconds + offset), width) * width - offset
        let count = max(0, Int((window.to.nanoseconds - first) / width))
        starts = (0...count).map { first + Int64($0) * width }
        bounds = starts.map { rows.times.firstIndex(atOrAbove: $0) }
        isFailed = rows.holds(0)
        isCovered = (0..<count).map { place in
            let bucket = Window(
                from: Timestamp(nanoseconds: first + Int64(place) * width),
                to: Timestamp(nanoseconds: first + Int64(place + 1) * width))
            return coverage.map { $0.contains(bucket) } ?? false && !gaps.contains { !$0.intersection(bucket).isEmpty }
        }
        guard count > 0 else { return }
        for measure in measures { add(measure, nil, Array(bounds[0]..<bounds[count])) }
        for field in fields {
            guard let column = rows[field] else { continue }
            for (value, places) in frequent(column) {
                // That a release comes and goes is no finding; it is what stands beside one.
                let comesAndGoes = measures == ChangeSeries.measures && (field.id == .release || field.id == .promptVersion)
                for measure in measures where !(comesAndGoes && measure == .count) { add(measure, (field, value), places) }
            }
        }
    }

    /// The number of buckets.
    var count: Int { max(0, starts.count - 1) }

    /// The most frequent values with the places of their rows.
    private func frequent(_ column: RowColumns.Coded) -> [(value: Value, places: [Int])] {
        var places = [[Int]](repeating: [], count: column.values.count)
        for row in bounds[0]..<bounds[count] where column.codes[row] >= 0 { places[Int(column.codes[row])].append(row) }
        // A value that all calls have says the same as all calls.
        let all = bounds[count] - bounds[0]
        let order = places.indices.filter { places[$0].count >= 2 * count && places[$0].count < all }
            .sorted { (places[$1].count, $0) < (places[$0].count, $1) }
        return order.prefix(ChangeSeries.mostValues).map { (column.values[$0], places[$0]) }
    }

    private mutating func add(_ measure: Measure, _ value: (field: Field, value: Value)?, _ places: [Int]) {
        guard Double(places.count) >= ChangeSeries.fewestCalls(measure) * Double(count) else { return }
        var values = [Double?](repeating: nil, count: count), cases: [Double] = []
        var at = 0
        for bucket in 0..<count {
            let from = at
            while at < places.count, places[at] < bounds[bucket + 1] { at += 1 }
            guard isCovered[bucket] else {
                cases.append(0)
                continue
            }
            let own = places[from..<at]
            cases.append(Double(own.count))
            values[bucket] = number(measure, own)
        }
        subjects.append(
            Subject(measure: measure, value: value, series: .init(ChangeSeries.scale(measure), values: values, cases: cases)))
    }

    private static func scale(_ measure: Measure) -> SeriesChanges.Series.Scale {
        switch measure {
        case .count, .calls, .errors: .counts
        case .errorRate: .shares
        default: .amounts
        }
    }

    /// The measure of some rows; nil without a known value.
    private func number(_ measure: Measure, _ rows: ArraySlice<Int>) -> Double? {
        func failed() -> Double { rows.reduce(0) { $0 + Double(isFailed[$1]) } }
        switch measure {
        case .count, .calls: return Double(rows.count)
        case .errors: return failed()
        case .errorRate: return rows.isEmpty ? nil : failed() / Double(rows.count)
        case .aggregate(let aggregate, let field):
            guard let column = numbers.firstIndex(of: field) else { return nil }
            let known = rows.compactMap { row -> Int64? in
                let number = self.rows.numbers[column][row]
                return number == RowColumns.unknown ? nil : number
            }
            guard !known.isEmpty else { return nil }
            switch aggregate {
            case .sum: return known.reduce(0) { $0 + Double($1) }
            case .avg: return known.reduce(0) { $0 + Double($1) } / Double(known.count)
            default:
                guard let percent = aggregate.percent else { return nil }
                return Double(known.sorted()[max(1, (percent * known.count + 99) / 100) - 1])
            }
        default: return nil
        }
    }

    /// The hour of the week of each bucket, counted from Monday.
    func hours(_ zone: Zone) -> [Int] {
        starts.dropLast().map { start in
            let local = start + zone.offset(at: Timestamp(nanoseconds: start)) * 1_000_000_000
            // 1 January 1970 was a Thursday.
            let hour = (floorDivide(local, 3_600_000_000_000) + 72) % 168
            return Int(hour < 0 ? hour + 168 : hour)
        }
    }

    /// The number of calls of each value of a column in a range of buckets, and of all calls.
    func counts(_ column: RowColumns.Coded, in buckets: Range<Int>) -> (values: [Int], all: Int) {
        var values = [Int](repeating: 0, count: column.values.count)
        guard !buckets.isEmpty else { return (values, 0) }
        let rows = bounds[buckets.lowerBound]..<bounds[buckets.upperBound]
        for row in rows where column.codes[row] >= 0 { values[Int(column.codes[row])] += 1 }
        return (values, rows.count)
    }
}

extension Field {
    /// True for amounts that a call has: latency, cost, tokens.
    fileprivate var isAmountOfCalls: Bool {
        switch id {
        case .latency, .ttft, .cost, .inputTokens, .outputTokens, .tokens: true
        default: false
        }
    }
}
