import Model
import TestSupport
import Testing

@testable import Ingest

/// Writes protobuf messages.
struct WireWriter {
    var bytes: [UInt8] = []

    mutating func varint(_ value: UInt64) {
        var value = value
        while value >= 0x80 {
            bytes.append(UInt8(value & 0x7F | 0x80))
            value >>= 7
        }
        bytes.append(UInt8(value))
    }

    mutating func field(_ number: UInt64, _ content: [UInt8]) {
        varint(number << 3 | 2)
        varint(UInt64(content.count))
        bytes += content
    }

    mutating func field(_ number: UInt64, _ text: String) { field(number, Array(text.utf8)) }

    mutating func field(_ number: UInt64, varint value: UInt64) {
        varint(number << 3)
        varint(value)
    }

    mutating func field(_ number: UInt64, fixed value: UInt64) {
        varint(number << 3 | 1)
        for index in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
    }

    static func message(_ body: (inout WireWriter) -> Void) -> [UInt8] {
        var writer = WireWriter()
        body(&writer)
        return writer.bytes
    }

    /// A request of one scope with these items.
    static func request(_ items: [[UInt8]], itemsFirst: Bool = false) -> [UInt8] {
        let resource = message { resource in
            resource.field(
                1,
                message {
                    $0.field(1, "service.name")
                    $0.field(2, message { $0.field(1, "bot") })
                })
        }
        let scope = message { scope in for item in items { scope.field(2, item) } }
        return message { request in
            request.field(
                1,
                message {
                    if itemsFirst { $0.field(2, scope) }
                    $0.field(1, resource)
                    if !itemsFirst { $0.field(2, scope) }
                })
        }
    }

    /// A span with one attribute.
    static func span(_ id: UInt8, key: String = "k", value: [UInt8] = message { $0.field(1, "v") }) -> [UInt8] {
        message { span in
            span.field(1, [UInt8](repeating: 7, count: 16))
            span.field(2, [UInt8](repeating: id, count: 8))
            span.field(5, "step")
            span.field(7, fixed: 1_793_871_600_000_000_000)
            span.field(8, fixed: 1_793_871_601_000_000_000)
            span.field(
                9,
                message {
                    $0.field(1, key)
                    $0.field(2, value)
                })
        }
    }
}

@Suite("OTLP in protobuf") struct WireTests {
    @Test("an SDK's spans are the same records in protobuf and in JSON")
    func sameSpans() throws {
        let wire = try Reading("otlp-sdk-traces.binpb"), json = try Reading("otlp-sdk-traces.json")
        #expect(wire.format == .otlpTraces && wire.problems.isEmpty)
        #expect(wire.records == json.records && wire.spans.count == 4)
        let failed = try #require(wire.spans.first { $0.status == .error })
        #expect(failed.modelRequested == "claude-sonnet-4-5" && failed.httpStatus == 429)
        #expect(failed.statusMessage == "Error code: 429 - rate limit reached für requests")
        #expect(failed.start == Timestamp(nanoseconds: 1_793_871_601_123_456_789))
        #expect(wire.events.count == 1)
    }

    @Test("an SDK's logs are the same records in protobuf and in JSON, with stable ids")
    func sameLogs() throws {
        let wire = try Reading("otlp-sdk-logs.binpb"), json = try Reading("otlp-sdk-logs.json")
        #expect(wire.format == .otlpLogs && wire.problems.isEmpty && wire.events.count == 2)
        func nameless(_ events: [EventRecord]) -> [EventRecord] {
            events.map { event in
                var event = event
                event.eventID = ""
                return event
            }
        }
        #expect(nameless(wire.events) == nameless(json.events))
        // Logs that are sent again, or were imported by an earlier version, keep their ids.
        #expect(wire.events.map(\.eventID) == ["72681a84c7186d02", "bcfc23acd0ab8a19"])
        #expect(wire.events.first?.kind.isError == true)
    }

    @Test("messages behind their lengths are read one by one, empty ones too")
    func delimited() throws {
        let traces = try Reading.bytes("otlp-sdk-traces.binpb"), more = WireWriter.request([WireWriter.span(1)])
        var fixed: [UInt8] = [], varint = WireWriter()
        for message in [[], traces, more] {
            fixed += [0, 0, UInt8(message.count >> 8), UInt8(message.count & 255)] + message
            varint.varint(UInt64(message.count))
            varint.bytes += message
        }
        for bytes in [fixed, varint.bytes] {
            let reading = try Reading(bytes: bytes)
            #expect(reading.problems.isEmpty && reading.spans.count == 5 && reading.format == .otlpTraces)
            #expect(reading.lines.last == 3)
        }
    }

    @Test("fields may come in any order, and repeated elements of a list may stand apart")
    func order() throws {
        let spans = [WireWriter.span(1), WireWriter.span(2)]
        let usual = try Reading(bytes: WireWriter.request(spans))
        #expect(try Reading(bytes: WireWriter.request(spans, itemsFirst: true)).records == usual.records)
        #expect(usual.spans.map(\.spanID) == ["0101010101010101", "0202020202020202"])
        #expect(usual.spans.allSatisfy { $0.service == "bot" })
        let both = try Reading(bytes: WireWriter.request([spans[0]]) + WireWriter.request([spans[1]]))
        #expect(both.records == usual.records)
    }

    @Test("a stream that is cut or broken keeps the messages before")
    func cut() throws {
        let message = WireWriter.request([WireWriter.span(1)]), next = WireWriter.request([WireWriter.span(2)])
        func framed(_ message: [UInt8]) -> [UInt8] { [0, 0, 0, UInt8(message.count)] + message }
        for length in 1..<next.count + 4 {
            let reading = try Reading(bytes: framed(message) + framed(next).prefix(length))
            #expect(reading.spans.count == 1 && reading.problems.count == 1 && reading.problems.first?.line == 2, "\(length)")
        }
        var broken = next
        broken[broken.count - 1] = 0xFF
        broken[1] = 0x7F
        let reading = try Reading(bytes: framed(message) + framed(broken) + framed(next))
        #expect(reading.spans.map(\.spanID) == ["0101010101010101", "0202020202020202"])
        #expect(reading.problems.map(\.what) == ["broken protobuf: the message ends inside a field"])
    }

    @Test("metrics and messages of other programs are refused by name")
    func refused() throws {
        func refusal(_ bytes: [UInt8]) -> String? {
            do {
                _ = try Reading(bytes: bytes)
                return nil
            } catch { return (error as? IngestError)?.message }
        }
        #expect(try refusal(Reading.bytes("otlp-sdk-metrics.binpb"))?.contains("OpenTelemetry metrics") == true)
        let other = WireWriter.message { $0.field(1, WireWriter.message { $0.field(1, "a\u{1}b") }) }
        #expect(refusal(other)?.contains("binary data") == true)
        // Text that begins with a line feed, whose code is the tag of a request's list.
        #expect(try Reading(text: "\n\n" + otlp(span())).format == .otlpTraces)
    }

    @Test("values nested too deep are replaced by words, and never trap")
    func deep() throws {
        for levels in [10, 24, 25, 100, 5000] {
            var value = WireWriter.message { $0.field(1, "bottom") }
            for _ in 0..<levels { value = WireWriter.message { $0.field(5, WireWriter.message { $0.field(1, value) }) } }
            let request = WireWriter.request([WireWriter.span(1, value: value)])
            let content = try OTLPRequest.read(request, .traces, .protobuf)
            guard case .span(let span)? = content.records.first else {
                Issue.record("no span")
                continue
            }
            #expect(span.attributes?.contains(levels < 24 ? "bottom" : "nested more than 24") == true, "\(levels)")
        }
    }

    @Test("numbers keep their value to the last bit")
    func numbers() throws {
        func attribute(_ write: (inout WireWriter) -> Void) throws -> String? {
            let request = WireWriter.request([WireWriter.span(1, value: WireWriter.message(write))])
            guard case .span(let span)? = try OTLPRequest.read(request, .traces, .protobuf).records.first else { return nil }
            return span.attributes
        }
        #expect(try attribute { $0.field(3, varint: UInt64(bitPattern: -42)) }?.contains("\"k\":-42") == true)
        #expect(try attribute { $0.field(3, varint: UInt64(Int64.max)) }?.contains("9223372036854775807") == true)
        #expect(try attribute { $0.field(4, fixed: 1.5.bitPattern) }?.contains("\"k\":1.5") == true)
        #expect(try attribute { $0.field(4, fixed: Double.nan.bitPattern) }?.contains("\"k\"") != true)
        #expect(try attribute { $0.field(2, varint: 1) }?.contains("\"k\":true") == true)
        #expect(try attribute { $0.field(7, [0, 255, 16]) }?.contains("\"AP8Q\"") == true)
        #expect(try attribute { $0.field(1, [0x61, 0xFF, 0x22]) }?.contains("a\u{FFFD}\\\"") == true)
    }
}

@Suite("OTLP requests") struct OTLPRequestTests {
    @Test("a body is read whole or refused with the reason")
    func whole() throws {
        let wire = try Reading.bytes("otlp-sdk-traces.binpb"), json = try Reading.bytes("otlp-sdk-traces.json")
        #expect(try OTLPRequest.read(wire, .traces, .protobuf).records == OTLPRequest.read(json, .traces, .json).records)
        for (body, signal, encoding, words) in [
            (Array(wire.dropLast(3)), OTLPRequest.Signal.traces, OTLPRequest.Encoding.protobuf, "ends inside a field"),
            (Array(json.dropLast(3)), .traces, .json, "broken JSON"), (json + [0x7B], .traces, .json, "broken JSON"),
            (wire, .logs, .protobuf, "another type"), (json, .logs, .json, "a request for logs holds `resourceSpans`"),
            (json, .traces, .protobuf, "broken protobuf"), (wire, .traces, .json, "broken JSON"),
            ([], .traces, .json, "empty"), (Array("[]".utf8), .traces, .json, "broken JSON"),
        ] {
            do throws(OTLPRequest.Fault) {
                _ = try OTLPRequest.read(body, signal, encoding)
                Issue.record("accepted: \(words)")
            } catch {
                #expect(error.description.contains(words), "\(error)")
            }
        }
        #expect(try OTLPRequest.read([], .traces, .protobuf).records.isEmpty)
        #expect(try OTLPRequest.read(Array("{}".utf8), .logs, .json).records.isEmpty)
    }

    @Test("what cannot be stored is counted with the reason")
    func rejected() throws {
        let nameless = WireWriter.message { $0.field(5, "no id") }
        let content = try OTLPRequest.read(WireWriter.request([nameless, WireWriter.span(1)]), .traces, .protobuf)
        #expect(content.records.count == 1 && content.rejected == 1 && content.reason == "a span without an id")
        for (name, encoding) in [("binpb", OTLPRequest.Encoding.protobuf), ("json", .json)] {
            let metrics = try OTLPRequest.read(Reading.bytes("otlp-sdk-metrics.\(name)"), .metrics, encoding)
            #expect(metrics.records.isEmpty && metrics.rejected == 4)
            #expect(metrics.reason?.contains("metrics are not stored") == true)
        }
    }

    @Test("damaged bodies are refused or read, and never trap", arguments: ["traces", "logs", "metrics"])
    func fuzz(name: String) throws {
        let signal = try #require(OTLPRequest.Signal(rawValue: name))
        var random = SeededGenerator(seed: 41)
        for (ending, encoding) in [("binpb", OTLPRequest.Encoding.protobuf), ("json", .json)] {
            let whole = try Reading.bytes("otlp-sdk-\(name).\(ending)")
            for round in 0..<(DamageTests.rounds ?? 400) {
                var body = whole
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let at = Int.random(in: 0..<body.count, using: &random)
                    switch round % 4 {
                    case 0: body[at] = UInt8.random(in: 0...255, using: &random)
                    case 1: body.removeLast(Int.random(in: 0..<body.count, using: &random))
                    case 2: body.insert(contentsOf: body[at...].prefix(9), at: at)
                    default: body.remove(at: at)
                    }
                    if body.isEmpty { break }
                }
                _ = try? OTLPRequest.read(body, signal, encoding)
                _ = try? Reading(bytes: body)
            }
        }
        for _ in 0..<200 {
            let noise = (0..<Int.random(in: 0...64, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            _ = try? OTLPRequest.read(noise, signal, .protobuf)
            _ = try? Reading(bytes: noise)
        }
    }
}
