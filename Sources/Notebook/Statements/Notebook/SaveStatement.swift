import Glibc
import Model
import QueryLanguage
import Render
import ShippedScripts
import Platform

/// `save NAME [over]`.
struct SaveStatement: Statement {
    let name: Literal
    /// True when another session of this name is replaced.
    let overwrites: Bool

    static let entry = StatementEntry(
        "save", "save NAME [over]", "write the session so far to sessions/NAME.flq", example: "save quota-incident",
        reading: .paths, role: .aside, traits: .isLikeProse)

    init(parsing parser: inout Parser) throws(ParseStop) {
        let words = parser.words()
        guard let name = words.first else {
            throw parser.stop("missing-name", at: parser.endOfText, "save as what?", closest: "save quota-incident")
        }
        self.name = name
        overwrites = words.dropFirst().contains { $0.text.lowercased() == "over" }
    }

    var effects: StatementEffects { .of(.writesFiles) }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        guard session.cells.count > 0 else {
            throw written.mistake("nothing-to-save", at: name.span, "no statements yet")
        }
        let place = try session.sessionPlace(name, written.text)
        if Files.exists(place.path), !session.recording.savedFiles.contains(place.path), !overwrites {
            throw written.mistake(
                "name-taken", at: name.span, "another session is already saved as `\(name.text)`",
                closest: "save \(name.text) over")
        }
        try session.write(session.sessionFile(title: place.title), to: place)
        session.recording.savedFiles.insert(place.path)
        session.recording.recorder?.noteFile(place.path)
        return Outcome(.narrated("\(session.cells.count.counted("cells")) written to \(Printable.safe(place.path))"))
    }
}

/// Files of sessions.
extension Session {
    /// Where a session with this name goes.
    func sessionPlace(_ name: Literal, _ text: String) throws -> SessionPlace {
        var bare = name.text
        if bare.hasSuffix(".flq") { bare.removeLast(4) }
        if bare.contains("/") || bare.hasPrefix("~") {
            let path = environment.locations.expandingHome(bare) + ".flq"
            return SessionPlace(path: path, title: bare.split(separator: "/").last.map(String.init) ?? bare, isShared: false)
        }
        guard !bare.isEmpty, !bare.hasPrefix("."), bare.allSatisfy({ $0.isLetter || $0.isNumber || "-_. ".contains($0) }) else {
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "bad-name", at: name.span, "a name consists of letters, digits, `-`, `_` and `.`",
                        closest: "save quota-incident")
                ])
        }
        let folder = try environment.locations.sessionFolder()
        return SessionPlace(path: folder.path + "/" + bare + ".flq", title: bare, isShared: folder.isShared)
    }

    func write(_ text: String, to place: SessionPlace) throws {
        try Files.write(text, to: place.path, mode: place.isShared ? 0o644 : 0o600)
    }
}

/// A file of a session.
struct SessionPlace {
    let path: String
    /// The heading of a session that has none of its own.
    let title: String
    /// True for the folder of the repository, whose files others may read.
    let isShared: Bool
}

extension Locations {
    /// The folder that sessions are saved in: the one that `FAULTLINE_SESSIONS` names, else `sessions` in the current folder when
    /// there is one, else in the data folder, where it is made.
    func sessionFolder() throws(FileError) -> (path: String, isShared: Bool) {
        if namedSessions == nil, Files.isFolder("sessions") { return ("sessions", true) }
        let folder = namedSessions ?? data + "/sessions"
        try Files.makeFolder(folder)
        return (folder, false)
    }

    /// The folders that hold sessions, the nearest first.
    var sessionFolders: [String] { (namedSessions.map { [$0] } ?? ["sessions", data + "/sessions"]).filter(Files.isFolder) }

    /// The folders that hold scripts, the nearest first: `queries` below the current folder, then beside the program or
    /// above it.
    var scriptFolders: [String] { folders(named: "queries") }

    /// The path that a name of a script or session means: that of a file as it is, else that of a script or session of this name.
    func notebookFile(_ name: String) -> String? {
        let path = expandingHome(name)
        if Files.exists(path), !Files.isFolder(path) { return path }
        return namedNotebook(name)
    }

    /// The script or session with a name: a file of the folders of scripts and sessions, else a script of the program's own.
    func namedNotebook(_ name: String) -> String? {
        guard !name.contains("/") else { return nil }
        let bare = name.hasSuffix(".flq") ? String(name.dropLast(4)) : name
        let folders = scriptFolders + sessionFolders + self.folders(named: "sessions")
        return folders.map { ($0, $0 + "/" + bare + ".flq") }.first { Files.isPlainFile($1) && Files.isBelow($0, $1) }?.1
            ?? ShippedScripts.path(of: bare)
    }
}
