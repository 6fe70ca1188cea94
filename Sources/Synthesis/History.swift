import Model

/// A synthetic history of LLM calls, generated lazily.
///
/// Traces are in order of their start; they contain exactly `plan.calls` calls. Between traces, only the table of the season
/// is kept (one entry per ten minutes), so memory does not depend on the number of calls.
///
/// ```swift
/// for trace in History(HistoryPlan(end: now)) { try write(trace) }
/// ```
public struct History: Sequence, Sendable {
    /// The plan of the history.
    public let plan: HistoryPlan

    /// Creates the history of a plan; nothing is computed until it is iterated.
    public init(_ plan: HistoryPlan) { self.plan = plan }

    /// Calls `body` with every trace in order.
    public func forEachTrace(_ body: (SyntheticTrace) throws -> Void) rethrows {
        for trace in self { try body(trace) }
    }

    /// Returns an iterator at the first trace.
    public func makeIterator() -> Iterator { Iterator(plan) }

    /// Generates the traces in order.
    public struct Iterator: IteratorProtocol, Sendable {
        private let plan: HistoryPlan
        private var season: Season
        private var builder: TraceBuilder
        private var call = 0
        private var number: UInt64 = 0

        init(_ plan: HistoryPlan) {
            self.plan = plan
            season = Season(plan)
            builder = TraceBuilder(plan)
        }

        /// Returns the next trace; nil after the last.
        public mutating func next() -> SyntheticTrace? {
            guard call < plan.calls else { return nil }
            // One generator per trace: the draws of one trace do not affect the next.
            var random = RandomSource(seed: SplitMix64.mixed(plan.seed &* SplitMix64.increment &+ number))
            let (start, load) = season.instant(of: call, fraction: random.next() >> 48)
            number += 1
            let trace = builder.build(random: random, start: start, load: load, callsLeft: plan.calls - call)
            call += trace.calls
            return trace
        }
    }
}
