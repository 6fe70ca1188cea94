import Model
import Testing

@testable import Synthesis

@Suite("Incidents of a synthetic history")
struct IncidentTests {
    @Test("each incident is visible in the counts of its window")
    func incidentsShow() {
        for incident in Histories.plan.incidents {
            var inside = (calls: 0, failed: 0), outside = (calls: 0, failed: 0)
            let failed = Set(Histories.failures.filter { $0.type == incident.type }.map(\.spanID))
            for call in Histories.calls {
                guard let start = call.start, incident.provider == nil || call.provider == incident.provider,
                    incident.model == nil || call.modelRequested == incident.model,
                    incident.agent == nil || call.agent == incident.agent
                else { continue }
                let hit = failed.contains(call.spanID) ? 1 : 0
                if incident.window.contains(start) {
                    inside.calls += 1
                    inside.failed += hit
                } else {
                    outside.calls += 1
                    outside.failed += hit
                }
            }
            #expect(inside.failed >= 5, "\(incident.name): \(inside) inside, \(outside) outside")
            #expect(inside.failed * outside.calls > 6 * outside.failed * inside.calls, "\(incident.name): \(inside), \(outside)")
        }
    }

    @Test("the latency creep is visible long before calls time out")
    func creepShows() {
        guard let creep = Histories.plan.incidents.first(where: { $0.name == "gemini-latency-creep" }) else {
            Issue.record("no creep")
            return
        }
        var inside: [Duration] = [], outside: [Duration] = []
        for call in Histories.calls where call.modelRequested == creep.model {
            guard let start = call.start, let end = call.end else { continue }
            if creep.window.contains(start) { inside.append(end - start) } else { outside.append(end - start) }
        }
        inside.sort()
        outside.sort()
        #expect(inside[inside.count / 2] > outside[outside.count / 2] * 2)
    }

    @Test(
        "incidents lie inside a history of any length, in order, fewer in a short one",
        arguments: [1, 2, 3, 5, 7, 14, 30, 90, 400])
    func incidentsFit(days: Int) {
        for hour in stride(from: 0, to: 168, by: 31) {
            let plan = HistoryPlan(calls: 10, days: days, end: Histories.end + .hours(Int64(hour)))
            #expect(plan.incidents.count == (days == 1 ? 2 : 6))
            for incident in plan.incidents {
                #expect(incident.window.from >= plan.window.from && incident.window.to <= plan.window.to)
                #expect(incident.window.length >= .minutes(40))
            }
            #expect(zip(plan.incidents, plan.incidents.dropFirst()).allSatisfy { $0.window.from <= $1.window.from })
        }
    }

    @Test("a plan without incidents has ordinary failures only")
    func incidentsCanBeLeftOut() {
        var plan = HistoryPlan(calls: 5000, days: 5, end: Histories.end)
        plan.incidents = []
        let failures = History(plan).flatMap(\.failures)
        #expect(!failures.isEmpty && failures.allSatisfy { $0.incident == nil })
    }

    @Test("the broken release is deployed during its incident")
    func releaseIsNamed() {
        let broken = Histories.failures.filter { $0.incident == "release-2-14-context-length" }.map(\.spanID)
        let releases = Set(Histories.calls.filter { broken.contains($0.spanID) }.map(\.release))
        #expect(releases == ["2.14.0"])
    }

    @Test("the counts of the truth file match its failures")
    func truthFileAgrees() {
        var truth = TruthLines(Histories.plan), lines: [String] = []
        for trace in Histories.month { lines += truth.lines(of: trace) }
        #expect(lines.count == Histories.failures.count)
        let closing = truth.closingLines()
        #expect(closing.count == Histories.plan.incidents.count + 1)
        for (incident, line) in zip(Histories.plan.incidents, closing) {
            let failed = Histories.failures.count { $0.incident == incident.name }
            #expect(line.contains("\"name\":\"\(incident.name)\"") && line.contains("\"failed\":\(failed),"))
        }
        let recovered = Histories.failures.count(where: \.isRecovered), calls = Histories.failures.count { $0.kind.isCall }
        #expect(closing.last?.contains("\"calls\":30000,\"failed_calls\":\(calls),") == true)
        #expect(closing.last?.contains("\"recovered\":\(recovered)}") == true)
        #expect((lines + closing).filter { !JSONShape.isOneObject($0) } == [])
    }
}
