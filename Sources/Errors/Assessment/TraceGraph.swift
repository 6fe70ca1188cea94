import Model

/// The spans of a trace by identity, parent and time; equal for the same spans in any order.
struct TraceGraph {
    let spans: [SpanEvidence]
    /// The index of the parent; -1 when it is missing, or when it would close a cycle.
    let parent: [Int]
    /// The topmost ancestor of each span.
    let top: [Int]
    /// Number of ancestors of each span.
    let depth: [Int]
    /// Indices by start, then longer first, then id.
    let order: [Int]
    let indexOfID: [String: Int]

    init(_ spans: [SpanEvidence]) {
        self.spans = spans
        let indexOfID = TraceGraph.index(spans)
        var parent = spans.map { span in span.parentID.flatMap { indexOfID[$0] } ?? -1 }
        var top = [Int](repeating: -1, count: spans.count), depth = [Int](repeating: 0, count: spans.count)
        var path: [Int] = [], isOnPath = [Bool](repeating: false, count: spans.count)
        // In id order, so that a cycle is cut at the same place for any order of spans.
        let byID = spans.indices.sorted { (spans[$0].spanID, $0) < (spans[$1].spanID, $1) }
        for index in byID where top[index] < 0 {
            path.removeAll(keepingCapacity: true)
            var at = index
            while top[at] < 0, !isOnPath[at] {
                path.append(at)
                isOnPath[at] = true
                guard parent[at] >= 0 else { break }
                at = parent[at]
            }
            var root = at
            if top[at] >= 0 {
                root = top[at]
            } else if parent[at] >= 0 {
                parent[at] = -1
            }
            for step in path.reversed() {
                top[step] = root
                depth[step] = parent[step] < 0 ? 0 : depth[parent[step]] + 1
                isOnPath[step] = false
            }
        }
        self.parent = parent
        self.top = top
        self.depth = depth
        self.indexOfID = indexOfID
        order = spans.indices.sorted { TraceGraph.isBefore(spans[$0], spans[$1]) }
    }

    /// Returns the index of each span by id and alternate id; of two rows with one identity, the earlier counts.
    static func index(_ spans: [SpanEvidence]) -> [String: Int] {
        var indexOfID: [String: Int] = [:]
        indexOfID.reserveCapacity(spans.count)
        for index in spans.indices {
            if let other = indexOfID.updateValue(index, forKey: spans[index].spanID), isBefore(spans[other], spans[index]) {
                indexOfID[spans[index].spanID] = other
            }
        }
        // An alternate id resolves to its span unless it is another span's own id.
        for index in spans.indices {
            guard let id = spans[index].alternateID, indexOfID[id] == nil else { continue }
            indexOfID[id] = index
        }
        return indexOfID
    }

    /// Returns true when `a` precedes `b`: it starts earlier, else ends later, else has the smaller id.
    static func isBefore(_ a: SpanEvidence, _ b: SpanEvidence) -> Bool {
        let startA = a.start ?? a.end, startB = b.start ?? b.end
        if startA != startB {
            guard let startA, let startB else { return startA != nil }
            return startA < startB
        }
        if a.end != b.end {
            guard let endA = a.end, let endB = b.end else { return a.end != nil }
            return endA > endB
        }
        return a.spanID < b.spanID
    }

    /// Maximum number of levels to an ancestor that counts.
    static let reach = 1000

    /// Returns true when `ancestor`, an ancestor of the span, is near enough to count.
    func isWithinReach(_ ancestor: Int, of index: Int) -> Bool { depth[index] - depth[ancestor] <= TraceGraph.reach }

    /// Returns the nearest ancestor of each span that satisfies `isMeant`, at any distance; -1 when there is none.
    func nearestAncestors(_ isMeant: (Int) -> Bool) -> [Int] {
        var nearest = [Int](repeating: -1, count: spans.count)
        for index in byDepth where parent[index] >= 0 {
            nearest[index] = isMeant(parent[index]) ? parent[index] : nearest[parent[index]]
        }
        return nearest
    }

    /// Indices with ancestors before descendants.
    var byDepth: [Int] { spans.indices.sorted { depth[$0] < depth[$1] } }

    /// Returns each span's position in depth-first order, as the range from its own position to the one after its last
    /// descendant.
    func places() -> [Range<Int>] {
        let byDepth = byDepth
        var size = [Int](repeating: 1, count: spans.count)
        for index in byDepth.reversed() where parent[index] >= 0 { size[parent[index]] += size[index] }
        var places = [Range<Int>](repeating: 0..<0, count: spans.count), free = [Int](repeating: 0, count: spans.count), end = 0
        for index in byDepth {
            let start = parent[index] < 0 ? end : free[parent[index]]
            places[index] = start..<start + size[index]
            if parent[index] < 0 { end += size[index] } else { free[parent[index]] += size[index] }
            free[index] = start + 1
        }
        return places
    }

    /// Returns true when `outer` starts no later and ends no earlier than `inner`.
    func contains(_ outer: Int, _ inner: Int) -> Bool {
        guard let start = spans[outer].start, let end = spans[outer].end, let from = spans[inner].start ?? spans[inner].end,
            let to = spans[inner].end ?? spans[inner].start
        else { return false }
        return start <= from && to <= end
    }

    /// Returns true when a topmost span represents the whole trace: it is the only one at the top, has descendants, or lasts
    /// while all others do.
    func isAbove(_ root: Int) -> Bool {
        let others = spans.indices.filter { parent[$0] < 0 && $0 != root }
        return others.isEmpty || parent.contains(root) || others.allSatisfy { contains(root, $0) }
    }

    /// The root: without a parent, else with an absent parent, else the earliest; the earliest of several.
    var root: Int? {
        order.first { spans[$0].parentID == nil } ?? order.first { parent[$0] < 0 } ?? order.first
    }
}
