/// The questions in SQL over facts and rollups, written as well as possible.
///
/// Whole buckets come from the coarsest rollup that has the data, the edges of the window from finer ones and from the facts.
/// Rollups are read in key order where that saves sorting.
enum FactsSQL {
    /// Errors with the default evidence: of calls, and of events that belong to no call.
    private static let isError = "scope IN (0, 2) AND evidence & 31"
    private static let atStart = "t >= :from AND t < :hour0 * 3600000000000"
    private static let atEnd = "t >= :hour1 * 3600000000000 AND t < :to"
    private static let wholeHours = "bucket >= :hour0 AND bucket < :hour1"

    static let errorsByType = """
        SELECT type, sum(n) AS total, sum(failed) FROM (
            SELECT type, sum(errors) AS n, sum(CASE WHEN scope = 0 THEN errors ELSE 0 END) AS failed
            FROM error_hour_type_model WHERE \(wholeHours) AND scope IN (0, 2) GROUP BY type
            UNION ALL SELECT type, 1, scope = 0 FROM err WHERE \(atStart) AND \(isError)
            UNION ALL SELECT type, 1, scope = 0 FROM err WHERE \(atEnd) AND \(isError))
        GROUP BY type ORDER BY total DESC
        """

    /// Counts the calls of the window.
    static let callCount = """
        SELECT (SELECT ifnull(sum(calls), 0) FROM call_hour_model WHERE \(wholeHours))
            + (SELECT ifnull(sum(calls), 0) FROM call_minute_model WHERE bucket >= :minute0 AND bucket < :hour0 * 60)
            + (SELECT ifnull(sum(calls), 0) FROM call_minute_model WHERE bucket >= :hour1 * 60 AND bucket < :minute1)
            + (SELECT count(*) FROM call WHERE scope = 0 AND t >= :from AND t < :minute0 * 60000000000)
            + (SELECT count(*) FROM call WHERE scope = 0 AND t >= :minute1 * 60000000000 AND t < :to)
        """

    /// The hours of the window, including those without errors.
    private static let hours = """
        hours(hour) AS (
            SELECT :from / 3600000000000 UNION ALL SELECT hour + 1 FROM hours WHERE (hour + 1) * 3600000000000 < :to)
        """

    static let errorsByTypeAndHour = """
        WITH RECURSIVE \(hours), counts AS MATERIALIZED (
            SELECT hour, type, sum(n) AS n FROM (
                SELECT bucket AS hour, type, sum(errors) AS n FROM error_hour_type_model
                WHERE \(wholeHours) AND scope IN (0, 2) GROUP BY bucket, scope, type
                UNION ALL SELECT t / 3600000000000, type, 1 FROM err WHERE \(atStart) AND \(isError)
                UNION ALL SELECT t / 3600000000000, type, 1 FROM err WHERE \(atEnd) AND \(isError))
            GROUP BY hour, type)
        SELECT h.hour, k.type, ifnull(c.n, 0) AS total FROM hours AS h CROSS JOIN (SELECT DISTINCT type FROM counts) AS k
        LEFT JOIN counts AS c ON c.hour = h.hour AND c.type = k.type
        """

    static let callsByModel = """
        SELECT m.name, sum(calls), sum(errors), sum(lat_sum), sum(lat_n), sum(cost_sum), sum(cost_n) FROM (
            SELECT model, sum(calls) AS calls, sum(errors) AS errors, sum(lat_sum) AS lat_sum, sum(lat_n) AS lat_n,
            sum(cost_sum) AS cost_sum, sum(cost_n) AS cost_n FROM call_hour_model WHERE \(wholeHours) GROUP BY model
            UNION ALL SELECT model, calls, errors, lat_sum, lat_n, cost_sum, cost_n FROM call_minute_model
            WHERE bucket >= :minute0 AND bucket < :hour0 * 60
            UNION ALL SELECT model, calls, errors, lat_sum, lat_n, cost_sum, cost_n FROM call_minute_model
            WHERE bucket >= :hour1 * 60 AND bucket < :minute1
            UNION ALL SELECT model, 1, evidence & 31 <> 0, lat, lat IS NOT NULL, cost, cost IS NOT NULL FROM call
            WHERE scope = 0 AND t >= :from AND t < :minute0 * 60000000000
            UNION ALL SELECT model, 1, evidence & 31 <> 0, lat, lat IS NOT NULL, cost, cost IS NOT NULL FROM call
            WHERE scope = 0 AND t >= :minute1 * 60000000000 AND t < :to)
        JOIN model AS m ON m.id = model GROUP BY m.name
        """

    /// The cell counts locate the cell that holds the rank; the index over (model, latency) gives the value in it.
    static let latencyByModel = """
        WITH piece(model, cell, n) AS (
            SELECT model, cell, sum(n) FROM latency_day_model WHERE bucket >= :day0 AND bucket < :day1 GROUP BY model, cell
            UNION ALL SELECT model, cell, n FROM latency_hour_model WHERE bucket >= :hour0 AND bucket < :day0 * 24
            UNION ALL SELECT model, cell, n FROM latency_hour_model WHERE bucket >= :day1 * 24 AND bucket < :hour1
            UNION ALL SELECT model, (SELECT id FROM latency_cell WHERE low <= lat ORDER BY low DESC LIMIT 1), 1 FROM call
            WHERE scope = 0 AND \(atStart) AND lat IS NOT NULL
            UNION ALL SELECT model, (SELECT id FROM latency_cell WHERE low <= lat ORDER BY low DESC LIMIT 1), 1 FROM call
            WHERE scope = 0 AND \(atEnd) AND lat IS NOT NULL),
        cells AS (
            SELECT m.name AS name, cell, sum(n) AS n FROM (SELECT model, cell, sum(n) AS n FROM piece GROUP BY model, cell)
            JOIN model AS m ON m.id = model GROUP BY m.name, cell),
        places AS (
            SELECT name, cell, n, sum(n) OVER (PARTITION BY name ORDER BY cell) - n AS before,
            (95 * sum(n) OVER (PARTITION BY name) + 99) / 100 AS rank FROM cells)
        SELECT p.name, (
            SELECT lat FROM (
                SELECT f.lat AS lat, row_number() OVER (ORDER BY f.lat) AS place FROM call AS f INDEXED BY call_latency
                WHERE f.scope = 0 AND f.model IN (SELECT id FROM model WHERE name IS p.name) AND f.lat >= w.low AND f.lat < w.high AND f.t >= :from AND f.t < :to)
            WHERE place = p.rank - p.before) AS total
        FROM places AS p JOIN latency_cell AS w ON w.id = p.cell WHERE p.before < p.rank AND p.rank <= p.before + p.n
        """

    /// Calls define the hours; errors are joined to them. Hour numbers become weekday and hour of day last.
    static let weekdaysAndHours = """
        SELECT (hour / 24 + 3) % 7, hour % 24, sum(errors) AS total, sum(failed), sum(calls) FROM (
            SELECT bucket AS hour, sum(errors) AS errors, sum(CASE WHEN scope = 0 THEN errors ELSE 0 END) AS failed, 0 AS calls
            FROM error_hour_recovery WHERE \(wholeHours) AND scope IN (0, 2) GROUP BY bucket
            UNION ALL SELECT t / 3600000000000, 1, scope = 0, 0 FROM err WHERE \(atStart) AND \(isError)
            UNION ALL SELECT t / 3600000000000, 1, scope = 0, 0 FROM err WHERE \(atEnd) AND \(isError)
            UNION ALL SELECT bucket, 0, 0, sum(calls) FROM call_hour_model WHERE \(wholeHours) GROUP BY bucket
            UNION ALL SELECT bucket / 60, 0, 0, calls FROM call_minute_model WHERE bucket >= :minute0 AND bucket < :hour0 * 60
            UNION ALL SELECT bucket / 60, 0, 0, calls FROM call_minute_model WHERE bucket >= :hour1 * 60 AND bucket < :minute1
            UNION ALL SELECT t / 3600000000000, 0, 0, 1 FROM call WHERE scope = 0 AND t >= :from AND t < :minute0 * 60000000000
            UNION ALL SELECT t / 3600000000000, 0, 0, 1 FROM call WHERE scope = 0 AND t >= :minute1 * 60000000000 AND t < :to)
        GROUP BY 1, 2
        """

    static let trace = [
        "SELECT r.*, p.name, c.* FROM trace AS r JOIN project AS p ON p.id = r.project LEFT JOIN trace_content AS c ON c.trace = r.id WHERE r.trace_id = :trace",
        """
        SELECT s.*, c.*, f.scope, f.lat, m.provider, a.name FROM span AS s LEFT JOIN span_content AS c ON c.span = s.id
        LEFT JOIN call AS f ON f.scope IN (0, 1) AND f.t = coalesce(s."end", s.start) AND f.id = s.id
        LEFT JOIN model AS m ON m.id = f.model LEFT JOIN agent AS a ON a.id = f.agent
        WHERE s.trace = (SELECT id FROM trace WHERE trace_id = :trace) ORDER BY s.start, s.span_id
        """,
        "SELECT * FROM event WHERE ifnull(trace, -1 - project) = (SELECT id FROM trace WHERE trace_id = :trace) ORDER BY +t, event_id",
        """
        SELECT e.*, m.text, g.text FROM err AS e JOIN message AS m ON m.id = e.message JOIN signature AS g ON g.id = e.signature
        WHERE e.trace = (SELECT id FROM trace WHERE trace_id = :trace) ORDER BY e.t
        """,
        "SELECT * FROM score WHERE trace_id = :trace ORDER BY t, score_id",
    ]

    /// The newest failures of the agent, until there are enough. The index over failed traces includes the agent; even when the
    /// text is rare and all of them must be read, this is cheaper than starting from messages that contain the text.
    static let failures = """
        SELECT r.t, r.trace_id, r.name, (SELECT name FROM agent WHERE id = r.agent), r.type, r.errors, r.calls, r.cost,
        r.last - r.first FROM trace AS r
        WHERE r.failed = 1 AND r.t >= :from AND r.t < :to AND r.agent IN (SELECT id FROM agent WHERE name = :agent) AND EXISTS (
            SELECT 1 FROM err AS e JOIN message AS m ON m.id = e.message
            WHERE e.trace = r.id AND \(isError) AND m.text LIKE '%' || :text || '%')
        ORDER BY r.t DESC, r.trace_id LIMIT 50
        """

    /// The twenty most frequent signatures, and all others together.
    static let errorsBySignature = """
        WITH counts AS (
            SELECT signature, sum(n) AS n, sum(failed) AS failed FROM (
                SELECT signature, sum(errors) AS n, sum(CASE WHEN scope = 0 THEN errors ELSE 0 END) AS failed
                FROM error_day_signature WHERE bucket >= :day0 AND bucket < :day1 AND scope IN (0, 2) GROUP BY signature
                UNION ALL SELECT signature, 1, scope = 0 FROM err WHERE t >= :from AND t < :day0 * 86400000000000 AND \(isError)
                UNION ALL SELECT signature, 1, scope = 0 FROM err WHERE t >= :day1 * 86400000000000 AND t < :to AND \(isError))
            GROUP BY signature),
        ordered AS (
            SELECT g.text, c.n, c.failed, row_number() OVER (ORDER BY c.n DESC, g.text) AS place
            FROM counts AS c JOIN signature AS g ON g.id = c.signature)
        SELECT CASE WHEN place <= 20 THEN text END, sum(n) AS total, sum(failed) FROM ordered GROUP BY min(place, 21)
        """

    /// One pass over the errors, grouped by signature and model; then signatures; then the newest error of each.
    static let signaturesInFull = """
        WITH parts AS MATERIALIZED (
            SELECT signature, model, count(*) AS n, min(t) AS first, max(t) AS last FROM err
            WHERE t >= :from AND t < :to AND \(isError) GROUP BY signature, model),
        counts AS (SELECT signature, sum(n) AS n, min(first) AS first, max(last) AS last FROM parts GROUP BY signature),
        ordered AS MATERIALIZED (
            SELECT c.signature, g.text, c.n, c.first, c.last, min(row_number() OVER (ORDER BY c.n DESC, g.text), 21) AS place
            FROM counts AS c JOIN signature AS g ON g.id = c.signature),
        models AS (
            SELECT o.place, count(DISTINCT m.name) AS models FROM parts AS p JOIN ordered AS o ON o.signature = p.signature
            JOIN model AS m ON m.id = p.model GROUP BY o.place),
        folded AS (
            SELECT place, text, sum(n) AS n, min(first) AS first, max(last) AS last,
            max(signature NOT IN (SELECT signature FROM err WHERE t < :from AND \(isError))) AS new FROM ordered GROUP BY place)
        SELECT CASE WHEN f.place < 21 THEN f.text END, f.n AS total, f.new, f.first, f.last, k.models,
            (SELECT min(r.trace_id) FROM err AS e JOIN trace AS r ON r.id = e.trace WHERE e.t = f.last)
        FROM folded AS f JOIN models AS k ON k.place = f.place
        """

    static let rateByProvider = """
        WITH RECURSIVE steps(step) AS (
            SELECT :from / 300000000000 UNION ALL SELECT step + 1 FROM steps WHERE (step + 1) * 300000000000 < :to),
        counts AS MATERIALIZED (
            SELECT step, m.provider AS provider, sum(errors) AS errors, sum(calls) AS calls FROM (
                SELECT bucket / 5 AS step, model, calls, errors FROM call_minute_model WHERE bucket >= :minute0 AND bucket < :minute1
                UNION ALL SELECT t / 300000000000, model, 1, evidence & 31 <> 0 FROM call
                WHERE scope = 0 AND t >= :from AND t < :minute0 * 60000000000
                UNION ALL SELECT t / 300000000000, model, 1, evidence & 31 <> 0 FROM call
                WHERE scope = 0 AND t >= :minute1 * 60000000000 AND t < :to)
            JOIN model AS m ON m.id = model GROUP BY step, m.provider)
        SELECT s.step, k.provider, c.errors AS total, c.calls FROM steps AS s CROSS JOIN (SELECT DISTINCT provider FROM counts) AS k
        LEFT JOIN counts AS c ON c.step = s.step AND c.provider IS k.provider
        """

    static let recoveredByProvider = """
        SELECT m.provider, sum(n) AS total, sum(recovered) FROM (
            SELECT model, sum(errors) AS n, sum(CASE WHEN recovery > 0 THEN errors ELSE 0 END) AS recovered
            FROM error_hour_recovery WHERE \(wholeHours) AND scope IN (0, 2) GROUP BY model
            UNION ALL SELECT model, 1, recovery > 0 FROM err WHERE \(atStart) AND \(isError)
            UNION ALL SELECT model, 1, recovery > 0 FROM err WHERE \(atEnd) AND \(isError))
        JOIN model AS m ON m.id = model GROUP BY m.provider
        """

    static let errorsByHour = """
        WITH RECURSIVE \(hours), counts AS MATERIALIZED (
            SELECT hour, sum(n) AS n FROM (
                SELECT bucket AS hour, sum(errors) AS n FROM error_hour_recovery
                WHERE \(wholeHours) AND scope IN (0, 2) GROUP BY bucket
                UNION ALL SELECT t / 3600000000000, 1 FROM err WHERE \(atStart) AND \(isError)
                UNION ALL SELECT t / 3600000000000, 1 FROM err WHERE \(atEnd) AND \(isError))
            GROUP BY hour)
        SELECT h.hour, ifnull(c.n, 0) AS total FROM hours AS h LEFT JOIN counts AS c ON c.hour = h.hour
        """
}
