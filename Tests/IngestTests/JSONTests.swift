import Model
import Testing
import TestSupport

@testable import Ingest

@Suite("JSON") struct JSONTests {
    private func withSlice<R>(_ text: String, _ body: (JSONSlice) throws -> R) throws -> R {
        try Array(text.utf8).withUnsafeBufferPointer { bytes in
            var cursor = JSONCursor(bytes)
            let slice = try cursor.skipValue()
            try cursor.expectEnd()
            return try body(slice)
        }
    }

    private func fault(_ text: String) -> JSONFault? {
        do {
            try withSlice(text) { _ in }
            return nil
        } catch { return error as? JSONFault }
    }

    @Test(
        "valid values are accepted",
        arguments: ["1", "-0.5e+10", "\"\"", "{}", "[]", "{\"a\":[1,{\"b\":null}],\"c\":\"\\\"\"}", "NaN", " true "])
    func valid(_ text: String) { #expect(fault(text) == nil) }

    @Test("lists of texts are read with every escape that JSON has")
    func lists() {
        #expect(JSONText.texts(#"["a","\u00e9","\ud83d\ude00","\"\\\/\b\f\n"]"#) == ["a", "é", "😀", "\"\\/\u{8}\u{C}\n"])
        #expect(JSONText.texts(JSONText.array(["a\"b", "", "ü\n"])) == ["a\"b", "", "ü\n"])
        #expect(JSONText.texts("[1, \"a\", null]") == ["a"])
        for text in [nil, "", "a", "{\"a\":1}", "[\"a\""] { #expect(JSONText.texts(text) == []) }
    }

    @Test(
        "malformed values are rejected",
        arguments: ["{", "[1,]", "{\"a\" 1}", "{\"a\":1,}", "[1 2]", "{]", "tru", "1.", "01x", "\"abc", "{\"a\":}", "{,}"])
    func broken(_ text: String) { #expect(fault(text) != nil) }

    @Test("a fault has a position and says whether the text is merely truncated")
    func place() {
        #expect(fault("[1,2}") == JSONFault(reason: .unexpected, offset: 4))
        #expect(fault("[\"abcdefghijkl")?.reason == .ended)
        #expect(fault(String(repeating: "[", count: 500))?.reason == .tooDeep)
        #expect(fault(String(repeating: "{\"a\":", count: 100) + "1" + String(repeating: "}", count: 100)) == nil)
    }

    @Test("escapes, surrogate pairs and invalid bytes are decoded")
    func escapes() throws {
        func decoded(_ raw: String) throws -> String? { try withSlice("\"\(raw)\"") { $0.string } }
        #expect(try decoded(#"a\n\t\r\b\f\/\\\""#) == "a\n\t\r\u{8}\u{c}/\\\"")
        #expect(try decoded(#"\u00e9\ud83d\ude21"#) == "é😡")
        #expect(try decoded(#"\ud83d x \ude21"#) == "\u{FFFD} x \u{FFFD}")
        #expect(try decoded(#"\u12"#) == "u12")
        #expect(try decoded(#"\q"#) == "q")
        let bytes: [UInt8] = [0x22, 0x61, 0xFF, 0x62, 0x22]
        let repaired = bytes.withUnsafeBufferPointer { JSONSlice(start: $0.baseAddress!, count: $0.count).string }
        #expect(repaired == "a\u{FFFD}b")
    }

    @Test("integers are exact up to 64 bits, also in strings")
    func integers() throws {
        #expect(try withSlice("1760173202000000001") { $0.int } == 1_760_173_202_000_000_001)
        #expect(try withSlice("\"9223372036854775807\"") { $0.int } == Int64.max)
        #expect(try withSlice("-9223372036854775807") { $0.int } == -Int64.max)
        #expect(try withSlice("18446744073709551615") { $0.unsigned } == UInt64.max)
        #expect(try withSlice("18446744073709551616") { $0.unsigned } == nil)
        #expect(try withSlice("12.0") { $0.int } == 12)
        #expect(try withSlice("12.5") { $0.int } == nil)
        #expect(try withSlice("\"x\"") { $0.int } == nil)
        #expect(try withSlice("1e3") { $0.double } == 1000)
        #expect(try withSlice("NaN") { $0.double } == nil)
    }

    @Test("the end of a string is found for any length and alignment")
    func stringLengths() throws {
        for length in 0..<40 {
            let inner = String(repeating: "x", count: length)
            #expect(try withSlice("[\"\(inner)\",1]") { slice in slice.count } == length + 6)
            #expect(try withSlice("\"\(inner)\\\"y\"") { $0.string } == inner + "\"y")
        }
    }

    @Test("random values survive a round trip")
    func roundTrip() throws {
        var random = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            let text = JSONTests.value(&random, depth: 0)
            let once = try withSlice(text) { slice in written(slice) }
            let twice = try withSlice(once) { slice in written(slice) }
            #expect(once == twice, "\(text)")
        }
    }

    private func written(_ slice: JSONSlice) -> String {
        var writer = JSONWriter()
        writer.value(slice)
        return writer.text
    }

    private static func value(_ random: inout SeededGenerator, depth: Int) -> String {
        let blank = ["", " ", "\n  "].randomElement(using: &random)!
        switch Int.random(in: 0..<(depth > 3 ? 4 : 6), using: &random) {
        case 0: return blank + String(Int64.random(in: .min ... .max, using: &random))
        case 1: return ["true", "false", "null"].randomElement(using: &random)!
        case 2:
            return "\"" + ["", "plain", #"\"\\\u00e9\n"#, "ü 😡", #"\ud800"#, "\t"].randomElement(using: &random)! + "\"" + blank
        case 3: return String(Double.random(in: -1e9...1e9, using: &random))
        case 4:
            let items = (0..<Int.random(in: 0..<4, using: &random)).map { _ in value(&random, depth: depth + 1) }
            return "[" + items.joined(separator: ",") + "]"
        default:
            let items = (0..<Int.random(in: 0..<4, using: &random)).map { "\"k\($0)\":" + value(&random, depth: depth + 1) }
            return "{" + items.joined(separator: ",") + blank + "}"
        }
    }

    @Test("values copied into attributes are valid JSON")
    func copying() throws {
        #expect(try withSlice("{ \"a\" : [ 1 , NaN ,\n \"x\ty\\q\" ] }") { written($0) } == #"{"a":[1,null,"x\tyq"]}"#)
        #expect(try withSlice("-Infinity") { written($0) } == "null")
    }
}
