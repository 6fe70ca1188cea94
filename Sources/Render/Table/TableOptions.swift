import Model

/// What a table shows besides its columns and rows.
public struct TableOptions: Sendable {
    /// How many columns, from the first, name a group; a missing name is shown as `(none)`.
    public var keys = 0
    /// The column whose values are drawn as bars after the last column; nil draws none.
    public var bars: Int?
    /// The widest a bar may be, in columns.
    public var widestBar = 40
    /// How many groups the last row stands for; it then reads `other (n groups)`. 0 when it is a group like the others.
    public var foldedGroups = 0
    /// A row of totals under the rows, one value for each column; nil shows none.
    public var total: [Value]?
    /// The ratio columns that show n/N and, below 30, their interval.
    public var countedRatios: Set<String> = ["error_rate", "reliability", "recovered"]
    /// True when every row begins with its number, from 1, by which `$3[2]` refers to it.
    public var numbersRows = false
    /// Columns that are left out before all others when there is no room.
    var leastImportant: Set<Int> = []
    /// How the cell of a row and a column is painted; nil, or nil for a cell, leaves it to the column.
    var cellRole: (@Sendable (_ row: Int, _ column: Int) -> Role?)?

    /// Makes the options of a plain table.
    public init() {}
}
