import Model

extension Double {
    /// The marker for a condition that holds at any threshold.
    static let certain = Double(bitPattern: 0x7FF8_0000_0000_FA18)
    var isCertain: Bool { bitPattern == Double.certain.bitPattern }
}

/// Computes the firings for all thresholds from the values over time.
///
/// Lowering a threshold only makes firings start, grow and merge: intervals are added by descending value and merged with
/// their neighbours, so one pass over the sorted values gives the firings of every threshold.
struct ThresholdSearch {
    let grid: Grid
    let relation: Relation
    let hold: Duration, keep: Duration
    let changes: [Change]
    let series: Int
    /// The power of ten of the finest step between suggested thresholds; nil for no limit.
    let unit: Int?

    /// Returns nil for relations without a threshold to vary.
    init?(grid: Grid, relation: Relation, hold: Duration, keep: Duration, changes: [Change], series: Int, unit: Int? = nil) {
        guard relation != .equal, relation != .notEqual else { return nil }
        self.grid = grid
        self.relation = relation
        self.hold = hold
        self.keep = keep
        self.changes = changes
        self.series = series
        self.unit = unit
    }

    /// An interval of one series with one value, negated if needed so that large values are worse.
    private struct Interval {
        var series: Int32
        var from: Int32, to: Int32
        var value: Double
    }

    /// The maximum number of thresholds tried individually when a single pass is not enough.
    private static let trials = 64
    /// The maximum number of round thresholds tried individually: two digits over ten powers of ten.
    private static let roundTrials = 900

    func tuning(_ measure: RuleMeasure, _ question: RuleTuning.Question) -> RuleTuning {
        let holds = [hold] + question.holds.filter { $0 != hold }
        let intervals = intervals()
        // `keep` merges firings across gaps in a way that depends on the threshold.
        let regions = keep > .zero ? [] : swept(intervals, holds)
        var steps = keep > .zero ? tried(intervals, holds) : tidied(regions)
        if relation.isBelow { steps.reverse() }
        for place in steps.indices where relation.isBelow { steps[place].threshold = 0 - steps[place].threshold }
        var tuning = RuleTuning(measure: measure, holds: holds, steps: steps, scores: [])
        tuning.present = measure.threshold.map { step($0, holds) }
        if let aim = question.aim, let allowed = allowed(by: aim) {
            tuning.allowed = allowed
            tuning.isAimMet = tuning.present.map { Double($0.firings[0]) <= allowed }
            tuning.suggested = keep > .zero ? suggestion(intervals, holds, allowed) : suggestion(regions, holds, allowed)
        }
        if !question.incidents.isEmpty {
            var thresholds = sampled(steps.map(\.threshold))
            thresholds += [measure.threshold, tuning.suggestion].compactMap { $0 }
            tuning.scores = Set(thresholds).sorted().map { threshold in
                RuleTuning.Score(threshold: threshold, score: IncidentScore(windows(threshold), question.incidents))
            }
        }
        return tuning
    }

    /// Intervals by series, then time.
    private func intervals() -> [Interval] {
        var open = [Interval?](repeating: nil, count: series)
        var bySeries = [[Interval]](repeating: [], count: series)
        func close(_ series: Int, at instant: Int32) {
            guard var interval = open[series], interval.from < instant else { return }
            interval.to = instant
            bySeries[series].append(interval)
        }
        for change in changes {
            close(Int(change.series), at: change.instant)
            let isOne = change.value.isCertain || !change.value.isNaN
            let value = change.value.isCertain ? .infinity : relation.isBelow ? -change.value : change.value
            open[Int(change.series)] = isOne ? Interval(series: change.series, from: change.instant, to: 0, value: value) : nil
        }
        for number in 0..<series { close(number, at: Int32(grid.count)) }
        return bySeries.flatMap { $0 }
    }

    /// The number of further evaluations that an interval needs before it fires.
    private func steps(_ hold: Duration) -> Int {
        let (length, step) = (max(hold.inNanoseconds, 0), grid.stepInNanoseconds)
        return Int(min(length / step + (length % step == 0 ? 0 : 1), Int64(grid.count)))
    }

    /// Thresholds with the same effect, negated if needed so that small ones are sensitive: `lower..<upper` for strict
    /// comparisons, otherwise above `lower` up to and including `upper`.
    private struct Region {
        var lower: Double, upper: Double
        var step: RuleTuning.Step
    }

    private var isStrict: Bool { relation == .greater || relation == .less }

    /// Regions by ascending threshold.
    private func swept(_ intervals: [Interval], _ holds: [Duration]) -> [Region] {
        let needed = holds.map(steps)
        let order = intervals.indices.sorted { (-intervals[$0].value, $0) < (-intervals[$1].value, $1) }
        // A merged interval stores its length at its first and its last member.
        var length = [Int](repeating: 0, count: intervals.count), firstOf = Array(intervals.indices), lastOf = firstOf
        var firings = [Int](repeating: 0, count: holds.count), instants = firings
        func count(_ length: Int, _ sign: Int) {
            for (place, needed) in needed.enumerated() where length > needed {
                firings[place] += sign
                instants[place] += sign * (length - needed)
            }
        }
        func meets(_ a: Int, _ b: Int) -> Bool {
            a >= 0 && b < intervals.count && intervals[a].series == intervals[b].series && intervals[a].to == intervals[b].from
        }
        var regions: [Region] = []
        var place = 0
        while place < order.count {
            let value = intervals[order[place]].value
            while place < order.count, intervals[order[place]].value == value {
                let interval = order[place]
                var first = interval, last = interval, total = Int(intervals[interval].to - intervals[interval].from)
                if meets(interval - 1, interval), length[interval - 1] > 0 {
                    count(length[interval - 1], -1)
                    total += length[interval - 1]
                    first = firstOf[interval - 1]
                }
                if meets(interval, interval + 1), length[interval + 1] > 0 {
                    count(length[interval + 1], -1)
                    total += length[interval + 1]
                    last = lastOf[interval + 1]
                }
                count(total, 1)
                (length[first], length[last], length[interval]) = (total, total, total)
                (firstOf[last], lastOf[first]) = (first, last)
                place += 1
            }
            // Every value down to this one fires; with `>` the threshold is the next smaller value.
            let next = place < order.count ? intervals[order[place]].value : -.infinity
            let threshold = isStrict ? next : value
            guard threshold.isFinite else { continue }
            let step = RuleTuning.Step(
                threshold: threshold, firings: firings,
                firingTime: instants.map { .nanoseconds(Int64($0) &* grid.stepInNanoseconds) })
            var region = Region(lower: next, upper: value, step: step)
            if let last = regions.last, last.step.firings == step.firings, last.step.firingTime == step.firingTime {
                region.upper = last.upper
                regions.removeLast()
            }
            regions.append(region)
        }
        // Nothing fires above the largest value, nor at it if the comparison is strict.
        if let top = order.first.map({ intervals[$0].value }), top.isFinite {
            let none = RuleTuning.Step(
                threshold: isStrict ? top : .infinity, firings: holds.map { _ in 0 }, firingTime: holds.map { _ in .zero })
            regions.insert(Region(lower: top, upper: .infinity, step: none), at: 0)
        }
        return regions.reversed()
    }

    /// Tries thresholds one by one with the state machine.
    private func tried(_ intervals: [Interval], _ holds: [Duration]) -> [RuleTuning.Step] {
        let values = Set(intervals.map(\.value).filter(\.isFinite)).sorted()
        let tried = Set(sampled(values))
        // Up to the next value every threshold does the same.
        let regions = values.indices.filter { tried.contains(values[$0]) }.map { place in
            var step = step(turned(values[place]), holds)
            step.threshold = values[place]
            return isStrict
                ? Region(lower: values[place], upper: place + 1 < values.count ? values[place + 1] : .infinity, step: step)
                : Region(lower: place > 0 ? values[place - 1] : -.infinity, upper: values[place], step: step)
        }
        return tidied(regions)
    }

    /// Returns the steps of the regions with thresholds of few digits.
    private func tidied(_ regions: [Region]) -> [RuleTuning.Step] {
        let roundings = roundings(regions.flatMap { [$0.lower, $0.upper] }.filter(\.isFinite))
        return regions.filter(\.step.threshold.isFinite).map { region in
            var step = region.step
            if !roundings[0].isWhole, region.lower.isFinite,
                let threshold = roundings.dropFirst().lazy.compactMap({ round(region, $0) }).first
            {
                step.threshold = threshold
            }
            return step
        }
    }

    /// Computes the effect of one threshold.
    private func step(_ threshold: Double, _ holds: [Duration]) -> RuleTuning.Step {
        let found = holds.map { windows(threshold, hold: $0) }
        return RuleTuning.Step(
            threshold: threshold, firings: found.map(\.count), firingTime: found.map { $0.reduce(.zero) { $0 + $1.length } })
    }

    /// Samples the values evenly, including the first and the last.
    private func sampled(_ values: [Double]) -> [Double] {
        guard values.count > ThresholdSearch.trials else { return values }
        return (0..<ThresholdSearch.trials).map { values[$0 * (values.count - 1) / (ThresholdSearch.trials - 1)] }
    }

    /// Returns the firings of all alerts at a threshold.
    private func windows(_ threshold: Double, hold other: Duration? = nil) -> [Window] {
        let cut = changes.map { change in
            let holds = !change.value.isAbsent && (change.value.isCertain || relation.holds(change.value, threshold))
            return Change(change.instant, change.series, holds ? change.value : .absent)
        }
        let sweep = StateSweep(
            grid: grid, hold: (other ?? hold).inNanoseconds, keep: keep.inNanoseconds, failures: .none, isBelow: relation.isBelow)
        return sweep.run(cut, alerts: series, initial: []).firings.joined().map { span in
            Window(from: grid.instant(max(span.from, 0)), to: grid.instant(span.to ?? grid.count))
        }
    }

    /// Returns the number of firings that a target allows over the grid, counted as at least one period; nil if undefined.
    private func allowed(by aim: TuningTarget) -> Double? {
        let length = (grid.end - grid.start + grid.step).inSeconds
        guard aim.per > .zero, length > 0 else { return nil }
        return Double(aim.firings) * max(length / aim.per.inSeconds, 1)
    }

    /// True if a threshold meets the target and fires at most half of the time: an alert that always fires has a single firing
    /// and means nothing.
    private func meets(_ step: RuleTuning.Step, _ allowed: Double) -> Bool {
        Double(step.firings[0]) <= allowed && step.firingTime[0] <= (grid.end - grid.start + grid.step) / 2
    }

    /// Roundings to two digits, then three and more; integers for counts.
    private func roundings(_ values: [Double]) -> [RoundNumber] {
        let isWhole = values.allSatisfy { $0 == $0.rounded() && $0.magnitude < 1e15 }
        return [2, 3, 6, 15].map { RoundNumber(digits: $0, unit: $0 == 2 ? unit : nil, isWhole: isWhole) }
    }

    /// False for thresholds that can never be undercut because the measure is never negative.
    private func canFire(_ round: Double, _ values: [Double]) -> Bool {
        guard relation.isBelow, values.allSatisfy({ $0 <= 0 }) else { return true }
        return isStrict ? round < 0 : round <= 0
    }

    /// Returns the most sensitive round threshold of a region, negated like it; nil if it has none.
    private func round(_ region: Region, _ rounding: RoundNumber) -> Double? {
        // There is no smallest number above zero: use the largest one with the same effect.
        if !isStrict, region.lower == 0, region.upper.isFinite {
            let round = rounding.down(from: region.upper)
            return round > 0 ? round : nil
        }
        let round = rounding.up(from: isStrict ? region.lower : region.lower.nextUp)
        return (isStrict ? round < region.upper : round <= region.upper) ? round : nil
    }

    private func turned(_ threshold: Double) -> Double { relation.isBelow ? 0 - threshold : threshold }

    /// Returns the most sensitive round threshold that meets the target.
    private func suggestion(_ regions: [Region], _ holds: [Duration], _ allowed: Double) -> RuleTuning.Step? {
        let good = regions.filter { meets($0.step, allowed) && $0.lower.isFinite }
        let values = regions.flatMap { [$0.lower, $0.upper] }.filter(\.isFinite)
        for rounding in roundings(values) {
            for region in good {
                guard let round = round(region, rounding), canFire(round, values) else { continue }
                let step = step(turned(round), holds)
                if meets(step, allowed) { return step }
            }
        }
        return nil
    }

    /// Does the same by trying the round thresholds next to all values.
    private func suggestion(_ intervals: [Interval], _ holds: [Duration], _ allowed: Double) -> RuleTuning.Step? {
        let values = Set(intervals.map(\.value).filter(\.isFinite)).sorted()
        for rounding in roundings(values) {
            let rounds = Set(values.map { rounding.up(from: isStrict || $0 == 0 ? $0 : $0.nextUp) }).sorted()
            for round in rounds.prefix(ThresholdSearch.roundTrials)
            where canFire(round, values) && meets(step(turned(round), [hold]), allowed) {
                return step(turned(round), holds)
            }
            if rounds.count <= ThresholdSearch.roundTrials { return nil }
        }
        return nil
    }
}
