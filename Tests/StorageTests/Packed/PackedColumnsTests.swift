import Testing
import TestSupport

@testable import LocalStore

@Suite("Columns in few bytes")
struct PackedColumnsTests {
    private func unpacked(_ bytes: [UInt8], columns: Int) -> [[Int64]]? {
        bytes.withUnsafeBytes { raw -> [[Int64]]? in
            guard let packed = PackedColumns(raw, columns: columns) else { return nil }
            return (0..<columns).map { column in
                var numbers: [Int64] = []
                packed.append(column: column, rows: 0..<packed.count, to: &numbers)
                return numbers
            }
        }
    }

    @Test("what is packed comes back, whatever the range of a column, with and without numbers that lack")
    func roundTrip() {
        var random = SeededGenerator(seed: 1)
        for _ in 0..<200 {
            let count = Int.random(in: 0...40, using: &random)
            let columns = (0..<Int.random(in: 1...4, using: &random)).map { _ -> [Int64] in
                let bits = Int.random(in: 0...63, using: &random), lacks = Bool.random(using: &random)
                let least = Int64.random(in: (.min + 1) ... .max, using: &random)
                return (0..<count).map { _ in
                    if lacks, Int.random(in: 0..<3, using: &random) == 0 { return PackedColumns.none }
                    let number = least &+ Int64.random(in: 0...(Int64.max >> Int64(63 - bits)), using: &random)
                    return number == PackedColumns.none ? 0 : number
                }
            }
            #expect(unpacked(PackedColumns.bytes(columns), columns: columns.count) == columns)
        }
        let edges: [Int64] = [.min + 1, .max, 0, PackedColumns.none, -1, 255, 256]
        #expect(unpacked(PackedColumns.bytes([edges]), columns: 1) == [edges])
        let full = (0...255).map(Int64.init)
        #expect(unpacked(PackedColumns.bytes([full]), columns: 1) == [full])
        // As many bytes as need be: a byte for each row, and what every column costs.
        #expect(PackedColumns.bytes([full]).count == 5 + 9 + 256 + 8)
    }

    @Test("bytes that nobody packed are refused, or read as some numbers")
    func broken() {
        var random = SeededGenerator(seed: 2)
        let bytes = PackedColumns.bytes([[1, 2, 300], [5, 5, 5], [PackedColumns.none, 7, 1 << 40]])
        for length in 0..<bytes.count { #expect(unpacked(Array(bytes[..<length]), columns: 3) == nil) }
        #expect(
            unpacked(bytes, columns: 2) == nil && unpacked(bytes, columns: 4) == nil && unpacked(bytes + [0], columns: 3) == nil)
        for _ in 0..<2000 {
            var changed = bytes
            changed[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            if let columns = unpacked(changed, columns: 3) { #expect(columns.allSatisfy { $0.count == columns[0].count }) }
        }
    }

    @Test("the first row that is not below a bound is found in an ascending column")
    func search() {
        let column: [Int64] = [-5, -5, 0, 3, 3, 3, 90_000]
        let bytes = PackedColumns.bytes([column])
        bytes.withUnsafeBytes { raw in
            let packed = PackedColumns(raw, columns: 1)
            for bound in [-6, -5, -4, 0, 1, 3, 4, 90_000, 90_001] as [Int64] {
                #expect(packed?.first(inColumn: 0, atOrAbove: bound) == column.firstIndex { $0 >= bound } ?? column.count)
            }
        }
    }
}
