import Model

/// Rows that an engine is asked for in columns: for statements that look at all values of a window at once.
public struct ColumnRequest: Hashable, Sendable {
    public var relation: Relation
    /// The fields whose values are coded; numbers may be binned.
    public var fields: [Field]
    /// Numeric fields whose values are given as they are.
    public var numbers: [Field]
    /// Conditions that each row satisfies or not; at most 8.
    public var conditions: [CheckedPredicate]
    public var predicate: CheckedPredicate
    public var scope: StatementScope

    /// Creates a request.
    public init(
        _ relation: Relation, fields: [Field], numbers: [Field] = [], conditions: [CheckedPredicate] = [],
        predicate: CheckedPredicate = .always(true), scope: StatementScope
    ) {
        precondition(conditions.count <= 8, "at most 8 conditions")
        (self.relation, self.fields, self.numbers) = (relation, fields, numbers)
        (self.conditions, self.predicate, self.scope) = (conditions, predicate, scope)
    }

    /// The same request for another window.
    public func moved(to window: Window) -> ColumnRequest {
        var request = self
        request.scope = scope.moved(to: window)
        return request
    }

    /// The fields that tell rows apart.
    var identity: [Field] {
        switch relation {
        case .traces, .events: [.time, .trace, .project].map { Field($0) }
        case .calls: [.time, .trace, .project, .span].map { Field($0) }
        // An event has no span.
        case .errors: [.time, .trace, .project, .span, .message].map { Field($0) }
        }
    }

    func listing(of columns: [Field]) -> PlannedStatement {
        PlannedStatement(
            task: .listing(columns: columns, sort: [], limit: nil), relation: relation, keys: [], predicate: predicate,
            scope: scope)
    }
}

/// Rows in columns, in order of time.
public struct RowColumns: Sendable {
    /// A field's values, coded in order of first occurrence.
    public struct Coded: Sendable {
        public let field: Field
        /// The code of each row's value, -1 without a value.
        public package(set) var codes: [Int32] = []
        /// The value of each code.
        public package(set) var values: [Value] = []

        /// Creates an empty column.
        package init(_ field: Field) { self.field = field }
    }

    /// Stands for a number that is not known.
    public static let unknown = Int64.min

    /// Nanoseconds since 1970, ascending.
    public package(set) var times: [Int64] = []
    public package(set) var fields: [Coded]
    /// Numbers in the unit of their field; `unknown` without a value.
    public package(set) var numbers: [[Int64]]
    /// A bit for each condition.
    public package(set) var conditions: [UInt8] = []

    /// The number of rows.
    public var count: Int { times.count }

    /// Creates columns without rows.
    package init(_ request: ColumnRequest) {
        fields = request.fields.map(Coded.init)
        numbers = request.numbers.map { _ in [] }
    }

    /// The column of a field; nil if it was not asked for.
    public subscript(_ field: Field) -> Coded? { fields.first { $0.field == field } }

    /// Returns whether rows satisfy a condition: 1 or 0.
    public func holds(_ condition: Int) -> [UInt8] { conditions.map { ($0 >> UInt8(condition)) & 1 } }

    /// Takes rows of decoded values.
    struct Reading {
        private var columns: RowColumns
        private var codes: [[Value: Int32]]

        init(_ request: ColumnRequest) {
            columns = RowColumns(request)
            codes = request.fields.map { _ in [:] }
        }

        mutating func take(time: Int64, values: [StoredValue], numbers: [Int64?], conditions: [Bool]) {
            columns.times.append(time)
            for (place, stored) in values.enumerated() {
                let value = FieldCodec.value(columns.fields[place].field, stored)
                guard !value.isMissing else {
                    columns.fields[place].codes.append(-1)
                    continue
                }
                let code = codes[place][value] ?? Int32(columns.fields[place].values.count)
                if code == columns.fields[place].values.count {
                    codes[place][value] = code
                    columns.fields[place].values.append(value)
                }
                columns.fields[place].codes.append(code)
            }
            for (place, number) in numbers.enumerated() { columns.numbers[place].append(number ?? RowColumns.unknown) }
            columns.conditions.append(conditions.enumerated().reduce(0) { $1.element ? $0 | 1 << UInt8($1.offset) : $0 })
        }

        /// The rows in order of time; listings come newest first.
        var sorted: RowColumns {
            let order = columns.times.indices.sorted { (columns.times[$0], $1) < (columns.times[$1], $0) }
            var sorted = columns
            sorted.times = order.map { columns.times[$0] }
            sorted.conditions = order.map { columns.conditions[$0] }
            for place in columns.fields.indices { sorted.fields[place].codes = order.map { columns.fields[place].codes[$0] } }
            for place in columns.numbers.indices { sorted.numbers[place] = order.map { columns.numbers[place][$0] } }
            return sorted
        }
    }
}
