import Model
import TestSupport
import Testing

@testable import Alerts

@Suite("Tuning")
struct TuningTests {
    @Test("firings per threshold are those of a replay with that threshold", arguments: 0..<10)
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
                    // What still fires at the end is counted with its last step.
                    #expect((step.firingTime[place] - totals.firingTime).inSeconds <= 60 * 4, label)
                }
            }
        }
    }

    @Test("the same for rules of our own, whatever else their condition asks")
    func ownRules() throws {
        var rows = WindowRows(columns: 0)
        for (index, second) in [60, 61, 120, 180, 181, 182, 183, 600, 660, 661].enumerated() {
            rows.append(Scene.time(Double(second)), group: 0, flags: index % 3 == 0 ? 3 : 1)
        }
        let history = WindowHistory(beginning: Scene.time(0), families: [rows], groups: [.empty])
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

    @Test("the threshold that meets an aim is the mildest from which on no threshold fires more often")
    func aim() throws {
        var scene = Scene()
        let day = 86_400.0
        // Bursts of 1, 2, … 10 errors, one a day, and then quiet to fill two weeks.
        for burst in 1...10 { scene.errors((0..<burst).map { Double(burst) * day + Double($0) }) }
        let rule = try Scene.rule("sum(increase(llm_errors_total[5m])) > 1")
        func tuning(_ aim: TuningAim?) throws -> RuleTuning {
            try #require(
                RuleTuning.run(
                    rule, over: scene.plain.history, on: Scene.grid(14 * 1440 - 1), question: RuleTuning.Question(aim: aim)))
        }
        #expect(try tuning(nil).suggestion == nil)
        #expect(try tuning(TuningAim(firings: 2, per: .days(7))).suggestion == 6)
        #expect(try tuning(TuningAim(firings: 1, per: .days(7))).suggestion == 8)
        #expect(try tuning(TuningAim(firings: 0, per: .days(7))).suggestion == 10)
        #expect(try tuning(nil).steps.map(\.firings) == (0...10).map { [10 - $0] })
    }

    @Test("rules without a threshold to move are not tuned")
    func untunable() throws {
        for text in ["sum(llm_errors_total)", "sum(llm_errors_total) == 5", "sum(llm_errors_total) > sum(llm_requests_total)"] {
            #expect(
                RuleTuning.run(
                    try Scene.rule(text), over: Scene().plain.history, on: Scene.grid(5), question: RuleTuning.Question()) == nil)
        }
    }

    @Test("labelled incidents tell hits, misses, delay to notice and minutes of noise")
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
