import Model
import ShippedScripts
import Platform

/// Why a text cannot be read as a notebook's file.
package enum NotebookFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A newer program wrote it.
    case newer(version: Int)

    package var description: String {
        switch self {
        case .newer(let version):
            "was written by a newer faultline (notebook format \(version), this one reads up to \(NotebookFile.version)): update faultline"
        }
    }
}

/// A script or recorded session: prose, statements, and below each statement what it answered when it was recorded.
///
/// | a line that begins with | is |
/// |---|---|
/// | `#! faultline 1` | the version of the format |
/// | `#@ ` | pins: now, zone, width and the like, from there on |
/// | `#> ` | a line of the answer above |
/// | `#= ` | hashes of the answer above |
/// | `#` and anything else | prose, in Markdown |
/// | anything else | a statement, over one or more lines |
///
/// Every byte of a text is kept, so that printing what was read gives the text back; a person may write one without any of the
/// machine's lines.
package struct NotebookFile: Hashable, Sendable {
    /// The version of the format that this program writes.
    package static let version = 1

    /// What a piece is.
    enum Kind: Hashable, Sendable { case header, pins, prose, blank, statement, output, machine }

    /// One line, or all lines of one statement, with their line ends.
    struct Piece: Hashable, Sendable {
        var kind: Kind
        var raw: String
        /// The line on which it begins, from 1.
        var line: Int

        /// The text without line ends at its end, and with `\n` alone inside.
        var text: String {
            var scalars = raw.unicodeScalars
            if scalars.last == "\n" { scalars.removeLast() }
            if scalars.last == "\r" { scalars.removeLast() }
            let text = String(scalars)
            return text.utf8.contains(0x0D) ? text.replacing("\r\n", with: "\n") : text
        }
    }

    private(set) var pieces: [Piece] = []

    /// A statement with what was recorded of it.
    struct Recorded: Hashable, Sendable {
        /// From 1, over all statements of the file.
        var ordinal: Int
        var text: String
        var line: Int
        /// The lines of the answer; nil when none were recorded.
        var output: [String]?
        var machine: MachineLine?
    }

    /// Reads a text; every text is a file. Who acts on it calls `checkVersion` first.
    package init(parsing text: String) {
        var current: [String] = [], begin = 0
        func finish(_ pieces: inout [Piece]) {
            if !current.isEmpty { pieces.append(Piece(kind: .statement, raw: current.joined(), line: begin)) }
            current = []
        }
        for (index, line) in NotebookFile.lines(of: text).enumerated() {
            let isBlank = line.allSatisfy(\.isWhitespace)
            let isIndented = line.unicodeScalars.first == " " || line.unicodeScalars.first == "\t"
            let isMarked = line.unicodeScalars.first == "#"
            if !current.isEmpty, !isBlank, !isMarked, isIndented || StatementSplitter.isOpen(current.joined()) {
                current.append(line)
                continue
            }
            finish(&pieces)
            if !isBlank, !isMarked {
                current = [line]
                begin = index + 1
                continue
            }
            let kind = isBlank ? .blank : NotebookFile.kind(ofMarked: line)
            pieces.append(Piece(kind: kind, raw: line, line: index + 1))
        }
        finish(&pieces)
    }

    /// Throws when the file says that a newer program wrote it.
    package func checkVersion() throws(NotebookFileError) {
        for piece in pieces where piece.kind == .header {
            if let version = NotebookFile.version(of: piece.raw), version > NotebookFile.version {
                throw .newer(version: version)
            }
        }
    }

    /// Reads the script or session at a path. A file that is none is refused without a word of what it holds.
    static func read(_ path: String) throws -> NotebookFile {
        if let shipped = ShippedScripts.text(at: path) { return NotebookFile(parsing: shipped) }
        guard Files.isPlainFile(path) else { throw FileError(path: path, reason: "not a script: not a regular file") }
        // What counts is the file itself, not the name of a link to it.
        guard Files.wholePath(path).hasSuffix(".flq") || (try? Files.text(of: path).hasPrefix("#! faultline")) == true else {
            throw FileError(
                path: path, reason: "not a script: its name does not end in .flq, nor does it begin with `#! faultline`")
        }
        let file = NotebookFile(parsing: try Files.text(of: path))
        do { try file.checkVersion() } catch { throw FileError(path: path, reason: "\(error)") }
        return file
    }

    /// The text that was read, or what has become of it.
    package var text: String { pieces.map(\.raw).joined() }

    /// Lines with their line ends.
    private static func lines(of text: String) -> [String] {
        var lines: [String] = [], start = text.unicodeScalars.startIndex
        let scalars = text.unicodeScalars
        while start < scalars.endIndex {
            let end = scalars[start...].firstIndex(of: "\n").map { scalars.index(after: $0) } ?? scalars.endIndex
            lines.append(String(scalars[start..<end]))
            start = end
        }
        return lines
    }

    private static func kind(ofMarked line: String) -> Kind {
        switch line.unicodeScalars.dropFirst().first {
        case "!": .header
        case "@": .pins
        case ">": .output
        case "=": .machine
        default: .prose
        }
    }

    /// The version that `#! faultline N` names; nil for other lines, such as those by which a system finds a program.
    private static func version(of line: String) -> Int? {
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.count >= 3, words[0] == "#!", words[1] == "faultline" else { return nil }
        return Int(words[2])
    }

    // MARK: What it holds

    /// The statements in order, with what was recorded of each.
    var recorded: [Recorded] {
        var found: [Recorded] = []
        for piece in pieces {
            switch piece.kind {
            case .statement: found.append(Recorded(ordinal: found.count + 1, text: piece.text, line: piece.line))
            case .output where !found.isEmpty:
                if found[found.count - 1].output == nil { found[found.count - 1].output = [] }
                found[found.count - 1].output?.append(NotebookFile.outputText(piece))
            case .machine where !found.isEmpty: found[found.count - 1].machine = MachineLine(piece.text)
            default: break
            }
        }
        return found
    }

    /// The first line of prose that says something; nil when there is none.
    package var title: String? {
        pieces.lazy.filter { $0.kind == .prose }.map { NotebookFile.proseText($0) }.first { !$0.allSatisfy(\.isWhitespace) }
            .map { String($0.drop { $0 == "#" || $0 == " " }) }
    }

    /// The pins at the file's head; nil when it has none.
    var pins: Pins? { pieces.first { $0.kind == .pins }.flatMap { Pins($0.text) } }

    /// The prose of a piece, without its mark.
    static func proseText(_ piece: Piece) -> String {
        let text = piece.text.drop { $0 == "#" }
        return String(text.first == " " ? text.dropFirst() : text)
    }

    private static func outputText(_ piece: Piece) -> String {
        let text = piece.text.dropFirst(2)
        return String(text.first == " " ? text.dropFirst() : text)
    }

    /// A line of an answer as the file spells it.
    static func outputLine(_ line: String) -> String { line.isEmpty ? "#>\n" : "#> \(line)\n" }

    // MARK: Changes

    /// Puts what was answered in place of what was recorded of statement `ordinal`; everything else stays as it is.
    mutating func record(_ ordinal: Int, output: [String], machine: MachineLine?) {
        let places = pieces.indices.filter { pieces[$0].kind == .statement }
        guard places.indices.contains(ordinal - 1) else { return }
        let place = places[ordinal - 1], end = ordinal < places.count ? places[ordinal] : pieces.count
        var below = Array(pieces[(place + 1)..<end])
        let wasRecorded = below.contains { $0.kind == .output || $0.kind == .machine }
        below.removeAll { $0.kind == .output || $0.kind == .machine }
        // Statements one right below the other are parted when answers come between them.
        if !wasRecorded, below.isEmpty, end < pieces.count, !output.isEmpty { below = [Piece(kind: .blank, raw: "\n", line: 0)] }
        if pieces[place].raw.unicodeScalars.last != "\n" { pieces[place].raw += "\n" }
        var lines = output.map { Piece(kind: .output, raw: NotebookFile.outputLine($0), line: 0) }
        if let machine { lines.append(Piece(kind: .machine, raw: machine.text + "\n", line: 0)) }
        pieces.replaceSubrange((place + 1)..<end, with: lines + below)
    }

    /// Puts pins at the file's head in place of those that stand there.
    mutating func pin(_ pins: Pins) {
        if let place = pieces.firstIndex(where: { $0.kind == .pins }) {
            pieces[place].raw = pins.text + "\n"
            return
        }
        let header = pieces.firstIndex { $0.kind == .header && NotebookFile.version(of: $0.raw) != nil }
        if let header {
            pieces.insert(Piece(kind: .pins, raw: pins.text + "\n", line: 0), at: header + 1)
        } else {
            pieces.insert(
                contentsOf: [
                    Piece(kind: .header, raw: NotebookFile.header, line: 0), Piece(kind: .pins, raw: pins.text + "\n", line: 0),
                ], at: 0)
        }
    }

    /// Puts a piece in.
    mutating func insert(_ piece: Piece, at place: Int) { pieces.insert(piece, at: place) }

    /// Takes a piece away.
    mutating func remove(at place: Int) { pieces.remove(at: place) }

    /// Puts pins in the place of a piece.
    mutating func replace(at place: Int, with pins: Pins) { pieces[place].raw = pins.text + "\n" }

    /// The first line of a file.
    static let header = "#! faultline \(version)\n"
}
