import Glibc
import PtySupport
import TestSupport
import Testing

/// A notebook at its prompt, and a shell beside it, on one store: neither may lose what the other writes.
@Suite("A prompt and a shell on one store", .serialized)
struct TwoProcessTests {
    /// A prompt with what it was told, and a shell; both note what the store must hold in the end.
    private final class Pair {
        let tool: Tool
        let prompt: PtySession
        /// What must be there at the end.
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

        /// Types a statement and waits for the next prompt; `answers` are given to questions.
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

        /// A statement that makes a rule of a new name.
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

        /// A new file with an error of its own.
        private func file() -> String {
            let line = line(), path = tool.folder.write("e\(number).jsonl", line)
            errors += 1
            return path
        }

        /// An error that comes to the followed file.
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

        func run(_ action: Action) throws {
            switch action {
            case .replay: try type("replay \"\(tool.folder.file("s1.flq"))\"")
            case .importFile: try type("import \"\(file())\"")
            case .importItself:
                try type("import \"\(tool.folder.file("store.db"))\"")
                try type("import \"\(tool.folder.file("store.db.state"))\"")
            case .follow:
                if !isFollowing {
                    isFollowing = true
                    errors += liveLines
                    try type("follow \"\(tool.folder.file("live.jsonl"))\"")
                }
            case .grow, .shellGrow: grow()
            case .doctor: try type("doctor")
            case .forget:
                // Imported and forgotten again, with a shell in between.
                let path = file()
                try type("import \"\(path)\"")
                _ = shell("sessions")
                try type("forget \"\(path)\"", answer: "yes")
                errors -= 1
            case .rule: try type(rule())
            case .ask: try type("errors by type all")
            case .alerts: try type("alert list")
            case .shellSessions: _ = shell("sessions")
            case .shellAsk: _ = shell("query", "errors by type all")
            case .shellRule: _ = shell("query", rule())
            case .shellImport: _ = shell("import", file())
            case .shellForget:
                let path = file()
                _ = shell("import", path)
                _ = shell("forget", path, "--yes")
                errors -= 1
            case .shellDoctor: _ = shell("doctor")
            case .shellReplay: _ = shell("replay", tool.folder.file("s1.flq"))
            }
        }

        private func count() -> Int? {
            let outcome = shell("query", "errors show count all as csv")
            return outcome.output.split(whereSeparator: \.isNewline).last.flatMap { Int($0) }
        }

        /// Side files of databases that the prompt has open though they have no name any more.
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

        /// Leaves the prompt, and compares what there is with what there must be.
        func end(_ told: String) throws {
            #expect(deletedFiles() == [], "\(told)")
            try prompt.send("quit\r")
            #expect(try prompt.waitForEnd() == .exited(0), "\(told)")
            #expect(count() == errors, "\(told)")
            let listed = shell("query", "--format", "csv", "alert list").output.split(whereSeparator: \.isNewline).dropFirst()
            #expect(Set(listed.compactMap { $0.split(separator: ",").first.map(String.init) }) == rules, "\(told)")
            #expect(shell("doctor").output.contains("the store is whole"), "\(told)")
            if rules.isEmpty { return }
            #expect(!Folder.bytes(tool.folder.file("store.db.state")).isEmpty)
        }
    }

    @Test(
        "what a shell writes while the prompt does one of these is kept, and what the prompt writes after it",
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

    @Test("random orders of what both do lose nothing")
    func interleavings() throws {
        let wanted = getenv("FAULTLINE_INTERLEAVINGS").flatMap { Int(String(cString: $0)) } ?? 2
        for seed in 0..<UInt64(wanted) {
            var random = SeededGenerator(seed: seed)
            let pair = try Pair()
            let actions = (0..<10).map { _ in Pair.Action.allCases.randomElement(using: &random) ?? .ask }
            for action in actions { try pair.run(action) }
            try pair.end("seed \(seed): \(actions)")
        }
    }

    @Test("imports that make one store at once wait for each other")
    func imports() {
        let tool = Tool()
        let line = #"{"provider":"openai","timestamp":"2026-11-21T13:00:00Z","error_type":"APIError","error_message":"m "#
        for number in 0..<6 { tool.folder.write("f\(number).jsonl", line + "\(number)\"}\n") }
        let running = (0..<6).map { tool.start(["import", "--store", "new.db", "f\($0).jsonl"]) }
        for outcome in running.map({ $0.wait() }) { #expect(outcome.code == 0 && outcome.output.contains("1 new"), "\(outcome)") }
        #expect(tool.run("query", "--store", "new.db", "errors show count all as csv").output.hasSuffix("6\r\n"))
    }
}
