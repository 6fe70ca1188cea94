import CEdit
import Glibc
import Platform

/// Options of a line editor.
public struct LineEditorOptions: Sendable {
    /// The program name used in `.editrc`.
    public var program = "faultline"
    /// The history file; nil keeps the history in memory only.
    public var historyPath: String?
    /// Number of entries kept, newest first.
    public var historyLimit = 10_000
    /// The descriptors; libedit reports terminal problems on `error`.
    public var input: Int32 = 0, output: Int32 = 1, error: Int32 = 2
    /// The terminal's properties.
    public var traits: TerminalTraits

    /// Creates options for the standard descriptors.
    public init(traits: TerminalTraits, historyPath: String? = nil) {
        self.traits = traits
        self.historyPath = historyPath
    }
}

/// Reads lines, with editing, history and completion on a terminal; from a pipe, unedited.
///
/// One per process, used on the main thread. Respects `.editrc` (the file named by `EDITRC`, else the one in `HOME`); keys are
/// emacs keys unless it says otherwise. The terminal is raw while a line is edited and is restored on every exit, also when a
/// signal ends the process. Flush all other output before reading a line.
public final class LineEditor {
    /// The outcome of reading a line.
    public enum Outcome: Hashable, Sendable {
        /// The text without its last newline; cells of several lines contain newlines.
        case line(String)
        /// Ctrl-C; the typed text is discarded.
        case interrupted
        /// Ctrl-D on an empty line, or end of input.
        case endOfInput
    }

    /// Ctrl-C handling for code that runs between two lines.
    public let interrupts: Interrupts
    /// Prints above the line being edited, from any thread.
    public let notices: NoticeQueue
    /// True when input and output are terminals, so that lines are edited.
    public let isInteractive: Bool
    /// Returns the completions at the cursor (in UTF-8 bytes of the text); called on Tab.
    public var complete: ((_ text: String, _ cursorByte: Int) -> Completion)? {
        didSet { editable?.complete = complete }
    }
    /// Returns whether Enter accepts the text; otherwise Enter starts another line of the cell. Nil accepts everything.
    public var isComplete: ((String) -> Bool)? {
        didSet { editable?.isComplete = isComplete }
    }
    /// Highlights the text while it is typed; called before each key, with the cursor in UTF-8 bytes, on colour terminals.
    public var highlight: ((_ text: String, _ cursorByte: Int) -> LineHighlighting)? {
        didSet { editable?.highlight = highlight }
    }
    /// Returns whether a line may enter the history and its file; false for lines with secrets, for example.
    public var keepInHistory: (String) -> Bool = { _ in true }

    private let editable: EditableLine?
    private var plain: PlainLineReader
    private let error: Int32

    /// Handles Ctrl-C (unless `interrupts` already does), sets up the terminal if there is one, and reads the history.
    ///
    /// Throws when the system refuses pipes, streams or memory. An unreadable history is not an error: see `historyProblem`.
    public init(options: LineEditorOptions, interrupts: Interrupts? = nil) throws(TerminalError) {
        let interrupts = if let interrupts { interrupts } else { try Interrupts() }
        self.interrupts = interrupts
        notices = NoticeQueue(interrupts)
        isInteractive = isatty(options.input) == 1 && isatty(options.output) == 1
        plain = PlainLineReader(options.input)
        error = options.error
        editable = isInteractive ? try EditableLine(options, interrupts: interrupts, notices: notices) : nil
    }

    /// Why the history file could not be read or written; nil when there was no problem.
    public var historyProblem: String? { editable?.history.problem }

    /// Reads one cell.
    ///
    /// Both prompts may be coloured; the colours of `continuation`, which starts each further line of a cell, are not shown. It is
    /// part of the edited text but not of the outcome. Without a terminal there is no prompt, each line is an outcome of its own,
    /// and notices go to the error descriptor.
    public func readLine(prompt: String, continuation: String) -> Outcome {
        if let editable { return editable.read(prompt: prompt, continuation: continuation) }
        for notice in notices.take() {
            Output.write(notice.utf8.last == 0x0A ? notice : notice + "\n", to: error, as: .drawn)
        }
        return plain.next(interrupts.signals)
    }

    /// Adds a line to the history and its file, unless `keepInHistory` returns false. Does nothing without a terminal.
    public func addHistory(_ line: String) {
        if let editable, keepInHistory(line) { editable.history.add(line) }
    }

    /// Fills the next line with editable text.
    public func preload(_ text: String) { editable?.preloaded = text }

    /// Prints text above the line being edited, or before the next prompt when there is none.
    public func printAbove(_ text: String) { notices.printAbove(text) }

    /// Runs `body`; on Ctrl-C, calls `onInterrupt` on another thread, repeatedly until `body` ends and never after that (see
    /// `Interrupts.during`).
    public func interruptible<T, E: Error>(
        _ onInterrupt: @escaping @Sendable () -> Void, body: () throws(E) -> T
    ) throws(E) -> T {
        try interrupts.during(onInterrupt, body: body)
    }

    /// True when Ctrl-C was pressed during the last `interruptible` body.
    public var wasInterrupted: Bool { interrupts.wasInterrupted }
}
