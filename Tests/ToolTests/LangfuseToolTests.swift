import Glibc
import Model
import Synchronization
import Testing
import TestSupport

@Suite("A Langfuse server through the program")
struct LangfuseToolTests {
    /// A project behind a server on this machine, and the program with its keys.
    private struct Scene {
        let project: LangfuseProject
        let server: Receiver
        var tool: Tool
        let address: String

        init(_ observations: [LangfuseProject.Row], hasCursors: Bool = true) {
            let project = LangfuseProject(hasCursors: hasCursors, observations: observations)
            server = Receiver(
                .computed { request in
                    let words = request.split(separator: " ", maxSplits: 2)
                    // pk-lf-1:sk-lf-2
                    guard request.contains("Authorization: Basic cGstbGYtMTpzay1sZi0y\r\n") else {
                        return LangfuseProject.Answer(401).http
                    }
                    return words.count > 1 ? project.answer(String(words[1])).http : ""
                })
            self.project = project
            tool = Tool(Folder(), ["LANGFUSE_PUBLIC_KEY": "pk-lf-1", "LANGFUSE_SECRET_KEY": "sk-lf-2"])
            address = "langfuse://127.0.0.1:\(server.port)"
        }

        func errors() -> Int {
            let outcome = tool.run("query", "--store", "s.db", "errors show count all as csv")
            #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome)")
            return Int(outcome.output.split(separator: "\r\n").last ?? "") ?? -1
        }
    }

    private static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec))
    }

    private static func failed(_ numbers: Range<Int>, every: Int64 = 60) -> [LangfuseProject.Row] {
        let now = now()
        return numbers.map {
            LangfuseProject.generation($0, at: now - .seconds(Int64($0) * every + 30), error: "Request timed out.")
        }
    }

    @Test("a window is imported from a server, on the command line and in a statement")
    func imports() {
        let scene = Scene(LangfuseToolTests.failed(0..<400))
        let first = scene.tool.run("import", "--store", "s.db", scene.address, "--last", "2h")
        #expect(first.code == 0 && first.output.contains("1 source: ") && first.output.contains("120 new"), "\(first)")
        let second = scene.tool.run("query", "--store", "s.db", "import \(scene.address) last 48h")
        #expect(second.code == 0 && second.output.contains("280 new"), "\(second)")
        #expect(scene.errors() == 400)
        #expect(!Folder.bytes(scene.tool.folder.file("s.db")).contains(sequence: Array("sk-lf-2".utf8)))
        scene.server.close()
    }

    @Test("keys are neither on a command line nor left behind, and refused ones end the import with code 3")
    func keys() {
        var scene = Scene(LangfuseToolTests.failed(0..<3))
        let seen = Mutex<[String]>([])
        let server = Receiver(
            .computed { _ in
                seen.withLock { $0 += LangfuseToolTests.commandLines() }
                return LangfuseProject.Answer(401).http
            })
        let refused = scene.tool.run("import", "--store", "s.db", "langfuse://localhost:\(server.port)")
        #expect(refused.code == 3 && refused.errors.contains("LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY"), "\(refused)")
        let lines = seen.withLock { $0 }
        #expect(lines.contains { $0.contains("curl") } && !lines.contains { $0.contains("k-lf-") })
        scene.tool.environment["LANGFUSE_SECRET_KEY"] = nil
        let missing = scene.tool.run("import", "--store", "s.db", scene.address)
        #expect(missing.code == 3 && missing.errors.contains("LANGFUSE_SECRET_KEY is not set"), "\(missing)")
        #expect(!(refused.errors + missing.errors).contains("lf-"))
        scene.server.close()
        server.close()
    }

    @Test("an import that is killed in the middle goes on where it stopped: nothing is lost, nothing counts twice")
    func killed() {
        let scene = Scene(LangfuseToolTests.failed(0..<900))
        let stuck = Mutex<Bool>(false)
        scene.project.fail { number, _ in
            guard number == 11 else { return nil }
            stuck.withLock { $0 = true }
            usleep(400_000)
            return nil
        }
        let running = scene.tool.start(["import", "--store", "s.db", scene.address])
        let limit = ContinuousClock.now + .seconds(60)
        while !stuck.withLock({ $0 }), ContinuousClock.now < limit { usleep(2000) }
        running.signal(SIGKILL)
        #expect(running.wait().code == 128 + SIGKILL)
        let kept = scene.errors()
        #expect(kept > 0 && kept < 900, "\(kept)")
        scene.project.fail { _, _ in nil }
        let resumed = scene.tool.run("import", "--store", "s.db", scene.address)
        #expect(resumed.code == 0 && resumed.output.contains("before the place where an earlier import"), "\(resumed)")
        #expect(scene.errors() == 900)
        #expect(!Folder.names(in: scene.tool.folder.path).contains { $0.contains("pages") })
        scene.server.close()
    }

    @Test("an answer that is cut off in mid-page is asked for again")
    func cut() {
        let scene = Scene(LangfuseToolTests.failed(0..<30), hasCursors: false)
        let count = Mutex<Int>(0)
        let server = Receiver(
            .computed { request in
                let answer = scene.project.answer(String(request.split(separator: " ")[1])).http
                let number = count.withLock { count in
                    count += 1
                    return count
                }
                return number == 2 ? String(answer.prefix(answer.count * 2 / 3)) : answer
            })
        let outcome = scene.tool.run("import", "--store", "s.db", "langfuse://127.0.0.1:\(server.port)")
        #expect(outcome.code == 0 && scene.errors() == 30, "\(outcome)")
        scene.server.close()
        server.close()
    }

    @Test("a new error of a followed project is in the next answer")
    func follows() {
        let scene = Scene(LangfuseToolTests.failed(0..<5))
        let followed = scene.tool.run("follow", "--store", "s.db", scene.address, "--last", "1h")
        #expect(followed.code == 0 && followed.output.contains("is followed"), "\(followed)")
        let now = LangfuseToolTests.now()
        scene.project.change { $0.append(LangfuseProject.generation(77, at: now, error: "Connection error.")) }
        // Looks are ten seconds apart.
        let limit = ContinuousClock.now + .seconds(40)
        while scene.errors() < 6, ContinuousClock.now < limit { usleep(500_000) }
        #expect(scene.errors() == 6)
        let sources = scene.tool.run("sources", "--store", "s.db", "--format", "csv")
        #expect(sources.output.contains("langfuse://127.0.0.1") && sources.output.contains(",followed\r\n"), "\(sources)")
        scene.server.close()
    }

    /// The command lines of all processes.
    private static func commandLines() -> [String] {
        Folder.names(in: "/proc").filter { Int($0) != nil }.map { Folder.text("/proc/\($0)/cmdline") }
    }
}

extension Sequence where Element == UInt8 {
    /// Returns true when the bytes contain others in a row.
    fileprivate func contains(sequence other: [UInt8]) -> Bool {
        String(decoding: Array(self), as: UTF8.self).contains(String(decoding: other, as: UTF8.self))
    }
}
