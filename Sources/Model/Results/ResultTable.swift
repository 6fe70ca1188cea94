/// A column of a result: its canonical name and type.
public struct ResultColumn: Hashable, Sendable {
    /// The canonical name, such as `error_rate` or `p95(latency)`.
    public var name: String
    public var type: ValueType

    /// Creates a column.
    public init(_ name: String, _ type: ValueType) {
        self.name = name
        self.type = type
    }
}

/// A table of typed columns and ordered rows; every row has one value per column.
public struct ResultTable: Hashable, Sendable {
    public var columns: [ResultColumn]
    public var rows: [[Value]]

    /// Creates a table.
    public init(columns: [ResultColumn], rows: [[Value]]) {
        self.columns = columns
        self.rows = rows
    }

    /// Returns the index of the column with this name; nil if there is none.
    public func index(of name: String) -> Int? { columns.firstIndex { $0.name == name } }
}
