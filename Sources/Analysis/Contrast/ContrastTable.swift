import Model

/// Rows in columns, some of them selected, that are compared value by value.
public struct ContrastTable: Sendable {
    /// What a value says about a row.
    public enum Rank: Int, Comparable, Sendable {
        /// Known before the outcome, such as a model or a release: may be a cause.
        case cause
        /// Part of the outcome or of its time, such as a latency or an hour: describes it.
        case trait

        public static func < (a: Rank, b: Rank) -> Bool { a.rawValue < b.rawValue }
    }

    /// A column of coded values.
    public struct Dimension: Sendable {
        /// The name that findings are about.
        public var name: String
        public var rank: Rank
        /// The code of each row's value; negative without a value. Rows without a value take no part in the tests of the column.
        public var codes: [Int32]
        /// The number of codes.
        public var count: Int
        /// For a column of sets, the values of each set: codes are then those of sets; nil for single values.
        public var members: [[Int32]]?

        /// Creates a column.
        public init(name: String, rank: Rank = .cause, codes: [Int32], count: Int, members: [[Int32]]? = nil) {
            (self.name, self.rank, self.codes, self.count, self.members) = (name, rank, codes, count, members)
        }

        /// Sums of every value from those of every code: a member of sets has the sums of all of its sets.
        func byValue<Sum>(_ byCode: [Sum], none: Sum, _ add: (inout Sum, Sum) -> Void) -> [Sum] {
            guard let members else { return byCode }
            var sums = [Sum](repeating: none, count: values)
            for (set, values) in members.enumerated() where set < byCode.count {
                for value in values { add(&sums[Int(value)], byCode[set]) }
            }
            return sums
        }

        /// The number of values: of sets, the number of their members.
        var values: Int { members.map { ($0.flatMap { $0 }.max() ?? -1) + 1 }.map(Int.init) ?? count }
    }

    /// What the selected rows are compared with.
    public enum Comparison: Sendable {
        /// The other rows of the same traffic: a value's share of all rows predicts its selected rows.
        case otherRows
        /// The same question at another time: a value's share of the other rows predicts its selected rows.
        case otherTime
    }

    public var comparison: Comparison
    /// 1 for selected rows, otherwise 0.
    public var isSelected: [UInt8]
    public var dimensions: [Dimension]

    /// Creates a table.
    public init(_ comparison: Comparison = .otherRows, isSelected: [UInt8], dimensions: [Dimension]) {
        (self.comparison, self.isSelected, self.dimensions) = (comparison, isSelected, dimensions)
    }

    /// A value of a column.
    public struct Value: Hashable, Sendable {
        /// The index of the column.
        public var dimension: Int
        public var code: Int32

        /// Creates a reference to a value.
        public init(dimension: Int, code: Int32) { (self.dimension, self.code) = (dimension, code) }
    }
}

extension ContrastTable {
    /// Counts of one value.
    struct Count: Hashable {
        var selected: Int64 = 0
        var others: Int64 = 0
        /// A hash of the set of rows with the value.
        var rows: UInt64 = 0

        static func += (a: inout Count, b: Count) {
            a.selected += b.selected
            a.others += b.others
            a.rows &+= b.rows
        }
    }

    /// Counts the rows of every value of a column; the last element is for all rows with a value.
    func counts(of dimension: Int) -> [Count] {
        let column = dimensions[dimension], last = column.count
        var counts = [Count](repeating: Count(), count: last + 1)
        counts.withUnsafeMutableBufferPointer { counts in
            for (row, code) in column.codes.enumerated() where code >= 0 {
                let isSelected = Int64(isSelected[row]), place = Int(code)
                counts[place].selected += isSelected
                counts[place].others += 1 - isSelected
                counts[place].rows &+= SplitMix64.number(UInt64(truncatingIfNeeded: row))
            }
        }
        for place in 0..<last {
            counts[last].selected += counts[place].selected
            counts[last].others += counts[place].others
        }
        guard column.members != nil else { return counts }
        return column.byValue(Array(counts[..<last]), none: Count(), +=) + [counts[last]]
    }

    /// Returns for each row whether it has the value: 1 or 0; 2 if the column has no value there.
    func membership(_ value: Value) -> [UInt8] {
        let column = dimensions[value.dimension]
        guard let members = column.members else {
            return column.codes.map { $0 < 0 ? 2 : $0 == value.code ? 1 : 0 }
        }
        let isIn = members.map { UInt8($0.contains(value.code) ? 1 : 0) }
        return column.codes.map { $0 < 0 ? 2 : isIn[Int($0)] }
    }
}
