import Glibc
import Model
import Synthesis

@testable import Analysis

/// Planted histories as tables.
extension PlantedHistory {
    /// The values of each field in the order of their codes.
    func names(_ field: Int) -> [String] { Array(Set(calls.map { $0.values[field] })).sorted() }

    /// The table of failed calls and other calls.
    var table: ContrastTable {
        let dimensions = PlantedHistory.fields.indices.map { field -> ContrastTable.Dimension in
            let names = names(field), codes = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0)) })
            return ContrastTable.Dimension(
                name: PlantedHistory.fields[field], codes: calls.map { codes[$0.values[field]]! }, count: names.count)
        }
        return ContrastTable(isSelected: calls.map { $0.hasFailed ? 1 : 0 }, dimensions: dimensions)
    }

    /// The field and value of a finding.
    func text(_ value: ContrastTable.Value) -> String {
        "\(PlantedHistory.fields[value.dimension]) = \(names(value.dimension)[Int(value.code)])"
    }

    /// The planted values, as findings are written.
    var causes: Set<String> { Set(truth.values.map { "\($0) = \($1)" }) }
}

/// How many seeds proofs try: a few by default, all of them with `SEEDS=200`.
let provenSeeds = UInt64(getenv("SEEDS").flatMap { Int(String(cString: $0)) } ?? 24)

let hourOfProofs = Window(from: Timestamp(seconds: 1_763_640_000), to: Timestamp(seconds: 1_763_726_400))
