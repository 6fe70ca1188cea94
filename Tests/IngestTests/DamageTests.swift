import Glibc
import Model
import Testing
import TestSupport

@testable import Ingest

@Suite("Damaged files") struct DamageTests {
    static let fixtures = [
        "otlp-traces.jsonl", "otlp-logs.jsonl", "otlp-conventions.jsonl", "otlp-proxy.jsonl", "otlp-langfuse-sdk.jsonl",
        "otlp-document.json",
        "console.json", "openinference.jsonl", "langfuse.jsonl", "langfuse-blob.jsonl", "langfuse-page.json",
        "langfuse-traces.json",
        "langfuse-scores.jsonl", "error-log.jsonl", "error-log.csv", "jaeger.json", "tempo.json", "tempo-trace.json",
        "mlflow.json",
        "litellm-payload.jsonl", "litellm-spend.csv", "litellm-spend.jsonl", "langfuse-export.csv", "langfuse-ui.json",
        "openinference-nested.json", "vtcode-trajectory.jsonl", "vtcode-session.jsonl", "atif.json", "litellm-mixed.log",
        "litellm-router.log", "ingestion.json", "ingestion-requests.jsonl", "otlp-traces.jsonl.gz", "langfuse.jsonl.zst",
        "claude-code.jsonl", "codex-rollout.jsonl", "opencode.json", "gemini-telemetry.json", "otlp-agent-logs.jsonl",
    ]
    /// Logs, and files of products with rows of their own. Later rows may say how earlier ones are read, and lines belong together.
    static let wild = (Expectation.table("wild") + Expectation.table("logs")).map(\.file)
    /// Sources whose records say less, or come later, when what follows them is damaged.
    static let merging: Set<String> = [
        "ingestion.json", "ingestion-requests.jsonl", "vtcode-trajectory.jsonl", "vtcode-session.jsonl", "atif.json",
        "litellm-mixed.log", "litellm-router.log", "jaeger.json", "mlflow.json", "otlp-traces.jsonl.gz", "langfuse.jsonl.zst",
        "tempo-trace.json", "langfuse-ui.json", "claude-code.jsonl", "codex-rollout.jsonl", "opencode.json",
    ]
    /// How often each fixture is damaged; `FUZZ_ROUNDS` asks for more.
    static let rounds = getenv("FUZZ_ROUNDS").flatMap { Int(String(cString: $0)) }

    /// How many records of `whole` end before the line of a damage, as far as lines tell.
    private func safeCount(_ whole: Reading, line: Int) -> Int {
        // A record is over when a later one begins on an earlier line than the damage's.
        whole.lines.lastIndex { $0 < line }.map { last in whole.lines.prefix(last + 1).count { $0 < whole.lines[last] } } ?? 0
    }

    private func check(_ damaged: [UInt8], at offset: Int, original: [UInt8], whole: Reading, merges: Bool, _ what: String) {
        if merges {
            do { _ = try Reading(bytes: damaged) } catch { #expect(error is IngestError, "\(what): \(error)") }
            return
        }
        let line = 1 + original.prefix(offset).count { $0 == 0x0A }
        let safe = safeCount(whole, line: line)
        do {
            let reading = try Reading(bytes: damaged)
            #expect(
                Array(reading.records.prefix(safe)) == Array(whole.records.prefix(safe)),
                "\(what) lost records before byte \(offset)")
        } catch {
            // Refused as a whole only when the damage lies in the part by which the format is told.
            #expect(error is IngestError)
            #expect(safe == 0 || offset < 2048, "\(what) at byte \(offset): \(error)")
        }
    }

    @Test("a truncated file yields the records before the cut", arguments: fixtures)
    func truncated(fixture: String) throws {
        let bytes = try Reading.bytes(fixture), whole = try Reading(fixture)
        var random = SeededGenerator(seed: 11)
        for _ in 0..<(DamageTests.rounds ?? 40) {
            let cut = Int.random(in: 0..<bytes.count, using: &random)
            check(
                Array(bytes[..<cut]), at: cut, original: bytes, whole: whole, merges: DamageTests.merging.contains(fixture),
                "cut of \(fixture)")
        }
    }

    @Test("a flipped byte never traps and never affects earlier records", arguments: fixtures)
    func flipped(fixture: String) throws {
        let bytes = try Reading.bytes(fixture), whole = try Reading(fixture)
        var random = SeededGenerator(seed: 12)
        for _ in 0..<(DamageTests.rounds ?? 40) {
            var damaged = bytes
            let at = Int.random(in: 0..<bytes.count, using: &random)
            damaged[at] =
                Bool.random(using: &random)
                ? UInt8.random(in: 0...255, using: &random)
                : [0x22, 0x5C, 0x7B, 0x7D, 0x5B, 0x5D, 0x0A].randomElement(using: &random)!
            check(
                damaged, at: at, original: bytes, whole: whole, merges: DamageTests.merging.contains(fixture),
                "flip in \(fixture)")
        }
    }

    @Test("damage in a log or in a product's file never traps", arguments: wild)
    func damagedLogs(file: String) throws {
        let bytes = try Reading.bytes("../" + file)
        var random = SeededGenerator(seed: 13)
        for round in 0..<(DamageTests.rounds ?? 24) {
            var damaged = bytes
            let at = Int.random(in: 0..<bytes.count, using: &random)
            if round % 2 == 0 { damaged.removeSubrange(at...) }
            for _ in 0..<3 where !damaged.isEmpty {
                let place = Int.random(in: 0..<damaged.count, using: &random)
                damaged[place] = [0x22, 0x5C, 0x7B, 0x7D, 0x5B, 0x5D, 0x0A, 0x2C, 0x3A, 0x20, 0x00, 0xFF].randomElement(
                    using: &random)!
            }
            do { _ = try Reading(bytes: damaged) } catch { #expect(error is IngestError, "\(file): \(error)") }
        }
    }

    @Test("nested lists and objects without end are refused or told, never followed")
    func bottomless() throws {
        for open in [
            "[", "{\"resourceSpans\":[", "{\"a\":", "{\"data\":[", "{\"spans\":[",
            "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[{\"attributes\":[{\"key\":\"a\",\"value\":{\"kvlistValue\":",
        ] {
            let text = String(repeating: open, count: 3000)
            for start in ["", "{\"resourceSpans\":[]}\n", "{\"id\":\"s\",\"traceId\":\"t\",\"name\":\"n\",\"value\":1}\n"] {
                _ = try? Reading(text: start + text)
            }
        }
        let deep =
            String(repeating: #"{"kvlistValue":{"values":[{"key":"a","value":"#, count: 30) + #"{"intValue":"1"}"#
            + String(repeating: "}]}}", count: 30)
        #expect(try mapped([("deep", deep)]).attributes?.contains(":1") == true)
    }
}
