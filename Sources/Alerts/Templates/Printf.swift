/// Go's `printf` for template values.
enum Printf {
    /// Formats like Go's `Print`: a space between operands when neither is a string.
    static func print(_ values: [TemplateValue]) -> String {
        var result = ""
        for (index, value) in values.enumerated() {
            if index > 0, !isText(value), !isText(values[index - 1]) { result += " " }
            result += value.printed
        }
        return result
    }

    private static func isText(_ value: TemplateValue) -> Bool { if case .text = value { true } else { false } }

    /// The flags, width and precision of a conversion such as `%-8.2f`.
    private struct Conversion {
        var isLeft = false, hasPlus = false, hasZero = false, isSharp = false, hasSpace = false
        var width = 0
        var precision: Int?
    }

    /// Formats the values; a verb that does not fit its value gives Go's `%!d(float64=3)`.
    static func formatted(_ format: String, _ values: [TemplateValue]) -> String {
        var result = "", used = 0
        var rest = Substring(format)
        while let percent = rest.firstIndex(of: "%") {
            result += rest[..<percent]
            rest = rest[rest.index(after: percent)...]
            var conversion = Conversion()
            flags: while let flag = rest.first {
                switch flag {
                case "-": conversion.isLeft = true
                case "+": conversion.hasPlus = true
                case "0": conversion.hasZero = true
                case "#": conversion.isSharp = true
                case " ": conversion.hasSpace = true
                default: break flags
                }
                rest.removeFirst()
            }
            conversion.width = digits(&rest) ?? 0
            if rest.first == "." {
                rest.removeFirst()
                conversion.precision = digits(&rest) ?? 0
            }
            guard let verb = rest.popFirst() else { return result + "%!(NOVERB)" }
            if verb == "%" {
                result += "%"
                continue
            }
            guard used < values.count else {
                result += "%!\(verb)(MISSING)"
                continue
            }
            result += padded(text(verb, values[used], &conversion), conversion)
            used += 1
        }
        result += rest
        if used < values.count {
            result += "%!(EXTRA " + values[used...].map { "\($0.typeName)=\($0.printed)" }.joined(separator: ", ") + ")"
        }
        return result
    }

    /// Parses a number, capped at 1,000 to bound the output.
    private static func digits(_ rest: inout Substring) -> Int? {
        let found = rest.prefix { $0.isASCII && $0.isNumber }
        rest = rest.dropFirst(found.count)
        return found.isEmpty ? nil : min(Int(found) ?? 1000, 1000)
    }

    private static func text(_ verb: Character, _ value: TemplateValue, _ conversion: inout Conversion) -> String {
        func signed(_ text: String) -> String {
            text.hasPrefix("-") || text.hasPrefix("+")
                ? text : conversion.hasPlus ? "+" + text : conversion.hasSpace ? " " + text : text
        }
        let mismatch = "%!\(verb)(\(value.typeName)=\(value.printed))"
        switch (verb, value) {
        case ("v", .float(let number)):
            return signed(conversion.precision.map { GoNumber.fixed(number, "g", precision: $0) } ?? GoNumber.shortest(number))
        case ("v", .int(let number)): return signed(String(number))
        case ("v", _): return value.printed
        case ("s", .text(let text)): return conversion.precision.map { String(text.prefix($0)) } ?? text
        case ("q", .text(let text)): return quoted(text)
        case ("x", .text(let text)), ("X", .text(let text)):
            let digits = text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            return verb == "X" ? digits.uppercased() : digits
        case ("t", .flag): return value.printed
        case ("d", .int(let number)): return signed(String(number))
        case ("x", .int(let number)): return signed(String(number, radix: 16))
        case ("X", .int(let number)): return signed(String(number, radix: 16, uppercase: true))
        case ("o", .int(let number)): return signed(String(number, radix: 8))
        case ("b", .int(let number)): return signed(String(number, radix: 2))
        case ("c", .int(let number)): return Unicode.Scalar(UInt32(clamping: number)).map { String($0) } ?? "\u{FFFD}"
        case ("f", .float(let number)), ("F", .float(let number)):
            return signed(GoNumber.fixed(number, "f", precision: conversion.precision ?? 6))
        case ("e", .float(let number)), ("E", .float(let number)):
            return signed(GoNumber.fixed(number, verb, precision: conversion.precision ?? 6))
        case ("g", .float(let number)), ("G", .float(let number)):
            let text = conversion.precision.map { GoNumber.fixed(number, "g", precision: $0) } ?? GoNumber.shortest(number)
            return signed(verb == "G" ? text.uppercased() : text)
        case ("T", _): return value.typeName
        default:
            conversion = Conversion()
            return mismatch
        }
    }

    private static func padded(_ text: String, _ conversion: Conversion) -> String {
        let missing = conversion.width - text.unicodeScalars.count
        guard missing > 0 else { return text }
        let fill = String(repeating: conversion.hasZero && !conversion.isLeft ? "0" : " ", count: missing)
        if conversion.isLeft { return text + fill }
        // Zeros go after the sign.
        if conversion.hasZero, let sign = text.first, sign == "-" || sign == "+" { return String(sign) + fill + text.dropFirst() }
        return fill + text
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case "\r": result += "\\r"
            default:
                if scalar.value < 0x20 || scalar.value == 0x7F {
                    result += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }
}
