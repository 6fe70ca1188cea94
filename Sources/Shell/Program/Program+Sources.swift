import Glibc
import Importing
import Ingest
import Model
import QueryLanguage
import Render
import System
import Terminal

extension Program {
    /// Imports live sources and goes on reading them.
    public static func follow(
        _ paths: [String], zone: String? = nil, columns: String? = nil, _ request: StoreRequest
    ) -> ExitCode {
        guarded {
            let interrupts = try Interrupts()
            let open = try OpenStore(request, creates: true, interrupts: interrupts)
            let options = try readingOptions(zone, columns, open.interpreter)
            var reply = Reply()
            open.interpreter.interruptibly { reply = open.interpreter.followPaths(paths, options: options) }
            return show(reply)
        }
    }

    /// How sources are read by the options `--tz` and `--map`.
    static func readingOptions(_ zone: String?, _ columns: String?, _ interpreter: Interpreter) throws -> ReadingOptions {
        let named = zone.flatMap { interpreter.surroundings.locations.zone(named: $0) }
        if let zone, named == nil {
            throw Refusal(code: .usage, message: "--tz: no time zone `\(zone)`; write UTC or a name such as Europe/Berlin")
        }
        do {
            return interpreter.readingOptions(zone: named, columns: try columns.map { try ColumnMap($0) })
        } catch let fault as ColumnMap.Fault {
            throw Refusal(code: .usage, message: "--map: \(fault)")
        }
    }

    /// Ends following sources.
    public static func unfollow(_ sources: [String], _ request: StoreRequest) -> ExitCode {
        let words = TypedWords("unfollow", sources)
        return run(UnfollowStatement(sources: words.literals), as: words.text, request)
    }

    /// Lists what was imported and what is followed.
    public static func sources(format: String?, _ request: StoreRequest) -> ExitCode {
        run(SourcesStatement(), as: "sources", format: format, request)
    }

    /// Removes what came from a source, or what was over before a time; one of them is given. Asks at a terminal.
    public static func forget(source: String?, before: String?, isConfirmed: Bool, _ request: StoreRequest) -> ExitCode {
        guard let before else {
            let words = TypedWords("forget", [source ?? ""])
            return run(ForgetStatement(.source(words.literals[0]), isConfirmed: isConfirmed), as: words.text, request)
        }
        let lead = "forget before ", (time, mistakes) = Parser.time(of: before, at: lead.utf8.count)
        guard let time, mistakes.isEmpty else {
            return guarded {
                let open = try OpenStore(request, creates: false, interrupts: nil)
                return show(open.interpreter.report(Diagnostics(text: lead + before, mistakes)))
            }
        }
        return run(ForgetStatement(.before(time), isConfirmed: isConfirmed), as: lead + before, request)
    }

    /// Writes rows as data or counters as OpenMetrics: to a file, or to the standard output when there is no path.
    public static func export(_ words: [String], to path: String?, format: String?, _ request: StoreRequest) -> ExitCode {
        guarded {
            let text = (["export"] + words).joined(separator: " ")
            var parsed = Statements.parse(text)
            if var export = parsed.statement as? ExportStatement {
                if let format {
                    var refusal = ExportFormat(rawValue: format) != nil ? nil : "no format `\(format)` to export"
                    if case .metrics = export.subject { refusal = "metrics are always OpenMetrics" }
                    if let refusal { throw Refusal(code: .usage, message: "--format: \(refusal)") }
                }
                let end = parsed.written.end
                export.form = format.map { Name($0, end) }
                if let path { export.path = Literal(text: path, span: end, isQuoted: true) }
                parsed.statement = export
            }
            let interrupts = try Interrupts()
            let open = try OpenStore(request, creates: false, interrupts: interrupts)
            return showOnly(parsed, open.interpreter)
        }
    }

    /// Who can be asked: a person at a terminal.
    static func question(_ interpreter: Interpreter) -> ((String) -> Bool)? {
        let traits = interpreter.surroundings.traits
        guard traits.inputIsTerminal, traits.errorIsTerminal else { return nil }
        return { Question.confirm($0) }
    }
}
