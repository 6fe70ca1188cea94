import Model
import QueryLanguage
import Testing

@testable import Notebook
@testable import Platform

@Suite("Cells and their results")
struct CellTests {
    /// Runs statements and gives their replies.
    private func run(_ statements: String..., on session: Session) -> [Reply] { statements.map(session.run) }

    @Test("statements are numbered from 1; help and notes take no number, a failed one does")
    func numbers() throws {
        let session = try openSession()
        _ = run("errors by type all", "help where", "errors by tpye", "note something", "set tz Europe/Berlin", on: session)
        #expect(session.cells.count == 3)
        #expect(session.cells[1]?.text == "errors by type all" && session.cells[2]?.exit == .wrong)
        #expect(
            session.cells[3]?.text == "set tz Europe/Berlin" && session.cells[4] == nil && session.cells[0] == nil)
    }

    @Test("a result is shown again from memory, whole and in another form")
    func again() throws {
        let session = try openSession()
        let first = session.run("errors by type all")
        #expect(session.run("$1").output == first.output)
        #expect(session.run("$").output == first.output)
        let csv = session.run("$1 as csv")
        #expect(csv.output == session.run("errors by type all as csv").output && csv.exit == .ok)
        #expect(session.run("$1 as table").output.hasPrefix("type"))
        // A result that is shown again is the last result.
        #expect(session.run("$ show count as csv").output.hasPrefix("type,count\r\n"))
    }

    @Test("what is shown again is not asked again: the store may have changed meanwhile")
    func memory() throws {
        let folder = TemporaryFolder()
        let session = try openSession(Stores.copy(Stores.small, in: folder))
        _ = session.run("errors show count all as csv")
        let log = folder.write("late.jsonl", LateError.line(at: "2026-11-21T13:00:00Z"))
        #expect(session.run("import \"\(log)\"").exit == .ok)
        #expect(session.run("$1 as csv").output != session.run("errors show count all as csv").output)
    }

    @Test("rows in memory are sorted by any column, missing values last, equal ones in their order")
    func sort() throws {
        let session = try openSession()
        _ = session.run("calls by model show count, cost, p95(latency) all")
        func column(_ statement: String, _ place: Int) -> [String] {
            session.run(statement).output.split(separator: "\r\n").dropFirst().map {
                String($0.split(separator: ",", omittingEmptySubsequences: false)[place])
            }
        }
        let costs = column("$1 sort cost as csv", 2).compactMap { Double($0) }
        #expect(costs.count > 3 && costs == costs.sorted(by: >))
        let names = column("$1 sort model as csv", 0)
        #expect(names == names.sorted())
        #expect(column("$1 sort model desc as csv", 0) == names.reversed())
        #expect(column("$1 sort cost asc limit 2 as csv", 2).count == 2)
        let latencies = column("$1 sort p95(latency) asc as csv", 3).compactMap { Double($0) }
        #expect(latencies == latencies.sorted())
    }

    @Test("`limit` cuts, and the cut is said")
    func limit() throws {
        let session = try openSession()
        _ = session.run("calls by model all")
        let reply = session.run("$1 limit 2")
        #expect(reply.output.contains("2 of ") || reply.output.contains("rows truncated"), "\(reply.output)")
        #expect(session.run("$1 limit 2 as csv").narration.contains("only 2 of"))
    }

    @Test("a listing that was cut is asked again when it is exported, or when more of it is wanted")
    func cutListing() throws {
        let session = try openSession()
        func rows(_ statement: String) -> Int { session.run(statement).output.split(separator: "\r\n").count - 1 }
        let all = rows("calls all limit all as csv")
        #expect(all > 200)
        _ = session.run("calls all")
        #expect(session.cells[2]?.outcome.result?.answer.table.rows.count == 50)
        #expect(rows("$2 as csv") == all)
        #expect(rows("$2 limit 60 as csv") == 60 && rows("$2 limit all as csv") == all && rows("$2 limit 20 as csv") == 20)
        #expect(session.run("$2 sort latency limit 3").output.contains("sorted only the 50 rows shown"))
        // As a picture it stays what was shown.
        #expect(session.run("$2").output.contains("50 of"))
    }

    @Test(
        "what no cell has is a mistake that names what there is", arguments: ["$7", "$0", "$2", "trace $7[1]", "$1[1] as csv x"])
    func missing(_ statement: String) throws {
        let session = try openSession()
        _ = run("errors by type all", "errors by tpye", on: session)
        let reply = session.run(statement)
        #expect(reply.exit == .wrong && reply.narration.contains("^"), "\(reply.narration)")
    }

    @Test("before there is any result, `$` says so")
    func nothingYet() throws {
        #expect(try openSession().run("$").narration.contains("no cell has a result yet"))
        #expect(try openSession().run("expect rows = 1").narration.contains("no result"))
    }

    @Test("a column that the result lacks is a mistake with the nearest one")
    func unknownColumn() throws {
        let session = try openSession()
        _ = session.run("errors by type all")
        let reply = session.run("$1 sort cuont")
        #expect(reply.exit == .wrong && reply.narration.contains("try: $1 sort count"), "\(reply.narration)")
        #expect(session.run("$1 show model").narration.contains("no column `model`"))
    }

    @Test("results of `sql` are results, too")
    func sql() throws {
        let session = try openSession()
        _ = session.run("sql SELECT kind, count(*) AS n FROM span GROUP BY kind ORDER BY kind")
        #expect(session.run("$1 sort n limit 1 as csv").output.split(separator: "\r\n").count == 2)
        #expect(session.run("expect n > 0").exit == .ok)
        #expect(
            session.run("$1").output
                == session.run("sql SELECT kind, count(*) AS n FROM span GROUP BY kind ORDER BY kind").output)
    }

    @Test("an export of a result goes to a file")
    func export() throws {
        let folder = TemporaryFolder()
        let session = try openSession()
        let csv = session.run("errors by type all as csv").output
        let reply = session.run("$1 as csv to \"\(folder.file("out.csv"))\"")
        #expect(reply.exit == .ok && reply.output.isEmpty && reply.narration.contains("written to"))
        #expect(try Files.text(of: folder.file("out.csv")) == csv)
    }

    @Test("`trace $3[2]` shows the trace of a row")
    func trace() throws {
        let session = try openSession()
        _ = session.run("errors all limit 5 as csv")
        let table = try #require(session.cells[1]?.outcome.result?.answer.table)
        let place = try #require(table.index(of: "trace"))
        guard case .text(let id) = table.rows[1][place] else {
            Issue.record("the second row names its trace")
            return
        }
        #expect(session.run("trace $1[2]").output.hasPrefix("trace \(id)"))
        #expect(session.run("trace $1[9]").narration.contains("no row 9"))
        #expect(session.run("trace $1").narration.contains("name one"))
        _ = session.run("errors by type all")
        // Of a group it is the newest one behind it.
        #expect(session.run("trace $[1]").output.hasPrefix("trace "))
        _ = session.run("sql SELECT 1 AS n")
        #expect(session.run("trace $[1]").narration.contains("has no trace"))
    }

    @Test("older results make room when memory holds too many values, and say so")
    func room() {
        var cells = Cells()
        let row = [Value](repeating: .count(1), count: 1000)
        let table = ResultTable(columns: row.map { _ in ResultColumn("n", .count) }, rows: [[Value]](repeating: row, count: 1500))
        for number in 1...4 {
            var outcome = Outcome()
            outcome.result = CellResult(answer: Answer(table: table, shape: .listing, receipt: Receipt(window: nil, zone: .utc)))
            cells.add(
                Cell(
                    number: number, text: "errors", clock: Stores.now, now: Stores.now, zone: .utc, role: .cell, outcome: outcome)
            )
        }
        #expect(cells[1]?.outcome.result == nil && cells[2]?.outcome.result == nil && cells[4]?.outcome.result != nil)
        #expect(cells.count == 4 && cells.lastResult()?.number == 4)
    }

    // MARK: Again

    @Test("`rerun` runs earlier statements again as new cells, each under its number")
    func rerun() throws {
        let session = try openSession()
        let first = session.run("errors show count all as csv"), second = session.run("calls show count all as csv")
        let reply = session.run("rerun 1..2")
        #expect(session.cells.count == 4 && session.cells[4]?.text == "calls show count all as csv")
        #expect(
            reply.output
                == "\n3 > errors show count all as csv\n\(first.output)\n4 > calls show count all as csv\n\(second.output)")
        #expect(session.run("rerun 9").narration.contains("no cell 9"))
        #expect(session.run("rerun 2..1").exit == .wrong && session.run("rerun").exit == .wrong)
        #expect(session.run("rerun x").exit == .wrong)
        #expect(session.cells.count == 4)
    }

    @Test("`edit` puts a statement back on the line, the last one unless said")
    func edit() throws {
        let session = try openSession()
        _ = run("errors by tpye", "errors by type all", on: session)
        #expect(session.run("edit 1").edits == "errors by tpye")
        #expect(session.run("edit").edits == "errors by type all")
        #expect(session.run("edit 5").exit == .wrong && session.cells.count == 2)
    }

    // MARK: Names for values

    @Test(
        "a bound value or list stands where a value stands",
        arguments: [
            ("gpt-4o", "errors by type where model = $x all", "errors by type where model = gpt-4o all"),
            ("gpt-4o, o3-mini", "errors by type where model = $x all", "errors by type where model in (gpt-4o, o3-mini) all"),
            ("(gpt-4o, o3-mini)", "errors by type where model in $x all", "errors by type where model in (gpt-4o, o3-mini) all"),
            ("o3-mini", "errors where model in (gpt-4o, $x) all", "errors where model in (gpt-4o, o3-mini) all"),
            ("\"chat gpt-4o\"", "calls where name = $x show count all", "calls where name = \"chat gpt-4o\" show count all"),
            ("3d", "errors by type last $x", "errors by type last 3d"),
            ("6h", "errors every $x last 2d", "errors every 6h last 2d"),
            ("$0.01", "calls where cost > $x show count all", "calls where cost > $0.01 show count all"),
            ("2s", "calls where latency > $x show count all", "calls where latency > 2s show count all"),
            ("gpt*", "calls where model = $x show count all", "calls where model = gpt* show count all"),
            ("limit", "errors \"x\" where message has $x all", "errors \"x\" where message has \"limit\" all"),
            ("3h ago", "errors since $x show count", "errors since 3h ago show count"),
            ("3", "errors by type top $x all", "errors by type top 3 all"),
        ])
    func bound(_ value: String, _ statement: String, _ plain: String) throws {
        let session = try openSession()
        // A word that begins a clause must be quoted, as everywhere.
        let written = value == "limit" ? "\"limit\"" : value
        #expect(session.run("let x = \(written)").exit == .ok)
        let reply = session.run(statement)
        #expect(reply.exit == .ok, "\(reply.narration)")
        #expect(reply.output == session.run(plain).output)
    }

    @Test(
        "a bound value is never syntax, and a name that is not bound is a mistake",
        arguments: [
            ("errors by $model", "misplaced-variable"), ("$model by type", "misplaced-variable"),
            ("errors $model", "misplaced-variable"), ("errors where $model = gpt-4o", "misplaced-variable"),
            ("errors show $model", "misplaced-variable"), ("errors where model = $modle", "unknown-variable"),
            ("errors last $models", "many-values"), ("errors by type as $model", "misplaced-variable"),
        ])
    func misplaced(_ statement: String, _ id: String) throws {
        let session = try openSession()
        _ = run("let model = gpt-4o", "let models = a, b", on: session)
        let reply = session.run(statement)
        #expect(reply.exit == .wrong && reply.narration.contains("[\(id)]"), "\(reply.narration)")
    }

    @Test("what `let` refuses", arguments: ["let", "let 3 = x", "let x", "let x =", "let x = by", "let x = a b", "let x = \"a"])
    func badBinding(_ statement: String) throws {
        let reply = try openSession().run(statement)
        #expect((reply.exit == .wrong) == (statement != "let"), "\(reply.narration)")
    }

    @Test("a bound text stays a text: it cannot become another clause")
    func injection() throws {
        let session = try openSession()
        _ = session.run("let x = \"gpt-4o all limit 1\"")
        #expect(session.run("errors where message has $x all").output.contains("no errors match"))
        #expect(session.run("let").output.contains("\"gpt-4o all limit 1\""))
    }
}
