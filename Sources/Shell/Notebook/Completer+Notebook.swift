import Model
import QueryLanguage
import ShippedScripts
import System
import Terminal

/// What a session knows that may be typed: results, bound names, scripts.
struct SessionWords {
    /// The columns of the last result.
    var columns: () -> [ResultColumn] = { [] }
    /// What `let` bound.
    var bindings: () -> Bindings = { [:] }
    /// The results by the number of their cell.
    var results: () -> [Int: ResultSource] = { [:] }
    /// Scripts and sessions by name, each with its path.
    var scripts: () -> [(name: String, path: String)] = { [] }
}

extension Interpreter {
    /// What may be typed in this session.
    var sessionWords: SessionWords {
        SessionWords(
            columns: { [unowned self] in cells.lastResult()?.outcome.result?.answer.table.columns ?? [] },
            bindings: { [unowned self] in bindings }, results: { [unowned self] in (try? context().results) ?? [:] },
            scripts: { [unowned self] in surroundings.locations.notebooks })
    }
}

extension Locations {
    /// Every script and session that can be named, the nearest of each name; the program's own scripts come last.
    var notebooks: [(name: String, path: String)] { notebooks(in: scriptFolders + sessionFolders + folders(named: "sessions")) }

    /// Every script that can be named, without sessions.
    var scripts: [(name: String, path: String)] { notebooks(in: scriptFolders) }

    private func notebooks(in folders: [String]) -> [(name: String, path: String)] {
        var seen: Set<String> = [], found: [(name: String, path: String)] = []
        for folder in folders {
            for file in Files.names(in: folder) where file.hasSuffix(".flq") && seen.insert(file).inserted {
                found.append((String(file.dropLast(4)), folder + "/" + file))
            }
        }
        for name in ShippedScripts.names where seen.insert(name + ".flq").inserted {
            if let path = ShippedScripts.path(of: name) { found.append((name, path)) }
        }
        return found
    }
}

/// Statements of the notebook.
extension Completer {
    /// What comes next in one of them; nil for other statements.
    func notebook(_ tokens: [Token]) -> Expected? {
        switch tokens[0].value.lowercased() {
        case "watch": watched(Array(tokens.dropFirst()))
        case "expect": asserted(tokens.dropFirst(), isFirst: true)
        case "run":
            tokens.count == 1
                ? .words(session.scripts().map(\.name), or: .nothing) : .words(parameters(of: tokens[1].value), or: .nothing)
        case "replay":
            .words(
                (tokens.count == 1 ? session.scripts().map(\.name) : [])
                    + ["--check", "--update", "--now", "--against", "--only", "--write"].filter { option in
                        !tokens.contains { $0.value == option }
                    }, or: .nothing)
        case "sessions": tokens.count == 1 ? .words(["--recover"], or: .nothing) : .nothing
        case "doctor": tokens.count == 1 ? .words(["rebuild"], or: .nothing) : .nothing
        case "forget":
            switch tokens.count {
            case 1: .words(["before"], or: .nothing)
            case 3 where tokens[1].value.lowercased() == "before": .words(["ago", "yes"], or: .nothing)
            case 2 where tokens[1].value.lowercased() == "before": .nothing
            default: .words(["yes"], or: .nothing)
            }
        case "let", "note", "save", "rerun", "edit", "report", "queries": .nothing
        default: nil
        }
    }

    private func watched(_ tokens: [Token]) -> Expected {
        guard let first = tokens.first else { return .words(["10s", "1m"], or: .noun) }
        let rest = Units.duration(first.value) == nil ? tokens : Array(tokens.dropFirst())
        guard !rest.isEmpty else { return .noun }
        if let place = rest.lastIndex(where: { $0.kind == .word && $0.value.lowercased() == "until" }),
            !rest[..<place].contains(where: { $0.value.lowercased() == "since" })
                || rest[..<place].contains(where: { $0.value.lowercased() == "until" })
        {
            return asserted(rest[(place + 1)...], isFirst: false)
        }
        let inner = expected(rest)
        if case .clause = inner, rest.count > 1 { return .words(["until"], or: inner) }
        return inner
    }

    /// A condition over the columns of a result.
    private func asserted(_ tokens: ArraySlice<Token>, isFirst: Bool) -> Expected {
        let columns = session.columns()
        let subjects = Expected.words(columns.map(\.name) + ["rows"] + (isFirst && tokens.isEmpty ? ["no"] : []), or: .nothing)
        guard let last = tokens.last else { return subjects }
        if last.kind == .comparison { return .nothing }
        switch last.value.lowercased() {
        case "and", "or", "not", "(": return subjects
        case "no": return .words(["rows", "firings"] + Words.nouns.map(\.word), or: .nothing)
        case "in", "has", "is", ",": return .nothing
        default: break
        }
        let before = tokens.dropLast().last
        if before == nil || ["and", "or", "not", "("].contains(before?.value.lowercased() ?? "") || last.value == ")" {
            if last.value == ")", tokens.contains(where: { $0.kind == .comparison }) {
                return .words(["and", "or"], or: .nothing)
            }
            return .words(["=", "!=", "<", "<=", ">", ">="], or: .nothing)
        }
        return .words(["and", "or"], or: .nothing)
    }

    /// The parameters of a script as they are given: `model=`.
    private func parameters(of name: String) -> [String] {
        guard let path = session.scripts().first(where: { $0.name == name })?.path ?? (Files.exists(name) ? name : nil),
            let file = try? NotebookFile.read(path)
        else { return [] }
        return Script(file, path: nil).parameters.map { "\($0.name)=\(Interpreter.spelling($0.values))" }
    }

    /// Results and bound names, where the one or the other may stand.
    func dollars(behind tokens: [Token]) -> [Completion.Candidate] {
        let last = tokens.last
        let isResult = last == nil || ["in", "on", "trace", "why", "watch"].contains(last?.value.lowercased() ?? "")
        var found: [Completion.Candidate] = []
        if isResult {
            found += session.results().sorted { $0.key > $1.key }.map { number, source in
                Completion.Candidate(
                    "$\(number)", note: "\(source.answer.table.rows.count.counted("rows")) of \(source.query.noun.rawValue)")
            }
        }
        if last != nil {
            found += session.bindings().sorted { $0.key < $1.key }.map {
                Completion.Candidate("$" + $0.key, note: Interpreter.spelling($0.value))
            }
        }
        return found
    }
}
