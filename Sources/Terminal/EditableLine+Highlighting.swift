import CEdit
import Render

// Drawn in addition to libedit's output; nothing is drawn where the terminal cannot colour or move the cursor.
extension EditableLine {
    /// Length in characters above which text is not highlighted: every key redraws all of it.
    private static let longest = 2000

    /// Highlights the line that libedit has drawn, once per drawing.
    func highlightLine() {
        guard !isHighlighted else { return }
        isHighlighted = true
        suggestion = ""
        guard let highlight, movesCursor, traits.usesColor, !isPasting else { return }
        let (scalars, cursor) = edited
        guard scalars.count <= EditableLine.longest, !isSearching, rows.end < traits.height else { return }
        let cell = cell
        let isAtEnd = cursor == scalars.count
        let highlighting = highlight(cell.text, cell.cursor)
        if isAtEnd, takesSuggestions, !cell.text.isEmpty {
            suggestion = history.continuation(of: cell.text) ?? highlighting.suggestion
        }
        var roles = [Role](repeating: .plain, count: scalars.count)
        for run in highlighting.runs {
            let places = cell.place(ofByte: run.bytes.lowerBound)..<cell.place(ofByte: run.bytes.upperBound)
            for place in places.clamped(to: roles.indices) { roles[place] = run.role }
        }
        let highlighted = HighlightedLine(
            prompt: visiblePrompt, text: scalars, cursor: cursor, roles: roles, ghost: suggestion, width: traits.width)
        emit(highlighted.escapes)
    }

    /// Removes the suggestion before anything else is drawn.
    func removeHighlighting() {
        if isHighlighted, !suggestion.isEmpty { emit(HighlightedLine.withoutGhost) }
        isHighlighted = false
    }

    /// True while libedit's incremental search shows its prompt as text after the cursor.
    var isSearching: Bool {
        let (scalars, cursor) = edited
        let after = String(String.UnicodeScalarView(scalars[cursor...]))
        return after.contains("\nbck") || after.contains("\nfwd")
    }

    // MARK: Accepting a suggestion

    /// Moves one character right; at the end of the text, accepts the suggestion.
    func moveRight() -> UInt8 {
        let (scalars, cursor) = edited
        if cursor == scalars.count { return takeSuggestion() ?? UInt8(CC_ERROR) }
        el_cursor(line, 1)
        return UInt8(CC_CURSOR)
    }

    /// Moves to the end of the text; when already there, accepts the suggestion.
    func moveToTextEnd() -> UInt8 {
        let (scalars, cursor) = edited
        if cursor == scalars.count, let taken = takeSuggestion() { return taken }
        el_cursor(line, Int32(clamping: scalars.count - cursor))
        return UInt8(CC_CURSOR)
    }

    private func takeSuggestion() -> UInt8? {
        guard !suggestion.isEmpty else { return nil }
        insert(suggestion)
        suggestion = ""
        return UInt8(CC_REFRESH)
    }
}
