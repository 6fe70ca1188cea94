import Errors
import Glibc
import Importing
import Ingest
import Model
import Receiving
import Synchronization
import TestSupport
import Testing

@testable import LocalStore
@testable import SQLite

/// A receiver on a store of a test's own.
final class TestReceiver {
    /// What was reported.
    final class Reports: Sendable {
        private let kept = Mutex<[String]>([])
        var all: [String] { kept.withLock { $0 } }

        func add(_ event: ReceiverEvent) {
            switch event {
            case .stored: break
            case .refused(let reason): kept.withLock { $0.append(reason) }
            case .notice(let text): kept.withLock { $0.append("notice: \(text)") }
            case .trouble(let text): kept.withLock { $0.append("trouble: \(text ?? "over")") }
            }
        }
    }

    static let now = Timestamp(seconds: 1_793_880_000)

    let folder = TemporaryFolder()
    let path: String
    let receiver: OTLPReceiver
    let reports = Reports()
    private var isStopped = false

    init(_ change: (inout ReceiverLimits) -> Void = { _ in }) throws {
        path = folder.file("store.db")
        _ = try Store.open(path: path, create: true)
        var limits = ReceiverLimits()
        limits.secondsForEnd = 3
        change(&limits)
        let host = ReceiverHost(
            mark: "test", open: { [path] in try Store.open(path: path, create: false) }, assessor: { Assessor() },
            clock: { TestReceiver.now }, report: { [reports] in reports.add($0) })
        receiver = try OTLPReceiver(at: ListenAddress("127.0.0.1:0"), limits: limits, host: host)
    }

    deinit { if !isStopped { try? receiver.stop() } }

    func stop() throws {
        isStopped = true
        try receiver.stop()
    }

    var client: Client { Client(port: receiver.address.port) }

    /// Opens the store beside the receiver.
    func store() throws -> Store { try Store.open(path: path, create: false) }

    func spans() throws -> Int64 { try store().facts().spans }

    /// A request of calls, of which every tenth failed.
    static func body(_ range: Range<Int>, padding: Int = 0) -> [UInt8] {
        let spans = range.map { index in
            let status = index % 10 == 0 ? #"{"code":2,"message":"Error code: 429 - rate limit reached"}"# : #"{"code":1}"#
            let id = String(index + 1, radix: 16), fill = String(repeating: "0", count: 16 - id.count) + id
            return
                #"{"traceId":"ab000000000000000000000000000001","spanId":"\#(fill)","name":"chat gpt-4o","kind":3,"startTimeUnixNano":"\#(1_793_871_600_000_000_000 + index * 1_000_000)","endTimeUnixNano":"\#(1_793_871_600_500_000_000 + index * 1_000_000)","status":\#(status),"#
                + #""attributes":[{"key":"gen_ai.request.model","value":{"stringValue":"gpt-4o"}},{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},{"key":"fill","value":{"stringValue":"\#(String(repeating: "x", count: padding))"}}]}"#
        }
        return Array(#"{"resourceSpans":[{"scopeSpans":[{"spans":[\#(spans.joined(separator: ","))]}]}]}"#.utf8)
    }

    static func fixture(_ name: String) -> [UInt8] { Files.bytes(Fixtures.path(name)) ?? [] }
}

@Suite("Receiving OTLP over HTTP") struct ReceiverTests {
    private let traces = "/v1/traces", wire = "application/x-protobuf"

    @Test("what an SDK sends is stored when it is acknowledged, in both encodings, packed or not")
    func encodings() throws {
        let server = try TestReceiver(), client = server.client
        let packed = TestReceiver.fixture("receiver/otlp-sdk-traces.gz"),
            zlib = TestReceiver.fixture("receiver/otlp-sdk-traces.zlib")
        let body = TestReceiver.fixture("ingest/otlp-sdk-traces.binpb")
        for (body, type, more) in [
            (body, wire, [String]()), (packed, wire, ["Content-Encoding: gzip"]), (zlib, wire, ["Content-Encoding: deflate"]),
            (TestReceiver.fixture("ingest/otlp-sdk-traces.json"), "application/json; charset=utf-8", []),
        ] {
            let answer = try #require(client.post(traces, body, type: type, more))
            #expect(answer.status == 200 && (type == wire ? answer.body.isEmpty : answer.text == "{}"))
            #expect(answer.headers["content-type"] == (type == wire ? wire : "application/json"))
            // The same four spans each time.
            #expect(try server.spans() == 4)
        }
        #expect(client.post("/v1/logs", TestReceiver.fixture("ingest/otlp-sdk-logs.binpb"), type: wire)?.status == 200)
        #expect(
            client.post("/api/public/otel/v1/logs", TestReceiver.fixture("ingest/otlp-sdk-logs.binpb"), type: wire)?.status == 200
        )
        let facts = try server.store().facts()
        #expect(facts.spans == 4 && facts.errors == 2 && facts.events == 3)
    }

    @Test("a request that is sent again changes nothing, also in other batches")
    func again() throws {
        let server = try TestReceiver(), client = server.client
        for range in [0..<50, 0..<50, 25..<75, 0..<75] { #expect(client.post(traces, TestReceiver.body(range))?.status == 200) }
        let facts = try server.store().facts()
        #expect(facts.spans == 75 && facts.errors == 8)
    }

    @Test("the receiver is a source that is followed until it ends, and whose silence is known")
    func source() throws {
        let server = try TestReceiver()
        let name = "otlp://127.0.0.1:\(server.receiver.address.port)"
        var source = try #require(try server.store().sources().first)
        #expect(source.path == name && source.format == "otlp" && source.following?.state == "test" && source.records == 0)
        #expect(server.client.post(traces, TestReceiver.body(0..<5))?.status == 200)
        try server.stop()
        source = try #require(try server.store().sources().first)
        #expect(source.following == nil && source.records == 5 && source.coverage?.to == TestReceiver.now)
        // It is nothing that a look at followed files would read.
        #expect(try !Follower.isFollowing(server.store()))
    }

    @Test("a part that cannot be stored is reported, and the rest is stored")
    func partial() throws {
        let server = try TestReceiver(), client = server.client
        let good = String(decoding: TestReceiver.body(0..<1), as: UTF8.self)
        let body = good.replacing("[{\"traceId\"", with: "[{\"name\":\"nameless\"},{\"traceId\"")
        let answer = try #require(client.post(traces, body))
        #expect(answer.status == 200)
        #expect(answer.text == #"{"partialSuccess":{"rejectedSpans":"1","errorMessage":"a span without an id"}}"#)
        #expect(try server.spans() == 1)
        let metrics = try #require(client.post("/v1/metrics", TestReceiver.fixture("ingest/otlp-sdk-metrics.json")))
        #expect(metrics.status == 200 && metrics.text.contains(#""rejectedDataPoints":"4""#))
        let wired = try #require(client.post("/v1/metrics", TestReceiver.fixture("ingest/otlp-sdk-metrics.binpb"), type: wire))
        // Field 1, a message that begins with field 1, the number 4.
        #expect(wired.body.first == 0x0A && wired.body.dropFirst(2).prefix(2).elementsEqual([0x08, 0x04]))
        #expect(wired.text.contains("OTEL_METRICS_EXPORTER=none"))
    }

    @Test("what is no OTLP is refused with what to set, and the connection goes on")
    func refused() throws {
        let server = try TestReceiver(), client = server.client
        let body = TestReceiver.body(0..<1)
        for (path, body, type, more, status, words) in [
            (traces, body, "text/plain", [String](), 415, "application/x-protobuf or application/json"),
            (traces, body, "application/grpc", [], 415, "OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"),
            (traces, body, "application/json", ["Content-Encoding: zstd"], 415, "OTEL_EXPORTER_OTLP_COMPRESSION"),
            (traces, body, "application/json", ["Content-Encoding: gzip"], 400, "cannot be unpacked"),
            (traces, body, "application/json", ["Origin: http://example.com"], 403, "web pages"),
            ("/", body, "application/json", [], 404, "/v1/traces"),
            (traces, Array(body.dropLast(4)), "application/json", [], 400, "broken JSON"),
            (traces, [0x0A, 0x7F, 0x01], wire, [], 400, "broken protobuf"),
            ("/v1/logs", body, "application/json", [], 400, "holds `resourceSpans`"),
        ] {
            let answer = try #require(client.post(path, body, type: type, more), "\(words)")
            #expect(answer.status == status && answer.text.contains(words), "\(answer.status) \(answer.text)")
        }
        client.send(Client.head(traces, length: 0, method: "GET"))
        let answer = try #require(client.answer())
        #expect(answer.status == 405 && answer.headers["allow"] == "POST")
        // Nothing of it was stored, and the connection still works.
        #expect(try server.spans() == 0)
        #expect(client.post(traces, body)?.status == 200)
        #expect(try server.spans() == 1)
        #expect(server.reports.all.contains { $0.contains("OTEL_EXPORTER_OTLP_PROTOCOL") })
        #expect(Set(server.reports.all).count == server.reports.all.count)
    }

    @Test("a body that is too large is refused before and while it comes, packed or not")
    func tooLarge() throws {
        let server = try TestReceiver { $0.bodyBytes = 100_000 }
        let large = TestReceiver.body(0..<1, padding: 150_000)
        let announced = server.client
        let answer = try #require(announced.post(traces, large))
        #expect(answer.status == 413 && answer.text.contains("OTEL_BSP_MAX_EXPORT_BATCH_SIZE") && announced.isClosed())
        let chunked = server.client
        chunked.send(
            "POST /v1/traces HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in 0..<30 { chunked.send("1388\r\n" + String(repeating: " ", count: 5000) + "\r\n") }
        chunked.send("0\r\n\r\n")
        #expect(chunked.answer()?.status == 413)
        // A few bytes that are a megabyte when unpacked.
        let bomb = server.client.post(
            traces, TestReceiver.fixture("receiver/zeros.gz"), type: wire, ["Content-Encoding: gzip"])
        #expect(bomb?.status == 413)
        let asking = server.client
        asking.send(Client.head(traces, length: 200_000, ["Expect: 100-continue"]))
        #expect(asking.answer()?.status == 413)
        #expect(try server.spans() == 0)
    }

    @Test("a client that asks whether to go on is told so")
    func goesOn() throws {
        let server = try TestReceiver(), client = server.client, body = TestReceiver.body(0..<3)
        client.send(Client.head(traces, length: body.count, ["Expect: 100-continue"]))
        #expect(client.answer()?.status == 100)
        client.send(body)
        #expect(client.answer()?.status == 200)
        #expect(try server.spans() == 3)
    }

    @Test("requests in chunks and one behind the other are answered in order")
    func pipelined() throws {
        let server = try TestReceiver(), client = server.client
        for start in 0..<5 {
            let body = TestReceiver.body(start..<start + 1)
            client.send(Client.head(traces, length: body.count))
            client.send(body)
        }
        for _ in 0..<5 { #expect(client.answer()?.status == 200) }
        client.send("POST /v1/traces HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
        for byte in TestReceiver.body(5..<6) { client.send([0x31, 0x0D, 0x0A, byte, 0x0D, 0x0A]) }
        client.send("0\r\n\r\n")
        #expect(client.answer()?.status == 200)
        #expect(try server.spans() == 6)
    }

    @Test("a client of gRPC is told in its own protocol what to set; one of TLS is closed")
    func otherProtocols() throws {
        let server = try TestReceiver(), grpc = server.client
        grpc.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        // Settings, and the headers of a request on stream 1, whose block is of no interest.
        grpc.send([0, 0, 0, 4, 0, 0, 0, 0, 0] + [0, 0, 1, 1, 4, 0, 0, 0, 1, 0x83])
        let answer = grpc.bytes(150)
        // Own settings, the acknowledgement of the client's, and headers that end stream 1.
        #expect(answer.prefix(18).elementsEqual([0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0]))
        #expect(answer.dropFirst(21).prefix(7).elementsEqual([1, 5, 0, 0, 0, 1, 0x88]))
        #expect(String(decoding: answer, as: UTF8.self).contains("set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"))
        let tls = server.client
        tls.send([0x16, 3, 1, 0, 100])
        #expect(tls.isClosed())
        let neither = server.client
        neither.send("\u{1}\u{2}hello\r\n\r\n")
        #expect(neither.answer()?.status == 400)
        #expect(server.reports.all.contains { $0.contains("http://, not https://") })
    }

    @Test("slow clients are closed, and do not keep others waiting")
    func slow() throws {
        let server = try TestReceiver { $0.secondsForRequest = 3 }
        let silent = server.client, half = server.client, other = server.client
        half.send(Client.head(traces, length: 1000))
        half.send("{")
        #expect(other.post(traces, TestReceiver.body(0..<1))?.status == 200)
        #expect(half.answer()?.status == 408 && half.isClosed())
        #expect(silent.isClosed())
        #expect(other.post(traces, TestReceiver.body(1..<2))?.status == 200)
    }

    @Test("when too much waits, clients are told to come again later, and nothing acknowledged is lost")
    func full() throws {
        let server = try TestReceiver {
            $0.waitingRequests = 2
            $0.heldBytes = 200_000
        }
        let writer = try server.store().writer()
        try writer.execute("BEGIN IMMEDIATE")
        // At most two are taken and wait for the other writer; two wait behind them, and the others are refused.
        var clients: [Client] = []
        for index in 0..<6 {
            let client = server.client, body = TestReceiver.body(index..<index + 1)
            client.send(Client.head(traces, length: body.count))
            client.send(body)
            clients.append(client)
        }
        let heavy = server.client.post(traces, TestReceiver.body(6..<7, padding: 250_000))
        #expect(heavy?.status == 429 && heavy?.headers["retry-after"] == "1")
        #expect(try server.spans() == 0)
        // Long enough for the refused to be so.
        usleep(500_000)
        try writer.execute("COMMIT")
        let answers = clients.compactMap { $0.answer() }, stored = answers.count { $0.status == 200 }
        #expect(answers.count == 6 && (2...4).contains(stored))
        for answer in answers where answer.status != 200 {
            #expect(answer.status == 429 && answer.headers["retry-after"] == "1" && answer.text.contains("wait to be stored"))
        }
        #expect(try server.spans() == Int64(stored))
        for (index, client) in clients.enumerated() {
            #expect(client.post(traces, TestReceiver.body(index..<index + 1))?.status == 200)
        }
        #expect(try server.spans() == 6)
    }

    @Test("no more connections are taken than the limit")
    func connections() throws {
        let server = try TestReceiver { $0.connections = 2 }
        let first = server.client, second = server.client
        for client in [first, second] { #expect(client.post(traces, TestReceiver.body(0..<1))?.status == 200) }
        #expect(server.client.isClosed())
        #expect(first.post(traces, TestReceiver.body(0..<1))?.status == 200)
    }

    @Test("several senders at once lose nothing and double nothing")
    func senders() throws {
        let server = try TestReceiver(), port = server.receiver.address.port
        let accepted = Mutex(0)
        let threads = (0..<4).map { sender in
            Thread {
                let client = Client(port: port)
                for batch in 0..<10 {
                    let start = sender * 1000 + batch * 20
                    let isStored = client.post("/v1/traces", TestReceiver.body(start..<start + 20))?.status == 200
                    accepted.withLock { $0 += isStored ? 20 : 0 }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(accepted.withLock { $0 } == 800)
        let facts = try server.store().facts()
        #expect(facts.spans == 800 && facts.errors == 80)
    }

    @Test("ending stores and acknowledges what arrived whole, and leaves no answer out")
    func ending() throws {
        let server = try TestReceiver(), idle = server.client, body = TestReceiver.body(0..<500)
        #expect(idle.post(traces, TestReceiver.body(500..<501))?.status == 200)
        let client = server.client
        client.send(Client.head(traces, length: body.count))
        client.send(body)
        usleep(50_000)
        try server.stop()
        let answer = client.answer()
        // Refused only when it had not arrived by then.
        #expect(answer == nil || answer?.status == 200)
        #expect(try server.spans() == (answer == nil ? 1 : 501))
        #expect(idle.isClosed())
        #expect(server.client.post(traces, body) == nil)
    }

    @Test("a store that stays locked is given up at the end, and nothing is acknowledged")
    func givingUp() throws {
        let server = try TestReceiver { $0.secondsForEnd = 1 }
        let writer = try server.store().writer(), client = server.client
        try writer.execute("BEGIN IMMEDIATE")
        let body = TestReceiver.body(0..<1)
        client.send(Client.head(traces, length: body.count))
        client.send(body)
        usleep(200_000)
        try? server.stop()
        let answer = client.answer()
        #expect(answer == nil || answer?.status == 503)
        try writer.execute("COMMIT")
        #expect(try server.spans() == 0)
    }

    @Test("two receivers do not share an address")
    func taken() throws {
        let server = try TestReceiver()
        let host = ReceiverHost(
            mark: "other", open: { [path = server.path] in try Store.open(path: path, create: false) },
            assessor: { Assessor() }, clock: { TestReceiver.now }, report: { _ in })
        do {
            _ = try OTLPReceiver(at: server.receiver.address, host: host)
            Issue.record("two receivers at one address")
        } catch {
            #expect("\(error)".contains("another program listens on 127.0.0.1:"))
        }
        #expect(try server.store().sources().count == 1)
    }

    @Test(
        "addresses are read as users write them",
        arguments: [
            ("", "127.0.0.1:4318"), ("4319", "127.0.0.1:4319"), (":4319", "127.0.0.1:4319"), ("localhost", "127.0.0.1:4318"),
            ("otlp://127.0.0.1:4318", "127.0.0.1:4318"), ("http://localhost:4318/", "127.0.0.1:4318"),
            ("0.0.0.0", "0.0.0.0:4318"), ("[::1]:9", "[::1]:9"), ("::1", "[::1]:4318"), ("OTLP://[::1]", "[::1]:4318"),
        ])
    func address(text: String, meaning: String) throws { #expect("\(try ListenAddress(text))" == meaning) }

    @Test(
        "other addresses are refused with the reason",
        arguments: [
            ("https://127.0.0.1:4318", "TLS"), ("grpc://127.0.0.1:4317", "http/protobuf"), ("example.com:4318", "no address"),
            ("127.0.0.1:99999", "no port"), ("ftp://x", "no protocol"), ("127.0.0.1:x", "no port"),
        ])
    func noAddress(text: String, words: String) {
        do throws(ListenAddress.Fault) {
            _ = try ListenAddress(text)
            Issue.record("accepted")
        } catch { #expect(error.description.contains(words), "\(error)") }
    }
}
