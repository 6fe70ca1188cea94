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

    /// Makes an entry.
    public init(word: String, grammar: String, meaning: String, example: String) {
        (self.word, self.grammar, self.meaning, self.example) = (word, grammar, meaning, example)
    }
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
            word: "between", grammar: "between TIME and TIME", meaning: "the same as `from TIME to TIME`",
            example: "errors between 13:00 and 14:00"),
        WordEntry(
            word: "around", grammar: "around TIME [+- DURATION]",
            meaning: "a window around a time, ±15m by default", example: "errors around 14:00 +- 30m"),
        WordEntry(
            word: "on", grammar: "on DAY | WEEKDAY | MONTH | WEEK | $3[2]",
            meaning: "a calendar day, month or ISO week; or the window of a row in a result",
            example: "errors by type on 2026-11-20"),
        WordEntry(word: "all", grammar: "all", meaning: "no time restriction", example: "errors by type all"),
        WordEntry(
            word: "where", grammar: "where PREDICATE", meaning: "only rows for which it is true",
            example: "errors where model = gpt-4o* and not recovered last 24h"),
        WordEntry(
            word: "having", grammar: "having PREDICATE over measures", meaning: "only groups for which it is true",
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
                "the form of the answer: a chart, a table, or data for other programs; `help as` lists the forms",
            example: "errors by type last 24h as bars"),
    ]

    /// Words within clauses; reserved like those that begin clauses.
    public static let joining = ["and", "or", "not", "in", "is", "has", "asc", "desc", "to", "until", "ago"]

    /// Words that cannot be bare values because they begin or join clauses.
    package static let reserved: Set<String> = Set(clauses.map(\.word)).union(joining)

    /// Returns true for the words that begin a query.
    package static func isNoun(_ word: String) -> Bool { nouns.contains { $0.word == word } }

    /// The words that begin a clause.
    package static let clauseWords: Set<String> = Set(clauses.map(\.word))
}
