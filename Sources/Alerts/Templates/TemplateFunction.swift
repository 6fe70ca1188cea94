import Model

/// A template function.
struct TemplateFunction: Sendable {
    /// The minimum and maximum number of arguments; `most` is nil if there is no maximum.
    var least: Int, most: Int?
    var apply: @Sendable ([TemplateValue]) throws(TemplateFailure) -> TemplateValue

    /// All functions of the subset, by name.
    static let all: [String: TemplateFunction] = [
        "humanize": number(Humanize.plain), "humanize1024": number(Humanize.binary),
        "humanizePercentage": number(Humanize.percentage),
        "humanizeDuration": number(Humanize.duration),
        "humanizeTimestamp": TemplateFunction(least: 1, most: 1) { arguments throws(TemplateFailure) in
            .text(try Humanize.timestamp(try arguments[0].number()))
        },
        "title": text { titled($0) }, "toUpper": text { $0.uppercased() }, "toLower": text { $0.lowercased() },
        "match": TemplateFunction(least: 2, most: 2) { arguments throws(TemplateFailure) in
            .flag(try pattern(arguments[0]).matches(arguments[1].printed))
        },
        "reReplaceAll": TemplateFunction(least: 3, most: 3) { arguments throws(TemplateFailure) in
            .text(try pattern(arguments[0]).replacing(arguments[2].printed, with: arguments[1].printed))
        },
        "printf": TemplateFunction(least: 1, most: nil) { arguments throws(TemplateFailure) in
            guard case .text(let format) = arguments[0] else { throw TemplateFailure("printf needs a format") }
            return .text(Printf.formatted(format, Array(arguments.dropFirst())))
        },
        "print": TemplateFunction(least: 0, most: nil) { arguments in .text(Printf.print(arguments)) },
        "println": TemplateFunction(least: 0, most: nil) { arguments in
            .text(arguments.map(\.printed).joined(separator: " ") + "\n")
        },
        "len": TemplateFunction(least: 1, most: 1) { arguments throws(TemplateFailure) in
            switch arguments[0] {
            case .text(let text): return .int(Int64(text.utf8.count))
            case .labels(let set): return .int(Int64(set.pairs.count))
            default: throw TemplateFailure("len of type \(arguments[0].typeName)")
            }
        },
        "index": TemplateFunction(least: 2, most: 2) { arguments throws(TemplateFailure) in
            guard case .labels(let set) = arguments[0] else {
                throw TemplateFailure("can't index item of type \(arguments[0].typeName)")
            }
            return .text(set[arguments[1].printed] ?? "")
        },
        "not": TemplateFunction(least: 1, most: 1) { .flag(!$0[0].isTrue) },
        "and": TemplateFunction(least: 1, most: nil) { arguments in arguments.first { !$0.isTrue } ?? arguments.last ?? .none },
        "or": TemplateFunction(least: 1, most: nil) { arguments in arguments.first { $0.isTrue } ?? arguments.last ?? .none },
        "eq": TemplateFunction(least: 2, most: nil) { arguments throws(TemplateFailure) in
            for other in arguments.dropFirst() where try order(arguments[0], other, onlyEqual: true) == .equal {
                return .flag(true)
            }
            return .flag(false)
        },
        "ne": compared(onlyEqual: true) { $0 != .equal }, "lt": compared { $0 == .less },
        "le": compared { $0 == .less || $0 == .equal }, "gt": compared { $0 == .greater },
        "ge": compared { $0 == .greater || $0 == .equal },
    ]

    /// Functions of Prometheus and Go that the subset does not support.
    static let unsupported: Set<String> = [
        "args", "call", "externalURL", "first", "graphLink", "html", "js", "label", "now", "parseDuration", "pathPrefix", "query",
        "safeHtml", "slice", "sortByLabel", "stripDomain", "stripPort", "strvalue", "tableLink", "tmpl", "toTime", "urlquery",
        "value",
    ]

    private static func number(_ function: @escaping @Sendable (Double) -> String) -> TemplateFunction {
        TemplateFunction(least: 1, most: 1) { arguments throws(TemplateFailure) in .text(function(try arguments[0].number())) }
    }

    private static func text(_ function: @escaping @Sendable (String) -> String) -> TemplateFunction {
        TemplateFunction(least: 1, most: 1) { arguments throws(TemplateFailure) in
            guard case .text(let text) = arguments[0] else {
                throw TemplateFailure("wrong type for value; expected string; got \(arguments[0].typeName)")
            }
            return .text(function(text))
        }
    }

    private static func pattern(_ value: TemplateValue) throws(TemplateFailure) -> Pattern {
        do throws(Pattern.Mistake) { return try Pattern(value.printed) } catch {
            throw TemplateFailure("bad pattern: \(error.message)")
        }
    }

    private enum Order { case less, equal, greater, none }

    private static func compared(onlyEqual: Bool = false, _ holds: @escaping @Sendable (Order) -> Bool) -> TemplateFunction {
        TemplateFunction(least: 2, most: 2) { arguments throws(TemplateFailure) in
            .flag(holds(try order(arguments[0], arguments[1], onlyEqual: onlyEqual)))
        }
    }

    /// Compares values of the same type only, as Go does: `gt $value 5` fails, `gt $value 5.0` does not.
    private static func order(_ a: TemplateValue, _ b: TemplateValue, onlyEqual: Bool) throws(TemplateFailure) -> Order {
        func order<T: Comparable>(_ a: T, _ b: T) -> Order { a < b ? .less : a > b ? .greater : a == b ? .equal : .none }
        switch (a, b) {
        case (.text(let a), .text(let b)): return order(a, b)
        case (.float(let a), .float(let b)): return order(a, b)
        case (.int(let a), .int(let b)): return order(a, b)
        case (.flag(let a), .flag(let b)) where onlyEqual: return a == b ? .equal : .none
        default: throw TemplateFailure("incompatible types for comparison")
        }
    }

    /// Go's `strings.Title`: every word begins with its title-case letter.
    private static func titled(_ text: String) -> String {
        var result = "", isInside = false
        for scalar in text.unicodeScalars {
            let isLetter = scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_"
            result += isInside || !isLetter ? String(scalar) : scalar.properties.titlecaseMapping
            isInside = isLetter || !scalar.isASCII && !scalar.properties.isWhitespace
        }
        return result
    }
}
