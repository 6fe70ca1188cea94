/// A table of counts and sums per bucket of time, derived from facts.
///
/// Rows are keyed by `bucket` (the bucket's index since 1970, UTC) and the dimensions, in this order. This definition is the
/// single source for creating, updating, rebuilding and choosing the table.
package struct Rollup: Sendable, Hashable {
    /// The facts that a rollup aggregates.
    package enum Facts: String, Sendable {
        /// LLM and embedding calls, including failed ones: rows of `call` with scope 0.
        case calls
        /// Rows of `err` that count under the default evidence, of every scope; `scope` is the first dimension.
        case errors
        /// Known latencies of calls, in the cells of `LatencyCell`.
        case latencies
    }

    /// A key column of a rollup; the raw value is the column's name.
    package enum Dimension: String, Sendable, CaseIterable {
        case scope, model, agent, type, signature, recovery, cell
    }

    /// The name of the table.
    package let name: String
    package let facts: Facts
    /// The bucket width in seconds: 60, 3600 or 86,400.
    package let widthInSeconds: Int64
    package let dimensions: [Dimension]

    /// The bucket width in nanoseconds.
    package var widthInNanoseconds: Int64 { widthInSeconds * 1_000_000_000 }

    /// The measure columns: counts, counts at the start of the bucket, sums with the number of known values, and a digest.
    package var measures: [String] { Rollup.measures(of: facts) }

    /// Returns the measure columns of rollups over these facts.
    package static func measures(of facts: Facts) -> [String] {
        let sums = ["lat_sum", "lat_n", "cost_sum", "cost_n", "tin_sum", "tin_n", "tout_sum", "tout_n", "tok_sum", "tok_n"]
        switch facts {
        case .calls: return ["calls", "calls_on", "errors", "errors_on"] + sums + ["digest"]
        case .errors: return ["errors", "errors_on"] + sums + ["digest"]
        case .latencies: return ["n"]
        }
    }

    /// All rollups: finest buckets first, then fewest dimensions, then smallest tables, because the first suitable one is read.
    /// Chosen by measurement: see the queries of the benchmark.
    package static let all: [Rollup] = [
        Rollup(name: "call_minute", facts: .calls, widthInSeconds: 60, dimensions: []),
        Rollup(name: "call_minute_model", facts: .calls, widthInSeconds: 60, dimensions: [.model]),
        Rollup(name: "call_minute_agent", facts: .calls, widthInSeconds: 60, dimensions: [.agent]),
        Rollup(name: "call_hour_model", facts: .calls, widthInSeconds: 3600, dimensions: [.model]),
        Rollup(name: "call_hour_agent", facts: .calls, widthInSeconds: 3600, dimensions: [.agent]),
        Rollup(name: "call_hour_model_agent", facts: .calls, widthInSeconds: 3600, dimensions: [.model, .agent]),
        Rollup(name: "error_hour_recovery", facts: .errors, widthInSeconds: 3600, dimensions: [.scope, .recovery, .model]),
        Rollup(name: "error_hour_type_model", facts: .errors, widthInSeconds: 3600, dimensions: [.scope, .type, .model]),
        Rollup(name: "error_hour_type_agent", facts: .errors, widthInSeconds: 3600, dimensions: [.scope, .type, .agent]),
        Rollup(name: "error_day_signature", facts: .errors, widthInSeconds: 86_400, dimensions: [.scope, .signature]),
        Rollup(name: "latency_hour_model", facts: .latencies, widthInSeconds: 3600, dimensions: [.model, .cell]),
        Rollup(name: "latency_day_model", facts: .latencies, widthInSeconds: 86_400, dimensions: [.model, .cell]),
    ]
}

/// Latency cells 4% wide, for percentiles over any window.
///
/// The width is a compromise: a percentile reads the counts of all cells and then the calls in one of them. With 1M calls and cells
/// of 1%, reading the counts took four times as long as reading the calls.
package enum LatencyCell {
    /// The number of cells; the lower bound of the last is near 300 years.
    package static let count = bounds.count

    /// The lower bounds in nanoseconds, ascending; cell `i` contains latencies in `[bounds[i], bounds[i + 1])`.
    ///
    /// Cell 0 begins at 0. Bounds grow by 4%, but at least by 10 µs, so that short latencies share cells.
    package static let bounds: [Int64] = {
        var bounds: [Int64] = [0]
        var bound: Int64 = 10_000
        while bound < Int64.max / 105 * 100 {
            bounds.append(bound)
            bound = max(bound + 10_000, bound / 100 * 104)
        }
        return bounds
    }()

    /// Returns the cell of a latency in nanoseconds; negative latencies belong to cell 0.
    package static func cell(of latency: Int64) -> Int {
        max(0, bounds.partitioningIndex { $0 > latency } - 1)
    }
}
