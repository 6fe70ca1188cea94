@testable import Terminal

/// A terminal screen: the part of xterm that a line editor uses.
struct Screen: Equatable {
    private(set) var cells: [[String]]
    private(set) var row = 0, column = 0
    private var waitsToWrap = false
    private let height: Int, width: Int

    init(rows: Int, columns: Int, bytes: [UInt8]) {
        height = rows
        width = columns
        cells = Array(repeating: Array(repeating: " ", count: columns), count: rows)
        var rest = Substring(String(decoding: bytes, as: UTF8.self)).unicodeScalars
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\u{1B}":
                guard rest.first == "[" else {
                    _ = rest.popFirst()
                    continue
                }
                rest.removeFirst()
                var parameters = ""
                while let next = rest.popFirst() {
                    if (0x40...0x7E).contains(next.value) {
                        obey(next, parameters)
                        break
                    }
                    parameters.unicodeScalars.append(next)
                }
            case "\r": (column, waitsToWrap) = (0, false)
            case "\n": newRow()
            case "\u{8}": (column, waitsToWrap) = (max(column - 1, 0), false)
            case "\u{7}": break
            default: put(scalar)
            }
        }
    }

    /// The rows without trailing spaces, and the cursor.
    var picture: String {
        let rows = cells.map { row in
            let text = row.joined()
            return String(text.prefix(text.count - text.reversed().prefix { $0 == " " }.count))
        }
        return rows.joined(separator: "\n") + "\n@\(row),\(column)"
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        let size = LineLayout.cells(of: scalar)
        if waitsToWrap || column + size > width {
            column = 0
            newRow()
        }
        cells[row][column] = String(scalar)
        if size == 2 { cells[row][column + 1] = "" }
        column += size
        if column >= width { (column, waitsToWrap) = (width - 1, true) }
    }

    private mutating func newRow() {
        waitsToWrap = false
        if row + 1 < height {
            row += 1
        } else {
            cells.removeFirst()
            cells.append(Array(repeating: " ", count: width))
        }
    }

    private mutating func obey(_ letter: Unicode.Scalar, _ parameters: String) {
        let count = max(Int(parameters) ?? 1, 1)
        switch letter {
        case "A": row = max(row - count, 0)
        case "B": row = min(row + count, height - 1)
        case "C": column = min(column + count, width - 1)
        case "D": column = max(column - count, 0)
        case "G": column = min(count, width) - 1
        case "H":
            let place = parameters.split(separator: ";").map { max(Int($0) ?? 1, 1) - 1 }
            (row, column) = place.count == 2 ? (min(place[0], height - 1), min(place[1], width - 1)) : (0, 0)
        case "K": for place in column..<width { cells[row][place] = " " }
        case "J":
            for place in column..<width { cells[row][place] = " " }
            for below in cells.indices.dropFirst(row + 1) { cells[below] = Array(repeating: " ", count: width) }
        case "P":
            cells[row].removeSubrange(column..<min(column + count, width))
            cells[row] += Array(repeating: " ", count: width - cells[row].count)
        case "@":
            cells[row].insert(contentsOf: Array(repeating: " ", count: count), at: column)
            cells[row].removeLast(cells[row].count - width)
        default: return
        }
        waitsToWrap = false
    }
}
