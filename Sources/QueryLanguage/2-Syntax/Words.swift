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
            meaning: "failed calls, and error events that belong to no call", example: "errors by type last 24h"),
        WordEntry(
            word: "calls", grammar: "calls {clause}", meaning: "LLM and embedding calls, failed or not",
            example: "calls by model show count, p95(latency) last 7d"),
        WordEntry(
            word: "failures", grammar: "failures [\"text\"] {clause}",
            meaning:
                "traces that failed: the root failed, or says nothing and an error stayed open; a root that says OK has handled it",
            example: "failures last 24h limit 10"),
        WordEntry(
            word: "traces", grammar: "traces {clause}", meaning: "traces, with their errors, cost, tokens and duration",
            example: "traces where errors > 2 last 24h"),
        WordEntry(
            word: "events", grammar: "events [\"text\"] {clause}",
            meaning: "what happened at one instant: fallbacks, retries, exceptions, logs, lifecycle",
            example: "events by event, model last 7d"),
    ]

    /// Statements other than queries. Commands (`import`, `set` …) take their arguments as written and are executed by the shell.
    public static let statements = [
        WordEntry(
            word: "trace", grammar: "trace ID | trace $3[2] [as json]",
            meaning: "one trace: numbers, waterfall, events; ID is a trace, span or request id or a unique beginning of one",
            example: "trace 3f2a"),
        WordEntry(
            word: "summary", grammar: "summary [RANGE] [where PREDICATE]",
            meaning: "the overview: figures with their change, types, severities, timeline, the newest grave errors",
            example: "summary last 24h"),
        WordEntry(
            word: "compare", grammar: "compare FIELD A, B {, C} [RANGE] [where PREDICATE]",
            meaning: "values side by side: calls, errors, error rate, reliability, latency, cost, types",
            example: "compare provider openai, anthropic last 7d"),
        WordEntry(
            word: "trend", grammar: "trend [method=mad | zscore] QUERY-with-every",
            meaning: "a line with its moving average, slope and change point; buckets beyond the normal band are marked",
            example: "trend errors every 1d last 30d"),
        WordEntry(
            word: "why", grammar: "why ID | why $3[2]",
            meaning: "how an error was classified: the rule, the field it read, the characters that matched",
            example: "why 3f2a"),
        WordEntry(
            word: "unknown", grammar: "unknown [RANGE] | unknown keep N [as TYPE] [\"phrase\"]",
            meaning: "the most frequent errors that no rule knows, a rule for each and what it would move; `keep` writes it down",
            example: "unknown last 7d"),
        WordEntry(
            word: "rules",
            grammar:
                "rules [list [TYPE]] | rules show ID | rules test \"TEXT\" [status=N] [class=C] [code=C] | rules check | rules apply",
            meaning:
                "the rules that type errors, and those of your own in rules.yaml: which rule a text meets; `check` tells what a change would move, `apply` types the store anew",
            example: "rules test \"Error code: 429 - slow down\""),
        WordEntry(
            word: "alert test", grammar: "alert test NAME | FILE.yaml | when QUERY over D having P [RANGE] [step D] [as json]",
            meaning: "what a rule would have done: a chart, its firings with the errors behind each, what stands out",
            example: "alert test when errors over 15m having count > 5 last 7d"),
        WordEntry(
            word: "alert tune", grammar: "alert tune NAME | when QUERY over D having P [RANGE] [aim 2/week]",
            meaning:
                "how often a rule would have fired at each threshold. With an aim it recommends the most sensitive round threshold (two digits, or whole per cent) that fires no more often than the aim and no more than half of the time; a range shorter than the aim's period counts as one period",
            example: "alert tune when errors over 15m having count > 5 last 7d aim 2/week"),
        WordEntry(
            word: "alert",
            grammar:
                "alert create | edit | list | show | enable | disable | delete | load | check | watch | ack | resend | discard …",
            meaning:
                "rules that are kept: `alert create NAME when errors where type = quota_exceeded over 15m having count > 5 do log`; `alert check` evaluates them at the present instant, and every minute before it so that `for` counts; `alert watch` evaluates every whole minute; `alert resend` and `discard` are about notifications that were given up",
            example: "alert check"),
        WordEntry(
            word: "firings", grammar: "firings [RANGE] [where P] [by FIELD] [show ITEM] [sort KEY] [limit N] [as FORM]",
            meaning:
                "what rules fired while they were watched, newest first, or counted: by alert, series, severity, acked, notification",
            example: "firings by alert show count, sum(length) last 7d"),
        WordEntry(
            word: "incident", grammar: "incident add TIME to TIME [\"TEXT\"] | list | delete N | import FILE",
            meaning: "what really happened: `alert test` and `alert tune` tell which rules found it", example: "incident list"),
        WordEntry(
            word: "as of", grammar: "as of TIME | as of now",
            meaning: "pins now for the statements after it and hides rows later than it; `as of now` lets go",
            example: "as of 2026-11-20T14:00"),
        WordEntry(
            word: "explain", grammar: "explain QUERY", meaning: "the SQL as sent, its values and its plan",
            example: "explain errors by type last 24h"),
        WordEntry(
            word: "sql", grammar: "sql SELECT …", meaning: "SQL of your own over the store, read-only",
            example: "sql SELECT model, count(*) FROM llm_generations GROUP BY model"),
        WordEntry(
            word: "watch", grammar: "watch [DURATION] QUERY [until P]",
            meaning: "ask again and again, 10s apart unless said, what changed marked, until P holds for a row; Ctrl-C ends it",
            example: "watch 1s errors by type last 7d until rows >= 0"),
        WordEntry(
            word: "expect", grammar: "expect P | expect rows = N | expect no NOUN",
            meaning: "an assertion over the last result: P holds for every row; a script in which one fails ends with code 1",
            example: "expect rows >= 0"),
        WordEntry(
            word: "let", grammar: "let [NAME = VALUE {, VALUE}]",
            meaning: "a name for a value or a list, used as $NAME; those that begin a script are its parameters",
            example: "let model = gpt-4o"),
        WordEntry(
            word: "note", grammar: "note TEXT", meaning: "prose for the session's file: the rest of the line",
            example: "note the quota ran out at 13:25"),
        WordEntry(
            word: "rerun", grammar: "rerun N | rerun N..M", meaning: "run the text of earlier cells again", example: "rerun 1"),
        WordEntry(
            word: "edit", grammar: "edit [N]", meaning: "put a cell's text, the last one's unless said, back on the line",
            example: "edit 1"),
        WordEntry(
            word: "save", grammar: "save NAME [over]", meaning: "write the session so far to sessions/NAME.flq",
            example: "save quota-incident"),
        WordEntry(
            word: "run", grammar: "run FILE [NAME=VALUE …] [--write]",
            meaning:
                "run a script, shipped or your own; its cells become cells here; it only asks, unless `--write` or an answer lets it write, read other files or send",
            example: "run tour"),
        WordEntry(
            word: "replay", grammar: "replay FILE… [--check|--update] [--now] [--against STORE] [--only CELLS] [--write]",
            meaning: "run a recorded session at its own time and judge each cell: same, data, meaning, both, rendering",
            example: "replay openai-quota"),
        WordEntry(
            word: "sessions", grammar: "sessions [--recover [N]]",
            meaning: "recorded sessions with title, time, cells and drift; --recover writes those that were cut off",
            example: "sessions"),
        WordEntry(
            word: "queries", grammar: "queries", meaning: "the shipped scripts, their parameters and purpose", example: "queries"),
        WordEntry(
            word: "report", grammar: "report FILE.md | FILE.html", meaning: "write the session as a document",
            example: "report quota.html"),
        WordEntry(
            word: "fields", grammar: "fields [NAME]", meaning: "the fields with type, unit, meaning and example",
            example: "fields"),
        WordEntry(
            word: "sources", grammar: "sources",
            meaning: "what was imported and what is followed: counts, the time covered, the newest record and how old it is",
            example: "sources"),
        WordEntry(
            word: "import", grammar: "import [--tz ZONE] PATH…",
            meaning: "copy traces from files, folders or databases into the store",
            example: "import \"traces.jsonl\""),
        WordEntry(
            word: "export", grammar: "export QUERY [as csv | json | ndjson] [to PATH] | export metrics [RANGE every D] [to PATH]",
            meaning:
                "rows as data, every field of a listing, 10,000 rows unless `limit all`; `metrics` are the counters of rules as OpenMetrics: totals for a textfile collector, or a sample every D for a backfill",
            example: "export errors last 7d as csv"),
        WordEntry(
            word: "follow", grammar: "follow [--tz ZONE] PATH…",
            meaning:
                "import a file of JSON lines that grows, or a database that another program writes, and read what is new in it before each answer",
            example: "follow \"traces.jsonl\""),
        WordEntry(
            word: "unfollow", grammar: "unfollow SOURCE", meaning: "read a source no further; what was read stays",
            example: "unfollow \"traces.jsonl\""),
        WordEntry(
            word: "forget", grammar: "forget SOURCE [yes] | forget before TIME [yes]",
            meaning:
                "remove what came from a source, or what was over before a time; says what that is and asks first, `yes` answers",
            example: "forget before 400d ago"),
        WordEntry(
            word: "doctor", grammar: "doctor [rebuild]",
            meaning:
                "what is wrong with the store and its sources, and what to do; `rebuild` makes everything derived anew first",
            example: "doctor"),
        WordEntry(
            word: "set", grammar: "set [NAME VALUE]", meaning: "show or change a setting: tz, range, detect, form",
            example: "set tz Europe/Berlin"),
        WordEntry(
            word: "help", grammar: "help [TOPIC]",
            meaning: "help on a statement, clause, field, measure or error type; `help notebook`",
            example: "help where"),
        WordEntry(word: "quit", grammar: "quit", meaning: "leave; Ctrl-D does too", example: "quit"),
    ]

    /// Clauses of a query, each at most once and in any order; `where` and `having` may be repeated.
    public static let clauses = [
        WordEntry(
            word: "show", grammar: "show MEASURE {, MEASURE} | show FIELD {, FIELD}",
            meaning: "the measures to compute; for a listing, the columns",
            example: "calls show count, error_rate, p95(latency) last 24h"),
        WordEntry(
            word: "by", grammar: "by FIELD {, FIELD}", meaning: "one row for each value of the field",
            example: "errors by provider, type last 7d"),
        WordEntry(
            word: "every", grammar: "every DURATION", meaning: "one row for each bucket of time",
            example: "errors every 1h last 24h"),
        WordEntry(
            word: "over", grammar: "over time | over DURATION",
            meaning:
                "`over time`: buckets whose width is picked to fit; `over 15m`: each value over the 15 minutes up to its bucket's end",
            example: "errors by type over time last 7d"),
        WordEntry(
            word: "vs", grammar: "vs previous | vs DURATION",
            meaning: "the same question about the window before, or that long ago, beside it",
            example: "errors by type last 24h vs previous"),
        WordEntry(word: "last", grammar: "last DURATION", meaning: "the time up to now", example: "errors last 15m"),
        WordEntry(word: "today", grammar: "today", meaning: "since midnight of the zone", example: "errors by type today"),
        WordEntry(
            word: "yesterday", grammar: "yesterday", meaning: "the calendar day before today", example: "errors by type yesterday"
        ),
        WordEntry(word: "since", grammar: "since TIME [until TIME]", meaning: "from a time on", example: "errors since 3h ago"),
        WordEntry(
            word: "from", grammar: "from TIME to TIME", meaning: "between two times, the second not included",
            example: "errors from 2026-11-20 to 2026-11-21"),
        WordEntry(
            word: "around", grammar: "around TIME [+- DURATION]",
            meaning: "a stretch on both sides of a time, 15m each unless said", example: "errors around 14:00 +- 30m"),
        WordEntry(
            word: "on", grammar: "on DAY | MONTH | WEEK | $3[2]",
            meaning: "a calendar day, month or ISO week; or the stretch of time of a result's row",
            example: "errors by type on 2026-11-20"),
        WordEntry(word: "all", grammar: "all", meaning: "all of the store", example: "errors by type all"),
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
            word: "limit", grammar: "limit N | limit all", meaning: "how many rows to show", example: "errors limit 10 last 24h"),
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
