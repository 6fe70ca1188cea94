import Importing
import Ingest
import LocalStore
import Model
import Monitoring
import QueryLanguage
import Render
import Platform

/// `incident add | list | delete | import`: incidents tell whether rules found them.
struct IncidentStatement: Statement {
    private enum Verb {
        case add(from: TimeSyntax, to: TimeSyntax, text: Literal?)
        case list
        case delete(Name)
        case load(Literal)
    }

    private let verb: Verb

    static let entry = StatementEntry(
        "incident", "incident add TIME to TIME [\"TEXT\"] | list | delete N | import FILE",
        "known incidents; `alert test` and `alert tune` show which of them a rule detected", example: "incident list",
        synonyms: ["incidents"], role: .machine)

    private static let verbs = ["add", "list", "delete", "import"]

    init(parsing parser: inout Parser) throws(ParseStop) {
        let statement = parser.wordRead.folded
        switch try parser.verb(of: statement, among: IncidentStatement.verbs, what: "an `incident` command") {
        case "list": verb = .list
        case "delete":
            guard let name = parser.name("an incident's number", closest: "incident delete 1") else { throw ParseStop() }
            verb = .delete(name)
        case "import":
            guard let path = parser.path("a file of incidents", closest: "incident import truth.jsonl") else { throw ParseStop() }
            verb = .load(path)
        default: verb = try IncidentStatement.added(&parser)
        }
        parser.end()
    }

    private static func added(_ parser: inout Parser) throws(ParseStop) -> Verb {
        if parser.token.isWord("from") { parser.advance() }
        guard let from = parser.time() else { throw ParseStop() }
        parser.offer(.words(["to"]))
        guard parser.token.isWord("to") || parser.token.isWord("until") else {
            let closest = "incident add 14:00 to 14:40 \"outage\""
            parser.report(Mistake.expected("`to` and an end time", at: parser.token, closest: closest))
            throw ParseStop()
        }
        parser.advance()
        guard let to = parser.time() else { throw ParseStop() }
        var text: Literal?
        if parser.token.kind == .string {
            let word = parser.advance()
            text = Literal(text: word.value, span: word.span, isQuoted: true)
        }
        return .add(from: from, to: to, text: text)
    }

    var role: StatementRole { if case .list = verb { .unjudged } else { .machine } }

    var effects: StatementEffects {
        switch verb {
        case .add, .delete: .of(.changesRules)
        case .load(let file): StatementEffects(kinds: .changesRules, read: [file.text])
        case .list: .none
        }
    }

    func check(in session: Session, as written: StatementText) throws {
        switch verb {
        case .add(let from, let to, _):
            let context = try session.context()
            guard
                try QueryCompiler().instant(from, text: written.text, context: context)
                    < QueryCompiler().instant(to, text: written.text, context: context)
            else { throw NotRunnable() }
        case .load(let path): try session.checkFile(path)
        case .list, .delete: break
        }
    }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        switch verb {
        case .add(let from, let to, let words): Outcome(try session.addIncident(from, to, words, written.text))
        case .list: try session.incidentList()
        case .delete(let name): Outcome(try session.deleteIncident(name, written.text))
        case .load(let path): Outcome(try session.importIncidents(path))
        }
    }
}

/// Incidents that are kept.
extension Session {
    fileprivate func addIncident(_ from: TimeSyntax, _ to: TimeSyntax, _ words: Literal?, _ text: String) throws -> Reply {
        let compiler = QueryCompiler(), context = try context()
        let start = try compiler.instant(from, text: text, context: context)
        let end = try compiler.instant(to, text: text, context: context)
        guard end > start else {
            throw Diagnostics(
                text: text, [Diagnostic("empty-range", at: to.span, "the end is not after the start", closest: "a later time")])
        }
        let added = try stateFile.open().add([IncidentEntry(Window(from: start, to: end), text: words?.text ?? "")])
        let values = ValueText(style)
        return .narrated(
            added == 0 ? "this incident already exists" : "added incident from \(values.time(start)) to \(values.time(end))")
    }

    fileprivate func incidentList() throws -> Outcome {
        let incidents = try stateFile.open().incidents()
        let names: [(String, ValueType)] = [
            ("incident", .count), ("start", .time), ("end", .time), ("length", .duration), ("text", .text),
        ]
        let table = ResultTable(
            columns: names.map { ResultColumn($0.0, $0.1) },
            rows: incidents.map {
                [
                    .count($0.id), .time($0.window.from), .time($0.window.to), .duration($0.window.length),
                    $0.text.isEmpty ? .missing : .text($0.text),
                ]
            }
        ).redacted
        var outcome = Outcome(
            AnswerPresenter(style).table(
                table, form: settings.form, empty: "no incidents yet; `incident add 14:00 to 14:40 \"outage\"` adds one"))
        outcome.result = CellResult(
            answer: Answer(table: table, shape: .listing, receipt: Receipt(window: nil, zone: settings.zone)))
        return outcome
    }

    fileprivate func deleteIncident(_ name: Name, _ text: String) throws -> Reply {
        guard let number = Int64(name.text.drop { $0 == "#" }), try stateFile.open().deleteIncident(number) else {
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "unknown-incident", at: name.span, "no incident `\(name.text)`",
                        closest: "a number that `incident list` shows")
                ])
        }
        return .narrated("incident \(number) is deleted")
    }

    /// A file with a JSON object a line: those with a beginning and an end are incidents, such as those of a truth file.
    fileprivate func importIncidents(_ path: Literal) throws -> Reply {
        let file = environment.locations.expandingHome(path.text)
        var incidents: [IncidentEntry] = [], skipped = 0
        for line in try Files.text(of: file).split(whereSeparator: \.isNewline) {
            guard let members = FlatObject.members(of: line) else {
                skipped += 1
                continue
            }
            if let record = members["truth"] ?? members["record"], record != "incident" { continue }
            func instant(_ names: [String]) -> Timestamp? {
                names.lazy.compactMap { members[$0] }.first.flatMap { text in
                    TimeText.parse(text) ?? Double(text).flatMap { TimeText.epoch($0) }
                }
            }
            guard let from = instant(["from", "start", "started_at", "begin"]),
                let to = instant(["to", "end", "ended_at", "until"]), to > from
            else {
                if members["incident"] != nil || members["from"] != nil || members["start"] != nil { skipped += 1 }
                continue
            }
            let words = ["text", "title", "name", "incident", "what", "summary", "shape"].lazy.compactMap { members[$0] }.first
            incidents.append(IncidentEntry(Window(from: from, to: to), text: words ?? ""))
        }
        let added = try stateFile.open().add(incidents)
        var words = "\(file): \(added) incident\(added == 1 ? "" : "s") kept"
        if incidents.count > added { words += ", \(incidents.count - added) known already" }
        if skipped > 0 { words += ", \(skipped) line\(skipped == 1 ? "" : "s") without an incident skipped" }
        return .narrated(Printable.safe(words))
    }
}
