import Model
import Testing

@Suite("Writing JSON")
struct JSONWriterTests {
    @Test("any text gives valid JSON")
    func escaping() {
        let text = "\u{0}\u{1f}\"\\/\n\t\r\u{7f}\u{9b}\u{202e}é日"
        #expect(text.quotedAsJSON(.printable) == "\"\\u0000\\u001f\\\"\\\\/\\n\\t\\r\\u007f\\u009b\\u202eé日\"")
        #expect(text.quotedAsJSON() == "\"\\u0000\\u001f\\\"\\\\/\\n\\t\\r\u{7f}\u{9b}\u{202e}é日\"")
        #expect("".quotedAsJSON() == "\"\"")
    }

    @Test("numbers that are not finite are null, whole ones have no decimal point")
    func numbers() {
        var writer = JSONWriter()
        writer.array([1, 0.1, -0.0, 1e300, .nan, .infinity, 1e15]) { $0.number($1) }
        #expect(writer.text == "[1,0.1,0,1e+300,null,null,1000000000000000.0]")
    }

    @Test("commas stand between values of one level alone")
    func commas() {
        var writer = JSONWriter()
        writer.object {
            $0.member("a") { $0.array([1, 2]) { $0.integer($1) } }
            $0.member("b") { $0.object { $0.member("c") { $0.null() } } }
            $0.member("d") { $0.array([Bool]()) { $0.flag($1) } }
            $0.member("e") { $0.json("[]".utf8) }
        }
        #expect(writer.text == #"{"a":[1,2],"b":{"c":null},"d":[],"e":[]}"#)
        writer.removeEnd()
        writer.key("f")
        writer.flag(true)
        writer.endObject()
        #expect(writer.text.hasSuffix(#""e":[],"f":true}"#))
    }
}
