import Model
import QueryLanguage
import ShippedScripts
import Platform
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

extension Session {
    /// What may be typed in this session.
    var sessionWords: SessionWords {
        SessionWords(
            columns: { [unowned self] in cells.lastResult()?.outcome.result?.answer.table.columns ?? [] },
            bindings: { [unowned self] in bindings }, results: { [unowned self] in (try? context().results) ?? [:] },
            scripts: { [unowned self] in environment.locations.notebooks })
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

/// What is bound, and what scripts take.
extension Completer {
    /// The parameters of a script as they are given: `model=`.
    func parameters(of name: String) -> [String] {
        guard let path = session.scripts().first(where: { $0.name == name })?.path ?? (Files.exists(name) ? name : nil),
            let file = try? NotebookFile.read(path)
        else { return [] }
        return Script(file, path: nil).parameters.map { "\($0.name)=\(Session.spelling($0.values))" }
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
                Completion.Candidate("$" + $0.key, note: Session.spelling($0.value))
            }
        }
        return found
    }
}
