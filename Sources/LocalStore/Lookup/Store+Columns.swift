import Model
import QueryLanguage
import SQLite

/// Rows in columns, read in one pass: dictionary values by their numbers, other texts coded as they come.
extension Store {
    public func columns(for request: ColumnRequest) throws -> RowColumns {
        let sql = ColumnSQL(request)
        var reading = ColumnReading(request, readsNumbers: sql.dictionaries.map { $0 != nil })
        try pass(sql.statement) { reading.take($0) }
        for (place, names) in sql.dictionaries.enumerated() {
            guard let names else { continue }
            var texts: [Int64: StoredValue] = [:]
            try pass(names) { texts[$0.integer(0) ?? 0] = $0.value(1) }
            reading.name(place, by: texts)
        }
        return reading.columns
    }

    /// The number of newest rows in which keys of metadata are looked for.
    private static let sampledRows = 400
    /// A key whose values are all different in the newest rows identifies rows; there must be so many to tell.
    private static let fewestOfIdentifier = 20

    public func metadataKeys(in scope: StatementScope, limit: Int) throws -> [String] {
        let from = scope.window?.from.nanoseconds ?? .min, to = scope.window?.to.nanoseconds ?? .max
        func sample(_ table: String) -> SQLFragment {
            """
            SELECT * FROM (SELECT f.id AS id FROM \(raw: table) AS f WHERE f.scope = 0 AND f.t >= \(.integer(from)) AND f.t < \(.integer(to)) \
            ORDER BY f.t DESC LIMIT \(.integer(Int64(Store.sampledRows))))
            """
        }
        let keys: SQLFragment = """
            SELECT e.key, count(*), count(DISTINCT e.atom) FROM (\(sample("err")) UNION \(sample("call"))) AS p \
            JOIN span_content AS c ON c.span = p.id JOIN json_each(CASE WHEN json_valid(c.attributes) THEN c.attributes END) AS e \
            WHERE e.type NOT IN ('object', 'array', 'null') GROUP BY 1 ORDER BY 2 DESC, 1
            """
        var found: [String] = []
        try pass(keys.statement()) { row in
            guard case .text(let key) = row.value(0), !key.contains("\""), !key.contains("\\") else { return }
            let rows = row.integer(1) ?? 0, different = row.integer(2) ?? 0
            if found.count < limit, rows < Store.fewestOfIdentifier || different < rows { found.append(key) }
        }
        return found
    }
}

/// The SQL of a request for columns.
private struct ColumnSQL {
    /// Columns: time, bits of the conditions, fields, numbers. Ordered by time.
    let statement: SQLStatement
    /// For each field that is read as the number of a dictionary's row: ids and values.
    let dictionaries: [SQLStatement?]

    init(_ request: ColumnRequest) {
        let compiler = SQLCompiler(scope: request.scope), sql = compiler.fields(request.relation, rollup: nil)
        var needs: Set<FieldSQL.Join> = []
        func value(_ field: Field) -> SQLFragment {
            let (value, joins) = sql.known(field)
            needs.formUnion(joins)
            return value
        }
        var bits: [SQLFragment] = []
        for (place, condition) in request.conditions.enumerated() {
            var written = PredicateSQL(sql)
            let holds = written.sql(condition)
            needs.formUnion(written.joins)
            bits.append("CASE WHEN \(holds) THEN \(raw: String(1 << place)) ELSE 0 END")
        }
        var columns: [SQLFragment] = [sql.time, bits.isEmpty ? "0" : .joined(bits, " + ")]
        var dictionaries: [SQLStatement?] = []
        for field in request.fields {
            // What only errors have stands in another table for calls.
            let isElsewhere = request.relation == .calls && field.row.isErrorOnly
            let dictionary = field.isBinned ? nil : sql.dictionary(field)
            if let dictionary {
                if isElsewhere { needs.insert(.error) }
                if case .traces = request.relation, field.id == .name { needs.insert(.operation) }
                columns.append(dictionary.column)
                let names: SQLFragment = "SELECT d.id, \(dictionary.value("d")) FROM \(raw: dictionary.table) AS d"
                dictionaries.append(names.statement())
            } else {
                columns.append(value(field))
                dictionaries.append(nil)
            }
        }
        columns += request.numbers.map(value)
        let source = compiler.source(request.relation, request.predicate, compiler.facts, sql, needs: needs)
        let whole: SQLFragment = "SELECT \(.joined(columns, ", "))\(source) ORDER BY 1"
        statement = whole.statement()
        self.dictionaries = dictionaries
    }
}

/// Takes rows as `ColumnSQL` gives them.
private struct ColumnReading {
    private(set) var columns: RowColumns
    private let readsNumbers: [Bool]
    private let fields: [Field]
    private var ofNumbers: [[Int64: Int32]]
    private var ofTexts: [[String: Int32]]
    /// The numbers of dictionaries' rows by code, until they are named.
    private var ids: [[Int64]]

    init(_ request: ColumnRequest, readsNumbers: [Bool]) {
        columns = RowColumns(request)
        self.readsNumbers = readsNumbers
        fields = request.fields
        ofNumbers = fields.map { _ in [:] }
        ofTexts = fields.map { _ in [:] }
        ids = fields.map { _ in [] }
    }

    mutating func take(_ row: some RowCursor) {
        columns.times.append(row.integer(0) ?? 0)
        columns.conditions.append(UInt8(truncatingIfNeeded: row.integer(1) ?? 0))
        for place in fields.indices { columns.fields[place].codes.append(code(row, place)) }
        let first = 2 + fields.count
        for place in columns.numbers.indices {
            columns.numbers[place].append(row.integer(first + place) ?? RowColumns.unknown)
        }
    }

    private mutating func code(_ row: some RowCursor, _ place: Int) -> Int32 {
        if let number = row.integer(2 + place) {
            if let code = ofNumbers[place][number] { return code }
            return add(readsNumbers[place] ? nil : FieldCodec.value(fields[place], .integer(number)), place) { reading, code in
                reading.ofNumbers[place][number] = code
                if reading.readsNumbers[place] { reading.ids[place].append(number) }
            }
        }
        switch row.value(2 + place) {
        case .text(let text):
            if let code = ofTexts[place][text] { return code }
            return add(FieldCodec.value(fields[place], .text(text)), place) { $0.ofTexts[place][text] = $1 }
        case .real(let number): return add(.number(number), place) { _, _ in }
        case .null, .integer: return -1
        }
    }

    /// Adds a value; one that means that there is none has no code. A nil value is named later.
    private mutating func add(_ value: Value?, _ place: Int, _ note: (inout ColumnReading, Int32) -> Void) -> Int32 {
        if value?.isMissing ?? false { return -1 }
        let code = Int32(columns.fields[place].values.count)
        columns.fields[place].values.append(value ?? .missing)
        note(&self, code)
        return code
    }

    /// Replaces the numbers of a dictionary's rows by what they say. Two rows may say the same: two models have one provider.
    mutating func name(_ place: Int, by texts: [Int64: StoredValue]) {
        var values: [Value] = [], known: [Value: Int32] = [:], renamed: [Int32] = []
        for id in ids[place] {
            let value = FieldCodec.value(fields[place], texts[id] ?? .null)
            guard !value.isMissing else {
                renamed.append(-1)
                continue
            }
            let code = known[value] ?? Int32(values.count)
            if code == values.count {
                known[value] = code
                values.append(value)
            }
            renamed.append(code)
        }
        columns.fields[place].codes = columns.fields[place].codes.map { $0 < 0 ? -1 : renamed[Int($0)] }
        columns.fields[place].values = values
    }
}
