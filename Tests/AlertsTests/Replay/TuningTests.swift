import Model
import TestSupport
import Testing

@testable import Alerts

@Suite("Tuning")
struct TuningTests {
    @Test("the firings per threshold equal those of a replay with that threshold", arguments: 0..<10)
    func sameAsReplay(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed) &+ 31)
        let plain = PlainHistory.generated(errors: 50, minutes: 90, from: Scene.start * 1_000_000_000, with: &generator)
        let holds: [Duration] = [.zero, .minutes(1), .seconds(150)]
        let relation = [">", ">=", "<", "<="][seed % 4], keep: Duration = seed % 3 == 0 ? .minutes(2) : .zero
        let measure = ["sum by (provider) (increase(llm_errors_total[5m]))", "sum by (model) (rate(llm_errors_total[3m]))"][
            seed % 2]
        let condition = seed % 5 == 4 ? " and on () (sum(increase(llm_requests_total[5m])) > 8)" : ""
        func rule(_ threshold: Double, _ hold: Duration) throws -> PrometheusRule {
            try Scene.rule("\(measure) \(relation) \(threshold)\(condition)", hold: hold, keep: keep)
        }
        let found = RuleTuning.run(
            try rule(2, holds[0]), over: plain.history, on: Scene.grid(90), question: RuleTuning.Question(holds: holds))
        let tuning = try #require(found)
        #expect(tuning.holds == holds)
        #expect(!tuning.steps.isEmpty)
        #expect(zip(tuning.steps, tuning.steps.dropFirst()).allSatisfy { $0.threshold < $1.threshold })
        for step in tuning.steps {
            for (place, hold) in holds.enumerated() {
                let totals = try RuleReplay.run([try rule(step.threshold, hold)], over: plain.history, on: Scene.grid(90))[0]
                    .totals
                let label = Comment(rawValue: "seed \(seed): \(relation) \(step.threshold) for \(hold)")
                #expect(totals.firings == step.firings[place], label)
                if keep == .zero {
                    // A firing that is open at the end includes its last step.
                    #expect((step.firingTime[place] - totals.firingTime).inSeconds <= 60 * 4, label)
                }
            }
        }
    }

    @Test("the firings per threshold of native rules equal those of a replay, with any other conditions")
    func ownRules() throws {
        var rows = WindowRows(columns: 0)
        for (index, second) in [60, 61, 120, 180, 181, 182, 183, 600, 660, 661].enumerated() {
            rows.append(Scene.time(Double(second)), group: 0, flags: index % 3 == 0 ? 3 : 1)
        }
        let history = WindowHistory(beginning: Scene.time(0), families: [rows], groups: [.empty], isGrouped: false)
        let measures = [
            WindowMeasure(.count(RowClass(family: 0, bit: 0)), over: .minutes(2), name: "count"),
            WindowMeasure(.count(RowClass(family: 0, bit: 1)), over: .minutes(2), name: "failed"),
        ]
        for (other, expected) in [
            (
                WindowCondition.and(.comparison(measure: 0, .greater, [2]), .comparison(measure: 1, .greaterOrEqual, [1])),
                [2: 1, 3: 1, 4: 0]
            ),
            (
                .or(.comparison(measure: 0, .greater, [2]), .comparison(measure: 1, .greaterOrEqual, [2])),
                [0: 2, 1: 2, 2: 1, 3: 1]
            ),
        ] {
            let rule = WindowRule(name: "r", text: "r", measures: measures, condition: other, errors: RowClass(family: 0, bit: 0))
            let tuning = try #require(RuleTuning.run(rule, over: history, on: Scene.grid(20), question: RuleTuning.Question()))
            for (threshold, firings) in expected {
                let step = tuning.steps.last { $0.threshold <= Double(threshold) }
                var moved = rule
                if case .and(_, let rest) = other {
                    moved.condition = .and(.comparison(measure: 0, .greater, [Double(threshold)]), rest)
                }
                if case .or(_, let rest) = other {
                    moved.condition = .or(.comparison(measure: 0, .greater, [Double(threshold)]), rest)
                }
                let replayed = RuleReplay.run(moved, over: history, on: Scene.grid(20)).totals.firings
                #expect(step?.firings == [replayed], "threshold \(threshold)")
                #expect(replayed == firings, "threshold \(threshold)")
            }
        }
    }

    @Test("the most sensitive round threshold is suggested even if a peak above it flaps")
    func flappingPeak() throws {
        // A share that stays at 20% for most of the day, rises to 60% once, and oscillates around 93% at its peak.
        var rows = WindowRows(columns: 0)
        func minute(_ minute: Int, _ failed: Int) {
            for second in 0..<50 {
                rows.append(Scene.time(Double(minute * 60) - 59 + Double(second)), group: 0, flags: second < failed ? 3 : 1)
            }
        }
        for place in 1...600 {
            switch place {
            case 100..<160: minute(place, place % 4 < 2 ? 47 : 46)
            case 300..<310: minute(place, 30)
            default: minute(place, place % 2 == 0 ? 10 : 9)
            }
        }
        let history = WindowHistory(beginning: Scene.time(0), families: [rows], groups: [.empty], isGrouped: false)
        let rate = WindowMeasure(
            .ratio(RowClass(family: 0, bit: 1), of: RowClass(family: 0, bit: 0)), over: .minutes(1), name: "error_rate")
        for (keep, comparison, expected) in [
            (Duration.zero, WindowCondition.Comparison.greater, 0.2), (.zero, .greaterOrEqual, 0.21),
            (.seconds(30), .greater, 0.2),
        ] {
            let rule = WindowRule(
                name: "r", text: "r", measures: [rate], condition: .comparison(measure: 0, comparison, [0.05]), keep: keep,
                errors: RowClass(family: 0, bit: 1))
            let tuning = try #require(
                RuleTuning.run(
                    rule, over: history, on: Scene.grid(600),
                    question: RuleTuning.Question(aim: TuningTarget(firings: 2, per: .days(7)))))
            #expect(tuning.suggestion == expected, "\(comparison) keep \(keep)")
            #expect(tuning.suggested?.firings == [2])
        }
    }

    @Test("the suggested threshold meets the target, and no rounder, more sensitive one does", arguments: 0..<8)
    func recommended(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed) &+ 900)
        let plain = PlainHistory.generated(errors: 60, minutes: 300, from: Scene.start * 1_000_000_000, with: &generator)
        let relation = [">", ">=", "<", "<="][seed % 4]
        func rule(_ threshold: Double) throws -> PrometheusRule {
            try Scene.rule("sum(increase(llm_errors_total[10m])) \(relation) \(threshold)")
        }
        let aim = TuningTarget(firings: 1 + seed / 4, per: .hours(2)), grid = Scene.grid(300)
        let found = RuleTuning.run(
            try rule(2), over: plain.history, on: grid, question: RuleTuning.Question(aim: aim))
        let tuning = try #require(found)
        func meets(_ threshold: Double) throws -> Bool {
            let replay = try RuleReplay.run([try rule(threshold)], over: plain.history, on: grid)[0]
            let time = replay.firings.reduce(Duration.zero) {
                $0 + (($1.firing.resolvedAt ?? grid.end + grid.step) - $1.firing.from)
            }
            return Double(replay.totals.firings) <= (tuning.allowed ?? 0) && time <= (grid.end - grid.start + grid.step) / 2
        }
        let whole = (relation == "<" ? 1...99 : 0...99).map(Double.init)
        let expected = try (relation.hasPrefix("<") ? whole.reversed() : whole).first { try meets($0) }
        #expect(tuning.suggestion == expected, "seed \(seed) \(relation)")
    }

    @Test("round numbers have few digits, and shares are whole percentages")
    func roundNumbers() {
        let two = RoundNumber(digits: 2), share = RoundNumber(digits: 2, unit: -2)
        #expect([0.932, 0.0412, 134, 9.91, 0].map(two.up) == [0.94, 0.042, 140, 10, 0])
        #expect([0.932, 0.0412, 134, 9.91].map(two.down) == [0.93, 0.041, 130, 9.9])
        #expect([0.243, 0.0412, 0.00412].map(share.up) == [0.25, 0.05, 0.005])
        #expect(RoundNumber(digits: 2, isWhole: true).up(from: 3.2) == 4)
        #expect(two.up(from: -0.932) == -0.93 && two.down(from: -0.932) == -0.94)
    }

    @Test(
        "the threshold that meets an aim is the most sensitive round one, and a range shorter than the aim's period counts as one"
    )
    func aim() throws {
        var scene = Scene()
        let day = 86_400.0
        // Daily bursts of 1, 2, … 10 errors, then silence to the end of two weeks.
        for burst in 1...10 { scene.errors((0..<burst).map { Double(burst) * day + Double($0) }) }
        let rule = try Scene.rule("sum(increase(llm_errors_total[5m])) > 1")
        func tuning(_ aim: TuningTarget?) throws -> RuleTuning {
            try #require(
                RuleTuning.run(
                    rule, over: scene.plain.history, on: Scene.grid(14 * 1440 - 1), question: RuleTuning.Question(aim: aim)))
        }
        #expect(try tuning(nil).suggestion == nil)
        #expect(try tuning(TuningTarget(firings: 2, per: .days(7))).suggestion == 6)
        #expect(try tuning(TuningTarget(firings: 1, per: .days(7))).suggestion == 8)
        #expect(try tuning(TuningTarget(firings: 0, per: .days(7))).suggestion == 10)
        #expect(try tuning(nil).steps.map(\.firings) == (0...10).map { [10 - $0] })
        #expect(try tuning(TuningTarget(firings: 3, per: .days(30))).suggestion == 7)
    }

    @Test("rules without a threshold to vary are not tuned")
    func untunable() throws {
        for text in ["sum(llm_errors_total)", "sum(llm_errors_total) == 5", "sum(llm_errors_total) > sum(llm_requests_total)"] {
            #expect(
                RuleTuning.run(
                    try Scene.rule(text), over: Scene().plain.history, on: Scene.grid(5), question: RuleTuning.Question()) == nil)
        }
    }

    @Test("labelled incidents give hits, misses, detection delay and noise")
    func incidents() throws {
        var scene = Scene()
        scene.errors([601, 602, 603, 661, 662, 663], [.provider: "a"])
        scene.errors([3001, 3002, 3003], [.provider: "a"])
        let incidents = [
            LabelledIncident(from: Scene.time(480), to: Scene.time(720), text: "outage"),
            LabelledIncident(from: Scene.time(5000), to: Scene.time(5100)),
            LabelledIncident(from: Scene.time(660), to: Scene.time(690)),
        ]
        let replay = try scene.replay("sum(increase(llm_errors_total[1m])) > 2", minutes: 120)
        #expect(replay.spans == ["11–13", "51–52"])
        let score = replay.score(incidents)
        #expect(score.delays == [.minutes(3), nil, .zero])
        #expect(score.hits == 2 && score.misses == 1)
        #expect(score.falseFirings == 1)
        #expect(score.noise == .minutes(2))
        let tuning = try #require(
            RuleTuning.run(
                try Scene.rule("sum(increase(llm_errors_total[1m])) > 2"), over: scene.plain.history, on: Scene.grid(120),
                question: RuleTuning.Question(incidents: incidents)))
        #expect(tuning.scores.map(\.threshold) == [0, 2, 3])
        #expect(tuning.scores.first { $0.threshold == 2 }?.score == score)
    }
}
