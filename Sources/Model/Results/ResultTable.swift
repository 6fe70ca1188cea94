/// A column of a result: its canonical name and what its values are.
public struct ResultColumn: Hashable, Sendable {
    /// The canonical text that names it, such as `error_rate` or `p95(latency)`.
    public var name: String
    public var type: ValueType

    /// Makes a column.
    public init(_ name: String, _ type: ValueType) {
        self.name = name
        self.type = type
    }
}

/// Typed columns and rows in their defined order; every row has as many values as there are columns.
public struct ResultTable: Hashable, Sendable {
    public var columns: [ResultColumn]
    public var rows: [[Value]]

    /// Makes a table.
    public init(columns: [ResultColumn], rows: [[Value]]) {
        self.columns = columns
        self.rows = rows
    }

    /// The place of the column with this name; nil when there is none.
    public func index(of name: String) -> Int? { columns.firstIndex { $0.name == name } }
}
