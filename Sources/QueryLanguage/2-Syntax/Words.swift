/// A statement or clause of the language; the parser, completion, help and tests read these rows.
public struct WordEntry: Hashable, Sendable {
    /// The word with which it begins.
    public let word: String
    /// The grammar.
    public let grammar: String
    /// A one-line description.
    public let meaning: String
    /// An example that runs on any store.
    public let example: String
}

/// The vocabulary of the language.
public enum Words {
    /// The nouns of queries.
    public static let nouns = [
        WordEntry(
            word: "errors", grammar: "errors [\"text\"] {clause}",
            meaning: "failed calls, and error events without a call", example: "errors by type last 24h"),
        WordEntry(
            word: "calls", grammar: "calls {clause}", meaning: "LLM and embedding calls, including failed ones",
            example: "calls by model show count, p95(latency) last 7d"),
        WordEntry(
            word: "failures", grammar: "failures [\"text\"] {clause}",
            meaning:
                "failed traces: the root failed, or has no status and an error was not recovered; a root with status OK handled its errors",
            example: "failures last 24h limit 10"),
        WordEntry(
            word: "traces", grammar: "traces {clause}", meaning: "traces with their errors, cost, tokens and duration",
            example: "traces where errors > 2 last 24h"),
        WordEntry(
            word: "events", grammar: "events [\"text\"] {clause}",
            meaning: "events: fallbacks, retries, exceptions, logs, lifecycle",
            example: "events by event, model last 7d"),
    ]

    /// Statements other than queries. Commands (`import`, `set` …) take their arguments as written and are executed by the shell.
    public static let statements = [
        WordEntry(
            word: "trace", grammar: "trace ID | trace $3[2] [as json]",
            meaning: "one trace: numbers, waterfall, events; ID is a trace, span or request id or a unique prefix of one",
            example: "trace 3f2a"),
        WordEntry(
            word: "summary", grammar: "summary [RANGE] [where PREDICATE]",
            meaning: "an overview: figures with their change, types, severities, timeline, the latest severe errors",
            example: "summary last 24h"),
        WordEntry(
            word: "compare", grammar: "compare FIELD A, B {, C} [RANGE] [where PREDICATE]",
            meaning: "values side by side: calls, errors, error rate, reliability, latency, cost, types",
            example: "compare provider openai, anthropic last 7d"),
        WordEntry(
            word: "trend", grammar: "trend [method=mad | zscore] QUERY-with-every",
            meaning: "a series with moving average, slope and change point; anomalous buckets are marked",
            example: "trend errors every 1d last 30d"),
        WordEntry(
            word: "why", grammar: "why ID | why $3[2]",
            meaning: "how an error was classified: the classification rule, the field it read, the matching text",
            example: "why 3f2a"),
        WordEntry(
            word: "unknown", grammar: "unknown [RANGE] | unknown keep N [as TYPE] [\"phrase\"]",
            meaning:
                "the most frequent unclassified errors, each with a suggested classification rule and its effect; `keep` saves the rule",
            example: "unknown last 7d"),
        WordEntry(
            word: "rules",
            grammar:
                "rules [list [TYPE]] | rules show ID | rules test \"TEXT\" [status=N] [class=C] [code=C] | rules check | rules apply",
            meaning:
                "the classification rules, including custom ones in rules.yaml; `test` shows which rule matches a text, `check` what a change would reclassify, `apply` reclassifies the store",
            example: "rules test \"Error code: 429 - slow down\""),
        WordEntry(
            word: "alert test", grammar: "alert test NAME | FILE.yaml | when QUERY over D having P [RANGE] [step D] [as json]",
            meaning: "test a rule on history: a chart, its firings with the errors behind each, findings",
            example: "alert test when errors over 15m having count > 5 last 7d"),
        WordEntry(
            word: "alert tune", grammar: "alert tune NAME | when QUERY over D having P [RANGE] [aim 2/week]",
            meaning:
                "how often a rule would have fired at each threshold. With `aim` it recommends the most sensitive round threshold (two digits, or a whole percentage) that fires no more often than the aim and at most half of the time; a range shorter than the aim's period counts as one period",
            example: "alert tune when errors over 15m having count > 5 last 7d aim 2/week"),
        WordEntry(
            word: "alert",
            grammar:
                "alert create | edit | list | show | enable | disable | delete | load | check | watch | ack | resend | discard …",
            meaning:
                "stored alert rules: `alert create NAME when errors where type = quota_exceeded over 15m having count > 5 do log`; `alert check` evaluates them now, and at every minute before so that `for` counts; `alert watch` evaluates them every minute; `alert resend` and `discard` handle failed notifications",
            example: "alert check"),
        WordEntry(
            word: "firings", grammar: "firings [RANGE] [where P] [by FIELD] [show ITEM] [sort KEY] [limit N] [as FORM]",
            meaning:
                "firings of watched rules, latest first, or counted by alert, series, severity, acked, notification",
            example: "firings by alert show count, sum(length) last 7d"),
        WordEntry(
            word: "incident", grammar: "incident add TIME to TIME [\"TEXT\"] | list | delete N | import FILE",
            meaning: "known incidents; `alert test` and `alert tune` show which of them a rule detected", example: "incident list"
        ),
        WordEntry(
            word: "as of", grammar: "as of TIME | as of now",
            meaning: "set the current time for later statements and hide later rows; `as of now` resets it",
            example: "as of 2026-11-20T14:00"),
        WordEntry(
            word: "explain", grammar: "explain QUERY", meaning: "the SQL, its bound values and its plan",
            example: "explain errors by type last 24h"),
        WordEntry(
            word: "sql", grammar: "sql SELECT …", meaning: "a read-only SQL query on the store",
            example: "sql SELECT model, count(*) FROM llm_generations GROUP BY model"),
        WordEntry(
            word: "watch", grammar: "watch [DURATION] QUERY [until P]",
            meaning: "re-run a query, every 10s by default, and mark what changed, until P holds for a row; Ctrl-C ends it",
            example: "watch 1s errors by type last 7d until rows >= 0"),
        WordEntry(
            word: "expect", grammar: "expect P | expect rows = N | expect no NOUN",
            meaning: "an assertion on the last result: P holds for every row; a script with a failed assertion exits with code 1",
            example: "expect rows >= 0"),
        WordEntry(
            word: "let", grammar: "let [NAME = VALUE {, VALUE}]",
            meaning: "a variable for a value or a list, used as $NAME; variables at the start of a script are its parameters",
            example: "let model = gpt-4o"),
        WordEntry(
            word: "note", grammar: "note TEXT", meaning: "a note in the session file: the rest of the line",
            example: "note the quota ran out at 13:25"),
        WordEntry(
            word: "rerun", grammar: "rerun N | rerun N..M", meaning: "run earlier cells again", example: "rerun 1"),
        WordEntry(
            word: "edit", grammar: "edit [N]", meaning: "edit the text of a cell, by default the last one",
            example: "edit 1"),
        WordEntry(
            word: "save", grammar: "save NAME [over]", meaning: "write the session so far to sessions/NAME.flq",
            example: "save quota-incident"),
        WordEntry(
            word: "run", grammar: "run FILE [NAME=VALUE …] [--write]",
            meaning:
                "run a shipped or custom script; its cells are added to the session; it is read-only unless `--write` or a confirmation allows it to write, read other files or send",
            example: "run tour"),
        WordEntry(
            word: "replay", grammar: "replay FILE… [--check|--update] [--now] [--against STORE] [--only CELLS] [--write]",
            meaning: "replay a recorded session at its own time and compare each cell: same, data, meaning, both, rendering",
            example: "replay openai-quota"),
        WordEntry(
            word: "sessions", grammar: "sessions [--recover [N]]",
            meaning: "recorded sessions with title, time, cells and drift; --recover saves interrupted ones",
            example: "sessions"),
        WordEntry(
            word: "queries", grammar: "queries", meaning: "the shipped scripts with their parameters and purpose",
            example: "queries"),
        WordEntry(
            word: "report", grammar: "report FILE.md | FILE.html", meaning: "write the session as a document",
            example: "report quota.html"),
        WordEntry(
            word: "fields", grammar: "fields [NAME]", meaning: "the fields with type, unit, meaning and example",
            example: "fields"),
        WordEntry(
            word: "sources", grammar: "sources",
            meaning: "imported and followed sources: counts, time span, the latest record and its age",
            example: "sources"),
        WordEntry(
            word: "import", grammar: "import [--tz ZONE] [--map FIELD=COLUMN,…] PATH…",
            meaning: "copy traces from files, folders or databases into the store",
            example: "import \"traces.jsonl\""),
        WordEntry(
            word: "export", grammar: "export QUERY [as csv | json | ndjson] [to PATH] | export metrics [RANGE every D] [to PATH]",
            meaning:
                "rows as data: every field of a listing, at most 10,000 rows unless `limit all`; `metrics` exports the counters of alert rules as OpenMetrics: totals for a textfile collector, or a sample every D for a backfill",
            example: "export errors last 7d as csv"),
        WordEntry(
            word: "follow", grammar: "follow [--tz ZONE] [--map FIELD=COLUMN,…] PATH…",
            meaning:
                "import a growing JSON Lines file, or a database that another program writes, and read new records before each answer",
            example: "follow \"traces.jsonl\""),
        WordEntry(
            word: "unfollow", grammar: "unfollow SOURCE", meaning: "stop following a source; imported records are kept",
            example: "unfollow \"traces.jsonl\""),
        WordEntry(
            word: "forget", grammar: "forget SOURCE [yes] | forget before TIME [yes]",
            meaning:
                "delete the records of a source, or those that ended before a time; shows them and asks first, `yes` confirms",
            example: "forget before 400d ago"),
        WordEntry(
            word: "doctor", grammar: "doctor [rebuild]",
            meaning:
                "problems with the store and its sources, and how to fix them; `rebuild` first rebuilds all derived tables",
            example: "doctor"),
        WordEntry(
            word: "set", grammar: "set [NAME VALUE]", meaning: "show or change a setting: tz, range, detect, form",
            example: "set tz Europe/Berlin"),
        WordEntry(
            word: "help", grammar: "help [TOPIC]",
            meaning: "help on a statement, clause, field, measure or error type; `help notebook`",
            example: "help where"),
        WordEntry(word: "quit", grammar: "quit", meaning: "quit; so does Ctrl-D", example: "quit"),
    ]

    /// Clauses of a query, each at most once and in any order; `where` and `having` may be repeated.
    public static let clauses = [
        WordEntry(
            word: "show", grammar: "show MEASURE {, MEASURE} | show FIELD {, FIELD}",
            meaning: "the measures to compute; for a listing, the columns",
            example: "calls show count, error_rate, p95(latency) last 24h"),
        WordEntry(
            word: "by", grammar: "by FIELD {, FIELD}", meaning: "one row per value of the field",
            example: "errors by provider, type last 7d"),
        WordEntry(
            word: "every", grammar: "every DURATION", meaning: "one row per time bucket",
            example: "errors every 1h last 24h"),
        WordEntry(
            word: "over", grammar: "over time | over DURATION",
            meaning:
                "`over time`: time buckets of a suitable width; `over 15m`: each value over the 15 minutes before the end of its bucket",
            example: "errors by type over time last 7d"),
        WordEntry(
            word: "vs", grammar: "vs previous | vs DURATION",
            meaning: "compare with the preceding window, or with the one that long ago",
            example: "errors by type last 24h vs previous"),
        WordEntry(word: "last", grammar: "last DURATION", meaning: "the time up to now", example: "errors last 15m"),
        WordEntry(word: "today", grammar: "today", meaning: "since midnight in the time zone", example: "errors by type today"),
        WordEntry(
            word: "yesterday", grammar: "yesterday", meaning: "the calendar day before today", example: "errors by type yesterday"
        ),
        WordEntry(word: "since", grammar: "since TIME [until TIME]", meaning: "from a time on", example: "errors since 3h ago"),
        WordEntry(
            word: "from", grammar: "from TIME to TIME", meaning: "between two times, excluding the second",
            example: "errors from 2026-11-20 to 2026-11-21"),
        WordEntry(
            word: "around", grammar: "around TIME [+- DURATION]",
            meaning: "a window around a time, ±15m by default", example: "errors around 14:00 +- 30m"),
        WordEntry(
            word: "on", grammar: "on DAY | MONTH | WEEK | $3[2]",
            meaning: "a calendar day, month or ISO week; or the window of a row in a result",
            example: "errors by type on 2026-11-20"),
        WordEntry(word: "all", grammar: "all", meaning: "no time restriction", example: "errors by type all"),
        WordEntry(
            word: "where", grammar: "where PREDICATE", meaning: "only rows for which it holds",
            example: "errors where model = gpt-4o* and not recovered last 24h"),
        WordEntry(
            word: "having", grammar: "having PREDICATE over measures", meaning: "only groups for which it holds",
            example: "calls by model having error_rate > 2% last 7d"),
        WordEntry(
            word: "sort", grammar: "sort KEY [asc|desc] {, KEY}", meaning: "the order of the rows",
            example: "calls by model show cost sort cost last 7d"),
        WordEntry(
            word: "top", grammar: "top N", meaning: "the N largest groups, the rest folded into `other`",
            example: "errors by model top 5 last 7d"),
        WordEntry(
            word: "limit", grammar: "limit N | limit all", meaning: "the number of rows to show",
            example: "errors limit 10 last 24h"),
        WordEntry(
            word: "as", grammar: "as FORM [to PATH]",
            meaning:
                "the form of the answer: bars, columns, line, stack, heatmap, histogram, scatter, spark, table, csv, tsv, json, ndjson, markdown",
            example: "errors by type last 24h as bars"),
    ]

    /// Words within clauses; reserved like those that begin clauses.
    public static let joining = ["and", "or", "not", "in", "is", "has", "asc", "desc", "to", "until", "ago"]

    /// The forms accepted by `as`.
    public static let forms = [
        "bars", "columns", "line", "stack", "heatmap", "histogram", "scatter", "spark", "table", "csv", "tsv", "json", "ndjson",
        "markdown",
    ]

    /// The forms that are exported as data.
    public static let exports: Set<String> = ["csv", "tsv", "json", "ndjson", "markdown"]

    /// Words that cannot be bare values because they begin or join clauses.
    static let reserved: Set<String> = Set(clauses.map(\.word)).union(joining)

    /// Returns true for the words that begin a query.
    static func isNoun(_ word: String) -> Bool { nouns.contains { $0.word == word } }

    /// The words that begin a clause.
    static let clauseWords: Set<String> = Set(clauses.map(\.word))
}
