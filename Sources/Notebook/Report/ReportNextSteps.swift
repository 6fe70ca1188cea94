import Errors
import Model
import Render

/// The end of a report: what to do about the type of error that its answers count most.
enum ReportNextSteps {
    /// Markdown with a heading and a line for each step; nil when no answer names a type.
    static func prose(_ answers: [Answer]) -> String? {
        guard let type = mostFrequentType(answers) else { return nil }
        let steps = NextStep.steps(for: type).map { "- \($0.action): `\($0.check)`" }
        return (["## Next steps for \(type.name)", ""] + steps).joined(separator: "\n")
    }

    /// The type with the largest count in any one answer; ties by name. Rows of a listing count as one each.
    static func mostFrequentType(_ answers: [Answer]) -> ErrorType? {
        var most: [ErrorType: Int64] = [:]
        for table in answers.map(\.table) {
            guard let place = table.index(of: "type") else { continue }
            let count = table.index(of: "count")
            var counts: [ErrorType: Int64] = [:]
            for row in table.rows {
                guard case .text(let name) = row[place], let type = ErrorType(name: name) else { continue }
                let errors: Int64 = if let count, case .count(let errors) = row[count] { errors } else { 1 }
                counts[type, default: 0] += errors
            }
            for (type, errors) in counts { most[type] = max(most[type] ?? 0, errors) }
        }
        return most.filter { $0.value > 0 }.min { ($1.value, $0.key.name) < ($0.value, $1.key.name) }?.key
    }
}
