/// The tables of the store. `Migration` spells them, step by step; `Rollup`, `SpanColumns` and their like say how they are used.
///
/// Three layers, each made from the one before in the same transaction:
/// - *records*: `trace`, `span`, `event`, `score` with their long texts apart (`span_content`, `trace_content`), so that a
///   scan over spans reads only what is short;
/// - *facts*: `call` (every span, clustered by time) and `err` (every span or lone event with any evidence of an error);
/// - *rollups*: counts and sums of facts over whole buckets, one table for each row of `Rollup.all`; `bucket` and the dimensions
///   are the key, measures are integers.
///
/// Times are nanoseconds UTC, lengths nanoseconds, money 10⁻⁸ USD. Unknown is NULL. A dictionary's row 0 stands for
/// "none" and holds NULL, so that facts join without outer joins.
///
/// `call.scope`: 0 an LLM or embedding call, 1 any other span (and LLM spans that only wrap another).
/// `err.scope`: the same, and 2 an error event that belongs to no call; `err.id` is then the event's id.
/// `evidence` holds the bits of `Evidence`; `lat` is end − start, else the reported latency; `t` is end, else start.
/// Spans without any time have no fact: they show in their trace only.
///
/// Whole days of facts lie in columns as well, each day one value (`PackedColumns`), for what walks over months of them: alert
/// rules. A day that is not there is read row by row. Days are UTC, counted from 1970.
/// - `error_kind`: what errors have in common, each combination once, so that a condition is asked of few rows and not of
///   all errors; its columns are named as those of `err`.
/// - `error_day`: of every error its time, its kind, and when it recovered or was given up.
/// - `call_day`: of every minute with calls what `call_minute` counts.
enum Schema {}
