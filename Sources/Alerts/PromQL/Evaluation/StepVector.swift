import Model

/// A series' new value at one instant of the grid, held until its next change.
struct Change: Hashable, Sendable {
    var instant: Int32
    var series: Int32
    /// `Double.absent` if the series leaves the result.
    var value: Double

    init(_ instant: Int32, _ series: Int32, _ value: Double) {
        self.instant = instant
        self.series = series
        self.value = value
    }
}

extension Double {
    /// The marker for "not in the result": a NaN with a bit pattern that arithmetic never produces.
    static let absent = Double(bitPattern: 0x7FF8_0000_0000_FA17)
    var isAbsent: Bool { bitPattern == Double.absent.bitPattern }
}

/// Ranges of instants `[from, to)` in which an evaluation failed, ascending and disjoint.
struct FailureSpans: Hashable, Sendable {
    struct Span: Hashable, Sendable {
        var from: Int
        var to: Int
        var message: String
    }

    private(set) var spans: [Span] = []

    static let none = FailureSpans()
    var isEmpty: Bool { spans.isEmpty }
    /// The number of failed instants.
    var instants: Int { spans.reduce(0) { $0 + $1.to - $1.from } }

    /// Appends a span that does not begin before the last one.
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

    /// Returns the first instant at or after this one that did not fail.
    func firstHealthy(_ instant: Int) -> Int {
        let next = spans.partitioningIndex { $0.to > instant }
        return next < spans.count && spans[next].from <= instant ? spans[next].to : instant
    }
}

/// Collects the spans in which a condition fails.
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

/// The values of an expression over the grid: its possible series and the changes of their values.
struct StepVector: Sendable {
    var series: SeriesTable
    /// The changes by instant, at most one per series and instant. Series are absent before their first change.
    var changes: [Change]
    /// True if every value is an integer far below 2⁵³, so that sums are exact in any order.
    var isIntegral = false
    var failures = FailureSpans.none
}

/// Records the changes of an expression's series; setting an equal value is not a change.
struct ChangeRecorder {
    private(set) var changes: [Change] = []
    private(set) var current: [Double]

    /// - Parameter expected: The expected number of changes, used to reserve capacity.
    init(series: Int, expected: Int = 0) {
        current = Array(repeating: .absent, count: series)
        changes.reserveCapacity(expected)
    }

    /// Sets a series' value; call it at most once per series and instant.
    @inline(__always) mutating func set(_ series: Int, _ value: Double, at instant: Int32) {
        if current[series].bitPattern == value.bitPattern { return }
        current[series] = value
        changes.append(Change(instant, Int32(truncatingIfNeeded: series), value))
    }
}

/// A set of integers below a bound that is cleared at every instant.
struct DirtySet {
    private var storage: [Int]
    private var isIn: [Bool]
    private(set) var count = 0

    init(_ bound: Int) {
        storage = Array(repeating: 0, count: bound)
        isIn = Array(repeating: false, count: bound)
    }

    /// The member at a position, in insertion order.
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

/// Iterates over two lists of changes in parallel, one instant at a time.
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
