import Glibc
import Platform
import Terminal
import Synchronization

/// A minimal prompt without a notebook: prints how lines arrive. Driven by the line editor's tests.
@main
struct TerminalProbe {
    static let models: [Completion.Candidate] = [
        .init("gpt-4o", note: "1,203"), .init("gpt-4o-mini", note: "8,114"), .init("mistral-large", note: "77"),
        .init("événement", note: "1"),
    ]

    static func main() throws {
        var environment: [String: String] = [:]
        for name in ["LANG", "TERM", "NO_COLOR", "COLUMNS", "PROBE_HISTORY", "PROBE_HIGHLIGHT"] {
            if let value = getenv(name) { environment[name] = String(cString: value) }
        }
        let traits = TerminalTraits(environment: environment)
        let editor = try LineEditor(options: LineEditorOptions(traits: traits, historyPath: environment["PROBE_HISTORY"]))
        editor.keepInHistory = { !$0.contains("secret") }
        editor.isComplete = { !$0.hasSuffix(",") }
        editor.complete = { text, cursor in
            let before = Array(text.utf8)[..<cursor]
            let start = before.lastIndex { $0 == 0x20 || $0 == 0x0A || $0 == 0x2C }.map { $0 + 1 } ?? 0
            let word = String(decoding: before[start...], as: UTF8.self)
            return Completion(replaceFrom: start, candidates: models.filter { $0.text.hasPrefix(word) })
        }
        if environment["PROBE_HIGHLIGHT"] != nil { editor.highlight = { text, _ in highlighting(of: text) } }
        while true {
            let color = traits.usesColor ? ("\u{1B}[1;36m", "\u{1B}[0m") : ("", "")
            switch editor.readLine(prompt: "\(color.0)probe>\(color.1) ", continuation: "  ...> ") {
            case .endOfInput:
                show("end")
                return
            case .interrupted: show("dropped")
            case .line(let line):
                editor.addHistory(line)
                if try !run(line, editor) { return }
            }
        }
    }

    /// Colours every second word; one word has a suggestion.
    static func highlighting(of text: String) -> LineHighlighting {
        var runs: [LineHighlighting.Run] = [], start = 0, isOdd = true
        for word in text.utf8.split(separator: 0x20, omittingEmptySubsequences: false) {
            if isOdd, !word.isEmpty { runs.append(.init(start..<start + word.count, .accent)) }
            start += word.count + 1
            isOdd.toggle()
        }
        return LineHighlighting(runs, suggestion: text.hasSuffix("sug") ? "gestion" : "")
    }

    static func run(_ line: String, _ editor: LineEditor) throws -> Bool {
        switch line {
        case "spin": spin(editor, for: .seconds(30)) {}
        case "nap": spin(editor, for: .milliseconds(1)) {}
        case "early":
            raise(SIGINT)
            spin(editor, for: .seconds(30)) {}
        case "nested":
            spin(editor, for: .seconds(30)) {
                raise(SIGINT)
                spin(editor, for: .seconds(30)) {}
                raise(SIGINT)
            }
        case "edit": editor.preload("errors by type,\nmodel")
        case "notice":
            let notices = editor.notices
            Background.start {
                usleep(100_000)
                notices.printAbove("a notice")
            }
        case "crash": preconditionFailure("asked to crash")
        case "problem": show(editor.historyProblem ?? "none")
        case "width": show("width \(TerminalTraits(environment: [:]).width)")
        case "exit": return false
        default:
            show("<\(line.unicodeScalars.map { $0 == "\n" ? "|" : $0 == "\0" ? "NUL" : String($0) }.joined())>")
        }
        return true
    }

    /// Runs a query after `preparation`, both interruptible, and prints whether it was interrupted.
    static func spin(_ editor: LineEditor, for limit: Duration, after preparation: () -> Void) {
        show("spinning")
        let query = Query()
        editor.interruptible {
            query.isStopped.store(true, ordering: .relaxed)
        } body: {
            preparation()
            query.run(for: limit)
        }
        show(editor.wasInterrupted ? "was interrupted" : "was not interrupted")
    }

    static func show(_ text: String) {
        var line = text + "\n"
        line.withUTF8 { bytes in _ = write(1, bytes.baseAddress, bytes.count) }
    }
}

/// A long query that can be stopped.
final class Query: Sendable {
    let isStopped = Atomic(false)

    func run(for limit: Duration) {
        let start = ContinuousClock.now
        while !isStopped.load(ordering: .relaxed) && ContinuousClock.now - start < limit { usleep(1000) }
    }
}

/// A thread that runs a closure once.
final class Background: Sendable {
    private let body: @Sendable () -> Void

    private init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    static func start(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Background>.fromOpaque(context).takeRetainedValue().body() }
                return nil
            }, Unmanaged.passRetained(Background(body)).toOpaque())
    }
}
