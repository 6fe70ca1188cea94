import Analysis
import Engine
import Ingest
import Model
import QueryLanguage

/// The columns that a contrast compares, and the values behind their codes.
struct ContrastColumns {
    /// A column as it is compared.
    struct Column {
        let field: Field
        let rank: ContrastTable.Rank
        /// The value of each code; of sets, of each member.
        var values: [Value]
    }

    private(set) var columns: [Column] = []
    private(set) var dimensions: [ContrastTable.Dimension] = []

    /// The maximum number of values of a key of metadata that is compared.
    static let mostMetadataValues = 200
    /// The maximum number of keys of metadata.
    static let mostMetadataKeys = 16

    /// What was sent, by whom and where: more specific fields first, which stand for others with the same rows.
    private static let causes: [FieldID] = [
        .model, .provider, .modelRequested, .agent, .prompt, .promptVersion, .release, .host, .environment, .service, .tag,
        .inputTokens, .user, .session, .project,
    ]
    /// What came of it, when, and names that are often made of the others.
    private static let traits: [FieldID] = [.name, .finish, .attempts, .hour, .latency, .duration]
    /// What only errors have.
    static let ofErrors: [FieldID] = [.type, .status, .code, .signature]

    /// The fields that rows of a noun are compared by.
    static func fields(of noun: Noun, besides selecting: Set<FieldID>, metadata keys: [String], withErrors: Bool) -> [Field] {
        let ids = causes + traits + (withErrors ? ofErrors : [])
        let own = ids.filter {
            FieldTable.isOwn($0, of: noun) && !selecting.contains($0) && $0 != (noun == .traces ? .latency : .duration)
        }
        return own.map { id in
            switch id {
            case .inputTokens, .latency, .duration: Field(id, isBinned: true)
            default: Field(id)
            }
        } + (noun == .calls || noun == .errors ? keys.map { Field(.metadata, key: $0) } : [])
    }

    /// Puts rows one behind the other; equal values have one code.
    init(_ parts: [RowColumns]) {
        guard let first = parts.first else { return }
        for (place, coded) in first.fields.enumerated() {
            var values = coded.values, codes = coded.codes
            if parts.count > 1 {
                var known = Dictionary(uniqueKeysWithValues: values.enumerated().map { ($1, Int32($0)) })
                for part in parts.dropFirst() {
                    let renamed = part.fields[place].values.map { value -> Int32 in
                        if let code = known[value] { return code }
                        known[value] = Int32(values.count)
                        values.append(value)
                        return Int32(values.count - 1)
                    }
                    codes += part.fields[place].codes.map { $0 < 0 ? -1 : renamed[Int($0)] }
                }
            }
            add(coded.field, codes, values)
        }
    }

    private mutating func add(_ field: Field, _ codes: [Int32], _ values: [Value]) {
        if field.id == .metadata, values.count > ContrastColumns.mostMetadataValues { return }
        let isTrait = ContrastColumns.traits.contains(field.id) || ContrastColumns.ofErrors.contains(field.id)
        let rank: ContrastTable.Rank = isTrait ? .trait : .cause
        guard field.id == .tag else {
            columns.append(Column(field: field, rank: rank, values: values))
            dimensions.append(.init(name: field.name, rank: rank, codes: codes, count: values.count))
            return
        }
        var tags: [String: Int32] = [:]
        let members = values.map { value -> [Int32] in
            guard case .text(let list) = value else { return [] }
            // Stored as an array of strings in JSON.
            return Set(list.hasPrefix("[") ? JSONText.texts(list) : [list]).sorted().map { tag in
                let code = tags[tag] ?? Int32(tags.count)
                tags[tag] = code
                return code
            }
        }
        columns.append(Column(field: field, rank: rank, values: tags.sorted { $0.value < $1.value }.map { .text($0.key) }))
        dimensions.append(.init(name: field.name, rank: rank, codes: codes, count: values.count, members: members))
    }

    /// The field and value of a finding.
    subscript(_ value: ContrastTable.Value) -> (field: Field, value: Value) {
        let column = columns[value.dimension]
        return (column.field, column.values[Int(value.code)])
    }
}
