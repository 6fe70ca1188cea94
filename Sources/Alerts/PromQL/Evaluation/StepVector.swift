/// A series' new value at one instant of the grid, held until its next change.
struct Change: Hashable, Sendable {
    var instant: Int32
    var series: Int32
    /// `Double.absent` when the series is not in the result any more.
    var value: Double

    init(_ instant: Int32, _ series: Int32, _ value: Double) {
        self.instant = instant
        self.series = series
        self.value = value
    }
}

extension Double {
    /// Stands for "not in the result": a NaN with bits that no arithmetic makes, as it is never computed with.
    static let absent = Double(bitPattern: 0x7FF8_0000_0000_FA17)
    var isAbsent: Bool { bitPattern == Double.absent.bitPattern }
}

/// Stretches of instants `[from, to)` at which something failed, ascending, apart from each other.
struct FailureSpans: Hashable, Sendable {
    struct Span: Hashable, Sendable {
        var from: Int
        var to: Int
        var message: String
    }

    private(set) var spans: [Span] = []

    static let none = FailureSpans()
    var isEmpty: Bool { spans.isEmpty }
    /// How many instants failed.
    var instants: Int { spans.reduce(0) { $0 + $1.to - $1.from } }

    /// Adds a span that does not begin before the last one.
    mutating func append(_ span: Span) {
        guard span.from < span.to else { return }
        if let last = spans.indices.last, spans[last].to >= span.from {
            spans[last].to = max(spans[last].to, span.to)
        } else {
            spans.append(span)
        }
    }

    func union(_ other: FailureSpans) -> FailureSpans {
        if isEmpty { return other }
        if other.isEmpty { return self }
        var result = FailureSpans()
        for span in (spans + other.spans).sorted(by: { ($0.from, $0.to) < ($1.from, $1.to) }) { result.append(span) }
        return result
    }

    /// The first instant at or after this one that did not fail.
    func firstHealthy(_ instant: Int) -> Int {
        var low = 0, high = spans.count
        while low < high {
            let middle = (low + high) / 2
            if spans[middle].to <= instant { low = middle + 1 } else { high = middle }
        }
        return low < spans.count && spans[low].from <= instant ? spans[low].to : instant
    }
}

/// Watches whether something fails from one instant to the next.
struct FailureWatch {
    private(set) var spans = FailureSpans()
    private var since: Int?
    let message: String

    init(_ message: String) { self.message = message }

    mutating func set(_ fails: Bool, at instant: Int) {
        if fails, since == nil { since = instant }
        if !fails, let from = since {
            spans.append(FailureSpans.Span(from: from, to: instant, message: message))
            since = nil
        }
    }

    mutating func finish(at end: Int) { set(false, at: end) }
}

/// The value of an expression at every instant of the grid: its possible series, and when their values change.
struct StepVector: Sendable {
    var series: SeriesTable
    /// By instant; at most one for each series and instant. Series are absent before their first change.
    var changes: [Change]
    /// True when every value is a whole number far below 2⁵³, so that sums are exact in any order.
    var isIntegral = false
    var failures = FailureSpans.none
}

/// Collects the changes of an expression's series; a value that stays the same is no change.
struct ChangeRecorder {
    private(set) var changes: [Change] = []
    private(set) var current: [Double]

    /// - Parameter expected: How many changes there may be; room is made for them.
    init(series: Int, expected: Int = 0) {
        current = Array(repeating: .absent, count: series)
        changes.reserveCapacity(expected)
    }

    /// Sets a series' value; at most once for each instant.
    @inline(__always) mutating func set(_ series: Int, _ value: Double, at instant: Int32) {
        if current[series].bitPattern == value.bitPattern { return }
        current[series] = value
        changes.append(Change(instant, Int32(truncatingIfNeeded: series), value))
    }
}

/// A set of numbers below a bound that is emptied at every instant.
struct DirtySet {
    private var storage: [Int]
    private var isIn: [Bool]
    private(set) var count = 0

    init(_ bound: Int) {
        storage = Array(repeating: 0, count: bound)
        isIn = Array(repeating: false, count: bound)
    }

    /// The members in the order in which they came, by place.
    @inline(__always) subscript(place: Int) -> Int { storage[place] }

    @inline(__always) mutating func insert(_ member: Int) {
        if isIn[member] { return }
        isIn[member] = true
        storage[count] = member
        count += 1
    }

    @inline(__always) mutating func removeAll() {
        for place in 0..<count { isIn[storage[place]] = false }
        count = 0
    }
}

/// Walks two lists of changes together, one instant at a time.
@inline(__always) func walk(
    _ a: [Change], _ b: [Change],
    _ body: (_ instant: Int32, _ a: UnsafeBufferPointer<Change>, _ b: UnsafeBufferPointer<Change>) -> Void
) {
    a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
            var i = 0, j = 0
            while i < a.count || j < b.count {
                let instant = min(i < a.count ? a[i].instant : .max, j < b.count ? b[j].instant : .max)
                let startA = i, startB = j
                while i < a.count, a[i].instant == instant { i += 1 }
                while j < b.count, b[j].instant == instant { j += 1 }
                body(instant, UnsafeBufferPointer(rebasing: a[startA..<i]), UnsafeBufferPointer(rebasing: b[startB..<j]))
            }
        }
    }
}
