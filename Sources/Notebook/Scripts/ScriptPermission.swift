import Model
import QueryLanguage
import Render
import Platform

/// What the statements of a script may do besides asking.
struct ScriptPermission {
    /// What was allowed when it was started, or by a person since.
    var granted: StatementEffects.Kinds
    /// What a person refused; asked once.
    var refused: StatementEffects.Kinds = []
    /// The script's name for messages.
    var name: String
    /// The folder below which it may name files.
    var folder: String

    init(granted: StatementEffects.Kinds, path: String) {
        self.granted = granted
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        name = parts.last.map(String.init) ?? path
        folder = parts.count > 1 ? parts.dropLast().joined(separator: "/") + "/" : "."
    }

    /// The path of a script that the script names, when it lies below the script's folder: neither `..` nor a link leads out.
    func file(_ name: String) -> String? {
        guard !name.hasPrefix("~"), !name.split(separator: "/").contains("..") else { return nil }
        let start = name.hasPrefix("/") ? "" : folder + "/"
        return [name, name + ".flq"].map { start + $0 }.first { Files.isPlainFile($0) && Files.isBelow(folder, $0) }
    }
}

/// What the statements that run now may do.
struct SessionRights {
    /// Limits of the script that runs; nil while a person's own statements run.
    var permission: ScriptPermission?
    /// How many scripts run inside each other.
    var scriptDepth = 0
    /// False while a session is replayed: answers are not written to files then.
    var writesFiles = true
}

extension Session {
    /// Throws when a script may not do what the statement does. Whoever types a statement may.
    func permit(_ statement: any Statement, _ text: String) throws(Diagnostics) {
        guard var permission = rights.permission else { return }
        defer { rights.permission = permission }
        let kinds = kinds(of: statement, permission)
        for (kind, words) in StatementEffects.Kinds.named where !kind.intersection(kinds).subtracting(permission.granted).isEmpty
        {
            let isAsked = !permission.refused.contains(kind)
            if isAsked, let confirm = console.confirm {
                let shown = Printable.safe(Redaction.text(text), columns: 200)
                if confirm("\(Printable.safe(permission.name)) wants to \(words): \(shown)\nallow the script to \(words)? [y/N] ")
                {
                    permission.granted.formUnion(kind)
                    continue
                }
                permission.refused.formUnion(kind)
            }
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "script-may-not", at: TextSpan(0, text.utf8.count),
                        "a script may not \(words) unless it is run with `--write`",
                        closest: "run \(Literal.spelling(permission.name)) --write, after reading what it does")
                ])
        }
    }

    /// What a statement does that the script may not, in words; nil when it may run.
    func refusal(of statement: any Statement) -> String? {
        guard let permission = rights.permission else { return nil }
        let kinds = kinds(of: statement, permission).subtracting(permission.granted)
        return StatementEffects.Kinds.named.first { !$0.kind.intersection(kinds).isEmpty }?.words
    }

    private func kinds(of statement: any Statement, _ permission: ScriptPermission) -> StatementEffects.Kinds {
        let effects = statement.effects
        let readsOthers = !effects.read.allSatisfy { isOwnFile($0, of: permission) }
        return readsOthers ? effects.kinds.union(.readsFiles) : effects.kinds
    }

    /// True for a file below the script's folder, or in the folders of scripts and sessions.
    private func isOwnFile(_ path: String, of permission: ScriptPermission) -> Bool {
        let locations = environment.locations
        let whole = locations.expandingHome(path)
        return ([permission.folder] + locations.scriptFolders + locations.sessionFolders).contains { Files.isBelow($0, whole) }
    }

    /// The script that a name means: for a person every path, for a script names and what lies below its own folder.
    func scriptPath(_ name: Literal, _ text: String) throws(Diagnostics) -> String? {
        guard let permission = rights.permission else { return environment.locations.notebookFile(name.text) }
        if let path = permission.file(name.text) ?? environment.locations.namedNotebook(name.text) { return path }
        guard name.text.contains("/") || Files.exists(name.text) else { return nil }
        throw Diagnostics(
            text: text,
            [
                Diagnostic(
                    "script-outside", at: name.span, "a script runs scripts by name, or from below its own folder",
                    closest: "`queries` and `sessions` list the names")
            ])
    }

    /// Runs a body under a script's permission. A script inside another has what the outer one has, and answers given inside
    /// hold outside too.
    func withPermission<T>(_ granted: StatementEffects.Kinds, path: String?, _ body: () throws -> T) rethrows -> T {
        guard let path else { return try body() }
        let outer = rights.permission
        var inner = ScriptPermission(granted: outer?.granted ?? granted, path: path)
        inner.refused = outer?.refused ?? []
        rights.permission = inner
        defer {
            if var outer, let inner = rights.permission {
                (outer.granted, outer.refused) = (inner.granted, inner.refused)
                rights.permission = outer
            } else {
                rights.permission = outer
            }
        }
        return try body()
    }
}
