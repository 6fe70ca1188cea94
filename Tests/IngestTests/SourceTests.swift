import Glibc
import Model
import Testing

@testable import Ingest

@Suite("Sources") struct SourceTests {
    private func refusal(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch { return (error as? IngestError)?.message }
    }

    @Test(
        "unknown content is refused with a description",
        arguments: [
            ("", "empty"), ("  \n \n", "blank"), ("PAR1abcd", "Parquet"), ("hello there\n", "starts with `hello"),
            ("a,b,c\n1,2,3\n", "columns are a, b, c"), ("{\"a\":1,\"b\":2}", "members a, b"),
            ("\u{1}\u{2}\n\u{8}abc", "binary data"),
            ("[1,2]", "without an object"), ("{\"resourceMetrics\":[]}", "metrics"),
            ("\u{0}\u{0}\u{1}\u{7}abc", "uncompressed protobuf"), ("{\"history\":[]}", "`help import` lists the formats"),
        ])
    func refused(text: String, words: String) throws {
        let message = try #require(refusal { _ = try Reading(text: text) })
        #expect(message.contains(words), "\(message)")
    }

    @Test("a database is recognised and left to the store")
    func database() throws {
        try Reading.withFile(Array("SQLite format 3\u{0}".utf8)) { path in
            var reader = try SourceReader(path: path)
            #expect(reader.format == .sqlite && reader.totalBytes == 16 && !reader.isCompressed)
            #expect(throws: IngestError.self) { try reader.read(record: { _, _ in }, problem: { _ in }, progress: { _ in }) }
        }
    }

    @Test("gzip and zstd files are decompressed; progress counts bytes on disk")
    func compressed() throws {
        let packed = try Reading("otlp-traces.jsonl.gz"), plain = try Reading("otlp-traces.jsonl")
        #expect(packed.records == plain.records)
        #expect(packed.progress.last == Int64(try Reading.bytes("otlp-traces.jsonl.gz").count))
        #expect(plain.progress.last == Int64(try Reading.bytes("otlp-traces.jsonl").count))
        #expect(try Reading("langfuse.jsonl.zst").records == Reading("langfuse.jsonl").records)
    }

    @Test("a truncated compressed file yields its records and a problem")
    func cutOff() throws {
        let bytes = try Reading.bytes("otlp-traces.jsonl.gz")
        let reading = try Reading(bytes: Array(bytes.dropLast(6)))
        #expect(reading.problems.contains { $0.what.contains("truncated") } && reading.spans.count == 2)
        #expect(refusal { _ = try Reading(bytes: Array(bytes.prefix(20))) } != nil)
    }

    @Test("byte order mark, CRLF and blank lines are accepted")
    func tolerated() throws {
        let lines = String(decoding: try Reading.bytes("langfuse.jsonl"), as: UTF8.self)
        let text = "\u{FEFF}\r\n" + lines.split(separator: "\n").joined(separator: "\r\n\r\n  \r\n") + "\r\n"
        let reading = try Reading(text: text)
        #expect(try reading.records == Reading("langfuse.jsonl").records && reading.problems.isEmpty)
    }

    @Test("a truncated last line is tolerated")
    func torn() throws {
        let bytes = try Reading.bytes("langfuse.jsonl")
        let reading = try Reading(bytes: Array(bytes.dropLast(40)))
        #expect(reading.records.count == 2 && reading.problems.map(\.line) == [3])
        #expect(reading.problems.first?.what == "truncated: the file ends inside a record")
    }

    @Test("a last line without a line feed is complete")
    func noFinalFeed() throws {
        let bytes = try Reading.bytes("langfuse.jsonl")
        #expect(try Reading(bytes: Array(bytes.dropLast())).records.count == 3)
    }

    @Test("a bad line is skipped and reported by number")
    func badLine() throws {
        let good = String(decoding: try Reading.bytes("langfuse.jsonl"), as: UTF8.self).split(separator: "\n")
        let reading = try Reading(text: "\(good[0])\n{\"id\": oops}\n[LOG] something\n\(good[1])\n")
        #expect(reading.spans.count == 2 && reading.problems.map(\.line) == [2, 3])
    }

    @Test("after a malformed object in a document, reading resumes at the next")
    func resumes() throws {
        let text = String(decoding: try Reading.bytes("console.json"), as: UTF8.self)
        let broken = text.replacing("\"name\": \"chat gpt-4o-mini\",", with: "\"name\": \"chat gpt-4o-mini,")
        let reading = try Reading(text: text + broken + text)
        #expect(reading.spans.count == 5 && !reading.problems.isEmpty)
    }

    @Test("an array is read element by element with a small buffer")
    func growingBuffer() throws {
        let rows = (0..<500).map {
            "{\"id\":\"o\($0)\",\"traceId\":\"t\",\"type\":\"SPAN\",\"startTime\":\"2025-10-11T09:00:00Z\",\"input\":\"\(String(repeating: "x", count: $0 * 10))\"}"
        }
        for separator in [",", ",\n  "] {
            let reading = try Reading(text: "[" + rows.joined(separator: separator) + "]")
            #expect(reading.spans.count == 500 && reading.problems.isEmpty)
        }
        #expect(try Reading(text: rows.joined(separator: "\n")).spans.map(\.spanID) == (0..<500).map { "o\($0)" })
    }

    @Test("an error in the record callback stops reading")
    func stops() throws {
        struct Full: Error {}
        var reader = try SourceReader(path: Reading.path("langfuse.jsonl"))
        #expect(throws: Full.self) { try reader.read(record: { _, _ in throw Full() }, problem: { _ in }, progress: { _ in }) }
    }

    @Test("a path that is not a file is reported")
    func missing() throws {
        #expect(refusal { _ = try SourceReader(path: Reading.path("nowhere")) }?.contains("no such file") == true)
        #expect(refusal { _ = try SourceReader(path: Reading.path("")) } == "is a folder, not a file")
    }

    @Test("links to parent folders do not loop, and a file is found once, through any link")
    func links() throws {
        var template = Array("/tmp/source-links-XXXXXX".utf8CString)
        mkdtemp(&template)
        let folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { for name in ["loop", "again", "link.jsonl", "a.jsonl", "b/c.jsonl", "b/up"] { unlink(folder + "/" + name) } }
        mkdir(folder + "/b", 0o700)
        for name in ["a.jsonl", "b/c.jsonl"] { close(creat(folder + "/" + name, 0o600)) }
        // Two ways up double with every step down.
        for name in ["loop", "again", "b/up"] { symlink(folder, folder + "/" + name) }
        symlink(folder + "/a.jsonl", folder + "/link.jsonl")
        #expect(try SourceFiles.expand([folder]) == [folder + "/a.jsonl", folder + "/b/c.jsonl"])
        #expect(
            try SourceFiles.expand([folder + "/link.jsonl", folder + "/./a.jsonl", folder + "/*.jsonl"])
                == [folder + "/link.jsonl"])
    }

    @Test("folders and globs are expanded and sorted, each file once")
    func expanding() throws {
        let folder = Reading.path("")
        let all = try SourceFiles.expand([folder])
        #expect(all == all.sorted() && all.count > 20 && all.contains(Reading.path("error-log.csv")))
        let some = try SourceFiles.expand([
            Reading.path("langfuse-s*"), Reading.path("langfuse-[st]*.json*"), Reading.path("error-log.csv"),
        ])
        #expect(some.map { $0.split(separator: "/").last } == ["langfuse-scores.jsonl", "langfuse-traces.json", "error-log.csv"])
        #expect(throws: IngestError.self) { try SourceFiles.expand([Reading.path("no*thing")]) }
        #expect(throws: IngestError.self) { try SourceFiles.expand([Reading.path("nothing")]) }
    }
}
