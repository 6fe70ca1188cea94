/// The questions in SQL over the records alone.
///
/// A call is a span of kind LLM or embedding; it failed when its own fields say so. Error events, empty answers, wrappers and
/// propagated errors are ignored; types are guessed from status and text; signatures are the first words of messages.
enum RawSQL {
    /// Ways to find the calls of a window: records have no index over span times, but traces have one.
    enum Entry {
        /// Reads all spans.
        case scan
        /// Reads traces that end in the window or within an hour after it, then their spans.
        case throughTraces
    }

    private static let time = #"coalesce(s."end", s.start)"#
    private static let failed = """
        (s.status = 3 OR s.exception_type IS NOT NULL OR s.error_field IS NOT NULL OR s.is_broken_stream = 1 OR s.http_status >= 400)
        """
    private static let message = "coalesce(s.exception_message, s.status_message, s.error_field, '')"

    private static let type = """
        CASE WHEN \(message) LIKE '%quota%' THEN 'quota_exceeded'
        WHEN s.http_status = 429 OR \(message) LIKE '%rate limit%' OR \(message) LIKE '%429%' THEN 'rate_limit'
        WHEN s.http_status = 401 OR \(message) LIKE '%api key%' THEN 'authentication'
        WHEN s.http_status = 403 OR \(message) LIKE '%permission%' THEN 'permission'
        WHEN \(message) LIKE '%context length%' OR \(message) LIKE '%too long%' THEN 'context_length'
        WHEN s.http_status = 404 THEN 'model_error' WHEN s.http_status = 400 THEN 'validation_error'
        WHEN s.http_status >= 500 OR \(message) LIKE '%overloaded%' THEN 'server_error'
        WHEN \(message) LIKE '%timed out%' OR \(message) LIKE '%timeout%' THEN 'timeout'
        WHEN \(message) LIKE '%connection%' THEN 'network_error' WHEN \(message) LIKE '%json%' THEN 'parse_error'
        ELSE 'unknown' END
        """

    private static func calls(_ entry: Entry) -> String {
        let found =
            switch entry {
            case .scan: "FROM span AS s WHERE"
            case .throughTraces:
                "FROM trace AS r JOIN span AS s ON s.trace = r.id WHERE r.t >= :from AND r.t < :to + 3600000000000 AND"
            }
        return "\(found) s.kind IN (1, 2) AND \(time) >= :from AND \(time) < :to"
    }

    static func errorsByType(_ entry: Entry) -> String {
        "SELECT \(type) AS type, count(*) AS total \(calls(entry)) AND \(failed) GROUP BY type ORDER BY total DESC"
    }

    static func callCount(_ entry: Entry) -> String { "SELECT count(*) \(calls(entry))" }

    static func errorsByTypeAndHour(_ entry: Entry) -> String {
        "SELECT \(time) / 3600000000000 AS hour, \(type) AS type, count(*) AS total \(calls(entry)) AND \(failed) GROUP BY 1, 2"
    }

    static let callsByModel = """
        SELECT coalesce(s.model_responded, s.model_requested) AS model, sum(\(failed)), count(*), avg(s."end" - s.start), sum(s.cost)
        \(calls(.scan)) GROUP BY model
        """

    static let latencyByModel = """
        SELECT model, max(lat) AS total FROM (
            SELECT model, lat, row_number() OVER (PARTITION BY model ORDER BY lat) AS rank, count(*) OVER (PARTITION BY model) AS n
            FROM (SELECT coalesce(s.model_responded, s.model_requested) AS model, s."end" - s.start AS lat \(calls(.scan))
                AND s."end" IS NOT NULL AND s.start IS NOT NULL))
        WHERE rank <= (95 * n + 99) / 100 GROUP BY model
        """

    static let errorsByWeekdayAndHour = """
        SELECT (\(time) / 86400000000000 + 3) % 7, \(time) / 3600000000000 % 24, sum(\(failed)) AS total, count(*)
        \(calls(.scan)) GROUP BY 1, 2
        """

    static let trace = [
        "SELECT r.*, c.* FROM trace AS r LEFT JOIN trace_content AS c ON c.trace = r.id WHERE r.trace_id = :trace",
        """
        SELECT s.*, c.* FROM span AS s LEFT JOIN span_content AS c ON c.span = s.id
        WHERE s.trace = (SELECT id FROM trace WHERE trace_id = :trace) ORDER BY s.start
        """,
        "SELECT * FROM event WHERE ifnull(trace, -1 - project) = (SELECT id FROM trace WHERE trace_id = :trace) ORDER BY +t",
    ]

    static let failures = """
        SELECT max(\(time)) AS t, r.trace_id, r.name, count(*) FROM span AS s JOIN trace AS r ON r.id = s.trace
        WHERE \(failed) AND s.agent = :agent AND \(message) LIKE '%' || :text || '%' AND \(time) >= :from AND \(time) < :to
        GROUP BY r.id ORDER BY 1 DESC LIMIT 50
        """

    static let errorsByMessage = """
        SELECT substr(\(message), 1, 40) AS signature, count(*) AS total \(calls(.scan)) AND \(failed)
        GROUP BY signature ORDER BY total DESC
        """

    static let rateByProvider = """
        SELECT \(time) / 300000000000, s.provider, sum(\(failed)) AS total, count(*) \(calls(.throughTraces)) GROUP BY 1, 2
        """

    static let recoveredByProvider = """
        SELECT s.provider, count(*) AS total, sum(EXISTS (
            SELECT 1 FROM span AS later WHERE later.trace = s.trace AND later.kind IN (1, 2) AND later.parent_id IS s.parent_id
            AND later.start >= s."end" AND later.status <> 3 AND later.exception_type IS NULL))
        \(calls(.scan)) AND \(failed) GROUP BY s.provider
        """

    static let errorsByHour =
        "SELECT \(time) / 3600000000000 AS hour, count(*) AS total \(calls(.scan)) AND \(failed) GROUP BY hour"
}
