import Errors
import Model
import Render
import Testing

@testable import Notebook

@Suite("Next steps")
struct NextStepTests {
    @Test("every type has one to three steps, and each statement runs", arguments: ErrorType.allCases)
    func run(type: ErrorType) throws {
        let session = try openSession(), steps = NextStep.steps(for: type)
        #expect((1...3).contains(steps.count))
        #expect(Set(steps.map(\.check)).count == steps.count)
        for step in steps {
            let reply = session.run(step.check)
            #expect(reply.exit == .ok, "\(step.check)\n\(reply.narration)")
        }
    }

    @Test("the monitoring guide's nine action items are among them")
    func guide() {
        func actions(_ type: ErrorType) -> String { NextStep.steps(for: type).map(\.action).joined(separator: "\n") }
        for (type, words) in [
            (.rateLimit, ["exponential backoff", "jitter", "queue", "rotate between providers"]),
            (.authentication, ["rotate the API key", "expired"]), (.permission, ["permission scopes"]),
            (.networkError, ["timeouts", "network path", "circuit breaker"]),
        ] as [(ErrorType, [String])] {
            for word in words { #expect(actions(type).contains(word), "\(type) \(word)") }
        }
    }

    @Test("help of a type and `why` show its steps; a narrow terminal puts statements below actions", arguments: [80, 200])
    func shown(width: Int) throws {
        var environment = testEnvironment()
        environment.width = width
        let session = try openSession(Stores.small, environment)
        let lines = NextStepLines(type: .rateLimit).lines(session.style)
        #expect(lines.count == (width == 80 ? 8 : 4))
        #expect(lines.allSatisfy { DisplayWidth.of($0) <= width })
        let shown = lines.joined(separator: "\n")
        #expect(session.run("help rate_limit").output.contains(shown))
        _ = session.run("errors where type = rate_limit all limit 1")
        #expect(session.run("why $1[1]").output.contains(shown))
    }

    @Test("a report ends with the steps of the type that its answers count most; without types it has none")
    func report() throws {
        let session = try openSession()
        _ = session.run("calls all limit 3")
        #expect(try session.reportDocument(title: "t").parts.count == 1)
        _ = session.run("errors by type all")
        let table = try #require(session.cells[2]?.outcome.result?.answer.table)
        guard case .text(let name)? = table.rows.first?.first, let type = ErrorType(name: name) else {
            Issue.record("the first row names a type")
            return
        }
        let text = MarkdownReport.text(try session.reportDocument(title: "t"))
        #expect(text.contains("## Next steps for \(name)\n"))
        for step in NextStep.steps(for: type) { #expect(text.contains("- \(step.action): `\(step.check)`")) }
    }
}
