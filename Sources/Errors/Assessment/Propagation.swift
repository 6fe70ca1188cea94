import Model

/// Which failed spans only pass on the failure of another one.
struct Propagation {
    /// Spans that give no finding.
    private(set) var isPropagated: [Bool]
    /// What each failed span says, with what it borrowed from the spans that pass it on.
    var texts: [Int: FailureText] { said.texts }

    private let graph: TraceGraph
    private var said: SpokenTexts
    /// For each span its nearest failed ancestor, and for each call its nearest ancestor of the same kind; -1 for none.
    private let failedAbove: [Int], callAbove: [Int]
    /// Which spans are calls: on the way up a chain this is all that is needed of a span.
    private let isCall: [Bool]
    /// Calls right above a failed call.
    private let wrapsFailure: Set<Int>
    /// The failed spans in the order of starts, and the place of each in it.
    private let failed: [Int]
    private var place: [Int]
    /// For each span those that contain it in time, say the same and stand in another tree.
    private var containers: [Int: [Int]] = [:]
    /// How often two texts were compared.
    var comparisons: Int { said.all.comparisons }

    /// `bits` tells who failed; `inner` the call spans right below a call span.
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

    // MARK: chains of parents

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

    /// The call that a failed call lies in, when it failed as well and so only wraps it; -1 when there is none.
    private func wrapper(of index: Int) -> Int {
        let call = callAbove[index]
        guard call >= 0, place[call] >= 0, wrapsFailure.contains(call), graph.isWithinReach(call, of: index) else { return -1 }
        return call
    }

    /// Finds the spans that pass on what a span below them says, from the outermost span to the innermost.
    ///
    /// A span whose own ancestors were gone through before, and that says what the span at hand says, ends the way up: all above
    /// it that says so is marked. Only texts that are borrowed by an ancestor later than by its descendant forbid that.
    private mutating func markPassers() {
        let mayStop = !hasLateBorrowers()
        var isDone = [Bool](repeating: false, count: graph.spans.count)
        for index in failed where !isPropagated[index] {
            if StopFlag.isRaised { return }
            let wrapper = wrapper(of: index)
            if wrapper >= 0 { isPropagated[wrapper] = true }
            var marked: [Int] = []
            let borrowed = climb(from: index) { above, number, passesOn in
                if passesOn { marked.append(above) }
                return !(mayStop && isDone[above] && said.number(above) == number)
            }
            for above in marked { isPropagated[above] = true }
            if let borrowed { said.borrow(borrowed, at: index, since: place[index]) }
            isDone[index] = true
        }
    }

    /// Goes from a span through its failed ancestors within reach, and hands over each with the number of what the span says
    /// there, and whether the ancestor passes that on; false ends it. Returns the span's text when it took any over.
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

    /// True when a span that says nothing comes after a failed span below it in the order of starts, as clocks that disagree
    /// make it: then what it says changes between two looks at it.
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

    /// The spans that pass on the failure of one that is not passed on itself: those above it, nearest first, then those around.
    func passers(of index: Int) -> [Int] {
        guard !isPropagated[index], place[index] >= 0, !StopFlag.isRaised else { return [] }
        var found: [Int] = []
        _ = climb(from: index) { above, _, passesOn in
            if passesOn { found.append(above) }
            return true
        }
        guard let around = containers[index] else { return found }
        let known = Set(found)
        return found + around.filter { !known.contains($0) }
    }

    // MARK: echoes

    /// Failed spans that do no work of their own and say nothing, or what a failed call of the trace says, are its echo.
    private mutating func dropEchoes() {
        func isTelling(_ index: Int) -> Bool { place[index] >= 0 && said.first(index)?.message.isEmpty == false }
        // Enough of them: a trace may have thousands of failed spans.
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

    // MARK: torn trees

    /// Where the tree is torn: of spans that contain each other in time and say the same, the innermost is the error.
    private mutating func foldContained() {
        let operations = Operations(graph.spans)
        var groups: [[UInt8]: [Int]] = [:]
        for index in failed {
            guard let text = texts[index], !text.words.isEmpty else { continue }
            groups[text.words, default: []].append(index)
        }
        for group in groups.values where group.count > 1 {
            // `failed` is in the order of starts, the longer first: whatever contains a span stands before it.
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

    /// Two calls of one operation side by side are two errors, and nothing folds into a span of less depth than itself.
    private func mayFold(_ outer: Int, _ inner: Int, _ operations: Operations) -> Bool {
        let isOuterCall = graph.spans[outer].kind.isCall, isInnerCall = graph.spans[inner].kind.isCall
        if isOuterCall && !isInnerCall { return false }
        if isOuterCall && isInnerCall { return graph.spans[outer].model == nil && !operations.areEqual(outer, inner) }
        return true
    }
}

/// What each failed span says, first by itself and then with what it borrowed, and since when.
private struct SpokenTexts {
    let all = FailureTexts()
    private(set) var texts: [Int: FailureText]
    /// For each span the number of what it says; -1 when it says nothing of a failure.
    private var numbers: [Int]
    /// For each span the place in the order from which on it says what it borrowed; `.max` when it borrowed nothing.
    private var borrowedSince: [Int]
    /// Of spans that borrowed: what they said before.
    private var before: [Int: (text: FailureText, number: Int)] = [:]

    init(_ texts: [Int: FailureText], of count: Int) {
        self.texts = texts
        numbers = Array(repeating: -1, count: count)
        borrowedSince = Array(repeating: .max, count: count)
        for (index, text) in texts { numbers[index] = all.number(of: text) }
    }

    /// What the span says by itself.
    func first(_ index: Int) -> FailureText? { before[index]?.text ?? texts[index] }

    /// The number of what it says now.
    func number(_ index: Int) -> Int { numbers[index] }

    /// The number of what it said when the span at `place` was looked at.
    func number(_ index: Int, before place: Int) -> Int {
        let since = borrowedSince[index]
        return since == .max || since < place ? numbers[index] : before[index]?.number ?? -1
    }

    /// What it said when the span at `place` was looked at.
    func text(_ index: Int, before place: Int) -> FailureText? {
        let since = borrowedSince[index]
        return since == .max || since < place ? texts[index] : before[index]?.text
    }

    /// From now on the span says this.
    mutating func borrow(_ text: FailureText, at index: Int, since place: Int) {
        guard let old = texts[index] else { return }
        before[index] = (old, numbers[index])
        borrowedSince[index] = place
        texts[index] = text
        numbers[index] = all.number(of: text)
    }
}
