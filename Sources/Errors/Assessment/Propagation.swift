import Model

/// The failed spans that only propagate another span's failure.
struct Propagation {
    /// Spans that yield no finding.
    private(set) var isPropagated: [Bool]
    /// The failure text of each failed span, including text borrowed from the spans that propagate it.
    var texts: [Int: FailureText] { said.texts }

    private let graph: TraceGraph
    private var said: SpokenTexts
    /// The nearest failed ancestor of each span, and the nearest ancestor call of the same kind for each call; -1 for none.
    private let failedAbove: [Int], callAbove: [Int]
    /// Which spans are calls; the walk up a chain needs nothing else of a span.
    private let isCall: [Bool]
    /// Calls directly above a failed call.
    private let wrapsFailure: Set<Int>
    /// The failed spans by start, and each one's index in that order.
    private let failed: [Int]
    private var place: [Int]
    /// What `passers` gives of spans whose ancestors were all visited when the passers were marked.
    private var passersAbove: [Int: [Int]] = [:]
    /// For each span, the spans in other trees that contain it in time and have the same text.
    private var containers: [Int: [Int]] = [:]
    /// Number of text comparisons.
    var comparisons: Int { said.all.comparisons }
    /// How many of these comparisons had to look at characters.
    var readings: Int { said.all.readings }

    /// Creates the propagation. `bits` is the evidence of each span; `inner` has the call spans directly below each call span.
    init(_ graph: TraceGraph, bits: [Evidence], texts: [Int: FailureText], inner: [Int: [Int]]) {
        self.graph = graph
        said = SpokenTexts(texts, of: graph.spans.count)
        isCall = graph.spans.map(\.kind.isCall)
        isPropagated = Array(repeating: false, count: graph.spans.count)
        failed = graph.order.filter { !bits[$0].isDisjoint(with: .default) && bits[$0] != .empty && texts[$0] != nil }
        place = Array(repeating: -1, count: graph.spans.count)
        guard failed.count > 1 else {
            (failedAbove, callAbove, wrapsFailure) = ([], [], [])
            return
        }
        for (position, index) in failed.enumerated() { place[index] = position }
        let place = place
        failedAbove = graph.nearestAncestors { place[$0] >= 0 }
        callAbove = Propagation.callsAbove(graph)
        wrapsFailure = Set(inner.lazy.filter { $0.value.contains { place[$0] >= 0 } }.map(\.key))
        dropEchoes()
        markPassers()
        foldContained()
    }

    // MARK: Chains of parents

    private static func callsAbove(_ graph: TraceGraph) -> [Int] {
        let model = graph.nearestAncestors { graph.spans[$0].kind == .llm }
        let embedding = graph.nearestAncestors { graph.spans[$0].kind == .embedding }
        return graph.spans.indices.map {
            switch graph.spans[$0].kind {
            case .llm: model[$0]
            case .embedding: embedding[$0]
            default: -1
            }
        }
    }

    /// Returns the call that wraps a failed call and failed as well; -1 when there is none.
    private func wrapper(of index: Int) -> Int {
        let call = callAbove[index]
        guard call >= 0, place[call] >= 0, wrapsFailure.contains(call), graph.isWithinReach(call, of: index) else { return -1 }
        return call
    }

    /// Finds the spans that propagate the failure of a span below them, from the outermost span to the innermost.
    ///
    /// The walk up stops at a span whose ancestors were visited and whose text equals the current one: everything above it with
    /// the same text is already marked. This does not hold when an ancestor borrows its text after its descendant did.
    private mutating func markPassers() {
        let mayStop = !hasLateBorrowers()
        var isDone = [Bool](repeating: false, count: graph.spans.count)
        for index in failed where !isPropagated[index] {
            if StopFlag.isRaised { return }
            let wrapper = wrapper(of: index)
            if wrapper >= 0 { isPropagated[wrapper] = true }
            var marked: [Int] = [], isWhole = true
            let borrowed = climb(from: index) { above, number, passesOn in
                if passesOn { marked.append(above) }
                isWhole = !(mayStop && isDone[above] && said.number(above) == number)
                return isWhole
            }
            // Long lists are rare, and all of them together could be large.
            if isWhole, marked.count <= 32 { passersAbove[index] = marked }
            for above in marked { isPropagated[above] = true }
            if let borrowed { said.borrow(borrowed, at: index, since: place[index]) }
            isDone[index] = true
        }
    }

    /// Walks from a span up its failed ancestors within reach and passes each to `visit`, with the number of the span's text
    /// there and whether the ancestor propagates it; false stops the walk. Returns the span's text when it borrowed any.
    private func climb(from index: Int, _ visit: (_ above: Int, _ number: Int, _ passesOn: Bool) -> Bool) -> FailureText? {
        guard !failedAbove.isEmpty, var text = said.first(index) else { return nil }
        var number = said.all.number(of: text), isBorrowed = false
        let wrapper = wrapper(of: index), position = place[index]
        var above = failedAbove[index]
        while above >= 0, graph.isWithinReach(above, of: index) {
            let own = said.number(above, before: position)
            let passesOn =
                text.isEmpty || above == wrapper
                || said.all.isSame(own, as: number, ancestorIsCall: isCall[above])
            if passesOn, text.isEmpty, let lent = said.text(above, before: position) {
                text.fill(from: lent)
                number = said.all.number(of: text)
                isBorrowed = true
            }
            if !visit(above, number, passesOn) { break }
            above = failedAbove[above]
        }
        return isBorrowed ? text : nil
    }

    /// Returns true when a span without text follows a failed descendant in start order, as with skewed clocks: then its text
    /// changes between two visits.
    private func hasLateBorrowers() -> Bool {
        var earliest = place
        for index in graph.byDepth.reversed() where earliest[index] >= 0 {
            let above = failedAbove[index]
            guard above >= 0 else { continue }
            if earliest[index] < place[above], said.first(above)?.isEmpty == true { return true }
            earliest[above] = min(earliest[above], earliest[index])
        }
        return false
    }

    /// Returns the spans that propagate the failure of an original error: those above it, nearest first, then those around it.
    func passers(of index: Int) -> [Int] {
        guard !isPropagated[index], place[index] >= 0, !StopFlag.isRaised else { return [] }
        let found = passersAbove[index] ?? climbed(from: index)
        guard let around = containers[index] else { return found }
        let known = Set(found)
        return found + around.filter { !known.contains($0) }
    }

    private func climbed(from index: Int) -> [Int] {
        var found: [Int] = []
        _ = climb(from: index) { above, _, passesOn in
            if passesOn { found.append(above) }
            return true
        }
        return found
    }

    // MARK: Echoes

    /// Drops echoes: failed spans that do no work of their own and have no text, or that of a failed call in the trace.
    private mutating func dropEchoes() {
        func isTelling(_ index: Int) -> Bool { place[index] >= 0 && said.first(index)?.message.isEmpty == false }
        // A limit: a trace may have thousands of failed spans.
        let telling = failed.filter(isTelling).prefix(50)
        let calls = failed.filter { graph.spans[$0].kind.isCall && isTelling($0) }.prefix(50)
        let texts = said
        let tellingAbove = graph.nearestAncestors { texts.first($0)?.message.isEmpty == false }
        for index in failed {
            if StopFlag.isRaised { return }
            switch graph.spans[index].kind {
            case .llm, .embedding, .tool, .agent, .retriever: continue
            default: break
            }
            if isTelling(index) {
                let own = said.number(index)
                isPropagated[index] = calls.contains { other in
                    graph.top[other] == graph.top[index] && said.all.isSame(own, as: said.number(other), ancestorIsCall: true)
                }
            } else {
                let above = tellingAbove[index]
                isPropagated[index] =
                    above >= 0 && graph.isWithinReach(above, of: index)
                    || telling.contains { $0 != index && graph.contains(index, $0) }
            }
        }
    }

    // MARK: Incomplete trees

    /// In an incomplete tree, of spans that contain each other in time and have the same text, keeps only the innermost.
    private mutating func foldContained() {
        let operations = Operations(graph.spans)
        var groups: [[UInt8]: [Int]] = [:]
        for index in failed {
            guard let text = texts[index], !text.words.isEmpty else { continue }
            groups[text.words, default: []].append(index)
        }
        for group in groups.values where group.count > 1 {
            // `failed` is sorted by start, longer spans first: every span follows those that contain it.
            var open: [Int] = []
            for index in group {
                if StopFlag.isRaised { return }
                while let last = open.last, !graph.contains(last, index), !overlaps(last, index) { open.removeLast() }
                for outer in open.suffix(8) where graph.contains(outer, index) && graph.top[outer] != graph.top[index] {
                    guard mayFold(outer, index, operations) else { continue }
                    isPropagated[outer] = true
                    containers[index, default: []].append(outer)
                }
                open.append(index)
            }
        }
    }

    private func overlaps(_ a: Int, _ b: Int) -> Bool {
        guard let end = graph.spans[a].end, let start = graph.spans[b].start else { return false }
        return start <= end
    }

    /// Returns whether `outer` may fold into `inner`: never a call into another kind of span, and a call into another call only if
    /// it has no model and a different operation; otherwise they are two errors.
    private func mayFold(_ outer: Int, _ inner: Int, _ operations: Operations) -> Bool {
        let isOuterCall = graph.spans[outer].kind.isCall, isInnerCall = graph.spans[inner].kind.isCall
        if isOuterCall && !isInnerCall { return false }
        if isOuterCall && isInnerCall { return graph.spans[outer].model == nil && !operations.areEqual(outer, inner) }
        return true
    }
}

/// The text of each failed span: its own, and with borrowed text from a certain point on.
private struct SpokenTexts {
    let all = FailureTexts()
    private(set) var texts: [Int: FailureText]
    /// For each span, the number of its text; -1 when it has none.
    private var numbers: [Int]
    /// For each span, the index in the order from which its borrowed text applies; `.max` when it borrowed none.
    private var borrowedSince: [Int]
    /// For spans that borrowed, their text before.
    private var before: [Int: (text: FailureText, number: Int)] = [:]

    init(_ texts: [Int: FailureText], of count: Int) {
        self.texts = texts
        numbers = Array(repeating: -1, count: count)
        borrowedSince = Array(repeating: .max, count: count)
        for (index, text) in texts { numbers[index] = all.number(of: text) }
    }

    /// Returns the span's own text.
    func first(_ index: Int) -> FailureText? { before[index]?.text ?? texts[index] }

    /// Returns the number of the span's current text.
    func number(_ index: Int) -> Int { numbers[index] }

    /// Returns the number of the span's text when the span at `place` was visited.
    func number(_ index: Int, before place: Int) -> Int {
        let since = borrowedSince[index]
        return since == .max || since < place ? numbers[index] : before[index]?.number ?? -1
    }

    /// Returns the span's text when the span at `place` was visited.
    func text(_ index: Int, before place: Int) -> FailureText? {
        let since = borrowedSince[index]
        return since == .max || since < place ? texts[index] : before[index]?.text
    }

    /// Sets the span's text from now on.
    mutating func borrow(_ text: FailureText, at index: Int, since place: Int) {
        guard let old = texts[index] else { return }
        before[index] = (old, numbers[index])
        borrowedSince[index] = place
        texts[index] = text
        numbers[index] = all.number(of: text)
    }
}
