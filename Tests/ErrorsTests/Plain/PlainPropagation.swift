@testable import Errors
import Model

/// Propagation as its rules read, span by span: what the quick one must equal.
struct PlainPropagation {
    /// Spans that give no finding.
    private(set) var isPropagated: [Bool]
    /// For each error the spans above it that pass it on, nearest first.
    private(set) var passedOnBy: [Int: [Int]] = [:]
    /// What each failed span says, with what it borrowed from the spans that pass it on.
    private(set) var texts: [Int: FailureText]

    /// `bits` tells who failed; `inner` the call spans right below a call span.
    init(_ graph: TraceGraph, bits: [Evidence], texts: [Int: FailureText], inner: [Int: [Int]]) {
        self.texts = texts
        isPropagated = Array(repeating: false, count: graph.spans.count)
        let failed = graph.order.filter { !bits[$0].isDisjoint(with: .default) && bits[$0] != .empty && texts[$0] != nil }
        guard failed.count > 1 else { return }
        let isFailed = Set(failed)
        dropEchoes(graph, failed)
        for index in failed where !isPropagated[index] {
            for above in graph.ancestors(of: index) where isFailed.contains(above) {
                guard let own = self.texts[above], let text = self.texts[index] else { continue }
                let isCall = graph.spans[above].kind.isCall
                let wraps =
                    isCall && inner[above]?.contains(where: { isFailed.contains($0) }) == true
                    && above == nearestCall(graph, index)
                guard text.isEmpty || wraps || own.isSame(as: text, ancestorIsCall: isCall) else { continue }
                isPropagated[above] = true
                passedOnBy[index, default: []].append(above)
                if text.isEmpty { self.texts[index]?.fill(from: own) }
            }
        }
        foldContained(graph, failed)
        // A span between may itself have been passed on: only the deepest keep a list.
        for index in failed where isPropagated[index] { passedOnBy[index] = nil }
    }

    private func nearestCall(_ graph: TraceGraph, _ index: Int) -> Int? {
        guard graph.spans[index].kind.isCall else { return nil }
        return graph.ancestors(of: index).first { graph.spans[$0].kind == graph.spans[index].kind }
    }

    /// Failed spans that do no work of their own and say nothing, or what a failed call of the trace says, are its echo.
    private mutating func dropEchoes(_ graph: TraceGraph, _ failed: [Int]) {
        // Enough of them: a trace may have thousands of failed spans.
        let telling = failed.filter { texts[$0]?.message.isEmpty == false }.prefix(50)
        let calls = failed.filter { graph.spans[$0].kind.isCall && texts[$0]?.message.isEmpty == false }.prefix(50)
        for index in failed {
            switch graph.spans[index].kind {
            case .llm, .embedding, .tool, .agent, .retriever: continue
            default: break
            }
            guard let own = texts[index] else { continue }
            let isEcho: Bool
            if own.message.isEmpty {
                isEcho =
                    graph.ancestors(of: index).contains { texts[$0]?.message.isEmpty == false }
                    || telling.contains { $0 != index && graph.contains(index, $0) }
            } else {
                isEcho = calls.contains { other in
                    guard let text = texts[other] else { return false }
                    return graph.top[other] == graph.top[index]
                        && own.isSame(as: text, ancestorIsCall: true)
                }
            }
            if isEcho { isPropagated[index] = true }
        }
    }

    /// Where the tree is torn: of spans that contain each other in time and say the same, the innermost is the error.
    private mutating func foldContained(_ graph: TraceGraph, _ failed: [Int]) {
        var groups: [[UInt8]: [Int]] = [:]
        for index in failed {
            guard let text = texts[index], !text.words.isEmpty else { continue }
            groups[text.words, default: []].append(index)
        }
        for group in groups.values where group.count > 1 {
            // `failed` is in the order of starts, the longer first: whatever contains a span stands before it.
            var open: [Int] = []
            for index in group {
                while let last = open.last, !graph.contains(last, index), !overlaps(graph, last, index) { open.removeLast() }
                for outer in open.suffix(8) where graph.contains(outer, index) && graph.top[outer] != graph.top[index] {
                    guard mayFold(graph, outer, index) else { continue }
                    isPropagated[outer] = true
                    if !(passedOnBy[index]?.contains(outer) ?? false) { passedOnBy[index, default: []].append(outer) }
                }
                open.append(index)
            }
        }
    }

    private func overlaps(_ graph: TraceGraph, _ a: Int, _ b: Int) -> Bool {
        guard let end = graph.spans[a].end, let start = graph.spans[b].start else { return false }
        return start <= end
    }

    /// Two calls of one operation side by side are two errors, and nothing folds into a span of less depth than itself.
    private func mayFold(_ graph: TraceGraph, _ outer: Int, _ inner: Int) -> Bool {
        let a = graph.spans[outer], b = graph.spans[inner]
        if a.kind.isCall && !b.kind.isCall { return false }
        if a.kind.isCall && b.kind.isCall { return Operation(a) != Operation(b) && a.model == nil }
        return true
    }
}

extension TraceGraph {
    /// The ancestors of a span, nearest first; at most 1,000.
    func ancestors(of index: Int) -> [Int] {
        var found: [Int] = [], at = parent[index]
        while at >= 0, found.count < 1000 {
            found.append(at)
            at = parent[at]
        }
        return found
    }
}
