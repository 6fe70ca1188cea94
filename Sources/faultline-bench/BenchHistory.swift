import Importing
import LocalStore
import Model
import Synthesis

/// The store that questions run on, and the instant that counts as now.
struct BenchHistory {
    let store: Store
    let path: String
    let now: Timestamp
    let description: String

    /// The end of generated histories, inside an hour and a minute, so that every window has edges that no rollup covers.
    private static let end = Timestamp(nanoseconds: 1_795_268_251_000_000_000)

    /// Opens the store at `path`, or generates it from a synthetic history of `days` days.
    static func open(_ path: String, calls: Int, days: Int = 30) throws -> BenchHistory {
        if !Files.exists(path) {
            Terminal.note("generating \(calls) calls over \(days) days …")
            let draft = path + ".part"
            for suffix in ["", "-wal", "-shm"] { Files.remove(draft + suffix) }
            do {
                let store = try Store.open(path: draft, create: true)
                let history = History(HistoryPlan(calls: calls, days: days, end: end, seed: 1))
                try store.load(history.lazy.map { ($0.trace, $0.spans, $0.events) }, now: end)
                try store.setClock(end)
            }
            guard Files.move(draft, to: path) else { throw BenchError("\(path) could not be written") }
        }
        let store = try Store.open(path: path, create: false)
        guard let facts = Optional(try store.facts()), let coverage = facts.coverage else {
            throw BenchError("\(path) is empty")
        }
        return BenchHistory(
            store: store, path: path, now: try store.clock() ?? coverage.to,
            description: "\(facts.calls) calls, \(facts.spans) spans, \(facts.errors) errors, \(Files.size(path) / 1_000_000) MB")
    }
}
