import Glibc
import Testing

@testable import Terminal
@testable import Platform

@Suite("Candidate lists, prompts, text")
struct DrawingTests {
    /// Widths come from the C library's encoding, as in libedit.
    init() { setlocale(LC_CTYPE, "C.UTF-8") }

    private func list(_ names: [String], width: Int, height: Int = 20, note: String? = nil, isUTF8: Bool = true) -> [String] {
        CandidateList(
            candidates: names.map { .init($0, note: note) }, width: width, height: height, usesColor: false, isUTF8: isUTF8
        ).rows
    }

    @Test("candidates fill columns downwards")
    func columns() {
        #expect(list(["aa", "bb", "cc", "dd", "ee"], width: 12) == ["aa  cc  ee", "bb  dd"])
        #expect(list([], width: 12).isEmpty)
    }

    @Test("notes follow names if they fit")
    func notes() {
        #expect(list(["model"], width: 20, note: "12 calls") == ["model 12 calls"])
        #expect(list(["model"], width: 12, note: "12 calls") == ["model"])
    }

    @Test("no row is wider than the terminal, at any width")
    func widths() {
        let names = ["gpt-4o", "日本語モデル", "a-very-long-model-name-that-does-not-fit-anywhere", "é", ""]
        for width in 0...60 {
            for isUTF8 in [true, false] {
                for row in list(names, width: width, note: "8,114", isUTF8: isUTF8) {
                    #expect(LineLayout.cells(of: row) <= max(width - 1, 1))
                }
            }
        }
    }

    @Test("a list that is too long says how many candidates are missing")
    func tooLong() {
        let rows = list((10..<40).map { "n\($0)" }, width: 10, height: 4)
        #expect(rows == ["n10  n13", "n11  n14", "n12  n15", "24 more"])
    }

    @Test("control characters in names are made harmless")
    func harmless() {
        #expect(list(["a\u{1B}[2Jb\u{9B}c\n"], width: 40) == ["a?[2Jb?c?"])
    }

    @Test("the common prefix consists of whole characters")
    func commonPrefix() {
        func prefix(_ names: [String]) -> String { Completion(replaceFrom: 0, candidates: names.map { .init($0) }).commonPrefix }
        #expect(prefix(["gpt-4o", "gpt-4o-mini", "gpt-4.1"]) == "gpt-4")
        #expect(prefix(["é", "è"]) == "")
        #expect(prefix([]) == "")
    }

    @Test("escape sequences in a prompt have no width, and the last one is kept")
    func prompt() {
        let prompt = PromptText("\u{1B}[1m\u{1B}[36mfl>\u{1B}[0m ")
        #expect(prompt.visible == "fl> ")
        #expect(prompt.marked == "\u{1}\u{1B}[1m\u{1B}[36m\u{1}fl>\u{1}\u{1B}[0m\u{1} ")
        #expect(PromptText("\u{1B}[1mfl> \u{1B}[0m").marked == "\u{1}\u{1B}[1m\u{1}fl>\u{1}\u{1B}[0m\u{1} ")
        #expect(PromptText("\u{1B}[1mfl>\u{1B}[0m").visible == "fl> ")
        #expect(PromptText("a\u{1}b\n\u{1B}[").visible == "ab ")
        #expect(PromptText("").marked == "")
    }

    @Test("a cell is recovered from its edited text, with the positions of its bytes")
    func cellText() {
        let shown = CellText.shown("é,\n  b\n", continuation: "..")
        #expect(shown == "é,\n..  b\n..")
        let cell = CellText(edited: Array(shown.unicodeScalars), cursor: 8, continuation: Array("..".unicodeScalars))
        #expect(cell.text == "é,\n  b\n")
        #expect(cell.cursor == 7)
        #expect(cell.place(ofByte: 0) == 0)
        #expect(cell.place(ofByte: 6) == 7)
        #expect(cell.place(ofByte: 8) == 11)
    }

    @Test("a text wraps where libedit wraps it")
    func layout() {
        var layout = LineLayout(width: 4)
        layout.put("abc".unicodeScalars)
        #expect((layout.row, layout.column) == (0, 3))
        layout.put("日".unicodeScalars)
        #expect((layout.row, layout.column) == (1, 2))
        layout.put("xy\nz".unicodeScalars)
        #expect((layout.row, layout.column) == (3, 1))
    }

    @Test("pasted text is stripped of foreign line endings and control characters")
    func pasted() {
        #expect(EditableLine.text(ofPasted: Array("a\r\nb\rc\n\n\u{1B}\0d\r\n\n".unicodeScalars)) == "a\nb\nc\n\nd")
    }
}

@Suite("Terminal traits")
struct TerminalTraitsTests {
    /// A descriptor that is not a terminal.
    private func traits(_ environment: [String: String]) -> TerminalTraits {
        TerminalTraits(environment: environment, input: -1, output: -1, error: -1)
    }

    @Test("the first locale variable that is set determines UTF-8")
    func utf8() {
        #expect(traits(["LANG": "de_DE.UTF-8"]).isUTF8)
        #expect(traits(["LANG": "C", "LC_CTYPE": "C.utf8"]).isUTF8)
        #expect(traits(["LANG": "en_US.UTF-8", "LC_ALL": ""]).isUTF8)
        #expect(traits(["LANG": "de_DE.UTF-8@euro"]).isUTF8)
        #expect(!traits(["LANG": "en_US.UTF-8", "LC_ALL": "C"]).isUTF8)
        #expect(!traits([:]).isUTF8)
    }

    @Test("colour needs a terminal unless forced, and NO_COLOR overrides everything")
    func color() {
        #expect(!traits(["TERM": "xterm"]).usesColor)
        #expect(traits(["CLICOLOR_FORCE": "1"]).usesColor)
        #expect(!traits(["CLICOLOR_FORCE": "0"]).usesColor)
        #expect(!traits(["CLICOLOR_FORCE": "1", "NO_COLOR": "1"]).usesColor)
        #expect(traits(["CLICOLOR_FORCE": "1", "NO_COLOR": ""]).usesColor)
    }

    @Test("without a terminal, the width is COLUMNS, else 80")
    func width() {
        #expect(traits(["COLUMNS": "120"]).width == 120)
        for wrong in ["", "0", "-3", "wide", "99999999999999999999"] { #expect(traits(["COLUMNS": wrong]).width == 80) }
        #expect(traits([:]).height == 24)
        #expect(!traits([:]).inputIsTerminal)
        #expect(traits([:]).isDumb)
    }
}
