import Model

/// A synthetic history of LLM calls, made while it is read.
///
/// Traces come in order of their start; the number of their calls is exactly `plan.calls`. Nothing is kept between two
/// traces but the season's table (one entry for each ten minutes), so a history of any size needs the same memory.
///
/// ```swift
/// for trace in History(HistoryPlan(end: now)) { try write(trace) }
/// ```
public struct History: Sequence, Sendable {
    /// What was asked for.
    public let plan: HistoryPlan

    /// Makes the history of this plan; nothing is computed before it is read.
    public init(_ plan: HistoryPlan) { self.plan = plan }

    /// Calls `body` with every trace in order.
    public func forEachTrace(_ body: (SyntheticTrace) throws -> Void) rethrows {
        for trace in self { try body(trace) }
    }

    /// Starts at the first trace.
    public func makeIterator() -> Iterator { Iterator(plan) }

    /// The traces not yet read.
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

        /// The next trace; nil after the last.
        public mutating func next() -> SyntheticTrace? {
            guard call < plan.calls else { return nil }
            // A generator for each trace: what one trace draws does not shift the next.
            var random = RandomSource(seed: RandomSource.mix(plan.seed &* 0x9E37_79B9_7F4A_7C15 &+ number))
            let (start, load) = season.instant(of: call, fraction: random.next() >> 48)
            number += 1
            let trace = builder.build(random: random, start: start, load: load, callsLeft: plan.calls - call)
            call += trace.calls
            return trace
        }
    }
}
