import Glibc
import Importing
import Ingest
import Model
import Notebook
import Render
import Platform
import Terminal

extension Program {
    /// Imports live sources and goes on reading them.
    static func follow(
        _ paths: [String], zone: String? = nil, columns: String? = nil, last: String? = nil, _ request: StoreRequest
    ) -> ExitCode {
        if let address = paths.first(where: ParsedStatement.isAddress) {
            guard paths.count > 1 else { return listen(at: address, request) }
            return guarded {
                throw Refusal(code: .usage, message: "`\(address)` is received until Ctrl-C; follow files with another command")
            }
        }
        return guarded {
            let interrupts = try Interrupts()
            let open = try OpenStore(request, creates: true, interrupts: interrupts)
            let options = try readingOptions(zone, columns, last, for: paths, open.session)
            var reply = Reply()
            open.session.interruptibly { reply = open.session.followPaths(paths, options: options) }
            return show(reply)
        }
    }

    /// Receives OTLP over HTTP until Ctrl-C, or for a time such as `10m`.
    static func listen(at address: String?, for duration: String? = nil, _ request: StoreRequest) -> ExitCode {
        guarded { run(try .listen(at: address, for: duration), creates: true, request) }
    }

    /// How sources are read by the options `--tz`, `--map` and `--last`.
    static func readingOptions(
        _ zone: String?, _ columns: String?, _ last: String?, for paths: [String], _ session: Session
    ) throws -> ReadingOptions {
        let window = last.flatMap { SourcePaths.window($0) }
        if let last, window == nil {
            throw Refusal(code: .usage, message: "--last: no duration `\(last)`; write 48h or 7d")
        }
        if last != nil, !paths.contains(where: LangfuseAddress.isAddress) {
            throw Refusal(code: .usage, message: "--last is for a Langfuse server; files are read whole")
        }
        let named = zone.flatMap { session.environment.locations.zone(named: $0) }
        if let zone, named == nil {
            throw Refusal(code: .usage, message: "--tz: unknown time zone `\(zone)`; use UTC or a name such as Europe/Berlin")
        }
        do {
            return session.readingOptions(
                zone: named, columns: try columns.map { try ColumnMap($0) }, window: window)
        } catch let fault as ColumnMap.Fault {
            throw Refusal(code: .usage, message: "--map: \(fault)")
        }
    }

    /// Ends following sources.
    static func unfollow(_ sources: [String], _ request: StoreRequest) -> ExitCode {
        run(.unfollow(sources), request)
    }

    /// Lists what was imported and what is followed.
    static func sources(format: String?, _ request: StoreRequest) -> ExitCode {
        run(.sources, format: format, request)
    }

    /// Removes what came from a source, or what ended before a time; one of them is given. Asks at a terminal.
    static func forget(source: String?, before: String?, isConfirmed: Bool, _ request: StoreRequest) -> ExitCode {
        if let before { return run(.forget(before: before, isConfirmed: isConfirmed), request) }
        return run(.forget(source: source ?? "", isConfirmed: isConfirmed), request)
    }

    /// Writes rows as data or counters as OpenMetrics: to a file, or to the standard output when there is no path.
    static func export(_ words: [String], to path: String?, format: String?, _ request: StoreRequest) -> ExitCode {
        guarded {
            let parsed = try ParsedStatement.export(words, to: path, format: format)
            let interrupts = try Interrupts()
            let open = try OpenStore(request, creates: false, interrupts: interrupts)
            return showOnly(parsed, open.session)
        }
    }

    /// Who can be asked: a person at a terminal.
    static func question(_ session: Session) -> ((String) -> Bool)? {
        let traits = session.environment.traits
        guard traits.inputIsTerminal, traits.errorIsTerminal else { return nil }
        return { Question.confirm($0) }
    }
}
