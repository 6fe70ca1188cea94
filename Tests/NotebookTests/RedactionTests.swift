import Model
import QueryLanguage
import Render
import Testing

@testable import Notebook
@testable import Platform

@Suite("Secrets")
struct RedactionTests {
    private static let fields = FieldTable.all.map(\.id).filter { $0 != .metadata }

    /// Statements that together show every text the store holds, in every form.
    private static let statements: [String] = {
        let nouns = ["errors", "calls", "traces", "failures"]
        var all: [String] = [
            "sources", "set", "trace 5ec2e7", "trace 5ec2e7 as json", "trace 3f2a", "errors by metadata.team all",
        ]
        for noun in nouns {
            let names = fields.filter { Noun(rawValue: noun).map { FieldTable.names(for: $0) }?.contains($0.rawValue) == true }
            for form in [""] + ExportFormat.allCases.map({ " as " + $0.form.name }) {
                all.append("\(noun) all\(form)")
                for field in names { all.append("\(noun) show \(field.rawValue) all\(form)") }
                all.append("\(noun) show metadata.team, metadata.api_key all\(form)")
            }
            for field in names where field != .time { all.append("\(noun) by \(field.rawValue) all") }
        }
        let tables = [
            "trace", "trace_content", "span", "span_content", "event", "score", "project", "model", "agent", "operation",
            "deployment",
            "signature", "message", "err", "llm_generations", "llm_traces", "llm_events",
        ]
        for table in tables {
            all += ["sql SELECT * FROM \(table)"]
        }
        return all + [
            "sql SELECT group_concat(status_message) FROM span", "sql SELECT input || output AS both FROM span_content",
        ]
    }()

    @Test("no answer to any statement shows a secret, in any form")
    func answers() throws {
        let session = try openSession(Stores.leaking)
        var ran = 0
        for statement in RedactionTests.statements {
            let reply = session.run(statement)
            if reply.exit == .ok { ran += 1 }
            check(reply.shown, statement)
        }
        // Fields that a noun does not have are mistakes; most are none.
        #expect(ran > RedactionTests.statements.count * 2 / 3)
        #expect(session.run("set form json").exit == .ok)
        for statement in RedactionTests.statements.filter({ $0.hasPrefix("sql ") || $0.hasPrefix("trace ") }) {
            check(session.run(statement).shown, "json: " + statement)
        }
    }

    @Test("what is written to a file is redacted as well")
    func files() throws {
        let folder = TemporaryFolder()
        let path = folder.file("out")
        for form in ExportFormat.allCases.map(\.form.name) {
            #expect(
                try openSession(Stores.leaking).run("errors show time, user, message, model all as \(form) to \"\(path)\"").exit
                    == .ok)
            check(try Files.text(of: path), form)
        }
    }

    @Test("suggestions and completions offer no secret")
    func suggestions() throws {
        let session = try openSession(Stores.leaking)
        let completer = Completer(catalog: session.catalog)
        for field in RedactionTests.fields {
            let text = "errors where \(field.rawValue) = "
            for candidate in completer.completion(of: text, cursorByte: text.utf8.count).candidates {
                check(candidate.text, text)
            }
        }
        for field in ["model", "agent", "service", "environment", "name", "provider"] {
            check(session.run("errors where \(field) = \"model key sk-proj\" all").narration, field)
            check(session.run("errors where \(field) = modelkey all").narration, field)
        }
    }

    @Test("what is not secret stays readable beside it")
    func readable() throws {
        let reply = try openSession(Stores.leaking).run("errors where user is present all show user, message as csv")
        #expect(reply.output.contains("user key") && reply.output.contains("[redacted email]"), "\(reply.output)")
    }

    @Test("statements with keys in them are not kept in the history")
    func history() {
        #expect(holdsSecret("errors \"\(Witness.secrets[0])\""))
        #expect(holdsSecret("errors where user = \(Witness.secrets[1])"))
        #expect(!holdsSecret("errors where tokens > 512 and trace = 3f2a0000000000000000000000000017"))
    }

    private func check(_ text: String, _ statement: String, _ location: SourceLocation = #_sourceLocation) {
        for secret in Witness.secrets where text.contains(secret) {
            Issue.record("\(statement) shows \(secret)", sourceLocation: location)
        }
    }
}
