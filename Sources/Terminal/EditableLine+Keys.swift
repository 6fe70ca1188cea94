import CEdit

/// Characters that no keyboard sends (C1 controls); pushing one makes libedit run one of its own commands.
enum PrivateKey: UInt8 {
    case accept = 0x9F, preload = 0x9D, previousEntry = 0x9C, nextEntry = 0x9B

    /// The text to push.
    var text: String { String(Unicode.Scalar(rawValue)) }
    /// The octal form used in a binding.
    var binding: String { "\\" + String(rawValue, radix: 8) }
}

// Keys that do more than libedit's own commands. The functions run on the thread that reads the line.
extension EditableLine {
    /// Return values of bound functions (`CC_` in histedit.h).
    private static let normal = UInt8(CC_NORM), refresh = UInt8(CC_REFRESH), cursor = UInt8(CC_CURSOR), error = UInt8(CC_ERROR)

    /// Binds keys that .editrc may rebind.
    static func bindConveniences(_ line: OpaquePointer) {
        for (key, command) in [
            ("\\e[1;5C", "em-next-word"), ("\\e[1;5D", "ed-prev-word"), ("\\e[3~", "ed-delete-next-char"),
            ("\\e[H", "ed-move-to-beg"), ("\\e[F", "faultline-end"), ("\\eOF", "faultline-end"), ("^E", "faultline-end"),
            ("\\e[C", "faultline-right"), ("\\eOC", "faultline-right"),
        ] {
            cedit_bind(line, key, command)
        }
    }

    /// Binds keys that must work whatever .editrc says; `bind -v` there resets all bindings.
    static func bindKeys(_ line: OpaquePointer, hasViKeys: Bool) {
        var keys = [
            ("^I", "faultline-complete"), ("^M", "faultline-accept"), ("^J", "faultline-accept"), ("^R", "em-inc-search-prev"),
            (PrivateKey.accept.binding, "ed-newline"), (PrivateKey.preload.binding, "faultline-preload"),
            (PrivateKey.previousEntry.binding, "ed-prev-history"), (PrivateKey.nextEntry.binding, "ed-next-history"),
        ]
        if hasViKeys {
            for (key, command) in keys where key != "^R" { cedit_bind_command_mode(line, key, command) }
        } else {
            // With vi keys, a sequence that starts with Escape would stop Escape from leaving insert mode.
            keys += [
                ("\\e[200~", "faultline-paste"), ("\\e^M", "faultline-newline"), ("\\e^J", "faultline-newline"),
                ("\\e[A", "faultline-up"), ("\\eOA", "faultline-up"), ("\\e[B", "faultline-down"), ("\\eOB", "faultline-down"),
            ]
        }
        for (key, command) in keys { cedit_bind(line, key, command) }
    }

    static func addFunctions(_ line: OpaquePointer) {
        cedit_add_function(line, "faultline-complete", "Complete the word") { line, _ in
            EditableLine.of(line)?.completeWord() ?? EditableLine.error
        }
        cedit_add_function(line, "faultline-accept", "Accept the cell, or continue it if incomplete") { line, _ in
            EditableLine.of(line)?.accept() ?? EditableLine.error
        }
        cedit_add_function(line, "faultline-newline", "Insert a newline") { line, _ in
            EditableLine.of(line)?.insertNewline() ?? EditableLine.error
        }
        cedit_add_function(line, "faultline-paste", "Insert the pasted text") { line, _ in
            EditableLine.of(line)?.paste() ?? EditableLine.error
        }
        cedit_add_function(line, "faultline-preload", "Insert the prepared text") { line, _ in
            EditableLine.of(line)?.insertPreloaded() ?? EditableLine.error
        }
        cedit_add_function(line, "faultline-up", "Line above, or previous entry") { line, _ in
            EditableLine.of(line)?.moveUp() ?? EditableLine.error
        }
        cedit_add_function(line, "faultline-down", "Line below, or next entry") { line, _ in
            EditableLine.of(line)?.moveDown() ?? EditableLine.error
        }
        cedit_add_function(line, "faultline-right", "Move right, or accept the suggestion") { line, _ in
            EditableLine.of(line)?.moveRight() ?? EditableLine.error
        }
        cedit_add_function(line, "faultline-end", "Move to the end, or accept the suggestion") { line, _ in
            EditableLine.of(line)?.moveToTextEnd() ?? EditableLine.error
        }
    }

    // MARK: Accepting

    private func accept() -> UInt8 {
        let cell = cell
        if let isComplete, !isComplete(cell.text) { return insertNewline() }
        el_cursor(line, Int32(clamping: edited.scalars.count))
        // Only libedit's own command leaves the screen in the right state.
        el_push(line, PrivateKey.accept.text)
        return EditableLine.cursor
    }

    private func insertNewline() -> UInt8 {
        insert("\n")
        return EditableLine.refresh
    }

    private func insertPreloaded() -> UInt8 {
        if let text = preloaded { insert(text) }
        preloaded = nil
        return EditableLine.refresh
    }

    /// Reads a bracketed paste to its end; keeps newlines, so that several lines arrive as one cell.
    private func paste() -> UInt8 {
        isPasting = true
        defer { isPasting = false }
        let end = Array("\u{1B}[201~".unicodeScalars)
        var pasted: [Unicode.Scalar] = []
        while let scalar = nextKey() {
            pasted.append(scalar)
            if scalar == "~" && pasted.suffix(end.count).elementsEqual(end) {
                pasted.removeLast(end.count)
                break
            }
        }
        guard !wasInterrupted else { return EditableLine.normal }
        insert(EditableLine.text(ofPasted: pasted))
        return EditableLine.refresh
    }

    /// Normalises line endings to `\n`, trims them at the end, and removes control characters other than tabs.
    static func text(ofPasted pasted: [Unicode.Scalar]) -> String {
        var text = String.UnicodeScalarView()
        var followsReturn = false
        for scalar in pasted {
            if scalar == "\r" || (scalar == "\n" && !followsReturn) {
                text.append("\n")
            } else if scalar == "\t" || scalar.properties.generalCategory != .control {
                text.append(scalar)
            }
            followsReturn = scalar == "\r"
        }
        while text.last == "\n" { text.removeLast() }
        return String(text)
    }

    /// Deletes a continuation prompt together with its newline on one Backspace. libedit's search shows its prompt as text after
    /// the cursor and has its own use for Backspace.
    func repeatBackspace(_ key: Unicode.Scalar) {
        let (scalars, cursor) = edited
        let prefix = Array(("\n" + continuation).unicodeScalars)
        guard prefix.count > 1, scalars[..<cursor].suffix(prefix.count).elementsEqual(prefix), !isSearching else { return }
        repeated = Array(repeating: key, count: prefix.count - 1)
    }

    // MARK: Completing

    private func completeWord() -> UInt8 {
        guard let complete else { return EditableLine.error }
        let cell = cell
        let completion = complete(cell.text, cell.cursor)
        guard !completion.candidates.isEmpty, (0...cell.cursor).contains(completion.replaceFrom) else {
            return EditableLine.error
        }
        let typed = String(decoding: Array(cell.text.utf8)[completion.replaceFrom..<cell.cursor], as: UTF8.self)
        let isOnly = completion.candidates.count == 1
        let replacement = completion.commonPrefix + (isOnly ? completion.candidates[0].ending : "")
        // When the shared prefix is shorter than the typed text (a difference in case, say), the typed text stays.
        if replacement != typed && (isOnly || replacement.utf8.count >= typed.utf8.count) {
            if replacement.unicodeScalars.starts(with: typed.unicodeScalars) {
                insert(String(String.UnicodeScalarView(replacement.unicodeScalars.dropFirst(typed.unicodeScalars.count))))
            } else {
                el_deletestr(line, Int32(clamping: edited.cursor - cell.place(ofByte: completion.replaceFrom)))
                insert(replacement)
            }
        }
        if isOnly { return EditableLine.refresh }
        let list = CandidateList(
            candidates: completion.candidates, width: traits.width, height: max(traits.height - 4, 4),
            usesColor: traits.usesColor && movesCursor, isUTF8: traits.isUTF8)
        printBelow(list.rows)
        return EditableLine.normal
    }

    // MARK: Moving

    /// Moves up within a cell; on its first line, goes back in the history.
    private func moveUp() -> UInt8 {
        let (scalars, cursor) = edited
        guard let newline = scalars[..<cursor].lastIndex(of: "\n") else { return push(.previousEntry) }
        let start = scalars[..<newline].lastIndex(of: "\n").map { $0 + 1 } ?? 0
        return move(from: (newline + 1, cursor), to: (start, newline))
    }

    private func moveDown() -> UInt8 {
        let (scalars, cursor) = edited
        guard let newline = scalars[cursor...].firstIndex(of: "\n") else { return push(.nextEntry) }
        let start = scalars[..<cursor].lastIndex(of: "\n").map { $0 + 1 } ?? 0
        let end = scalars[(newline + 1)...].firstIndex(of: "\n") ?? scalars.count
        return move(from: (start, cursor), to: (newline + 1, end))
    }

    /// Moves to another line and keeps the distance from the start of the line's own text.
    private func move(from line: (start: Int, cursor: Int), to other: (start: Int, end: Int)) -> UInt8 {
        func begin(_ start: Int) -> Int { start == 0 ? 0 : start + continuation.unicodeScalars.count }
        let place = min(begin(other.start) + max(0, line.cursor - begin(line.start)), other.end)
        el_cursor(self.line, Int32(clamping: place - line.cursor))
        return EditableLine.cursor
    }

    private func push(_ key: PrivateKey) -> UInt8 {
        el_push(line, key.text)
        return EditableLine.normal
    }
}
