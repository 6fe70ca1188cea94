import Glibc
import PtySupport
import TestSupport
import Testing

/// Text with everything that could control a terminal or deceive its reader.
private enum Hostile {
    /// Control characters, C1 (as characters), bidirectional and invisible characters, tags.
    static let scalars: [UInt32] =
        Array(0x01...0x08) + [0x0B, 0x0C] + Array(0x0E...0x1F) + Array(0x7F...0x9F)
        + [0xAD, 0x034F, 0x061C, 0x115F, 0x180E, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F, 0x2028, 0x2029]
        + Array(0x202A...0x202E) + Array(0x2060...0x2064) + Array(0x2066...0x2069) + [
            0x3164, 0xFEFF, 0xFFA0, 0xFFF9, 0xE0041, 0xE007F,
        ]

    /// Sequences that write the clipboard, set the window title, query the terminal, hide or colour text.
    static let sequences = [
        "\u{1B}]52;c;aGk=\u{7}", "\u{1B}]0;title\u{1B}\\", "\u{1B}P+q\u{1B}\\", "\u{1B}_x\u{1B}\\", "\u{1B}[6n", "\u{1B}[2J",
        "\u{1B}[8m", "\u{1B}[31m",
        "\u{1B}c", "\u{1B}]8;;http://x\u{7}", "\u{9B}31m", "\u{9D}52;c;aGk=\u{9C}", "a\rb", "x\u{8}y",
    ]

    static let text =
        "evil" + sequences.joined() + String(String.UnicodeScalarView(scalars.compactMap(Unicode.Scalar.init))) + "end"

    /// As an argument.
    static let word = String(
        text.unicodeScalars.filter { $0 != "/" && $0 != "\n" && $0 != "\r" && $0 != "\"" }.map(Character.init))

    /// As a file name, which has at most 255 bytes.
    static let name = "f\u{1B}]52;c;aGk=\u{7}\u{1B}[31m\u{1B}P\u{9B}m\u{202E}\u{200B}\u{E0041}\u{8}\u{1}\u{2028}\u{85}n"

    /// As a JSON string.
    static var json: String {
        text.unicodeScalars.map { scalar in
            if scalar.value > 0xFFFF {
                let value = scalar.value - 0x10000
                return unicode(0xD800 + value >> 10) + unicode(0xDC00 + value & 0x3FF)
            }
            return scalar.value < 0x20 || scalar.value > 0x7E || scalar == "\"" || scalar == "\\"
                ? unicode(scalar.value) : String(scalar)
        }.joined()
    }

    private static func unicode(_ value: UInt32) -> String {
        let digits = String(value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}

@Suite("Terminal output", .serialized)
struct TerminalGateTests {
    private static let environment = [
        "TERM": "xterm", "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", "PAGER": "off", "SWIFT_BACKTRACE": "enable=no",
        "EDITRC": "/dev/null",
    ]

    /// The program's own colours; every other escape sequence is foreign.
    private static let colours = Set(["0", "1", "2", "31", "32", "33", "34", "35", "36", "94", "1;31"].map { "\u{1B}[\($0)m" })

    /// Returns the parts of the output that control a terminal; empty when there are none.
    private func steering(_ bytes: [UInt8], drawsLine: Bool = false) -> [String] {
        var found: [String] = []
        if String(validating: bytes, as: UTF8.self) == nil { found.append("invalid UTF-8") }
        var rest = String(decoding: bytes, as: UTF8.self).unicodeScalars[...]
        while let scalar = rest.first {
            if scalar == "\u{1B}" {
                let sequence = String(String.UnicodeScalarView(rest.prefix { $0 != "m" })) + "m"
                if TerminalGateTests.colours.contains(sequence) {
                    rest = rest.dropFirst(sequence.unicodeScalars.count)
                    continue
                }
                found.append("an escape: \(String(rest.prefix(12)).debugDescription)")
            }
            rest = rest.dropFirst()
            // The terminal itself turns a line break into `\r\n`.
            if scalar == "\n" || scalar == "\t" || scalar == "\r" && rest.first == "\n" { continue }
            let category = scalar.properties.generalCategory
            if [.control, .format, .lineSeparator, .paragraphSeparator, .surrogate].contains(category)
                || scalar.properties.isDefaultIgnorableCodePoint
            {
                found.append("U+\(String(scalar.value, radix: 16))")
            }
        }
        return found
    }

    /// Runs the program on a terminal and returns its output.
    private func shown(_ folder: Folder, _ arguments: [String], _ changes: [String: String] = [:]) throws -> [UInt8] {
        let environment = TerminalGateTests.environment.merging(["HOME": folder.path]) { $1 }.merging(changes) { $1 }
        let session = try PtySession(Tool.path, arguments: arguments, environment: environment)
        _ = try session.waitForEnd(within: .seconds(60))
        session.settle()
        return session.output
    }

    /// A store in which every text is hostile.
    private func hostileStore(_ folder: Folder) -> String {
        let evil = Hostile.json
        let lines = (0..<3).map { number in
            #"{"id":"g\#(number)","traceId":"t\#(number)","type":"GENERATION","name":"n\#(evil)","model":"m\#(evil)","startTime":"2026-11-21T13:0\#(number):00Z","endTime":"2026-11-21T13:0\#(number):05Z","level":"ERROR","statusMessage":"Error code: 429 - \#(evil)","input":"i\#(evil)","output":"o\#(evil)","metadata":{"k\#(evil)":"v\#(evil)"},"userId":"u\#(evil)","environment":"e\#(evil)"}"#
        }
        let file = folder.write("\(Hostile.name).jsonl", lines.joined(separator: "\n") + "\n")
        let outcome = Tool(folder).run("import", "--store", "evil.db", file)
        #expect(outcome.code == 0, "\(outcome.errors)")
        return folder.file("evil.db")
    }

    @Test("no output format lets data control the terminal; a pipe gets every byte")
    func forms() throws {
        let folder = Folder(), store = hostileStore(folder)
        let now = ["--now", "2026-11-21T14:00:00Z", "--store", store]
        var statements: [String] = [
            "summary all", "sources", "trace t1", "trace t1 as json", "export errors all", "export metrics", "doctor", "why g1",
        ]
        for form in ["", " as csv", " as tsv", " as json", " as ndjson", " as markdown", " as table"] {
            statements += ["errors all" + form, "errors by message, model, user all" + form, "firings all" + form]
        }
        statements += [
            "let x = \"\(Hostile.word)\"", "errors where model = \"\(Hostile.word)\" all", "alert show \"\(Hostile.word)\"",
            "run \"\(Hostile.word)\"",
            "import \"\(Hostile.word)\"", "\(Hostile.word)", "sql SELECT message.text AS \"a\(Hostile.word)\" FROM message",
        ]
        for statement in statements {
            let bytes = try shown(folder, ["query"] + now + [statement])
            let found = steering(bytes)
            #expect(found.isEmpty, "\(statement.debugDescription.prefix(60)) sends \(found.prefix(5))")
        }
        for form in ["csv", "tsv", "json", "ndjson", "markdown"] {
            for arguments in [
                ["query"] + now + ["--format", form, "errors all"], ["sources", "--store", store, "--format", form],
            ] {
                let found = steering(try shown(folder, arguments))
                #expect(found.isEmpty, "\(arguments) sends \(found.prefix(5))")
            }
        }
        // To a pipe: the bytes as imported, with the quoting of CSV.
        let piped = Tool(folder).run("query", "--now", "2026-11-21T14:00:00Z", "--store", store, "errors show user all as csv")
        #expect(piped.output.contains("u" + Hostile.text.prefix(40)))
        #expect(piped.output.contains("\u{202E}") && piped.output.contains("\u{9D}52"))
    }

    @Test("no file name, option, text to classify or foreign rule controls the terminal")
    func commands() throws {
        let folder = Folder(), store = hostileStore(folder), evil = Hostile.word
        let texts = folder.write("\(Hostile.name).txt", Hostile.text + "\n{\"bad\(Hostile.text)\n")
        let script = folder.write(
            "\(Hostile.name).flq", "# Title \(Hostile.text)\nlet a = \"\(evil)\"\nerrors all as csv\nnonsense \(evil)\n")
        let rules = folder.write(
            "\(Hostile.name).yaml", "groups:\n- rules:\n  - alert: \"\(Hostile.json)\"\n    expr: \"sum(\(Hostile.json)) > 1\"\n")
        let runs: [[String]] =
            ["csv", "tsv", "json", "ndjson", "markdown", "table"].map { ["classify", "--format", $0, texts] } + [
                ["run", "--store", store, script], ["run", "--store", store, script + evil],
                ["replay", "--store", store, script],
                ["report", "--store", store, script, "\(folder.file(Hostile.name)).html"],
                ["report", "--store", store, script, evil], ["recover-script", script],
                ["alert", "test", "--store", store, "--format", "csv", rules],
                ["alert", "test", "--store", store, "--format", "json", rules],
                ["import", "--store", store, texts], ["import", "--store", store, evil],
                ["query", "--store", evil + "/x.db", "errors"],
                ["query", "--format", evil, "errors"], ["query", "--now", evil, "errors"], ["query", "--tz", evil, "errors"],
                ["query", "--width", evil, "errors"],
                ["--\(evil)"], [evil], ["forget", "--store", store, evil], ["generate", "--end", evil],
                ["export", "--store", store, evil],
                ["alert", evil], ["unfollow", "--store", store, evil], ["help", evil], ["generate", "--calls", evil],
            ]
        for arguments in runs {
            let found = steering(try shown(folder, arguments))
            #expect(
                found.isEmpty, "\(arguments.map(\.debugDescription).joined(separator: " ").prefix(80)) sends \(found.prefix(5))")
        }
    }

    @Test("a terminal without UTF-8 gets only ASCII, in every format")
    func ascii() throws {
        let folder = Folder(), store = hostileStore(folder)
        for statement in ["errors all as csv", "errors all", "trace t1 as json", "let x = \"\(Hostile.word)\""] {
            let bytes = try shown(folder, ["query", "--store", store, "--now", "2026-11-21T14:00:00Z", statement], ["LANG": "C"])
            #expect(bytes.allSatisfy { $0 < 0x80 } && steering(bytes).isEmpty, "\(statement.debugDescription.prefix(40))")
        }
    }

    @Test("text recalled, pasted, completed or watched at the prompt cannot control the terminal")
    func prompt() throws {
        let folder = Folder(), store = hostileStore(folder)
        let seen = Hostile.scalars.filter { $0 >= 0x7F }.compactMap(Unicode.Scalar.init)
        let invisible = String(String.UnicodeScalarView(seen))
        folder.write("evil.db.history", "errors where model = \"\(invisible)\"\n")
        let session = try PtySession(
            Tool.path, arguments: ["--store", store, "--now", "2026-11-21T14:00:00Z"],
            environment: TerminalGateTests.environment.merging(["HOME": folder.path, "NO_COLOR": "1"]) { $1 })
        func type(_ text: String) throws {
            try session.waitForPrompt("faultline> ")
            try session.send(text)
        }
        // Recalled and discarded; completed and discarded; pasted and run; in every format.
        try type("\u{10}")
        session.settle()
        try session.send("\u{3}")
        try type("errors where model = \t\t")
        session.settle()
        try session.send("\u{3}")
        try type("\u{1B}[200~errors where user = \"\(invisible)\" all\u{1B}[201~\r")
        for statement in [
            "errors all as csv", "set form tsv", "errors by user all", "set form markdown", "errors all",
            "export errors all as json",
        ] {
            try type(statement + "\r")
        }
        try type("quit\r")
        _ = try session.waitForEnd()
        let scalars = Set(session.screenText.unicodeScalars)
        #expect(scalars.isDisjoint(with: seen), "\(scalars.intersection(seen))")
        let text = session.screenText
        for start in ["\u{1B}]", "\u{1B}P", "\u{1B}_", "\u{1B}^", "\u{1B}X", "\u{1B}c", "\u{1B}[6n", "\u{1B}[8m", "\u{1B}[31m"] {
            #expect(!text.contains(start), "\(start.debugDescription)")
        }
    }
}
