import Glibc
import Importing
import Ingest
import LocalStore
import Model
import Notebook
import Render
import Synthesis
import Platform
import Terminal

/// What `generate` is to write, as typed.
struct GenerateRequest: Sendable {
    let calls: Int, days: Int
    let end: String
    let seed: UInt64
    let store: String?, database: String?, jsonl: String?, truth: String?

    /// Takes over the options as typed.
    init(
        calls: Int, days: Int, end: String, seed: UInt64, store: String?, database: String?, jsonl: String?, truth: String?
    ) {
        (self.calls, self.days, self.end, self.seed) = (calls, days, end, seed)
        (self.store, self.database, self.jsonl, self.truth) = (store, database, jsonl, truth)
    }

    func plan() throws(Refusal) -> HistoryPlan {
        guard let instant = TimeText.parse(end), HistoryPlan.possibleEnds.contains(instant) else {
            throw Refusal(code: .usage, message: "--end: `\(end)` is not a time; write 2026-11-21T14:00:00Z")
        }
        guard HistoryPlan.possibleCalls.contains(calls) else {
            throw Refusal(code: .usage, message: "--calls: \(calls) is out of range")
        }
        guard HistoryPlan.possibleDays.contains(days) else {
            throw Refusal(code: .usage, message: "--days: \(days) is out of range")
        }
        return HistoryPlan(calls: calls, days: days, end: instant, seed: seed)
    }
}

extension Program {
    /// The end of the demonstration's history, at which its clock stands still: so its answers are the same on every day.
    static let demoEnd = "2026-11-21T14:00:00Z"

    /// Writes a synthetic history in the forms asked for.
    static func generate(_ request: GenerateRequest) -> ExitCode {
        guarded {
            let plan = try request.plan()
            guard request.store != nil || request.database != nil || request.jsonl != nil || request.truth != nil else {
                throw Refusal(code: .usage, message: "generate to what? use --store, --database, --jsonl or --truth")
            }
            let interrupts = try Interrupts()
            return try interrupts.during(StopFlag()) { try write(plan, request) }
        }
    }

    private static func write(_ plan: HistoryPlan, _ request: GenerateRequest) throws -> ExitCode {
        if let path = request.store {
            try generateStore(plan, at: path)
            let made = "\(plan.calls.counted("calls")) over \(plan.days.counted("days"))"
            Output.write("\(made) written to \(Printable.safe(path))\n", to: 2)
        }
        if let path = request.database {
            try refuseExisting(path)
            try whole(path) {
                _ = try LLMMetricsDatabase.write(path, traces: History(plan).lazy.map { ($0.trace, $0.spans, $0.events) })
            }
            Output.write("database written to \(Printable.safe(path))\n", to: 2)
        }
        if let path = request.jsonl {
            try writeLines(to: path) { write in
                try History(plan).forEachTrace { trace in
                    try StopFlag.check()
                    write(LangfuseLines.lines(of: trace))
                }
            }
        }
        if let path = request.truth {
            try writeLines(to: path) { write in
                var truth = TruthLines(plan)
                try History(plan).forEachTrace { trace in
                    try StopFlag.check()
                    write(truth.lines(of: trace))
                }
                write(truth.closingLines())
            }
        }
        return .ok
    }

    static func generateStore(_ plan: HistoryPlan, at path: String) throws {
        try refuseExisting(path)
        try whole(path) {
            let store = try Store.open(path: path, create: true)
            try store.load(History(plan).lazy.map { ($0.trace, $0.spans, $0.events) }, now: plan.end)
            try store.setClock(plan.end)
        }
    }

    /// Runs a body that makes a database at `path`; when it fails or is interrupted no part of one is left.
    private static func whole(_ path: String, _ body: () throws -> Void) throws {
        do { try body() } catch {
            for ending in ["", "-wal", "-shm", "-journal"] { unlink(path + ending) }
            throw error
        }
    }

    private static func refuseExisting(_ path: String) throws(Refusal) {
        guard !Files.exists(path) else {
            throw Refusal(code: .trouble, message: "\(path) already exists; choose another path or remove it")
        }
    }

    /// Writes lines to a file (`-` is the standard output) in large pieces.
    private static func writeLines(to path: String, _ body: (_ write: ([String]) -> Void) throws -> Void) throws {
        guard path != "-" else {
            return try writeLines(body) { guard Output.write($0, to: 1) else { throw notWhole(path) } }
        }
        try Files.write(to: path, mode: 0o600) { write in
            try withoutActuallyEscaping(write) { try writeLines(body, to: $0) }
        }
    }

    private static func notWhole(_ path: String) -> Refusal {
        Refusal(code: .trouble, message: "\(path): could not be written completely")
    }

    private static func writeLines(
        _ body: (_ write: ([String]) -> Void) throws -> Void, to write: @escaping (String) throws -> Void
    ) throws {
        var buffer = "", failure: (any Error)?
        func flush() {
            guard failure == nil else { return }
            do { try write(buffer) } catch { failure = error }
            buffer = ""
        }
        try body { lines in
            for line in lines {
                buffer += line
                buffer += "\n"
            }
            if buffer.utf8.count > 1 << 20 { flush() }
        }
        flush()
        if let failure { throw failure }
    }

    /// Makes the demonstration's store, unless it is there, and opens the notebook on it; without a terminal runs the tour.
    static func demo(calls: Int, _ request: StoreRequest) -> ExitCode {
        guarded {
            let path = request.path ?? Locations(environment: environment()).demoStore
            if let slash = path.lastIndex(of: "/") { try Files.makeFolder(String(path[..<slash])) }
            let plan = try GenerateRequest(
                calls: calls, days: 30, end: demoEnd, seed: 1, store: nil, database: nil, jsonl: nil, truth: nil
            ).plan()
            // A store of another size was made by another demonstration; it is the program's own and made anew.
            if Files.exists(path), try Store.open(path: path, create: false).meta("demo") != demoMark(plan) {
                guard request.path == nil else {
                    throw Refusal(code: .trouble, message: "\(path) already exists and is not a demo of this size")
                }
                for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
            }
            let interrupts = try Interrupts()
            if !Files.exists(path) {
                Output.write(
                    "generating a history of \(plan.calls.counted("calls")) over \(plan.days.counted("days")) in \(Printable.safe(path)) …\n",
                    to: 2
                )
                try interrupts.during(StopFlag()) { try makeDemo(plan, at: path) }
            }
            let open = try OpenStore(request, defaultPath: path, creates: false, interrupts: interrupts)
            guard open.traits.inputIsTerminal, open.traits.outputIsTerminal else {
                return try run(script: "tour", echo: .everything, open)
            }
            return try prompt(
                open, interrupts: interrupts, banner: open.session.banner() + ["try: errors by type every 1d last 30d"])
        }
    }

    /// Makes the store in a folder of its own, so that a demonstration that is stopped half-way leaves none behind, and two that
    /// begin at once do not meet.
    private static func makeDemo(_ plan: HistoryPlan, at path: String) throws {
        let folder = try PrivateFolder(beside: path), draft = folder.file("demo.db")
        do {
            try generateStore(plan, at: draft)
            let store = try Store.open(path: draft, create: false)
            try store.setMeta("demo", demoMark(plan))
        }
        guard rename(draft, path) == 0 else {
            throw Refusal(code: .trouble, message: "\(path): \(String(cString: strerror(errno)).lowercased())")
        }
    }

    private static func demoMark(_ plan: HistoryPlan) -> String { "\(plan.calls) calls, seed \(plan.seed), store 2" }
}
