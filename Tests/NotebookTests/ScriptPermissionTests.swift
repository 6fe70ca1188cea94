import Glibc
import Model
import QueryLanguage
import Testing
import TestSupport

@testable import LocalStore
@testable import Notebook
@testable import Platform

@Suite("Scripts from others")
struct ScriptPermissionTests {
    let folder = TemporaryFolder()

    private func makeSession() throws -> Session { try openSession(Stores.copy(Stores.small, in: folder)) }

    /// A statement for each effect, with the words in which it is refused.
    private var harmful: [(statement: String, words: String)] {
        let out = folder.file("out.csv")
        return [
            ("import \"\(folder.file("x.jsonl"))\"", "change the store"), ("forget before 1d ago yes", "change the store"),
            ("follow \"\(folder.file("x.jsonl"))\"", "change the store"), ("unfollow \"x\"", "change the store"),
            ("rules apply", "change the store"), ("doctor rebuild", "change the store"),
            ("errors all as csv to \"\(out)\"", "write files"), ("export errors all to \"\(out)\"", "write files"),
            ("export metrics to \"\(out)\"", "write files"), ("$1 as json to \"\(out)\"", "write files"),
            ("watch 1s errors as csv to \"\(out)\"", "write files"), ("summary all", ""),
            ("firings all as csv to \"\(out)\"", "write files"),
            ("save stolen", "write files"), ("report \"\(folder.file("out.html"))\"", "write files"),
            ("sessions --recover", "write files"),
            ("unknown keep 1", "write files"), ("replay tour --update", "write files"),
            ("alert create a when errors over 5m having count > 1 do log", "change alert rules"),
            ("alert load \"/etc/passwd\"", "change alert rules"),
            ("alert enable a", "change alert rules"), ("alert disable a", "change alert rules"),
            ("alert delete a", "change alert rules"),
            ("alert ack 1", "change alert rules"), ("alert watch", "change alert rules"), ("alert resend", "change alert rules"),
            ("incident add 2026-11-20 to 2026-11-21", "change alert rules"),
            ("incident import \"/etc/passwd\"", "change alert rules"),
            ("alert test \"/etc/passwd\"", "read other files"), ("alert tune \"/etc/hosts\"", "read other files"),
            ("replay tour --against \"/etc/passwd\"", "read other files"), ("replay \"/etc/passwd\"", "read other files"),
            ("run tour --write", "change the store"), ("replay tour --write", "change the store"),
        ].filter { !$0.1.isEmpty }
    }

    @Test("a script that writes, reads other files or sends is refused, and asks go on")
    func refused() throws {
        let session = try makeSession()
        let before = Set(Files.names(in: folder.path))
        for (statement, words) in harmful {
            let path = folder.write("evil.flq", statement + "\nerrors show count all\n")
            let reply = session.run("run \"\(path)\"")
            #expect(
                reply.exit == .wrong && reply.narration.contains("[script-may-not]") && reply.narration.contains(words),
                "\(statement): \(reply.shown)")
            #expect(reply.output.contains("count"), "\(statement): the question behind it was answered")
        }
        #expect(Set(Files.names(in: folder.path)).subtracting(before).subtracting(["evil.flq"]).isEmpty)
        #expect(try session.monitor.keptRules().isEmpty)
    }

    @Test("the same statements run when a person types them, or with `--write`")
    func granted() throws {
        let session = try makeSession(), out = folder.file("out.csv")
        let path = folder.write(
            "good.flq", "errors all as csv to \"\(out)\"\nalert create a when errors over 5m having count > 1 do log\n")
        #expect(session.run("run \"\(path)\" --write").exit == .ok)
        #expect(Files.exists(out))
        #expect(try session.monitor.keptRules().map(\.name) == ["a"])
        #expect(session.run("alert delete a").exit == .ok)
        #expect(session.rights.permission == nil)
    }

    @Test("a person is asked once for each kind, and the answer holds for the rest of the script")
    func asked() throws {
        let session = try makeSession()
        var questions: [String] = []
        session.console.confirm = { question in
            questions.append(question)
            return question.contains("write files")
        }
        let script = (1...3).map {
            "errors all as csv to \"\(folder.file("out\($0).csv"))\"\nalert create a\($0) when errors over 5m having count > 1 do log\n"
        }.joined()
        let reply = session.run("run \"\(folder.write("mixed.flq", script))\"")
        #expect(reply.exit == .wrong)
        #expect(questions.count == 2, "\(questions)")
        #expect((1...3).allSatisfy { Files.exists(folder.file("out\($0).csv")) })
        #expect(try session.monitor.keptRules().isEmpty)
    }

    @Test("a file that is no script is refused without a word of what it holds")
    func noScript() throws {
        let session = try makeSession()
        let secret = "a-line-of-somebody-else", file = folder.write("passwd", secret + "\n")
        symlink(file, folder.file("link.flq"))
        mkfifo(folder.file("pipe.flq"), 0o600)
        for name in [file, folder.file("link.flq"), folder.file("pipe.flq"), "/etc/passwd"] {
            for statement in ["run \"\(name)\"", "replay \"\(name)\""] {
                let reply = session.run(statement)
                #expect(
                    reply.exit != .ok && reply.shown.contains("not a script") && !reply.shown.contains(secret)
                        && !reply.shown.contains("root:"), "\(reply.shown)")
            }
        }
        // A script that says what it is needs no ending.
        #expect(session.run("run \"\(folder.write("check", "#! faultline 1\nerrors show count all\n"))\"").exit == .ok)
    }

    @Test("a script runs others by name or from below its folder: no path, no `..` and no link that leads out")
    func nested() throws {
        let session = try makeSession()
        let inner = "note the-inner-one\nerrors show count all\n"
        _ = folder.write("outside.flq", inner)
        mkdir(folder.file("pack"), 0o700)
        mkdir(folder.file("pack/parts"), 0o700)
        _ = folder.write("pack/parts/a.flq", inner)
        symlink(folder.file("outside.flq"), folder.file("pack/link.flq"))
        symlink(folder.path, folder.file("pack/up"))
        for name in ["parts/a.flq", "parts/a", "overview", folder.file("pack/parts/a.flq")] {
            #expect(session.run("run \"\(folder.write("pack/main.flq", "run \(name)\n"))\"").exit == .ok, "\(name)")
        }
        for name in [
            folder.file("outside.flq"), "../outside.flq", "parts/../../outside.flq", "link.flq", "up/outside.flq", "/etc/passwd",
        ] {
            let reply = session.run("run \"\(folder.write("pack/main.flq", "run \"\(name)\"\n"))\"")
            #expect(reply.exit == .wrong && !reply.output.contains("count"), "\(name): \(reply.shown)")
        }
    }

    @Test("a script inside another has no more permission than that")
    func inherited() throws {
        let session = try makeSession()
        _ = folder.write("inner.flq", "errors all as csv to \"\(folder.file("out.csv"))\"\n")
        let outer = folder.write("outer.flq", "run inner.flq\nrun inner.flq --write\n")
        #expect(session.run("run \"\(outer)\"").exit == .wrong)
        #expect(!Files.exists(folder.file("out.csv")))
        #expect(session.run("run \"\(outer)\" --write").exit == .ok)
        #expect(Files.exists(folder.file("out.csv")))
    }

    @Test("a replay leaves out what writes, also in a script that the session runs")
    func replayed() throws {
        let session = try makeSession()
        _ = folder.write("inner.flq", "alert create a when errors over 5m having count > 1 do log\n")
        let path = folder.write(
            "evil.flq",
            "alert create b when errors over 5m having count > 1 do log\nrun inner.flq\nalert test \"/etc/passwd\"\nerrors show count all\n"
        )
        let reply = session.run("replay \"\(path)\"")
        #expect(reply.output.contains("skipped") && !reply.shown.contains("root:"), "\(reply.shown)")
        #expect(try session.monitor.keptRules().isEmpty)
    }

    @Test("a statement says what it does besides answering")
    func effects() {
        #expect(
            Statements.parse("alert create a when errors over 5m having count > 1 do webhook \"https://x.example\"").effects
                == .of([.changesRules, .sends]))
        #expect(Statements.parse("errors all").effects == .none)
    }

    @Test("shipped scripts and sessions need no permission")
    func shipped() throws {
        for folder in ["queries", "sessions"] {
            for name in Files.names(in: Fixtures.root + "/" + folder) where name.hasSuffix(".flq") {
                let file = try NotebookFile.read(Fixtures.root + "/\(folder)/" + name)
                for recorded in file.recorded {
                    let effects = Statements.parse(recorded.text).effects
                    #expect(
                        effects.kinds.isEmpty && effects.read.allSatisfy { $0.hasPrefix("queries/") }, "\(name): \(recorded.text)"
                    )
                }
            }
        }
    }
}
