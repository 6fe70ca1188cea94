import Errors
import LocalStore
import Model
import Monitoring
import QueryLanguage
import Render
import SQLite

/// `sql SELECT …`: what follows the word is not the language's to read.
struct UserSQLStatement: Statement {
    let sql: Name

    static let entry = StatementEntry(
        "sql", "sql SELECT …", "a read-only SQL query on the store",
        example: "sql SELECT model, count(*) FROM llm_generations GROUP BY model", reading: .text, role: .cell,
        traits: [.asksStore, .canBeWatched])

    init(parsing parser: inout Parser) throws(ParseStop) {
        guard let sql = parser.restOfText(without: ";") else {
            parser.report(Mistake.expected("a SELECT statement", at: parser.token))
            throw ParseStop()
        }
        self.sql = sql
    }

    func check(in session: Session, as written: StatementText) throws {
        try session.store.offerTables(for: sql.text, now: session.now, alerts: session.monitor.alertRows)
        _ = try session.store.columns(of: SQLStatement(text: sql.text))
    }

    func run(in session: Session, as written: StatementText) throws -> Outcome { try session.sql(sql, written.text) }
}

/// SQL of a person's own.
extension Session {
    fileprivate func sql(_ sql: Name, _ text: String) throws -> Outcome {
        // What is kept of the answer is redacted in any case.
        var rows: [[Value]] = [], shown: [[Value]] = [], types: Set<Int> = []
        let style = style
        var isCut = false
        let columns: [String]
        do {
            try store.offerTables(for: sql.text, now: now, alerts: monitor.alertRows)
            columns = try store.eachRow(of: SQLStatement(text: sql.text)) { row in
                if rows.count == Session.mostSQLRows {
                    isCut = true
                    throw EnoughRows()
                }
                for (index, value) in row.enumerated() {
                    switch value {
                    case .integer, .real: types.insert(index)
                    case .null, .text: break
                    }
                }
                rows.append(row.map(SQLText.value))
                if style.showsSecrets { shown.append(row.map { $0.text.map { .text($0) } ?? SQLText.value($0) }) }
            }
        } catch is EnoughRows {
            columns = try store.columns(of: SQLStatement(text: sql.text))
        } catch let problem as SQLError {
            guard !problem.isInterrupted, !problem.isNoDatabase else { throw problem }
            if problem.isRefused {
                let message = "`sql` is read-only"
                throw Diagnostics(
                    text: text, [Diagnostic("sql-reads-only", at: sql.span, message, closest: "SELECT …, WITH … SELECT …")])
            }
            let offset = problem.offset.map { sql.span.start + $0 } ?? sql.span.start
            let end = problem.offset == nil ? sql.span.end : min(sql.span.end, offset + 1)
            throw Diagnostics(text: text, [Diagnostic("sql", at: TextSpan(offset, end), problem.message)])
        }
        func named(_ name: (String) -> String) -> [ResultColumn] {
            columns.enumerated().map { ResultColumn(name($1), types.contains($0) ? .number : .text) }
        }
        let table = ResultTable(columns: named(Redactor.redact), rows: rows)
        var answer = Answer(table: table, shape: .listing, receipt: Receipt(window: nil, zone: settings.zone))
        answer.receipt.isCut = isCut
        let open = style.showsSecrets && settings.form == nil ? ResultTable(columns: named(\.self), rows: shown) : table
        var outcome = Outcome(AnswerPresenter(style).plain(open, form: settings.form))
        if isCut {
            outcome.reply.narration +=
                "only the first \(Session.mostSQLRows) rows are shown, whatever the LIMIT; aggregate, or page with LIMIT and OFFSET\n"
        }
        let form = settings.form
        outcome.picture = { AnswerPresenter($0).plain(table, form: form).output }
        outcome.result = CellResult(answer: answer)
        outcome.evidence = CellEvidence(rows: rows.count, result: ResultHash.of(answer)) { [unowned self] in
            try fingerprint(of: nil)
        }
        return outcome
    }

    private static let mostSQLRows = 10_000
    private struct EnoughRows: Error {}
}

/// Values of SQL for people.
enum SQLText {
    /// A bound value as it is shown beside its placeholder.
    static func literal(_ value: StoredValue) -> String {
        switch value {
        case .null: "NULL"
        case .integer(let n): String(n)
        case .real(let x): "\(x)"
        case .text(let text): "'" + text + "'"
        }
    }

    /// A value of a column whose meaning is not known.
    static func value(_ value: StoredValue) -> Value {
        switch value {
        case .null: .missing
        case .integer(let n): .count(n)
        case .real(let x): .number(x)
        case .text(let text): .text(Redactor.redact(text))
        }
    }

    /// The table as people read it: numbers with all their digits and ungrouped, because they may be ids.
    static func spelledOut(_ table: ResultTable) -> ResultTable {
        var table = table
        for row in table.rows.indices {
            for column in table.rows[row].indices {
                switch table.rows[row][column] {
                case .count(let n): table.rows[row][column] = .text(String(n))
                case .number(let x): table.rows[row][column] = .text("\(x)")
                default: break
                }
            }
        }
        return table
    }
}
