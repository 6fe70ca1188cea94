import CEdit
import Glibc
import Render
import Platform

/// One line, or a cell of several lines, edited on a terminal by libedit.
///
/// libedit draws, moves the cursor and recalls history; this type reads the keys (so that no signal is lost between drawing and
/// reading) and redraws after resizes, suspends and notices.
final class EditableLine {
    let line: OpaquePointer
    let history: LineHistory
    let traits: TerminalTraits
    let interrupts: Interrupts
    let notices: NoticeQueue
    /// False for dumb and unknown terminals: no escape sequences are sent.
    let movesCursor: Bool
    let pastesInBrackets: Bool
    /// False with vi keys, where the keys that accept a suggestion have other uses.
    let takesSuggestions: Bool
    var complete: ((_ text: String, _ cursorByte: Int) -> Completion)?
    var isComplete: ((String) -> Bool)?
    var highlight: ((_ text: String, _ cursorByte: Int) -> LineHighlighting)?
    var preloaded: String?
    /// True while the line on the screen is highlighted; the suggestion shown after it.
    var isHighlighted = false, suggestion = ""

    var input: KeyInput
    /// Keys to process before reading input, as if pressed again.
    var repeated: [Unicode.Scalar] = []
    var isPasting = false
    var wasInterrupted = false
    private(set) var continuation = ""
    private var prompt = PromptText("")
    var visiblePrompt: String { prompt.visible }
    /// The prompt passed to libedit on every drawing; owned here.
    private var promptBytes: UnsafeMutablePointer<CChar>?
    private let streams: [UnsafeMutablePointer<FILE>]
    private var deferredSignals: Int32 = 0

    init(_ options: LineEditorOptions, interrupts: Interrupts, notices: NoticeQueue) throws(TerminalError) {
        EditableLine.chooseCharacterSet(options.traits)
        var streams: [UnsafeMutablePointer<FILE>] = []
        for (descriptor, isRead) in [(options.input, true), (options.output, false), (options.error, false)] {
            let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
            guard copy >= 0, let stream = isRead ? fdopen(copy, "r") : EditorStream.open(copy) else {
                throw TerminalError("cannot open the terminal", code: errno)
            }
            streams.append(stream)
        }
        guard let history = LineHistory(path: options.historyPath, limit: options.historyLimit),
            let line = el_init_fd(
                options.program, streams[0], streams[1], streams[2], options.input, options.output, options.error)
        else { throw TerminalError("cannot start the line editor") }
        self.line = line
        self.history = history
        self.streams = streams
        self.interrupts = interrupts
        self.notices = notices
        traits = options.traits
        input = KeyInput(options.input)
        movesCursor = cedit_has_capability(line, "up") != 0 && cedit_has_capability(line, "cd") != 0
        cedit_set_signals(line, 0)
        cedit_set_editor(line, "emacs")
        // Returns and newlines arrive as sent, so that a pasted `\r\n` is one line ending.
        for mode in ["-icrnl", "-inlcr"] { cedit_set_edit_mode(line, mode) }
        EditableLine.addFunctions(line)
        EditableLine.bindConveniences(line)
        el_source(line, nil)
        let hasViKeys = cedit_has_vi_keys(line) != 0
        pastesInBrackets = movesCursor && !hasViKeys
        takesSuggestions = !hasViKeys
        EditableLine.bindKeys(line, hasViKeys: hasViKeys)
        cedit_set_history(line, history.past)
        cedit_set_client(line, Unmanaged.passUnretained(self).toOpaque())
        cedit_set_prompt(line, { line in EditableLine.of(line)?.promptBytes }, 1)
        cedit_set_reader(line) { line, key in
            guard let line = EditableLine.of(line), let key else { return -1 }
            return line.readKey(into: key)
        }
        cedit_catch_ends()
    }

    deinit {
        el_end(line)
        for stream in streams { fclose(stream) }
        free(promptBytes)
    }

    /// Returns the editor that owns this libedit handle.
    static func of(_ line: OpaquePointer?) -> EditableLine? {
        cedit_client(line).map { Unmanaged<EditableLine>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Sets the C library's encoding, which libedit uses to measure and write characters; the rest of the locale stays, so that
    /// numbers keep their decimal point.
    private static func chooseCharacterSet(_ traits: TerminalTraits) {
        if traits.isUTF8, setlocale(LC_CTYPE, traits.locale) != nil, String(cString: nl_langinfo(Int32(CODESET))) == "UTF-8" {
            return
        }
        if setlocale(LC_CTYPE, "C.UTF-8") == nil { setlocale(LC_CTYPE, "C.utf8") }
    }

    /// Reads one cell.
    func read(prompt text: String, continuation: String) -> LineEditor.Outcome {
        prompt = PromptText(text)
        self.continuation = PromptText(continuation).visible
        free(promptBytes)
        promptBytes = strdup(prompt.marked)
        history.show(with: self.continuation)
        for notice in notices.take() { emit(EditableLine.ended(notice)) }
        wasInterrupted = false
        isPasting = false
        repeated = []
        var cell = ""
        while true {
            if preloaded != nil { el_push(line, PrivateKey.preload.text) }
            guard let edited = edit() else {
                if wasInterrupted { return .interrupted }
                return cell.isEmpty ? .endOfInput : .line(cell)
            }
            let scalars = Array(edited.unicodeScalars)
            cell += CellText(edited: scalars, cursor: 0, continuation: Array(self.continuation.unicodeScalars)).text
            // Reached only when Enter is not bound here: `edit off` in .editrc, or the user's own key for accepting.
            guard let isComplete, !isComplete(cell) else { return .line(cell) }
            cell += "\n"
            free(promptBytes)
            prompt = PromptText(continuation)
            promptBytes = strdup(prompt.marked)
        }
    }

    /// Reads one line through libedit; nil after Ctrl-C and at the end of input.
    private func edit() -> String? {
        isHighlighted = false
        suggestion = ""
        cedit_begin_editing(interrupts.signals, input.descriptor, pastesInBrackets ? 1 : 0)
        setBracketedPaste(true)
        var count: Int32 = 0
        // The count may exceed the text; the text ends with a NUL.
        let edited = el_gets(line, &count).map { String(cString: $0) }
        setBracketedPaste(false)
        cedit_end_editing(interrupts.signals)
        if wasInterrupted || edited == nil || count <= 0 {
            el_reset(line)
            if !wasInterrupted { emit("\n") }
            return nil
        }
        return edited.map { $0.utf8.last == 0x0A ? String($0.dropLast()) : $0 }
    }

    // MARK: Keys

    /// Reads a key for libedit: 1 with a character, 0 at the end of input, -1 with EINTR after Ctrl-C.
    private func readKey(into key: UnsafeMutablePointer<wchar_t>) -> Int32 {
        guard let scalar = nextKey() else {
            key.pointee = 0
            cedit_set_errno(EINTR)
            return wasInterrupted ? -1 : 0
        }
        key.pointee = wchar_t(bitPattern: scalar.value)
        return 1
    }

    /// Waits for the next character while handling signals and notices; nil after Ctrl-C and at the end of input.
    func nextKey() -> Unicode.Scalar? {
        defer { removeHighlighting() }
        while !wasInterrupted {
            if let scalar = repeated.popLast() { return scalar }
            if !isPasting && deferredSignals != 0 {
                mind(deferredSignals)
                deferredSignals = 0
            }
            if let scalar = input.next() {
                if !isPasting && (scalar.value == 0x7F || scalar.value == 0x08) { repeatBackspace(scalar) }
                return scalar
            }
            if input.isAtEnd { return nil }
            highlightLine()
            let ready = waitForInput(input.descriptor, wake: interrupts.signals.pointee.wake.0)
            if ready.wake { mind(cedit_take(interrupts.signals)) } else if ready.descriptor { input.fill() }
        }
        return nil
    }

    private func mind(_ signals: Int32) {
        removeHighlighting()
        func has(_ bit: Int) -> Bool { signals & Int32(bit) != 0 }
        if has(CEDIT_INTERRUPT) {
            input.drop()
            repeated = []
            moveToEnd()
            emit("^C\n")
            wasInterrupted = true
        } else if isPasting {
            deferredSignals |= signals
        } else if has(CEDIT_SUSPEND) {
            stop()
        } else if has(CEDIT_CONTINUE) {
            takeTerminalAgain()
        } else {
            if has(CEDIT_POST) { printNotices() }
            if has(CEDIT_RESIZE) { drawAgain() }
        }
    }

    // MARK: Text

    /// The edited text and the cursor's index in it, in characters.
    var edited: (scalars: [Unicode.Scalar], cursor: Int) {
        guard let info = el_wline(line)?.pointee, let start = info.buffer, let end = info.lastchar, let cursor = info.cursor
        else { return ([], 0) }
        let characters = UnsafeBufferPointer(start: start, count: max(0, end - start))
        return (
            characters.map { Unicode.Scalar(UInt32(bitPattern: $0)) ?? "\u{FFFD}" }, min(max(0, cursor - start), characters.count)
        )
    }

    /// The cell being edited.
    var cell: CellText {
        let (scalars, cursor) = edited
        return CellText(edited: scalars, cursor: cursor, continuation: Array(continuation.unicodeScalars))
    }

    /// Inserts text at the cursor; its further lines get continuation prompts.
    func insert(_ text: String) {
        let characters = CellText.shown(text, continuation: continuation).unicodeScalars.map { wchar_t(bitPattern: $0.value) }
        el_winsertstr(line, characters.filter { $0 != 0 } + [0])
    }

    // MARK: Drawing

    /// Sends text to the terminal, after libedit's output; in raw mode, too, `\n` starts a row at its first column.
    func emit(_ text: String) {
        fputs(text, streams[1])
        fflush(streams[1])
    }

    private func setBracketedPaste(_ isOn: Bool) {
        if pastesInBrackets { emit("\u{1B}[?2004\(isOn ? "h" : "l")") }
    }

    /// Rows below the first that prompt and text occupy, up to the cursor and up to the end; the column of the end.
    var rows: (cursor: Int, end: Int, endColumn: Int) {
        let (scalars, cursor) = edited
        var layout = LineLayout(width: traits.width)
        layout.put(prompt.visible.unicodeScalars)
        layout.put(scalars[..<cursor])
        let row = layout.row
        layout.put(scalars[cursor...])
        return (row, layout.row, layout.column)
    }

    private func moveToEnd() {
        let rows = rows
        guard movesCursor else { return }
        if rows.end > rows.cursor { emit("\u{1B}[\(rows.end - rows.cursor)B") }
        emit("\r")
        if rows.endColumn > 0 { emit("\u{1B}[\(rows.endColumn)C") }
    }

    /// Prints rows below the text being edited, then redraws prompt and text below them.
    func printBelow(_ lines: [String]) {
        moveToEnd()
        emit(lines.reduce("\n") { $0 + $1 + "\n" })
        cedit_refresh(line)
    }

    private func printNotices() {
        let text = notices.take().map(EditableLine.ended).joined()
        guard !text.isEmpty else { return }
        clear()
        emit(text)
        cedit_refresh(line)
    }

    private static func ended(_ notice: String) -> String {
        let shown = TerminalText.shown(notice, as: .drawn, glyphs: Output.glyphs)
        return shown.utf8.last == 0x0A ? shown : shown + "\n"
    }

    private func drawAgain() {
        clear()
        el_resize(line)
        cedit_refresh(line)
    }

    /// Clears prompt and text and leaves the cursor at their start; on a terminal that cannot, moves to a new row.
    private func clear() {
        guard movesCursor else { return emit("\n") }
        let up = min(rows.cursor, traits.height)
        emit("\r" + (up > 0 ? "\u{1B}[\(up)A" : "") + "\u{1B}[J")
    }

    private func stop() {
        moveToEnd()
        setBracketedPaste(false)
        emit("\n")
        cedit_prepare(line, 0)
        cedit_stop(interrupts.signals)
        // The continuation (SIGCONT) is pending as well; one redraw is enough.
        deferredSignals |= cedit_take(interrupts.signals) & ~Int32(CEDIT_CONTINUE)
        takeTerminalAgain()
    }

    /// Takes the terminal back after a suspend: its modes have changed, and libedit must believe it is not raw to set raw mode.
    private func takeTerminalAgain() {
        cedit_prepare(line, 0)
        cedit_prepare(line, 1)
        setBracketedPaste(true)
        el_resize(line)
        cedit_refresh(line)
    }
}
