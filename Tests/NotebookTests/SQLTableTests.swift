import Model
import Testing

@testable import LocalStore
@testable import SQLite
@testable import Notebook

@Suite("Tables of sql, and local times of sources")
struct SQLTableTests {
    private let folder = TemporaryFolder()

    private func makeSession() throws -> Session {
        try Session(
            store: Store.open(path: folder.file("store.db"), create: true), environment: testEnvironment(width: 200))
    }

    private static let log = """
        timestamp,provider,error_type,error_message,status_code,retry_count,status
        2025-11-21 09:05:00,gemini,rate_limit,Too many requests,429,2,recovered
        2025-11-21 09:50:00,gemini,rate_limit,Too many requests,429,0,failed
        2025-11-21 10:10:00,anthropic,auth_error,invalid x-api-key,401,0,failed
        2025-11-21 10:20:00,openai,network_error,Connection reset,,3,failed
        2025-11-21 10:30:00,openai,context_length,Bad Request,400,0,failed

        """

    /// Lines of an answer, each as its words.
    private func rows(_ statement: String, _ session: Session) -> [[String]] {
        let reply = session.run(statement)
        #expect(reply.exit == .ok, "\(reply.shown)")
        return reply.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    }

    @Test("queries over error_logs run as a monitoring guide has them, in the source's own words")
    func guide() throws {
        let session = try makeSession()
        #expect(session.run("import \"\(folder.write("log.csv", SQLTableTests.log))\"").exit == .ok)
        let spikes = rows(
            """
            sql -- rate limit spikes
            SELECT provider, DATE_TRUNC('hour', timestamp) as hour, COUNT(*) as n FROM error_logs
            WHERE error_type = 'rate_limit' GROUP BY provider, hour ORDER BY n DESC LIMIT 20;
            """, session)
        #expect(spikes.dropFirst() == [["gemini", "2025-11-21", "09:00:00", "2"]])
        let auth = rows(
            "sql SELECT provider, error_type, COUNT(*) FROM error_logs WHERE status_code IN (401, 403) GROUP BY 1, 2", session
        )
        #expect(auth.dropFirst() == [["anthropic", "auth_error", "1"]])
        let network = rows(
            "sql SELECT AVG(retry_count), COUNT(*) FROM error_logs WHERE error_type = 'network_error' GROUP BY provider",
            session)
        #expect(network.dropFirst() == [["3.0", "1"]])
        // Every spelling of a provider matches, and the source's is shown.
        for name in ["gemini", "google", "Google_GenAI"] {
            let found = rows("sql SELECT DISTINCT provider FROM error_logs WHERE provider = '\(name)'", session)
            #expect(found.dropFirst() == [["gemini"]], "\(name)")
        }
        #expect(rows("sql SELECT sum(recovered) FROM error_logs", session).last == ["1"], "a status says so")
        #expect(rows("sql SELECT error_type FROM error_logs WHERE status_code = 400", session).last == ["context_length"])
        #expect(session.run("errors where type = context_length all").output.contains("Bad Request"))
    }

    @Test(
        "every spelling of a provider or model finds its calls, in statements as in sql",
        arguments: [
            ("where provider = gemini", "2"), ("where provider in (google_genai, anthropic)", "3"),
            ("where provider = gem*", "2"), ("where provider = *gen*i", "2"), ("where provider = a*", "2"),
            ("where provider != gemini", "3"), ("where model = openai/gpt-4o", "1"), ("where model = openai/gpt*", "1"),
            ("where model in (openai/gpt-4o, gemini/gemini-2.0-flash)", "3"), ("where model != openai/gpt-4o", "4"),
        ])
    func names(_ condition: String, _ expected: String) throws {
        let session = try makeSession()
        let log = """
            timestamp,provider,model,error_type,error_message
            2025-11-21 09:05:00,gemini,gemini-2.0-flash,rate_limit,Too many requests
            2025-11-21 09:50:00,gemini,gemini-2.0-flash,rate_limit,Too many requests
            2025-11-21 10:10:00,anthropic,claude-3,auth_error,invalid x-api-key
            2025-11-21 10:20:00,openai,gpt-4o,network_error,Connection reset
            2025-11-21 10:30:00,azure,gpt-4o,context_length,Bad Request

            """
        #expect(session.run("import \"\(folder.write("log.csv", log))\"").exit == .ok)
        #expect(rows("errors \(condition) all show count", session).dropFirst().first == [expected])
        let unknown = session.run("errors where model = openai/gpt-5 all")
        #expect(unknown.narration.contains("no calls with model `openai/gpt-5`"), "\(unknown.shown)")
    }

    @Test(
        "DATE_TRUNC cuts to every unit",
        arguments: [
            ("second", "2026-11-21 14:35:42"), ("minute", "2026-11-21 14:35:00"), ("Hours", "2026-11-21 14:00:00"),
            ("day", "2026-11-21 00:00:00"), ("week", "2026-11-16 00:00:00"), ("month", "2026-11-01 00:00:00"),
            ("quarter", "2026-10-01 00:00:00"), ("year", "2026-01-01 00:00:00"), ("decade", "2020-01-01 00:00:00"),
            ("century", "2001-01-01 00:00:00"), ("milliseconds", "2026-11-21 14:35:42.123000"),
        ] as [(String, String)])
    func units(_ unit: String, _ expected: String) throws {
        let session = try makeSession()
        let time = "2026-11-21T15:35:42.123456+01:00"
        let found = rows("sql SELECT DATE_TRUNC('\(unit)', '\(time)') AS t", session).last?.joined(separator: " ")
        #expect(found == expected)
        #expect(session.run("sql SELECT DATE_TRUNC('fortnight', '\(time)')").narration.contains("its units are"))
        #expect(rows("sql SELECT DATE_TRUNC('day', NULL) IS NULL", session).last == ["1"])
    }

    @Test("help on sql lists every table and column that there is")
    func help() throws {
        let session = try makeSession()
        let help = session.run("help sql").output
        for view in SQLView.all {
            #expect(help.contains("\(view.name): \(view.meaning)"))
            for column in view.columns {
                #expect(help.contains("  \(column.name) "), "\(view.name).\(column.name)")
                #expect(session.run("sql SELECT \(column.name) FROM \(view.name)").exit == .ok, "\(view.name).\(column.name)")
            }
        }
    }

    @Test("a loaded table of rules keeps its filter and its history, and sql sees both")
    func alertTables() throws {
        let path = folder.file("rules.db")
        try Connection(path: path, mode: .readWrite(create: true)).execute(
            """
            CREATE TABLE alert_rules(id INTEGER PRIMARY KEY, rule_name TEXT, error_type TEXT, severity TEXT, threshold_type TEXT,
                threshold_value REAL, time_window_minutes INTEGER, action TEXT, is_active INTEGER);
            INSERT INTO alert_rules VALUES(7, 'critical', NULL, 'CRITICAL', 'count', 1, 60, 'log', 1);
            CREATE TABLE alert_history(id INTEGER PRIMARY KEY, rule_id INTEGER, triggered_at TIMESTAMP, error_count INTEGER,
                message TEXT, acknowledged INTEGER);
            INSERT INTO alert_history VALUES(1, 7, '2026-11-20 10:10:00', 6, 'six of them', 1), (2, 99, '2026-11-20 10:10:00', 1, 'x', 0);
            """)
        let session = try makeSession()
        let reply = session.run("alert load \"\(path)\"")
        #expect(reply.narration.contains("1 rule kept, 1 past firing"), "\(reply.shown)")
        #expect(session.run("alert load \"\(path)\"").narration.contains("1 rule there already\n"))
        let rules = rows(
            "sql SELECT rule_name, severity, threshold_type, threshold_value, time_window_minutes FROM alert_rules", session)
        #expect(rules.dropFirst() == [["critical", "CRITICAL", "count", "1.0", "60.0"]])
        let history = rows(
            "sql SELECT r.rule_name, h.error_count, h.acknowledged FROM alert_history h JOIN alert_rules r ON r.id = h.rule_id",
            session)
        #expect(history.dropFirst() == [["critical", "6", "1"]])
        #expect(session.run("alert show critical").output.contains("where severity = CRITICAL"))
    }

    @Test("local times are read in the zone that is given, through gaps and overlaps of its clock")
    func localTimes() throws {
        // 29 March 2026 02:30 was skipped in Berlin, 25 October 2026 02:30 occurred twice.
        let log = folder.write(
            "local.csv",
            """
            timestamp,provider,error_type,error_message
            2026-03-29 02:30:00,openai,timeout,gap
            2026-10-25 02:30:00,openai,timeout,overlap
            2026-07-01 12:00:00,openai,timeout,summer
            2026-07-01T12:00:00Z,openai,timeout,explicit

            """)
        let session = try makeSession()
        let reply = session.run("import --tz Europe/Berlin \"\(log)\"")
        #expect(reply.exit == .ok && reply.output.contains("were read as Europe/Berlin"), "\(reply.shown)")
        let times = rows("sql SELECT error_message, timestamp FROM error_logs ORDER BY 1", session).dropFirst().map {
            $0[0] + " " + $0[2]
        }
        #expect(
            times == [
                "explicit 12:00:00.000000", "gap 01:30:00.000000", "overlap 00:30:00.000000", "summer 10:00:00.000000",
            ])
        #expect(session.run("sources").output.contains("Europe/Berlin"))
        // The zone is kept: reading the file again changes nothing.
        #expect(session.run("import \"\(log)\"").output.contains("4 known already"))
        #expect(session.run("import --tz Europe/Bärlin \"\(log)\"").narration.contains("no time zone"))
    }
}
