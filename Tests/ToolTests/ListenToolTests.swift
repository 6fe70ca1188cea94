import Glibc
import PtySupport
import TestSupport
import Testing

/// The program as a receiver; requests are sent by curl.
@Suite("Receiving through the program", .enabled(if: access("/usr/bin/curl", X_OK) == 0))
struct ListenToolTests {
    let tool = Tool()

    /// A request of one failed call.
    private func body(_ number: Int) -> String {
        let id = String(repeating: "0", count: 15) + String(number, radix: 16)
        return
            #"{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"ab\#(id)00000000000000","spanId":"\#(id)","name":"chat","startTimeUnixNano":"1793871600000000000","endTimeUnixNano":"1793871601000000000","status":{"code":2,"message":"Request timed out."},"#
            + #""attributes":[{"key":"gen_ai.request.model","value":{"stringValue":"gpt-4o"}}]}]}]}]}"#
    }

    /// Sends a request; the status of the answer.
    private func post(_ number: Int, port: String) -> String {
        tool.folder.write("body.json", body(number))
        return tool.shell(
            "curl -s -o answer -w '%{http_code}' -H 'Content-Type: application/json' --data-binary @body.json http://127.0.0.1:\(port)/v1/traces"
        ).output
    }

    private func errors() -> String {
        let outcome = tool.run("query", "--store", "s.db", "errors show count all as csv")
        return outcome.output.split(separator: "\r\n").last.map(String.init) ?? outcome.errors
    }

    /// Starts a receiver, and waits until it says where.
    private func listen(_ address: String) -> (program: Tool.Running, port: String) {
        let program = tool.start(["listen", "--store", "s.db", address])
        for _ in 0..<400 {
            let words = program.written.split { $0 == " " || $0 == "\n" }
            if let endpoint = words.first(where: { $0.hasPrefix("http://127.0.0.1:") }),
                program.written.contains("OTEL_EXPORTER_OTLP_ENDPOINT")
            {
                return (program, String(endpoint.split(separator: ":").last ?? ""))
            }
            usleep(50_000)
        }
        Issue.record("does not listen: \(program.written)\(program.said)")
        return (program, "")
    }

    @Test(
        "what is acknowledged is in the next answer of another process, and outlasts kill -9; what is sent again is not doubled")
    func killed() {
        let (first, port) = listen("127.0.0.1:0")
        for number in 1...3 {
            #expect(post(number, port: port) == "200")
            #expect(errors() == "\(number)")
        }
        first.signal(SIGKILL)
        #expect(first.wait().code == 128 + SIGKILL)
        #expect(errors() == "3")
        let doctor = tool.run("doctor", "--store", "s.db")
        #expect(
            doctor.output.contains("otlp://127.0.0.1:\(port)") && doctor.output.contains("listen otlp://"), "\(doctor.output)")
        let (second, same) = listen("127.0.0.1:\(port)")
        #expect(same == port)
        for number in 2...4 { #expect(post(number, port: port) == "200") }
        #expect(errors() == "4")
        let sources = tool.run("sources", "--store", "s.db", "--format", "csv")
        #expect(sources.output.contains("otlp://127.0.0.1:\(port),otlp,") && sources.output.contains(",receiving"), "\(sources)")
        #expect(tool.run("unfollow", "--store", "s.db", "otlp://127.0.0.1:\(port)").errors.contains("process \(second.process)"))
        let taken = tool.run("listen", "--store", "s.db", "127.0.0.1:\(port)")
        #expect(taken.code == 3 && taken.errors.contains("another program listens"), "\(taken)")
        second.signal(SIGINT)
        let end = second.wait()
        #expect(end.code == 0 && end.output.contains("received 3 records in 3 requests, 1 new"), "\(end)")
        #expect(!tool.run("sources", "--store", "s.db", "--format", "csv").output.contains("receiving"))
    }

    @Test("SIGTERM ends a receiver as Ctrl-C does, and --for by itself")
    func ends() {
        let (program, port) = listen("127.0.0.1:0")
        #expect(post(1, port: port) == "200")
        program.signal(SIGTERM)
        let end = program.wait()
        #expect(end.code == 0 && end.output.contains("received 1 record in 1 request, 1 new"), "\(end)")
        let timed = tool.run("listen", "--store", "s.db", "otlp://127.0.0.1:0", "--for", "1s")
        #expect(timed.code == 0 && timed.output.contains("received 0 records"), "\(timed)")
        #expect(tool.run("listen", "--store", "s.db", "--for", "soon").code == 64)
        #expect(tool.run("listen", "--store", "s.db", "https://127.0.0.1").errors.contains("TLS"))
        #expect(tool.run("follow", "--store", "s.db", "grpc://127.0.0.1:4317").errors.contains("http/protobuf"))
    }

    @Test("the prompt receives beside its statements until it is told to stop")
    func prompt() throws {
        let environment = [
            "TERM": "xterm", "LANG": "C.UTF-8", "HOME": tool.folder.path, "EDITRC": "/dev/null", "PATH": "/usr/bin:/bin",
            "NO_COLOR": "1", "PAGER": "off", "SWIFT_BACKTRACE": "enable=no",
        ]
        let session = try PtySession(
            Tool.path, arguments: ["--store", tool.folder.file("s.db")], environment: environment, columns: 200)
        func enter(_ statement: String) throws {
            try session.waitForPrompt("faultline> ")
            try session.send(statement + "\r")
        }
        // A port that was free a moment ago.
        let (program, port) = listen("127.0.0.1:0")
        program.signal(SIGINT)
        _ = program.wait()
        try enter("follow otlp://127.0.0.1:\(port)")
        try session.expect("until this notebook ends, or `unfollow otlp://127.0.0.1:\(port)`")
        for number in 1...2 {
            #expect(post(number, port: port) == "200")
            try enter("errors all show count as csv")
            try session.expect("\n\(number)")
        }
        try enter("unfollow otlp://127.0.0.1:\(port)")
        try session.expect("received 2 records in 2 requests, 2 new")
        #expect(post(3, port: port) == "000")
        try session.waitForPrompt("faultline> ")
        try session.send("quit\r")
        #expect(try session.waitForEnd(within: .seconds(20)) == .exited(0))
    }
}
