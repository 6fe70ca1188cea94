import Glibc
import Model

/// Numbers with three significant digits, enough for measurements.
enum Figure {
    /// Formats `0.012`, `1.23`, `45.6`, `789`; a dash for NaN.
    static func short(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        let size = abs(value)
        return fixed(value, places: size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3)
    }

    static func whole(_ value: Double) -> String { value.isFinite ? fixed(value, places: 0) : "–" }

    static func total(_ outcome: Outcome) -> String { outcome.total.map { fixed($0, places: 0) } ?? "" }

    private static func fixed(_ value: Double, places: Int) -> String {
        let scale = pow(10, Double(places)), scaled = (abs(value) * scale).rounded()
        guard scaled < 1e18 else { return "\(value)" }
        var digits = String(Int64(scaled))
        if places > 0 {
            digits = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
            digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -places))
        }
        return (value < 0 ? "-" : "") + digits
    }
}

/// Columns below their headings, two spaces apart.
struct TextTable {
    let text: String

    init(_ heads: [String], leftAligned: Set<Int>, _ rows: [[String]]) {
        let widths = heads.indices.map { column in ([heads] + rows).map { $0[column].count }.max() ?? 0 }
        text = ([heads] + rows).map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let blank = String(repeating: " ", count: widths[column] - cell.count)
                line += (column == 0 ? "" : "  ") + (leftAligned.contains(column) ? cell + blank : blank + cell)
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}

/// JSON values; objects keep the order of their members.
indirect enum JSONFigure {
    case none, number(Double), text(String), flag(Bool), list([JSONFigure]), object([(String, JSONFigure)])

    /// The value on one line.
    var line: String {
        switch self {
        case .none: "null"
        case .number(let x):
            !x.isFinite ? "null" : x == x.rounded() && abs(x) < 1e15 ? String(Int64(x)) : "\(x)"
        case .text(let text): text.quotedAsJSON()
        case .flag(let flag): flag ? "true" : "false"
        case .list(let items): "[" + items.map(\.line).joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.map { $0.0.quotedAsJSON() + ": " + $0.1.line }.joined(separator: ", ") + "}"
        }
    }
}
