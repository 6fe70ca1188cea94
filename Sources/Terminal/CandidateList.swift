import Render

/// Completion candidates laid out in columns, each name followed by a dim note.
struct CandidateList {
    let candidates: [Completion.Candidate]
    /// Width of the terminal in columns; rows that the list may use.
    let width: Int, height: Int
    /// True when notes may be dimmed with an escape sequence.
    let usesColor: Bool
    /// True when truncated text may end with `…`.
    let isUTF8: Bool

    /// The rows, filled column by column; each is at most `width - 1` columns wide.
    ///
    /// When the list needs more than `height` rows, the last row counts the candidates not shown.
    var rows: [String] {
        guard !candidates.isEmpty else { return [] }
        let room = max(width - 1, 1)
        let cells = candidates.map { cell($0, room: room) }
        let cellWidth = (cells.map(\.width).max() ?? 0) + 2
        // The last column needs no gap after it.
        let columns = max(1, (room + 2) / cellWidth)
        let needed = (cells.count + columns - 1) / columns
        let rowCount = needed <= height ? needed : max(height - 1, 1)
        let shown = min(cells.count, rowCount * columns)
        var rows = (0..<rowCount).map { row in
            var line = "", gap = 0
            for index in stride(from: row, to: shown, by: rowCount) {
                line += String(repeating: " ", count: gap) + cells[index].text
                gap = cellWidth - cells[index].width
            }
            return line
        }
        if shown < cells.count {
            rows.append(CandidateList.cut("\(cells.count - shown) more", to: room, isUTF8: isUTF8))
        }
        return rows
    }

    private func cell(_ candidate: Completion.Candidate, room: Int) -> (text: String, width: Int) {
        let name = CandidateList.cut(CandidateList.harmless(candidate.text), to: room, isUTF8: isUTF8)
        let nameWidth = LineLayout.cells(of: name)
        guard let note = candidate.note.map(CandidateList.harmless), !note.isEmpty,
            nameWidth + 1 + LineLayout.cells(of: note) <= room
        else { return (name, nameWidth) }
        let shown = usesColor ? "\u{1B}[2m\(note)\u{1B}[22m" : note
        return ("\(name) \(shown)", nameWidth + 1 + LineLayout.cells(of: note))
    }

    /// Replaces terminal control characters, because names come from data.
    static func harmless(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.steersTerminal ? "?" : $0 }))
    }

    static func cut(_ text: String, to room: Int, isUTF8: Bool) -> String {
        guard LineLayout.cells(of: text) > room else { return text }
        let ending = isUTF8 ? "…" : "..."
        guard room > ending.count else { return String(repeating: ".", count: max(room, 0)) }
        var kept = text
        while LineLayout.cells(of: kept) > room - ending.count, !kept.isEmpty { kept.removeLast() }
        return kept + ending
    }
}
