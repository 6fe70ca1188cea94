import CEdit
import Glibc
import System

/// How a line editor is set up.
public struct LineEditorOptions: Sendable {
    /// The name by which `.editrc` addresses this program.
    public var program = "faultline"
    /// Where entered lines are kept; nil keeps them in memory only.
    public var historyPath: String?
    /// Entries kept; older ones are forgotten.
    public var historyLimit = 10_000
    /// The descriptors; `error` gets what libedit has to say about the terminal.
    public var input: Int32 = 0, output: Int32 = 1, error: Int32 = 2
    /// What is known of the terminal.
    public var traits: TerminalTraits

    /// Makes options for the standard descriptors.
    public init(traits: TerminalTraits, historyPath: String? = nil) {
        self.traits = traits
        self.historyPath = historyPath
    }
}

/// Reads lines from whoever types them, with editing, history and completion; from a pipe just as they come.
///
/// One per process, used on the main thread. `.editrc` is respected (the file named by `EDITRC`, else the one in `HOME`);
/// keys are those of emacs unless it says otherwise. While a line is edited the terminal is raw; it is given back on
/// every way out, also when a signal ends the process. Write out all own output before a line is read.
public final class LineEditor {
    /// How reading a line ended.
    public enum Outcome: Hashable, Sendable {
        /// The text without its last newline; cells of several lines hold newlines.
        case line(String)
        /// Ctrl-C; what was typed is dropped.
        case interrupted
        /// Ctrl-D on an empty line, or the end of the input.
        case endOfInput
    }

    /// Ctrl-C for bodies that run between two lines.
    public let interrupts: Interrupts
    /// Prints above the line being edited, from any thread.
    public let notices: NoticeQueue
    /// True when input and output are terminals: lines are edited.
    public let isInteractive: Bool
    /// What may stand at the cursor (in UTF-8 bytes of the text); asked when Tab is pressed.
    public var complete: ((_ text: String, _ cursorByte: Int) -> Completion)? {
        didSet { editable?.complete = complete }
    }
    /// Whether Enter accepts the text; when not, it begins another line of the cell. Nil accepts everything.
    public var isComplete: ((String) -> Bool)? {
        didSet { editable?.isComplete = isComplete }
    }
    /// How the text is shown while it is typed; asked before each key, with the cursor in UTF-8 bytes, where there is colour.
    public var highlight: ((_ text: String, _ cursorByte: Int) -> LineHighlighting)? {
        didSet { editable?.highlight = highlight }
    }
    /// Lines for which this is false go neither into the history nor into its file, such as those with secrets.
    public var keepInHistory: (String) -> Bool = { _ in true }

    private let editable: EditableLine?
    private var plain: PlainLineReader
    private let error: Int32

    /// Takes Ctrl-C (unless `interrupts` has it already), sets up the terminal when there is one, and reads the history.
    ///
    /// Throws when the system refuses pipes, streams or memory. A history that cannot be read is no error: see
    /// `historyProblem`.
    public init(options: LineEditorOptions, interrupts: Interrupts? = nil) throws(TerminalError) {
        let interrupts = if let interrupts { interrupts } else { try Interrupts() }
        self.interrupts = interrupts
        notices = NoticeQueue(interrupts)
        isInteractive = isatty(options.input) == 1 && isatty(options.output) == 1
        plain = PlainLineReader(options.input)
        error = options.error
        editable = isInteractive ? try EditableLine(options, interrupts: interrupts, notices: notices) : nil
    }

    /// Why the history's file could not be read or written, in words; nil while all is well.
    public var historyProblem: String? { editable?.history.problem }

    /// Reads one cell.
    ///
    /// Both prompts may be coloured; the colours of `continuation`, which begins each further line of a cell, are not
    /// shown. It stands in the text while that is edited and is not part of the outcome. Without a terminal there is
    /// no prompt, each line is an outcome of its own, and notices go to the error descriptor.
    public func readLine(prompt: String, continuation: String) -> Outcome {
        if let editable { return editable.read(prompt: prompt, continuation: continuation) }
        for notice in notices.take() {
            Output.write(notice.utf8.last == 0x0A ? notice : notice + "\n", to: error, as: .drawn)
        }
        return plain.next(interrupts.signals)
    }

    /// Adds a line to the history and its file, unless `keepInHistory` says no. Does nothing without a terminal.
    public func addHistory(_ line: String) {
        if let editable, keepInHistory(line) { editable.history.add(line) }
    }

    /// Puts a text on the next line that is read, where it can be edited.
    public func preload(_ text: String) { editable?.preloaded = text }

    /// Prints a text above the line being edited; when none is, before the next prompt.
    public func printAbove(_ text: String) { notices.printAbove(text) }

    /// Runs `body`; Ctrl-C meanwhile calls `onInterrupt` on a thread of its own, again and again until `body` ends, never
    /// after that (see `Interrupts.during`).
    public func interruptible<T, E: Error>(
        _ onInterrupt: @escaping @Sendable () -> Void, body: () throws(E) -> T
    ) throws(E) -> T {
        try interrupts.during(onInterrupt, body: body)
    }

    /// True when Ctrl-C was pressed during the last `interruptible` body.
    public var wasInterrupted: Bool { interrupts.wasInterrupted }
}
