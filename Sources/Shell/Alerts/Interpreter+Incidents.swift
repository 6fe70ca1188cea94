import Importing
import Ingest
import LocalStore
import Model
import QueryLanguage
import Render
import System

/// `incident add list delete import`.
extension Interpreter {
    func incident(_ statement: IncidentSyntax, _ text: String) throws -> Outcome {
        switch statement {
        case .add(let from, let to, let words): return Outcome(try addIncident(from, to, words, text))
        case .list: return try incidentList()
        case .delete(let name): return Outcome(try deleteIncident(name, text))
        case .load(let path): return Outcome(try importIncidents(path))
        }
    }

    private func addIncident(_ from: TimeSyntax, _ to: TimeSyntax, _ words: Literal?, _ text: String) throws -> Reply {
        let compiler = QueryCompiler(), context = try context()
        let start = try compiler.instant(from, text: text, context: context)
        let end = try compiler.instant(to, text: text, context: context)
        guard end > start else {
            throw Diagnostics(
                text: text, [Diagnostic("empty-range", at: to.span, "the end is not after the start", closest: "a later time")])
        }
        let added = try alertState().add([IncidentEntry(Window(from: start, to: end), text: words?.text ?? "")])
        let values = ValueText(style)
        return .narrated(
            added == 0 ? "this incident is known already" : "incident from \(values.time(start)) to \(values.time(end)) is kept")
    }

    private func incidentList() throws -> Outcome {
        let incidents = try alertState().incidents()
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
                table, form: settings.form, empty: "no incidents yet; `incident add 14:00 to 14:40 \"outage\"` keeps one"))
        outcome.result = CellResult(
            answer: Answer(table: table, shape: .listing, receipt: Receipt(window: nil, zone: settings.zone)))
        return outcome
    }

    private func deleteIncident(_ name: Name, _ text: String) throws -> Reply {
        guard let number = Int64(name.text.drop { $0 == "#" }), try alertState().deleteIncident(number) else {
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "unknown-incident", at: name.span, "there is no incident `\(name.text)`",
                        closest: "a number that `incident list` shows")
                ])
        }
        return .narrated("incident \(number) is deleted")
    }

    /// A file with a JSON object a line: those with a beginning and an end are incidents, such as those of a truth file.
    private func importIncidents(_ path: Literal) throws -> Reply {
        let file = surroundings.locations.expandingHome(path.text)
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
        let added = try alertState().add(incidents)
        var words = "\(file): \(added) incident\(added == 1 ? "" : "s") kept"
        if incidents.count > added { words += ", \(incidents.count - added) known already" }
        if skipped > 0 { words += ", \(skipped) line\(skipped == 1 ? "" : "s") that hold none skipped" }
        return .narrated(Printable.safe(words))
    }
}
