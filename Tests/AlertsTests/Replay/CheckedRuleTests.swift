import Model
import QueryLanguage
import Testing

@testable import Alerts

@Suite("Native rules")
struct CheckedRuleTests {
    /// Rows as the columns of a history: with their own times as `row` makes them, or minutes.
    private func columns(_ rows: [[StoredValue]], of request: HistoryRequest) -> HistoryColumns {
        var columns = HistoryColumns(fields: request.fields.count)
        columns.isByMinute =
            request.allowsMinutes && request.relation == .calls && request.fields.isEmpty && request.conditions.isEmpty
        var codes: [StoredValue: Int64] = [:]
        let first = columns.isByMinute ? 5 : 4, second = first + request.keys.count
        for row in rows.sorted(by: { ($0[0].integer ?? 0) < ($1[0].integer ?? 0) }) {
            columns.times.append(row[0].integer ?? 0)
            if columns.isByMinute {
                columns.counts.append(row[1].integer ?? 0)
                columns.countsOnStart.append(row[2].integer ?? 0)
                columns.failed.append(row[3].integer ?? 0)
                columns.failedOnStart.append(row[4].integer ?? 0)
            } else {
                columns.failed.append(row[1].integer ?? 0)
                columns.recoveredAt.append(row[2].integer ?? HistoryColumns.unknown)
                columns.lives.append(row[3].integer.flatMap(HistoryColumns.Life.init(rawValue:)) ?? .whole)
            }
            let keys = request.keys.indices.map { FieldCodec.value(request.keys[$0], row[first + $0]) }
            if !columns.keys.contains(keys) { columns.keys.append(keys) }
            columns.keyOf.append(Int32(columns.keys.firstIndex(of: keys) ?? 0))
            for place in request.fields.indices {
                let value = row[second + place], code = codes[value] ?? Int64(codes.count)
                if value.integer == nil { codes[value] = code }
                columns.values[place].append(value == .null ? HistoryColumns.unknown : value.integer ?? code)
            }
            guard !request.conditions.isEmpty else { continue }
            var bits: UInt32 = 0
            for place in request.conditions.indices where row[second + request.fields.count + place] == .integer(1) {
                bits |= 1 << UInt32(place)
            }
            columns.conditions.append(bits)
        }
        if columns.lives.allSatisfy({ $0 == .whole }) { columns.lives = [] }
        return columns
    }

    /// Replays a rule over some minutes; `rows` has one element per family, in the order of `families`.
    private func replay(
        _ text: String, _ rows: [RuleRows.Family: [[StoredValue]]], minutes: Int64, allowsMinutes: Bool = false,
        keepsSuccesses: Bool = true,
        options: ReplayOptions = ReplayOptions()
    ) throws -> RuleReplay {
        let (parsed, mistakes) = Parser.rule("when " + text)
        guard let syntax = parsed else {
            Issue.record("no rule: \(mistakes)")
            throw CancellationError()
        }
        let rule = try QueryCompiler().compileRule(
            syntax, text: text, mistakes: mistakes, context: CheckContext(now: Scene.time(0)))
        let window = Window(from: Scene.time(0) - rule.reach, to: Scene.time(Double(minutes) * 60) + .nanoseconds(1))
        let families = QueryCompiler().rows(of: rule, in: window, allowsMinutes: allowsMinutes)
        var reading = CheckedRuleWindows(rule, name: "rule", text: text, rows: families, keepsSuccesses: keepsSuccesses)
        for (place, family) in families.enumerated() {
            reading.add(columns(rows[family.family] ?? [], of: family.request), of: place, since: window.from)
        }
        return RuleReplay.run(
            reading.rule, over: reading.history(beginning: Scene.time(-7200)), on: Scene.grid(minutes), options: options)
    }

    /// A row with its own time: whether it failed, when it recovered, then keys, fields and conditions.
    private func row(
        _ seconds: Double, failed: Bool = true, recoveredAt: Double? = nil, life: HistoryColumns.Life = .whole,
        _ rest: StoredValue...
    ) -> [StoredValue] {
        [
            .integer(Scene.nanoseconds(seconds)), .integer(failed ? 1 : 0),
            recoveredAt.map { .integer(Scene.nanoseconds($0)) } ?? .null, .integer(life.rawValue),
        ] + rest
    }

    @Test("the documented example: six quota errors in ten minutes fire it once")
    func quotaBurst() throws {
        let errors = [-3000, 60, 180, 300, 420, 540, 601, 4000].map { row($0) }
        let replay = try replay(
            "errors where type = quota_exceeded over 15m having count > 5 do log", [.own: errors], minutes: 90)
        #expect(replay.spans == ["11–16"])
        #expect(replay.alerts[0].labels == LabelSet([LabelPair("severity", "WARNING")]))
        #expect(replay.firings[0].firing.errors == 6 && replay.firings[0].firing.peak == 6)
        #expect(replay.measure == RuleMeasure(text: "count", threshold: 5, relation: ">", isBelow: false))
    }

    @Test("groups have their own states, and severity is a label of the alert")
    func groups() throws {
        let errors = (0..<24).map { row(60 + Double($0) * 20, .text($0 % 2 == 0 ? "openai" : "azure")) }
        let replay = try replay(
            "errors by provider where status = 5xx over 2m having count > 2 for 2m severity CRITICAL", [.own: errors], minutes: 20
        )
        #expect(
            replay.alerts.map(\.labels)
                == ["azure", "openai"].map { LabelSet([LabelPair("provider", $0), LabelPair("severity", "CRITICAL")]) })
        #expect(replay.spans == ["5–10", "5–9"])
    }

    @Test("a group by severity keeps its severity next to that of the rule")
    func bySeverity() throws {
        let words = ["WARNING", "ERROR", "CRITICAL"]
        let severities: [Severity] = [.warning, .error, .critical]
        let errors = (0..<24).map { row(60 + Double($0) * 5, .integer(Int64(severities[$0 % 3].rawValue))) }
        let replay = try replay("errors by severity over 2m having count > 2 severity CRITICAL", [.own: errors], minutes: 20)
        #expect(Set(replay.alerts.map { $0.labels["severity"] }) == Set(words))
        #expect(replay.alerts.allSatisfy { $0.labels["rule_severity"] == "CRITICAL" })
        #expect(replay.alerts.map(\.resultLabels) == words.sorted().map { LabelSet([LabelPair("severity", $0)]) })
        #expect(replay.alerts.map { $0.firings.count } == [1, 1, 1] && replay.firings.allSatisfy { $0.firing.errors == 8 })
        let other = try self.replay("errors by provider over 2m having count > 2", [.own: errors], minutes: 20)
        #expect(other.alerts.allSatisfy { $0.labels["severity"] == "WARNING" && $0.labels["rule_severity"] == nil })
    }

    @Test("a negated comparison is measured, charted and tuned as its inverse")
    func denied() throws {
        let calls = (0..<20).map { row(61 + Double($0), failed: $0 < 4) }
        let options = ReplayOptions(findings: true)
        let denied = try replay("calls over 2m having not error_rate > 50%", [.own: calls], minutes: 9, options: options)
        let plain = try replay("calls over 2m having error_rate <= 50%", [.own: calls], minutes: 9, options: options)
        #expect(denied.measure == plain.measure && denied.measure.isBelow)
        #expect(denied.findings == plain.findings && denied.spans == plain.spans)
        let both = try replay(
            "calls over 2m having not (error_rate > 50% or count < 5)", [.own: calls], minutes: 9, options: options)
        #expect(both.spans == ["2–4"])
    }

    @Test("a rate is failed calls over calls; without calls it has no value and does not fire, even if negated")
    func rates() throws {
        let calls = (0..<20).map { row(61 + Double($0), failed: $0 < 4) }
        let text = "calls over 2m having error_rate"
        #expect(try replay("\(text) > 10%", [.own: calls], minutes: 9).spans == ["2–4"])
        #expect(try replay("\(text) < 50%", [.own: calls], minutes: 9).spans == ["2–4"])
        #expect(try replay("\(text) != 5%", [.own: calls], minutes: 9).spans == ["2–4"])
        #expect(try replay("calls over 2m having not error_rate > 50%", [.own: calls], minutes: 9).spans == ["2–4"])
        #expect(try replay("calls over 2m having error_rate > 10% or count = 0", [.own: calls], minutes: 9).spans == ["0–"])
        #expect(try replay("calls over 2m having reliability <= 0.8", [.own: calls], minutes: 9).spans == ["2–4"])
        #expect(try replay("\(text) > 10%", [.own: calls], minutes: 9, keepsSuccesses: false).alerts.isEmpty)
        #expect(try replay("\(text) > 10%", [.own: calls], minutes: 9).measure.text == "error_rate")
    }

    @Test("a measure may have its own window")
    func ownLength() throws {
        let calls = (0..<60).map { row(Double($0) * 60 + 1, failed: $0 >= 50) }
        let text = "calls over 10m having error_rate > 50%"
        let spans = try ["", " and error_rate over 1h > 11%", " and calls >= 8 and error_rate over 1h > 11%"].map {
            try replay(text + $0, [.own: calls], minutes: 80).spans
        }
        #expect(spans == [["56–70"], ["57–70"], ["57–63"]])
    }

    @Test("per-minute rows give the same results as rows with their own times")
    func byMinutes() throws {
        let model: StoredValue = .text("a")
        let exact = [60, 61, 120, 130, 180, 181, 182].map { row($0, failed: $0 > 100, model) }
        func minute(_ start: Double, _ counts: Int64...) -> [StoredValue] {
            [.integer(Scene.nanoseconds(start))] + counts.map { .integer($0) } + [model]
        }
        let minutes = [minute(60, 2, 1, 0, 0), minute(120, 2, 1, 2, 1), minute(180, 3, 1, 3, 1)]
        for condition in ["count > 2", "error_rate >= 0.6", "errors > 3", "per_minute(count) > 1.5", "count = 0"] {
            let text = "calls by model over 2m having \(condition)"
            let one = try replay(text, [.own: exact, .errors: exact.filter { $0[1] == .integer(1) }], minutes: 9)
            let other = try replay(
                text, [.own: minutes, .errors: exact.filter { $0[1] == .integer(1) }], minutes: 9, allowsMinutes: true)
            #expect(one.spans == other.spans && !one.spans.isEmpty, "\(condition)")
            #expect(one.alerts.map { $0.firings.map(\.errors) } == other.alerts.map { $0.firings.map(\.errors) }, "\(condition)")
        }
    }

    @Test("errors grouped by an error-only field take their rate over all calls")
    func rateOfErrors() throws {
        let errors = [
            row(61, .text("timeout")), row(62, .text("timeout")), row(63, .text("rate_limit")), row(700, .text("rate_limit")),
        ]
        let calls = (0..<10).map { row(60.5 + Double($0), failed: false) }
        let replay = try replay("errors by type over 5m having error_rate >= 20%", [.own: errors, .calls: calls], minutes: 20)
        #expect(replay.alerts.map { $0.resultLabels["type"] } == ["timeout"])
        #expect(replay.spans == ["2–7"] && replay.firings[0].firing.peak == 0.2)
    }

    @Test("a count without rows is 0 from a group's first row on, and always without groups")
    func noRows() throws {
        let errors = [row(61, .text("a")), row(600, .text("b"))]
        #expect(try replay("errors by model over 2m having count < 1", [.own: errors], minutes: 20).spans == ["4–", "12–"])
        #expect(
            try replay("errors over 2m having count < 1", [.own: [row(61), row(600)]], minutes: 20).spans == [
                "0–2", "4–10", "12–",
            ])
        #expect(try replay("errors over 2m having count < 1", [:], minutes: 20).spans == ["0–"])
    }

    @Test("a recovery counts from the success on")
    func recovered() throws {
        let errors = [row(61, recoveredAt: 400), row(62), row(63, recoveredAt: 70), row(64, recoveredAt: 9000)]
        // 63 recovers at once, 61 after six minutes, 64 after the last evaluation.
        #expect(try replay("errors over 10m having recovered >= 50%", [.own: errors], minutes: 30).spans == ["7–12"])
        #expect(try replay("errors over 10m having recovered >= 25%", [.own: errors], minutes: 30).spans == ["2–12"])
        let since = errors.filter { $0[2] != .null }.map { Array($0[..<3]) + [.integer(3)] }
        #expect(try replay("errors where recovered over 10m having count >= 2", [.own: since], minutes: 30).spans == ["7–12"])
    }

    @Test("an error counts as open until the success that recovers it")
    func notRecovered() throws {
        let errors = [
            row(61, recoveredAt: 400, life: .untilRecovered), row(62, life: .untilRecovered),
            row(63, recoveredAt: 70, life: .untilRecovered), row(64, recoveredAt: 9000, life: .untilRecovered),
        ]
        let text = "errors where not recovered over 10m having count >="
        // 63 is never visible as open; 61 is until 400 s.
        #expect(try replay("\(text) 3", [.own: errors], minutes: 30).spans == ["2–7"])
        #expect(try replay("\(text) 2", [.own: errors], minutes: 30).spans == ["2–12"])
        #expect(try replay("\(text) 4", [.own: errors], minutes: 30).alerts.isEmpty)
        #expect(try replay("\(text) 3", [.own: errors], minutes: 30).firings.map(\.firing.errors) == [4])
    }

    @Test("a row visible before and after its recovery is one error")
    func bothLives() throws {
        let lives = [
            row(61, recoveredAt: 400, life: .untilRecovered, .integer(1)),
            row(61, recoveredAt: 400, life: .sinceRecovered, .integer(0)),
        ]
        let both = try replay("errors over 10m having count(not recovered) >= 1 or count >= 1", [.own: lives], minutes: 30)
        #expect(both.spans == ["2–12"] && both.firings.map(\.firing.errors) == [1])
        #expect(try replay("errors over 10m having count(not recovered) >= 1", [.own: lives], minutes: 30).spans == ["2–7"])
        #expect(try replay("errors over 10m having recovered = 100%", [.own: lives], minutes: 30).spans == ["7–12"])
    }

    @Test("sums, percentiles, distinct values, conditions and shares")
    func measures() throws {
        let calls = [
            row(61, failed: false, .integer(1_000_000_000)), row(62, failed: false, .integer(3_000_000_000)),
            row(63, failed: true, .null),
            row(200, failed: false, .integer(9_000_000_000)),
        ]
        #expect(try replay("calls over 5m having p95(latency) > 5s", [.own: calls], minutes: 20).spans == ["4–9"])
        #expect(try replay("calls over 5m having p50(latency) = 3s", [.own: calls], minutes: 20).spans == ["4–7"])
        #expect(try replay("calls over 5m having avg(latency) = 2s", [.own: calls], minutes: 20).spans == ["2–4"])
        #expect(
            try replay("calls over 5m having max(latency) >= 9s and min(latency) < 2s", [.own: calls], minutes: 20).spans == [
                "4–7"
            ])
        #expect(try replay("calls over 5m having distinct(latency) = 3", [.own: calls], minutes: 20).spans == ["4–7"])
        #expect(try replay("calls over 5m having sum(latency) is missing", [.own: calls], minutes: 20).spans == ["0–2", "9–"])
        // Bits for "holds" and "known": a share is taken over the rows where it is known.
        let flagged = [(61.0, 1), (62, 0), (130, 1)].map { row($0, failed: false, .integer($1), .integer(1)) }
        #expect(try replay("calls over 5m having count(latency > 2s) >= 2", [.own: flagged], minutes: 20).spans == ["3–7"])
        #expect(try replay("calls over 5m having share(latency > 2s) > 60%", [.own: flagged], minutes: 20).spans == ["3–8"])
        let costs = [row(61, failed: false, .integer(200_000_000)), row(62, failed: false, .integer(100_000_000))]
        #expect(try replay("calls over 5m having cost > $2.5", [.own: costs], minutes: 20).spans == ["2–7"])
        #expect(try replay("calls over 5m having per_minute(cost) >= $0.6", [.own: costs], minutes: 20).spans == ["2–7"])
        let groups = [row(61, .text("a")), row(62, .text("a")), row(63, .text("b"))]
        #expect(
            try replay("errors by model over 5m having share > 50%", [.own: groups], minutes: 20).alerts.map {
                $0.resultLabels["model"]
            } == ["a"])
    }

    @Test("vs compares with the window before, or that long ago")
    func versus() throws {
        let errors = ([61, 62] + [661, 662, 663, 664, 665].map { $0 }).map { row($0) }
        for rule in ["errors over 5m vs previous having change > 100%", "errors over 5m vs 10m having change > 100%"] {
            #expect(try replay(rule, [.own: errors], minutes: 30).spans == ["2–7", "12–17"])
        }
        // Growth from zero exceeds every bound, where the history covers the earlier window.
        #expect(try replay("errors over 5m vs 10m having change > 200%", [.own: errors], minutes: 30).spans == ["2–7"])
        #expect(try replay("errors over 5m vs 3h having change > 100%", [.own: errors], minutes: 30).alerts.isEmpty)
    }

    @Test("traces are counted by their contents")
    func traces() throws {
        let traces = [
            row(61, failed: true, .integer(3)), row(62, failed: false, .integer(0)), row(63, failed: true, .integer(2)),
        ]
        #expect(try replay("traces over 5m having errors >= 5", [.own: traces], minutes: 20).spans == ["2–7"])
        #expect(
            try replay(
                "failures over 5m having count >= 2", [.own: traces.filter { $0[1] == .integer(1) }.map { Array($0.prefix(4)) }],
                minutes: 20
            ).spans == ["2–7"])
    }

    @Test("native rules have findings and curves too")
    func findings() throws {
        let options = ReplayOptions(curvePoints: 4, findings: true)
        let errors = [61, 62, 63].map { row($0) }
        let silent = try replay("errors over 5m having count > 9 for 2m", [.own: errors], minutes: 19, options: options)
        #expect(silent.findings.map(\.id) == ["never-reached", "record"])
        #expect(
            silent.finding("never-reached")?.sentence
                == "never reached: the largest value was 3, the threshold is > 9; the peak was 3 errors in 5m, 7 short of 10")
        #expect(silent.curves.map { $0.points.map { $0?.high } } == [[3, 3, 0, 0], [3, 3, 0, 0]])
        let loud = try replay("errors over 5m having count > 2 for 2m", [.own: errors], minutes: 19, options: options)
        #expect(loud.findings.map(\.id) == ["short-for", "record"])
    }

    @Test("a threshold never reached is reported with the number of missing errors, for counts and ratios")
    func missed() throws {
        let options = ReplayOptions(findings: true)
        let errors = [60, 70, 80].map { row($0) }
        let count = try replay("errors over 5m having count > 5", [.own: errors], minutes: 20, options: options)
        #expect(
            count.finding("never-reached")?.sentence
                == "never reached: the largest value was 3, the threshold is > 5; the peak was 3 errors in 5m, 3 short of 6")
        let calls = (0..<20).map { row(Double($0) + 61, failed: $0 < 3) }
        let rate = try replay("calls over 5m having error_rate >= 25%", [.own: calls], minutes: 20, options: options)
        #expect(
            rate.finding("never-reached")?.sentence
                == "never reached: the largest value was 0.15, the threshold is >= 0.25; the peak was 3 errors of 20 calls in 5m, 2 short of 5"
        )
        let reached = try replay("errors over 5m having count > 2", [.own: errors], minutes: 20, options: options)
        #expect(reached.finding("never-reached") == nil)
    }

    @Test("groups that reach the threshold only together are reported, with the effect of removing by")
    func dilutedGroups() throws {
        let options = ReplayOptions(findings: true)
        let errors = (0..<8).map { row(60 + Double($0), .text($0 % 2 == 0 ? "openai" : "azure")) }
        let split = try replay("errors by provider over 5m having count > 5", [.own: errors], minutes: 20, options: options)
        let finding = try #require(split.finding("diluted"))
        #expect(
            finding.sentence == "each of 2 series must be > 5 on its own: the largest reached 4, their sum reached 8")
        let whole = try replay("errors over 5m having count > 5", [.own: errors.map { Array($0.dropLast()) }], minutes: 20)
        #expect(finding.suggestion?.firings == whole.totals.firings && finding.suggestion?.firingTime == whole.totals.firingTime)
        let fires = try replay("errors by provider over 5m having count > 3", [.own: errors], minutes: 20, options: options)
        #expect(fires.finding("diluted") == nil)
    }
}
