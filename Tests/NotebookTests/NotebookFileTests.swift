import Model
import TestSupport
import Testing

@testable import Notebook
@testable import Platform

@Suite("Files of the notebook")
struct NotebookFileTests {
    static let sample = """
        #! faultline 1
        #@ now 2026-11-21T14:05:00Z · tz UTC · width 80 · store demo · rules 3f9a
        # Checkout outage, 21 November

        errors by type last 24h where model = gpt-4o
        #> type          errors   share
        #>
        #> timeout          254   38.1%  ███████████
        #= rows 2 · data 8c41d0000000 · result 5be0a9000000

        # A note
        errors by
          type,
          model
        #= failed unknown-field 10-14 · no-value 33-38
        calls

        """

    @Test("what is printed is what was read, byte for byte")
    func identity() {
        var texts = [
            "", "\n", "errors", "errors\n", "\r\nerrors\r\n#> x\r\n", "# prose", NotebookFileTests.sample, "errors by a,\n\nb\n",
            "#>\n#=\n#@\n#!\n",
            "\u{FEFF}errors\n", " errors\n", "errors \"日本 🎌\"\n  last 1h\n\n\n", "e\u{301}\n#> e\u{301}\n",
            "\u{0}\u{1B}[31m\n#= rows x",
        ]
        // And of lines thrown together.
        var random = SeededGenerator(seed: 7)
        let lines = [
            "errors by type,", "  last 24h", "# prose", "#> out", "#= rows 1 · data 0 · result 1", "#@ now 2026-11-21", "", "\t",
            "calls (", ")", "\r",
            "#! faultline 1", "note x", "#", "x and", "é",
        ]
        for _ in 0..<300 {
            let count = Int.random(in: 0...12, using: &random)
            texts.append(
                (0..<count).map { _ in lines.randomElement(using: &random) ?? "" }.joined(
                    separator: Bool.random(using: &random) ? "\n" : "\r\n"))
        }
        for text in texts {
            let file = NotebookFile(parsing: text)
            #expect(Array(file.text.utf8) == Array(text.utf8), "\(text)")
            #expect(NotebookFile(parsing: file.text) == file)
        }
    }

    @Test("statements have their prose, output and hashes")
    func reading() {
        let file = NotebookFile(parsing: NotebookFileTests.sample)
        #expect(file.title == "Checkout outage, 21 November")
        #expect(file.pins?.zone == "UTC" && file.pins?.width == 80 && file.pins?.store == "demo" && file.pins?.rules == "3f9a")
        #expect(file.pins?.now == Timestamp(seconds: 1_795_269_900))
        let recorded = file.recorded
        #expect(recorded.map(\.text) == ["errors by type last 24h where model = gpt-4o", "errors by\n  type,\n  model", "calls"])
        #expect(recorded.map(\.line) == [5, 12, 16])
        #expect(recorded[0].output == ["type          errors   share", "", "timeout          254   38.1%  ███████████"])
        #expect(recorded[0].machine == .answer(rows: 2, data: "8c41d0000000", result: "5be0a9000000"))
        #expect(
            recorded[1].machine
                == .failed([.init(id: "unknown-field", span: TextSpan(10, 14)), .init(id: "no-value", span: TextSpan(33, 38))]))
        #expect(recorded[2].machine == nil && recorded[2].output == nil)
    }

    @Test("a file written by hand needs no line of the machine's")
    func byHand() throws {
        let file = NotebookFile(parsing: "# Mine\nerrors\ncalls last 1h\n")
        #expect(file.recorded.count == 2 && file.pins == nil && file.title == "Mine")
        try file.checkVersion()
    }

    @Test("a newer format is refused and named; lines by which a system finds the program are none")
    func version() throws {
        #expect(throws: NotebookFileError.newer(version: 2)) {
            try NotebookFile(parsing: "#! faultline 2\nerrors\n").checkVersion()
        }
        for text in ["#!/usr/bin/env -S faultline run\nerrors\n", "#! faultline 1\n", "#! other 9\n", "#! faultline x\n"] {
            try NotebookFile(parsing: text).checkVersion()
        }
        let folder = TemporaryFolder()
        let path = folder.write("new.flq", "#! faultline 7\nerrors\n")
        let reply = try openSession().run("run \"\(path)\"")
        #expect(
            reply.exit == .trouble && reply.narration.contains("notebook format 7, this one reads up to 1"), "\(reply.narration)")
    }

    @Test(
        "machine lines and pins read what they print",
        arguments: [
            "#= rows 2 · data 8c41d0000000 · result 5be0a9000000", "#= data 8c41d0000000 · result 5be0a9000000", "#= failed",
            "#= interrupted",
            "#= failed unknown-field 10-14", "#= failed unknown-field 10-14 · no-value 33-38",
        ])
    func machineLines(_ line: String) { #expect(MachineLine(line)?.text == line) }

    @Test("other machine lines are passed over", arguments: ["#=", "#= rows 2", "#= x y z", "errors", "#= data"])
    func strangeMachineLines(_ line: String) { #expect(MachineLine(line) == nil) }

    @Test(
        "pins print what they read",
        arguments: [
            "#@ now 2026-11-21T14:05:00Z · tz Europe/Berlin · width 80 · store demo · rules 3f9a", "#@ tz UTC",
            "#@ now 2026-11-21T14:05:00.123456789Z · detect explicit slow · range all · form csv · glyphs ascii",
        ])
    func pins(_ line: String) { #expect(Pins(line)?.text == line) }

    @Test("answers are put in and taken out, and nothing else of the file changes")
    func recording() {
        let text = "# Mine\n\nerrors\n\n# More\ncalls"
        var file = NotebookFile(parsing: text)
        file.record(1, output: ["a", ""], machine: .answer(rows: 1, data: "d", result: "r"))
        file.record(2, output: [], machine: .trouble)
        #expect(file.text == "# Mine\n\nerrors\n#> a\n#>\n#= rows 1 · data d · result r\n\n# More\ncalls\n#= failed\n")
        file.record(1, output: ["b"], machine: nil)
        #expect(file.text == "# Mine\n\nerrors\n#> b\n\n# More\ncalls\n#= failed\n")
        file.record(9, output: ["x"], machine: nil)
        var pins = Pins()
        pins.zone = "UTC"
        file.pin(pins)
        #expect(file.text.hasPrefix("#! faultline 1\n#@ tz UTC\n# Mine\n"))
        pins.width = 60
        file.pin(pins)
        #expect(file.text.hasPrefix("#! faultline 1\n#@ tz UTC · width 60\n# Mine\n"))
    }

    @Test("differences of lines are found and shown with what surrounds them")
    func difference() {
        let old = ["a", "b", "c", "d", "e", "f", "g"], new = ["a", "b", "x", "d", "e", "f", "g", "h"]
        #expect(LineDiff(old, new).lines() == ["  b", "- c", "+ x", "  d", "  …", "  g", "+ h"])
        #expect(LineDiff(old, old).lines().isEmpty)
        #expect(LineDiff([], ["a"]).lines() == ["+ a"] && LineDiff(["a"], []).lines() == ["- a"])
        #expect(LineDiff((0..<100).map(String.init), []).lines(limit: 10).count == 10)
        var random = SeededGenerator(seed: 3)
        for _ in 0..<200 {
            func text() -> [String] {
                (0..<Int.random(in: 0...9, using: &random)).map { _ in ["a", "b", "c"].randomElement(using: &random) ?? "" }
            }
            let (a, b) = (text(), text())
            let steps = LineDiff(a, b).steps
            #expect(steps.compactMap { if case .added = $0 { nil } else { $0.text } } == a)
            #expect(steps.compactMap { if case .removed = $0 { nil } else { $0.text } } == b)
        }
    }
}

extension LineDiff.Step {
    /// The line.
    fileprivate var text: String {
        switch self {
        case .same(let text), .removed(let text), .added(let text): text
        }
    }
}
