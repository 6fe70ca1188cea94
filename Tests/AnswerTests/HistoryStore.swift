import Glibc
import Importing
import LocalStore
import Model
import Testing
import TestSupport

@testable import QueryLanguage

/// A store in a folder of its own, which is deleted with it.
final class HistoryStore {
    let store: Store
    private let folder: String

    init(_ traces: [AwkwardHistory.Trace]) throws {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/faultline-answers-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw StoreError.missing(path: base) }
        folder = String(cString: made)
        store = try Store.open(path: folder + "/store.db", create: true)
        try store.load(traces, now: Timestamp(seconds: AwkwardHistory.november))
    }

    deinit {
        for name in ["store.db", "store.db-wal", "store.db-shm"] { unlink("\(folder)/\(name)") }
        rmdir(folder)
    }
}

/// The zones of the questions, from copied zone files: the tests must not depend on what the machine has.
enum Zones {
    static let berlin = zone("Europe/Berlin", "Berlin"), kolkata = zone("Asia/Kolkata", "Kolkata")
    static let newYork = zone("America/New_York", "New_York"), lordHowe = zone("Australia/Lord_Howe", "Lord_Howe")
    static let all = [Zone.utc, berlin, kolkata, newYork, lordHowe]

    private static func zone(_ name: String, _ file: String) -> Zone {
        guard let handle = fopen(Fixtures.path("queries/\(file).tzif"), "rb") else { return .utc }
        defer { fclose(handle) }
        var bytes = [UInt8](repeating: 0, count: 16_384)
        let count = fread(&bytes, 1, bytes.count, handle)
        return Zone(name: name, file: Array(bytes[..<count])) ?? .utc
    }
}

/// The compiled query of a statement without mistakes.
func compiled(_ text: String, _ store: Store, zone: Zone = .utc, evidence: Evidence = .default) throws -> CompiledQuery {
    let (read, mistakes) = Parser.query(text)
    guard let syntax = read else { throw Diagnostics(text: text, mistakes) }
    let facts = try store.queryFacts()
    let context = CheckContext(
        now: Timestamp(seconds: AwkwardHistory.november + 50_000), zone: zone, evidence: evidence, coverage: facts.coverage)
    return try QueryCompiler().compile(syntax, text: text, mistakes: mistakes, context: context, facts: facts)
}

/// Rows as lines, for messages.
func drawn(_ rows: [[Value]]) -> String { rows.map { "\($0)" }.joined(separator: "\n") }

/// Compares with a recorded text.
func expectGolden(_ text: String, _ name: String, _ location: SourceLocation = #_sourceLocation) {
    if let difference = Golden.difference(text, name) { Issue.record("\(difference)", sourceLocation: location) }
}
