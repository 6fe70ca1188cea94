import Engine
import Model

/// The spans of a trace in the order of its tree: parents before children, siblings by start.
enum TraceOrder {
    /// Each span once, as an index into the trace's spans, with its depth.
    static func places(_ trace: StoredTrace) throws(Interrupted) -> [(span: Int, depth: Int)] {
        var children: [String: [Int]] = [:], roots: [Int] = []
        let ids = Set(trace.spans.map(\.record.spanID))
        for (index, span) in trace.spans.enumerated() {
            // A span whose parent is not in the data, or is itself, stands as a root.
            if let parent = span.record.parentID, ids.contains(parent), parent != span.record.spanID {
                children[parent, default: []].append(index)
            } else {
                roots.append(index)
            }
        }
        var places: [(span: Int, depth: Int)] = [], seen = [Bool](repeating: false, count: trace.spans.count)
        // Spans that are each other's ancestors hang on no root; they follow all the same.
        for root in roots + trace.spans.indices {
            var stack = [(root, 0)]
            while let (index, depth) = stack.popLast() {
                guard !seen[index] else { continue }
                try StopFlag.check()
                seen[index] = true
                places.append((index, depth))
                for child in (children[trace.spans[index].record.spanID] ?? []).reversed() { stack.append((child, depth + 1)) }
            }
        }
        return places
    }
}
