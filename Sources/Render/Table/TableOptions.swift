import Model

/// Options of a table.
public struct TableOptions: Sendable {
    /// Number of leading columns that name a group; a missing name is shown as `(none)`.
    public var keys = 0
    /// The column drawn as bars after the last column; nil for none.
    public var bars: Int?
    /// Maximum width of a bar, in columns.
    public var widestBar = 40
    /// Number of groups folded into the last row, which then reads `other (n groups)`; 0 when that row is an ordinary group.
    public var foldedGroups = 0
    /// A row of totals below the rows, one value per column; nil for none.
    public var total: [Value]?
    /// Ratio columns shown with n/N and, below 30, their interval.
    public var countedRatios: Set<String> = ["error_rate", "reliability", "recovered"]
    /// True to number the rows from 1, for references such as `$3[2]`.
    public var numbersRows = false
    /// True to show each row as a record with one line per value, whatever the width.
    var asRecords = false
    /// Columns to omit first when space is short.
    var leastImportant: Set<Int> = []
    /// The role of the cell at a row and column; nil for the column's role.
    var cellRole: (@Sendable (_ row: Int, _ column: Int) -> Role?)?

    /// Creates the options of a plain table.
    public init() {}
}
