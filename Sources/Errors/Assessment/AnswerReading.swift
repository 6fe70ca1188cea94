import Model

/// Decides when a bug in the application is an answer that could not be parsed.
///
/// `'str' object has no attribute 'choices'` reads like a bug. On the record of a model call, or right after a call that ended
/// with an empty answer, it means that an answer arrived in an unexpected form.
final class AnswerReading {
    /// The classification rule of such texts.
    static let rule = "app.reading"

    private let graph: TraceGraph
    /// Created for the first such text: few traces have one.
    private lazy var calls = EndedCalls(graph)

    init(_ graph: TraceGraph) { self.graph = graph }

    /// Returns true when the failed span was parsing an answer: it is itself a call, or the last call that ended before it, below
    /// or beside it, produced neither text nor a tool call. This must be certain: outputs are kept, or there was only the single
    /// token that ends an answer.
    func isOfAnswer(_ index: Int) -> Bool {
        let span = graph.spans[index]
        if span.kind == .llm { return true }
        guard let end = span.end ?? span.start else { return false }
        // Spans below it or beside it are below its parent.
        guard let last = calls.last(until: end, below: graph.parent[index] >= 0 ? graph.parent[index] : index) else {
            return false
        }
        let call = graph.spans[last]
        guard !call.hasOutput, !call.hasToolCalls else { return false }
        return call.keepsOutputs || call.outputTokens.map { $0 <= 1 } == true
    }
}

/// The model calls of a trace that ended, by end and by position in the tree.
private struct EndedCalls {
    /// Sorted by end, then id.
    private let calls: [Int]
    private let ends: [Timestamp]
    private let places: [Range<Int>]
    private let ranks: RankTree

    init(_ graph: TraceGraph) {
        let spans = graph.spans
        var ended: [(end: Timestamp, index: Int)] = []
        for index in spans.indices where spans[index].kind == .llm {
            if let end = spans[index].end { ended.append((end, index)) }
        }
        ended.sort { ($0.end, spans[$0.index].spanID, $0.index) < ($1.end, spans[$1.index].spanID, $1.index) }
        let places = graph.places()
        calls = ended.map(\.index)
        ends = ended.map(\.end)
        ranks = RankTree(placeOfRank: ended.map { places[$0.index].lowerBound })
        self.places = places
    }

    /// Returns the last call below `top` that ended at or before `instant`; nil when there is none.
    func last(until instant: Timestamp, below top: Int) -> Int? {
        let bound = ends.partitioningIndex { $0 > instant }
        return ranks.last(below: bound, in: places[top].dropFirst()).map { calls[$0] }
    }
}

/// Ranks at positions, for finding the highest one below a bound in a range of positions: a tree of sorted lists.
private struct RankTree {
    private let places: [Int]
    /// The ranks below each node, ascending; the root is 1, the leaves are last, by position.
    private var nodes: [[Int]]

    init(placeOfRank: [Int]) {
        let order = placeOfRank.indices.sorted { placeOfRank[$0] < placeOfRank[$1] }, count = order.count
        places = order.map { placeOfRank[$0] }
        nodes = Array(repeating: [], count: 2 * count)
        for (leaf, rank) in order.enumerated() { nodes[count + leaf] = [rank] }
        for node in stride(from: count - 1, to: 0, by: -1) { nodes[node] = RankTree.merged(nodes[2 * node], nodes[2 * node + 1]) }
    }

    func last(below bound: Int, in range: Range<Int>) -> Int? {
        var low = places.partitioningIndex { $0 >= range.lowerBound } + places.count
        var high = places.partitioningIndex { $0 >= range.upperBound } + places.count
        var best: Int?
        func look(at node: Int) {
            let end = nodes[node].partitioningIndex { $0 >= bound }
            if end > 0 { best = max(best ?? -1, nodes[node][end - 1]) }
        }
        while low < high {
            if low % 2 == 1 {
                look(at: low)
                low += 1
            }
            if high % 2 == 1 {
                high -= 1
                look(at: high)
            }
            (low, high) = (low / 2, high / 2)
        }
        return best
    }

    private static func merged(_ a: [Int], _ b: [Int]) -> [Int] {
        var merged: [Int] = [], next = 0
        merged.reserveCapacity(a.count + b.count)
        for rank in a {
            while next < b.count, b[next] < rank {
                merged.append(b[next])
                next += 1
            }
            merged.append(rank)
        }
        return merged + b[next...]
    }
}
