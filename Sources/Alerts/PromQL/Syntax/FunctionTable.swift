/// A function of the subset with its signature.
struct FunctionRow: Sendable {
    var name: String
    /// The types of its parameters.
    var kinds: [ExpressionKind]
    /// The number of required parameters.
    var required: Int
    /// Builds the expression from arguments of the right types.
    var make: @Sendable ([Operand]) -> Operand.Content
}

/// All functions and aggregations of the subset, and the unsupported ones of PromQL, for distinct error messages.
enum FunctionTable {
    static let rows: [FunctionRow] =
        RangeFunction.allCases.map { function in
            FunctionRow(name: function.rawValue, kinds: [.range], required: 1) { arguments in
                guard case .window(let selector, let window) = arguments[0].content else { return .mistaken }
                return .expression(.range(function, selector, window: window))
            }
        } + [
            row("absent", .vector) { .absent($0[0]) },
            row("scalar", .vector) { .scalar($0[0]) },
            row("vector", .scalar) { .vector($0[0]) },
            row("clamp_min", .vector, .scalar) { .clampMin($0[0], $0[1]) },
            row("clamp_max", .vector, .scalar) { .clampMax($0[0], $0[1]) },
            FunctionRow(name: "time", kinds: [], required: 0) { _ in .expression(.time) },
            clock(.hour), clock(.dayOfWeek),
        ]

    private static func row(
        _ name: String, _ kinds: ExpressionKind..., make: @escaping @Sendable ([Expression]) -> Expression
    ) -> FunctionRow {
        FunctionRow(name: name, kinds: kinds, required: kinds.count) { arguments in
            let expressions = arguments.compactMap(\.expression)
            return expressions.count == arguments.count ? .expression(make(expressions)) : .mistaken
        }
    }

    private static func clock(_ function: ClockFunction) -> FunctionRow {
        FunctionRow(name: function.rawValue, kinds: [.vector], required: 0) { arguments in
            .expression(.clock(function, arguments.first?.expression ?? .vector(.time)))
        }
    }

    static let aggregations = ["sum", "min", "max", "avg", "count", "topk"]

    /// Returns the aggregation with this name; nil for `topk`, which takes a parameter.
    static func aggregation(_ name: String) -> Aggregation? {
        switch name {
        case "sum": .sum
        case "min": .min
        case "max": .max
        case "avg": .average
        case "count": .count
        default: nil
        }
    }

    static let unsupportedAggregations = [
        "bottomk", "count_values", "quantile", "stddev", "stdvar", "group", "limitk", "limit_ratio",
    ]

    /// The other functions of PromQL (Prometheus 2 and 3).
    static let unsupported: Set<String> = [
        "abs", "absent_over_time", "acos", "acosh", "asin", "asinh", "atan", "atanh", "ceil", "changes", "clamp", "cos", "cosh",
        "day_of_month", "day_of_year", "days_in_month", "deg", "deriv", "double_exponential_smoothing", "exp", "floor",
        "histogram_avg", "histogram_count", "histogram_fraction", "histogram_quantile", "histogram_stddev", "histogram_stdvar",
        "histogram_sum", "holt_winters", "idelta", "info", "label_join", "label_replace", "last_over_time", "ln", "log10", "log2",
        "mad_over_time", "minute", "month", "pi", "predict_linear", "present_over_time", "quantile_over_time", "rad", "resets",
        "round", "sgn", "sin", "sinh", "sort", "sort_by_label", "sort_by_label_desc", "sort_desc", "sqrt", "stddev_over_time",
        "stdvar_over_time", "tan", "tanh", "timestamp", "year",
    ]
}
