import Glibc
import PtySupport
import TestSupport
import Testing

/// A notebook at its prompt and a shell, on one store: neither may lose what the other writes.
@Suite("A prompt and a shell on one store", .serialized)
struct TwoProcessTests {
    /// A prompt and a shell; both record what the store must contain in the end.
    private final class Pair {
        let tool: Tool
        let prompt: PtySession
        /// The expected content at the end.
        private(set) var rules: Set<String> = []
        private(set) var errors: Int
        private var number = 0
        private var liveLines = 0
        private var cell = 1

        private static let moment = "2026-11-21T13:00:00Z"

        init() throws {
            tool = Tool(Folder(), ["NO_COLOR": "1", "PAGER": "off", "EDITRC": "/dev/null"])
            let store = Made.copyOfStore(in: tool.folder)
            errors = 0
            prompt = try PtySession(
                Tool.path, arguments: ["--store", store], environment: tool.environment, rows: 60, columns: 120)
            tool.folder.write("live.jsonl", "")
            tool.folder.write(
                "s1.flq", "#! faultline 1\n#@ now 2026-11-21T14:00:00Z · tz UTC · width 80\n\nerrors by type all\n\nalert list\n")
            try prompt.waitForPrompt("1 faultline> ")
            errors = try #require(count())
        }

        /// Types a statement and waits for the next prompt; `answers` are the replies to questions.
        func type(_ statement: String, answer: String? = nil) throws {
            try prompt.send(statement + "\r")
            if let answer {
                try prompt.expect("(yes/no)")
                try prompt.send(answer + "\n")
            }
            try prompt.waitForPrompt(" faultline> ")
        }

        func shell(_ arguments: String...) -> Tool.Outcome {
            let outcome = tool.start(arguments + ["--store", tool.folder.file("store.db")]).wait()
            #expect(outcome.code == 0, "\(arguments): \(outcome)")
            return outcome
        }

        /// Returns a statement that creates a rule with a new name.
        private func rule() -> String {
            number += 1
            rules.insert("r\(number)")
            return "alert create r\(number) when errors over 5m having count > 1000 do log"
        }

        private func line() -> String {
            number += 1
            return """
                {"provider":"openai","timestamp":"\(Pair.moment)","error_type":"APIError","error_message":"error \(number)"}

                """
        }

        /// Returns a new file with one error.
        private func file() -> String {
            let line = line(), path = tool.folder.write("e\(number).jsonl", line)
            errors += 1
            return path
        }

        /// Adds an error to the followed file.
        private func grow() {
            liveLines += 1
            errors += isFollowing ? 1 : 0
            let stream = fopen(tool.folder.file("live.jsonl"), "a")
            fputs(line(), stream)
            fclose(stream)
        }

        private(set) var isFollowing = false

        enum Action: CaseIterable {
            case replay, importFile, importItself, follow, grow, doctor, forget, rule, ask, alerts
            case shellSessions, shellAsk, shellRule, shellImport, shellForget, shellDoctor, shellReplay, shellGrow
        }

        /// Returns the text that an action types at the prompt, with the reply to a question, or the command that it runs in the
        /// shell.
        private enum Work {
            case typed([(statement: String, answer: String?)])
            case shell(String)
        }

        private func work(_ action: Action) -> Work {
            let store = tool.folder.file("store.db"), session = tool.folder.file("s1.flq")
            func program(_ words: String) -> String { "\"$faultline\" \(words) --store '\(store)'" }
            switch action {
            case .replay: return .typed([("replay \"\(session)\"", nil)])
            case .importFile: return .typed([("import \"\(file())\"", nil)])
            case .importItself: return .typed([("import \"\(store)\"", nil), ("import \"\(store).state\"", nil)])
            case .follow:
                if isFollowing { return .typed([]) }
                isFollowing = true
                errors += liveLines
                return .typed([("follow \"\(tool.folder.file("live.jsonl"))\"", nil)])
            case .grow, .shellGrow:
                grow()
                return .typed([])
            case .doctor: return .typed([("doctor", nil)])
            case .forget:
                let path = file()
                errors -= 1
                return .typed([("import \"\(path)\"", nil), ("forget \"\(path)\"", "yes")])
            case .rule: return .typed([(rule(), nil)])
            case .ask: return .typed([("errors by type all", nil)])
            case .alerts: return .typed([("alert list", nil)])
            case .shellSessions: return .shell(program("sessions"))
            case .shellAsk: return .shell(program("query 'errors by type all'"))
            case .shellRule: return .shell(program("query '\(rule())'"))
            case .shellImport: return .shell(program("import '\(file())'"))
            case .shellForget:
                let path = file()
                errors -= 1
                return .shell(program("import '\(path)'") + " && " + program("forget '\(path)' --yes"))
            case .shellDoctor: return .shell(program("doctor"))
            case .shellReplay: return .shell(program("replay '\(session)'"))
            }
        }

        /// Performs one action after another, or the shell's while the prompt is busy.
        func run(_ actions: Action..., told: String = "") throws {
            var shells: [String] = [], typed: [(statement: String, answer: String?)] = []
            for action in actions {
                switch work(action) {
                case .typed(let statements): typed += statements
                case .shell(let line): shells.append(line)
                }
            }
            let running = shells.map { tool.start(line: $0) }
            for (statement, answer) in typed { try type(statement, answer: answer) }
            for outcome in running.map({ $0.wait() }) { #expect(outcome.code == 0, "\(actions) \(told): \(outcome)") }
        }

        private func count() -> Int? {
            let outcome = shell("query", "errors show count all as csv")
            return outcome.output.split(whereSeparator: \.isNewline).last.flatMap { Int($0) }
        }

        /// Side files of databases that the prompt has open but that were deleted.
        private func deletedFiles() -> [String] {
            let folder = "/proc/\(prompt.process)/fd"
            guard let directory = opendir(folder) else { return [] }
            defer { closedir(directory) }
            var found: [String] = []
            while let entry = readdir(directory) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                var buffer = [CChar](repeating: 0, count: 4096)
                guard readlink(folder + "/" + name, &buffer, buffer.count - 1) > 0 else { continue }
                let target = String(cString: buffer)
                if target.contains(".db"), target.hasSuffix(" (deleted)") { found.append(target) }
            }
            return found
        }

        /// Quits the prompt, and compares the content with the expected one.
        func end(_ told: String) throws {
            #expect(deletedFiles() == [], "\(told)")
            try prompt.send("quit\r")
            #expect(try prompt.waitForEnd() == .exited(0), "\(told)")
            #expect(count() == errors, "\(told)")
            let listed = shell("query", "--format", "csv", "alert list").output.split(whereSeparator: \.isNewline).dropFirst()
            #expect(Set(listed.compactMap { $0.split(separator: ",").first.map(String.init) }) == rules, "\(told)")
            #expect(shell("doctor").output.contains("the store is intact"), "\(told)")
            if rules.isEmpty { return }
            #expect(!Folder.bytes(tool.folder.file("store.db.state")).isEmpty)
        }
    }

    @Test(
        "writes of a shell during each of these prompt actions are kept, and so are the prompt's later writes",
        arguments: [Pair.Action.replay, .importFile, .importItself, .follow, .doctor, .forget])
    private func each(action: Pair.Action) throws {
        let pair = try Pair()
        try pair.run(.alerts)
        try pair.run(action)
        for next in [Pair.Action.shellSessions, .rule, .shellRule, .shellImport, .rule, .importFile, .shellAsk, action] {
            try pair.run(next)
        }
        try pair.end("\(action)")
    }

    @Test("random interleavings of both processes lose nothing")
    func interleavings() throws {
        let wanted = getenv("FAULTLINE_INTERLEAVINGS").flatMap { Int(String(cString: $0)) } ?? 2
        for seed in 0..<UInt64(wanted) {
            var random = SeededGenerator(seed: seed)
            let pair = try Pair()
            let actions = (0..<12).map { _ in Pair.Action.allCases.randomElement(using: &random) ?? .ask }
            var rest = actions[...]
            while let action = rest.popFirst() {
                // Half of the time, the next action runs concurrently.
                if Bool.random(using: &random), let other = rest.popFirst() {
                    try pair.run(action, other, told: "seed \(seed)")
                } else {
                    try pair.run(action, told: "seed \(seed)")
                }
            }
            try pair.end("seed \(seed): \(actions)")
        }
    }

    @Test("concurrent imports into a new store wait for each other")
    func imports() {
        let tool = Tool()
        let line = #"{"provider":"openai","timestamp":"2026-11-21T13:00:00Z","error_type":"APIError","error_message":"m "#
        for number in 0..<6 { tool.folder.write("f\(number).jsonl", line + "\(number)\"}\n") }
        let running = (0..<6).map { tool.start(["import", "--store", "new.db", "f\($0).jsonl"]) }
        for outcome in running.map({ $0.wait() }) { #expect(outcome.code == 0 && outcome.output.contains("1 new"), "\(outcome)") }
        #expect(tool.run("query", "--store", "new.db", "errors show count all as csv").output.hasSuffix("6\r\n"))
    }
}
