import Errors
import Glibc
import LocalStore
import Model
import QueryLanguage
import Testing

@testable import Notebook
@testable import Platform

@Suite("Replays")
struct ReplayTests {
    let folder = TemporaryFolder()

    private func openSession(_ path: String, _ environment: [String: String] = [:]) throws -> Session {
        try NotebookTests.openSession(path, testEnvironment(["FAULTLINE_SESSIONS": folder.path].merging(environment) { $1 }))
    }

    static let statements = [
        "errors by type last 7d", "errors by signature show count, first_seen, last_seen last 7d",
        "calls by model show count, error_rate, p95(latency), cost last 7d",
        "errors every 1d last 7d", "errors by provider every 1d last 7d", "failures by agent all",
        "traces where errors > 1 all limit 5", "errors last 7d limit 3",
        "calls show count, cost, p95(latency) all", "$1 sort type", "trace $8[1]", "trace 3f2a",
        "sql SELECT count(*) AS n FROM err", "errors by tpye", "expect rows = 1",
        "set tz Europe/Berlin", "errors every 1d last 7d", "let model = gpt-4o", "errors by type where model = $model all",
        "explain errors by type all", "sources",
        "watch 1s errors show count all", "errors where kind = any last 7d limit 2", "set detect +slow", "errors by type last 7d",
        "calls by model last 1h",
        "errors on 2020-01-01", "errors around 2026-11-20T12:34:56 +- 3h show count",
    ]

    /// A saved session on a store of its own.
    private func record(_ statements: [String] = ReplayTests.statements) throws -> Session {
        let session = try openSession(Stores.copy(Stores.small, in: folder))
        session.rights.writesFiles = false
        for statement in statements { _ = session.run(statement) }
        session.rights.writesFiles = true
        #expect(session.run("save x").exit == .ok)
        return session
    }

    private var path: String { folder.file("x.flq") }

    /// The verdicts of a replay by the number of their cell.
    private func verdicts(_ session: Session, _ options: SessionReplay.Options = .init()) throws -> [Int: Verdict] {
        let file = try NotebookFile.read(path)
        var replay = SessionReplay(
            file, at: path, by: try session.replaying(file, in: session.store, movesNow: options.movesNow), options)
        try replay.run()
        var verdicts: [Int: Verdict] = [:]
        for cell in replay.judged { verdicts[cell.number ?? 0] = cell.judgement.verdict }
        return verdicts
    }

    @Test("pins that mean nothing are reported, each as it is written")
    func unknownPins() throws {
        let file = folder.write(
            "p.flq",
            "#! faultline 1\n#@ now nonsense · tz Mars/Olympus · width 3 · detect explicit loud · range soon · form pie · widht 90\n\ncalls show count all\n"
        )
        let output = try openSession(Stores.small).run("replay \"\(file)\"").output
        for pin in ["now nonsense", "tz Mars/Olympus", "width 3", "detect loud", "range soon", "form pie", "widht 90"] {
            #expect(output.contains("`\(pin)`"), "\(pin): \(output)")
        }
        #expect(!output.contains("`detect explicit`"))
    }

    @Test("recorded and replayed on the same store, every cell is the same, at every width and in every locale")
    func same() throws {
        let session = try record()
        let expected = Set<Verdict>([.same, .unjudged])
        let found = try verdicts(session)
        #expect(Set(found.values) == expected && found.count == ReplayTests.statements.count, "\(found)")
        for environment in [
            ["LANG": "C"], ["LANG": "de_DE.UTF-8", "TZ": "Asia/Tokyo"], ["COLUMNS": "200", "CLICOLOR_FORCE": "1"],
        ] {
            let reply = try openSession(session.store.path, environment).run("replay x --check")
            #expect(reply.exit == .ok && !reply.output.contains("data") && reply.output.contains(" same"), "\(reply.output)")
        }
    }

    @Test("a statement that fails because its rows were forgotten differs by the data, and by the language when that moved")
    func forgotten() throws {
        let statements = [
            "errors all limit 3", "trace $1[1]", "why $1[1]", "errors by type where model = gpt-4o all", "errors by type all",
            "errors where trace in $1 all show count", "trace 00000000000000000000000000000000",
        ]
        let session = try record(statements)
        #expect(Set(try verdicts(session).values) == [.same])
        try session.store.forget(.before(Timestamp(nanoseconds: .max)))
        let found = try verdicts(session)
        #expect(found.count == statements.count)
        for (number, verdict) in found { #expect(verdict == (number == 7 ? .same : .data), "cell \(number): \(verdict)") }
        // The same failure, and a mistake of the language beside it.
        let text = try Files.text(of: path)
        try Files.write(text.replacing("\nerrors by type all\n", with: "\nerrors by tpye all\n"), to: path)
        #expect(try verdicts(session)[5] == .meaning)
    }

    @Test("an update of what is the same changes no byte")
    func update() throws {
        let session = try record()
        let before = try Files.text(of: path)
        #expect(session.run("replay x --update").exit == .ok)
        #expect(try Files.text(of: path) == before)
        #expect(Files.mode(of: path) == 0o600)
    }

    @Test("one late error is `data` where it changes the result, and nowhere else")
    func lateError() throws {
        let session = try record()
        _ = session.run("import \"\(folder.write("late.jsonl", LateError.line(at: "2026-11-20T12:00:00Z")))\"")
        let found = try verdicts(session)
        for cell in [1, 2, 3, 4, 5, 6, 9, 13, 17, 22, 25] {
            #expect(found[cell] == .data, "cell \(cell): \(ReplayTests.statements[cell - 1]) is \(found[cell]?.rawValue ?? "")")
        }
        // Other windows and mistakes do not see it.
        for cell in [12, 14, 26, 27] { #expect(found[cell] == .same, "cell \(cell): \(ReplayTests.statements[cell - 1])") }
        #expect(!found.values.contains(.meaning) && !found.values.contains(.both))
        let reply = session.run("replay x --check")
        #expect(reply.exit == .drift && reply.output.contains("+ ") && reply.output.contains("- "), "\(reply.output)")
        #expect(session.run("replay x").exit == .ok)
        // What changed though the result did not is said in passing.
        #expect(session.run("replay x").output.contains("the data changed, the result did not"))
    }

    @Test("another rule is `meaning` where it changes the result, and both together are `both`")
    func otherRule() throws {
        let session = try record()
        // Rate limits are errors of the server from now on.
        let rule = Rule("own.limit", .serverError, phrases: ["rate limit*"], examples: ["rate limit reached"])
        try session.store.rebuildDerived(assessor: Assessor(rules: RuleSet.builtIn.adding([rule])))
        let found = try verdicts(session)
        for cell in [1, 10, 12, 25] {
            #expect(
                found[cell] == .meaning, "cell \(cell): \(ReplayTests.statements[cell - 1]) is \(found[cell]?.rawValue ?? "")")
        }
        for cell in [2, 3, 4, 5, 6, 9, 13, 14, 17, 26, 27] {
            #expect(found[cell] == .same, "cell \(cell): \(ReplayTests.statements[cell - 1]) is \(found[cell]?.rawValue ?? "")")
        }
        #expect(!found.values.contains(.data) && !found.values.contains(.both))
        #expect(session.run("replay x --check").exit == .drift)
        _ = session.run("import \"\(folder.write("late.jsonl", LateError.line(at: "2026-11-20T12:00:00Z")))\"")
        #expect(try verdicts(session)[1] == .both)
    }

    @Test("other glyphs are `rendering`, which is no drift")
    func otherGlyphs() throws {
        let session = try record()
        try Files.write(try Files.text(of: path).replacing("█", with: "▓"), to: path)
        let found = try verdicts(session)
        #expect(found[1] == .rendering && found[8] == .same && Set(found.values) == [.rendering, .same, .unjudged])
        let reply = session.run("replay x --check")
        #expect(reply.exit == .ok && reply.output.contains("rendering") && reply.output.contains("▓"), "\(reply.output)")
    }

    @Test("a failed statement must fail in the same way")
    func failures() throws {
        let session = try record(["errors by tpye", "errors by type all"])
        #expect(try verdicts(session)[1] == .same)
        let text = try Files.text(of: path)
        try Files.write(text.replacing("failed unknown-field 10-14", with: "failed unknown-field 10-15"), to: path)
        #expect(try verdicts(session) == [1: .meaning, 2: .same])
        try Files.write(text.replacing("\nerrors by tpye", with: "\nerrors by type"), to: path)
        #expect(try verdicts(session)[1] == .meaning)
        try Files.write(text.replacing("\nerrors by type all", with: "\nerrors by tpye all"), to: path)
        #expect(try verdicts(session)[2] == .meaning)
        // Suggestions may differ.
        try Files.write(text.replacing("#>   closest: type", with: "#>   closest: time"), to: path)
        #expect(try verdicts(session)[1] == .same)
    }

    @Test("an expectation that holds no more is drift")
    func expectation() throws {
        let session = try record(["errors show count all", "expect count < 1000"])
        let count = session.run("errors show count all as csv").output.split(separator: "\r\n")[1]
        try Files.write(
            try Files.text(of: path).replacing("expect count < 1000", with: "expect count < \((Int(count) ?? 0) + 1)"), to: path)
        #expect(try verdicts(session) == [1: .same, 2: .same])
        _ = session.run("import \"\(folder.write("late.jsonl", LateError.line(at: "2026-11-20T12:00:00Z")))\"")
        #expect(try verdicts(session) == [1: .data, 2: .data])
    }

    @Test("statements that write are left out unless told otherwise, and exports write nothing")
    func writing() throws {
        let late = folder.write("late.jsonl", LateError.line(at: "2026-11-20T12:00:00Z"))
        let out = folder.file("out.csv")
        let session = try record(["errors show count all"])
        try Files.write(
            try Files.text(of: path) + "import \"\(late)\"\nerrors by type all as csv to \"\(out)\"\n$1\nsave y\nquit\nedit 1\n",
            to: path)
        let before = session.run("errors show count all as csv").output
        #expect(try verdicts(session) == [1: .same, 2: .skipped, 3: .new, 4: .new])
        #expect(
            session.run("errors show count all as csv").output == before && !Files.exists(out)
                && !Files.exists(folder.file("y.flq")))
        #expect(session.run("replay x --write").exit == .ok)
        #expect(session.run("errors show count all as csv").output != before && Files.exists(out))
    }

    @Test("a file written by hand is replayed at one instant, and `--update` makes it a recorded one")
    func byHand() throws {
        let session = try openSession(Stores.copy(Stores.small, in: folder))
        try Files.write("# By hand\nerrors by type last 7d\nhelp where\n\n# and\nexpect count > 0", to: path, mode: 0o644)
        #expect(try verdicts(session) == [1: .new, 2: .new])
        #expect(session.run("replay x --check").exit == .ok)
        #expect(session.run("replay x --update").exit == .ok)
        let text = try Files.text(of: path)
        #expect(
            text.hasPrefix("#! faultline 1\n#@ now 2026-11-21T14:00:00Z · tz UTC · width 80 · store copy · rules "), "\(text)")
        #expect(
            text.contains("\n# By hand\nerrors by type last 7d\n#> ")
                && text.contains("\nhelp where\n\n# and\nexpect count > 0\n#> holds\n#= "))
        #expect(Files.mode(of: path) == 0o644)
        #expect(try verdicts(session) == [1: .same, 2: .same])
    }

    @Test("`--now` lets go of the pinned time, `--only` judges some cells, `--against` asks another store")
    func options() throws {
        let session = try record(["errors show count last 2d", "calls by model last 2d", "errors by type last 2d"])
        // Asked a day later, a day less is in the window.
        session.clock.pinned = Stores.now + .hours(36)
        #expect(session.run("replay x --check").exit == .ok)
        let moved = session.run("replay x --now --check")
        #expect(moved.exit == .drift && moved.output.contains("data"))
        #expect(session.run("replay x --now --only 2 --check").output.contains("1 cell: 1 data"))
        #expect(session.run("replay x --only 1, 3").output.contains("2 cells: 2 same"))
        #expect(session.run("replay x --only 2..3").output.contains("2 cells: 2 same"))
        let other = session.run("replay x --check --against \"\(Stores.empty)\"")
        #expect(other.exit == .drift && other.output.contains("3 data"), "\(other.shown)")
        #expect(session.run("replay x --against \"\(folder.file("none.db"))\"").exit == .trouble)
        #expect(session.run("replay x --now --update").exit == .ok)
        #expect(try Files.text(of: path).contains("#@ now 2026-11-23T02:00:00Z"))
        for (statement, id) in [
            ("replay", "missing-path"), ("replay x --chekc", "unknown-option"), ("replay x --only", "missing-cell"),
            ("replay x --against", "missing-path"),
            ("replay x --check --update", "two-ends"),
        ] {
            let reply = session.run(statement)
            #expect(reply.exit == .wrong && reply.narration.contains("[\(id)]"), "\(statement): \(reply.narration)")
        }
        #expect(session.run("replay nothing").exit == .trouble)
    }

    @Test("the time of a session that went on for a while is pinned cell by cell")
    func movingNow() throws {
        let session = try openSession(Stores.copy(Stores.small, in: folder))
        for hours in [0, 5, 30] as [Int64] {
            session.clock.pinned = Stores.now - .hours(hours)
            _ = session.run("errors show count last 1d")
        }
        _ = session.run("save x")
        #expect(try Files.text(of: path).split(separator: "\n").count { $0.hasPrefix("#@ now") } == 3)
        session.clock.pinned = Stores.now + .days(9)
        #expect(Set(try verdicts(session).values) == [.same])
    }

    // MARK: Hashes

    @Test("the hash of a result depends on its values and their order, not on how it is drawn")
    func resultHash() {
        let columns = [ResultColumn("a", .text), ResultColumn("b", .count)]
        func hash(_ rows: [[Value]], _ columns: [ResultColumn] = columns) -> UInt64 {
            ResultHash.of(
                Answer(
                    table: ResultTable(columns: columns, rows: rows), shape: .listing, receipt: Receipt(window: nil, zone: .utc)))
        }
        let first = hash([[.text("x"), .count(1)], [.text("y"), .count(2)]])
        #expect(first == hash([[.text("x"), .count(1)], [.text("y"), .count(2)]]))
        let others: [UInt64] = [
            hash([[.text("y"), .count(2)], [.text("x"), .count(1)]]), hash([[.text("x"), .count(1)]]),
            hash([[.text("x"), .count(1)], [.text("y"), .missing]]),
            hash([[.text("x"), .count(1)], [.text("y"), .number(2)]]),
            hash([[.text("x1"), .count(1)], [.text("y"), .count(2)]]), hash([]),
            hash([[.text("x"), .count(1)], [.text("y"), .count(2)]], [ResultColumn("a", .text), ResultColumn("c", .count)]),
        ]
        #expect(Set(others + [first]).count == others.count + 1)
        // Written down once: the same on every machine and in every version.
        #expect(ResultHash.text(ResultHash.of("faultline")) == "5f9be62087ed")
        #expect(ResultHash.text(1) == "000000000000")
    }
}
