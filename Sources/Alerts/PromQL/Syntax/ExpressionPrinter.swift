extension Selector: CustomStringConvertible {
    var description: String { written(window: nil) }

    /// The text of the selector, with its window if given.
    func written(window: Int64?) -> String {
        var text = counter.name
        if !matchers.isEmpty {
            text += "{" + matchers.map { "\($0.label.name)\($0.kind.rawValue)\(quoted($0.value))" }.joined(separator: ",") + "}"
        }
        if let window { text += "[\(PromDuration.spelling(window))]" }
        if offset > 0 { text += " offset \(PromDuration.spelling(offset))" }
        return text
    }

    private func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\" + String(scalar)
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

extension Expression: CustomStringConvertible {
    /// The canonical text: one spelling per meaning; parsing it gives the same expression.
    var description: String { written(above: 0) }

    private var precedence: Int {
        switch self {
        case .set(.or, _, _, _): 1
        case .set: 2
        case .comparison: 3
        case .arithmetic(let operation, _, _, _): operation == .plus || operation == .minus ? 4 : 5
        case .negative: 6
        case .number(let value): value.sign == .minus ? 6 : 7
        default: 7
        }
    }

    /// The text, in parentheses if the expression binds more weakly than `level`.
    private func written(above level: Int) -> String { precedence < level ? "(\(bare))" : bare }

    private var bare: String {
        switch self {
        case .number(let value): return GoNumber.shortest(value)
        case .selector(let selector): return selector.description
        case .range(let function, let selector, let window): return "\(function.rawValue)(\(selector.written(window: window)))"
        case .absent(let a): return "absent(\(a))"
        case .scalar(let a): return "scalar(\(a))"
        case .vector(let a): return "vector(\(a))"
        case .time: return "time()"
        case .clock(let function, let a): return a == .vector(.time) ? "\(function.rawValue)()" : "\(function.rawValue)(\(a))"
        case .clampMin(let a, let b): return "clamp_min(\(a), \(b))"
        case .clampMax(let a, let b): return "clamp_max(\(a), \(b))"
        case .aggregate(let aggregation, let grouping, let a):
            var text = aggregation.name
            if grouping != .none { text += " " + written(grouping, "by", "without") + " " }
            if case .topk(let k) = aggregation { return text + "(\(k), \(a))" }
            return text + "(\(a))"
        case .negative(let a): return "-" + a.written(above: 6)
        case .arithmetic(let operation, let a, let b, let matching):
            return written(a, operation.rawValue + written(matching), b)
        case .comparison(let relation, let a, let b, let matching, let isBool):
            return written(a, relation.rawValue + (isBool ? " bool" : "") + written(matching), b)
        case .set(let operation, let a, let b, let matching):
            return written(a, operation.rawValue + written(matching), b)
        }
    }

    /// Binary operators are left-associative.
    private func written(_ a: Expression, _ operation: String, _ b: Expression) -> String {
        "\(a.written(above: precedence)) \(operation) \(b.written(above: precedence + 1))"
    }

    private func written(_ grouping: Grouping, _ keeping: String, _ dropping: String) -> String {
        let names = grouping.labels.map(\.name).sorted().joined(separator: ", ")
        return "\(grouping.keeps ? keeping : dropping) (\(names))"
    }

    private func written(_ matching: VectorMatching) -> String {
        var text = ""
        if matching.grouping != .all { text += " " + written(matching.grouping, "on", "ignoring") }
        if let taken = matching.groupLeft {
            text += " group_left (" + taken.map(\.name).sorted().joined(separator: ", ") + ")"
        }
        return text
    }
}
