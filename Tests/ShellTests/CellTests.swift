import Model
import QueryLanguage
import Testing

@testable import Shell
@testable import System

@Suite("Cells and their results")
struct CellTests {
    /// Runs statements and gives their replies.
    private func run(_ statements: String..., on interpreter: Interpreter) -> [Reply] { statements.map(interpreter.run) }

    @Test("statements are numbered from 1; help and notes take no number, a failed one does")
    func numbers() throws {
        let interpreter = try session()
        _ = run("errors by type all", "help where", "errors by tpye", "note something", "set tz Europe/Berlin", on: interpreter)
        #expect(interpreter.cells.count == 3)
        #expect(interpreter.cells[1]?.text == "errors by type all" && interpreter.cells[2]?.exit == .wrong)
        #expect(
            interpreter.cells[3]?.text == "set tz Europe/Berlin" && interpreter.cells[4] == nil && interpreter.cells[0] == nil)
    }

    @Test("a result is shown again from memory, whole and in another form")
    func again() throws {
        let interpreter = try session()
        let first = interpreter.run("errors by type all")
        #expect(interpreter.run("$1").output == first.output)
        #expect(interpreter.run("$").output == first.output)
        let csv = interpreter.run("$1 as csv")
        #expect(csv.output == interpreter.run("errors by type all as csv").output && csv.exit == .ok)
        #expect(interpreter.run("$1 as table").output.hasPrefix("type"))
        // A result that is shown again is the last result.
        #expect(interpreter.run("$ show count as csv").output.hasPrefix("type,count\r\n"))
    }

    @Test("what is shown again is not asked again: the store may have changed meanwhile")
    func memory() throws {
        let folder = TemporaryFolder()
        let interpreter = try session(Stores.copy(Stores.small, in: folder))
        _ = interpreter.run("errors show count all as csv")
        let log = folder.write("late.jsonl", LateError.line(at: "2026-11-21T13:00:00Z"))
        #expect(interpreter.run("import \"\(log)\"").exit == .ok)
        #expect(interpreter.run("$1 as csv").output != interpreter.run("errors show count all as csv").output)
    }

    @Test("rows in memory are sorted by any column, missing values last, equal ones in their order")
    func sort() throws {
        let interpreter = try session()
        _ = interpreter.run("calls by model show count, cost, p95(latency) all")
        func column(_ statement: String, _ place: Int) -> [String] {
            interpreter.run(statement).output.split(separator: "\r\n").dropFirst().map {
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
        let interpreter = try session()
        _ = interpreter.run("calls by model all")
        let reply = interpreter.run("$1 limit 2")
        #expect(reply.output.contains("2 of ") || reply.output.contains("rows truncated"), "\(reply.output)")
        #expect(interpreter.run("$1 limit 2 as csv").narration.contains("only 2 of"))
    }

    @Test("a listing that was cut is asked again when it is exported, or when more of it is wanted")
    func cutListing() throws {
        let interpreter = try session()
        func rows(_ statement: String) -> Int { interpreter.run(statement).output.split(separator: "\r\n").count - 1 }
        let all = rows("calls all limit all as csv")
        #expect(all > 200)
        _ = interpreter.run("calls all")
        #expect(interpreter.cells[2]?.outcome.result?.answer.table.rows.count == 50)
        #expect(rows("$2 as csv") == all)
        #expect(rows("$2 limit 60 as csv") == 60 && rows("$2 limit all as csv") == all && rows("$2 limit 20 as csv") == 20)
        #expect(interpreter.run("$2 sort latency limit 3").output.contains("sorted among the 50 rows shown"))
        // As a picture it stays what was shown.
        #expect(interpreter.run("$2").output.contains("50 of"))
    }

    @Test(
        "what no cell has is a mistake that names what there is", arguments: ["$7", "$0", "$2", "trace $7[1]", "$1[1] as csv x"])
    func missing(_ statement: String) throws {
        let interpreter = try session()
        _ = run("errors by type all", "errors by tpye", on: interpreter)
        let reply = interpreter.run(statement)
        #expect(reply.exit == .wrong && reply.narration.contains("^"), "\(reply.narration)")
    }

    @Test("before there is any result, `$` says so")
    func nothingYet() throws {
        #expect(try session().run("$").narration.contains("no cell has a result yet"))
        #expect(try session().run("expect rows = 1").narration.contains("no result"))
    }

    @Test("a column that the result lacks is a mistake with the nearest one")
    func unknownColumn() throws {
        let interpreter = try session()
        _ = interpreter.run("errors by type all")
        let reply = interpreter.run("$1 sort cuont")
        #expect(reply.exit == .wrong && reply.narration.contains("try: $1 sort count"), "\(reply.narration)")
        #expect(interpreter.run("$1 show model").narration.contains("no column `model`"))
    }

    @Test("results of `sql` are results, too")
    func sql() throws {
        let interpreter = try session()
        _ = interpreter.run("sql SELECT kind, count(*) AS n FROM span GROUP BY kind ORDER BY kind")
        #expect(interpreter.run("$1 sort n limit 1 as csv").output.split(separator: "\r\n").count == 2)
        #expect(interpreter.run("expect n > 0").exit == .ok)
        #expect(
            interpreter.run("$1").output
                == interpreter.run("sql SELECT kind, count(*) AS n FROM span GROUP BY kind ORDER BY kind").output)
    }

    @Test("an export of a result goes to a file")
    func export() throws {
        let folder = TemporaryFolder()
        let interpreter = try session()
        let csv = interpreter.run("errors by type all as csv").output
        let reply = interpreter.run("$1 as csv to \"\(folder.file("out.csv"))\"")
        #expect(reply.exit == .ok && reply.output.isEmpty && reply.narration.contains("written to"))
        #expect(try Files.text(of: folder.file("out.csv")) == csv)
    }

    @Test("`trace $3[2]` shows the trace of a row")
    func trace() throws {
        let interpreter = try session()
        _ = interpreter.run("errors all limit 5 as csv")
        let table = try #require(interpreter.cells[1]?.outcome.result?.answer.table)
        let place = try #require(table.index(of: "trace"))
        guard case .text(let id) = table.rows[1][place] else {
            Issue.record("the second row names its trace")
            return
        }
        #expect(interpreter.run("trace $1[2]").output.hasPrefix("trace \(id)"))
        #expect(interpreter.run("trace $1[9]").narration.contains("no row 9"))
        #expect(interpreter.run("trace $1").narration.contains("name one"))
        _ = interpreter.run("errors by type all")
        // Of a group it is the newest one behind it.
        #expect(interpreter.run("trace $[1]").output.hasPrefix("trace "))
        _ = interpreter.run("sql SELECT 1 AS n")
        #expect(interpreter.run("trace $[1]").narration.contains("names no trace"))
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
        let interpreter = try session()
        let first = interpreter.run("errors show count all as csv"), second = interpreter.run("calls show count all as csv")
        let reply = interpreter.run("rerun 1..2")
        #expect(interpreter.cells.count == 4 && interpreter.cells[4]?.text == "calls show count all as csv")
        #expect(
            reply.output
                == "\n3 > errors show count all as csv\n\(first.output)\n4 > calls show count all as csv\n\(second.output)")
        #expect(interpreter.run("rerun 9").narration.contains("there is no cell 9"))
        #expect(interpreter.run("rerun 2..1").exit == .wrong && interpreter.run("rerun").exit == .wrong)
        #expect(interpreter.run("rerun x").exit == .wrong)
        #expect(interpreter.cells.count == 4)
    }

    @Test("`edit` puts a statement back on the line, the last one unless said")
    func edit() throws {
        let interpreter = try session()
        _ = run("errors by tpye", "errors by type all", on: interpreter)
        #expect(interpreter.run("edit 1").edits == "errors by tpye")
        #expect(interpreter.run("edit").edits == "errors by type all")
        #expect(interpreter.run("edit 5").exit == .wrong && interpreter.cells.count == 2)
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
        let interpreter = try session()
        // A word that begins a clause must be quoted, as everywhere.
        let written = value == "limit" ? "\"limit\"" : value
        #expect(interpreter.run("let x = \(written)").exit == .ok)
        let reply = interpreter.run(statement)
        #expect(reply.exit == .ok, "\(reply.narration)")
        #expect(reply.output == interpreter.run(plain).output)
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
        let interpreter = try session()
        _ = run("let model = gpt-4o", "let models = a, b", on: interpreter)
        let reply = interpreter.run(statement)
        #expect(reply.exit == .wrong && reply.narration.contains("[\(id)]"), "\(reply.narration)")
    }

    @Test("what `let` refuses", arguments: ["let", "let 3 = x", "let x", "let x =", "let x = by", "let x = a b", "let x = \"a"])
    func badBinding(_ statement: String) throws {
        let reply = try session().run(statement)
        #expect((reply.exit == .wrong) == (statement != "let"), "\(reply.narration)")
    }

    @Test("a bound text stays a text: it cannot become another clause")
    func injection() throws {
        let interpreter = try session()
        _ = interpreter.run("let x = \"gpt-4o all limit 1\"")
        #expect(interpreter.run("errors where message has $x all").output.contains("no errors match"))
        #expect(interpreter.run("let").output.contains("\"gpt-4o all limit 1\""))
    }
}
