import Glibc
import Model
import Synthesis

/// Measurements of the imports of one size.
struct ImportFigures {
    var rows = 0
    /// File size in bytes.
    var bytes = 0
    var own = Use(), plain = Use()
    /// Reading the file and discarding the records, which is part of both imports.
    var reading = Use()

    /// Ratio of CPU time: import into the store to import into one table.
    var endToEnd: Double { own.processorPerRow / plain.processorPerRow }
    /// The same ratio without the time for reading.
    var inserting: Double {
        (own.processorPerRow - reading.processorPerRow) / (plain.processorPerRow - reading.processorPerRow)
    }
    /// The same ratio for wall time.
    var elapsed: Double { plain.rowsPerSecond / own.rowsPerSecond }

    /// Medians over the runs of one kind of import.
    struct Use {
        /// Rows per second of wall time, over the whole process.
        var rowsPerSecond = 0.0
        /// CPU time per row, in microseconds.
        var processorPerRow = 0.0
        /// Peak memory, in bytes.
        var peak = 0.0
    }
}

/// Compares importing Langfuse observations of several sizes with inserting their columns into one plain table with the same
/// upsert key.
struct ImportMeasurement {
    let scratch: Scratch
    let sizes: [Int]

    /// Maximum ratio of an import end to end to plain inserts.
    static let aim = 2.5
    private static let runs = 3

    func run() throws -> [ImportFigures] {
        try sizes.map { size in
            Terminal.note("imports of \(size) observations")
            let file = scratch.file("observations.jsonl")
            defer { Files.remove(file) }
            try write(size, to: file)
            var figures = ImportFigures()
            figures.rows = size
            figures.bytes = Files.size(file)
            var own: [ProcessUse] = [], plain: [ProcessUse] = [], reading: [ProcessUse] = []
            for _ in 0..<ImportMeasurement.runs {
                own.append(try child("import-child", file, "import.db"))
                plain.append(try child("columns-child", file, "columns.db"))
                reading.append(try child("columns-child", file, "nothing.db", "--only-reads"))
            }
            figures.own = use(own, rows: size)
            figures.plain = use(plain, rows: size)
            figures.reading = use(reading, rows: size)
            return figures
        }
    }

    private func child(_ command: String, _ file: String, _ database: String, _ options: String...) throws -> ProcessUse {
        scratch.removeDatabase(database)
        defer { scratch.removeDatabase(database) }
        return try Processes.run(Processes.thisOne, [command, file, scratch.file(database)] + options, keepsOutput: true)
    }

    private func use(_ runs: [ProcessUse], rows: Int) -> ImportFigures.Use {
        ImportFigures.Use(
            rowsPerSecond: Double(rows) / runs.map(\.elapsed).median,
            processorPerRow: runs.map(\.processor).median / Double(rows) * 1e6,
            peak: runs.map { Double($0.output.split(separator: "\n").last.flatMap { Int($0) } ?? 0) }.median)
    }

    /// Writes the first observations of a history, one per line.
    private func write(_ lines: Int, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw BenchError("\(path) cannot be written") }
        defer { close(descriptor) }
        var bytes: [UInt8] = [], left = lines
        // Every call has at least one observation, so there are enough of them.
        var history = History(HistoryPlan(calls: lines, end: Timestamp(seconds: 1_795_269_600))).makeIterator()
        while left > 0, let trace = history.next() {
            let start = bytes.count
            LangfuseLines.append(trace, to: &bytes)
            var end = start
            while end < bytes.count, left > 0 {
                if bytes[end] == 0x0A { left -= 1 }
                end += 1
            }
            bytes.removeLast(bytes.count - end)
            if bytes.count > 1 << 20 || left == 0 {
                try writeAll(bytes, to: descriptor, path)
                bytes.removeAll(keepingCapacity: true)
            }
        }
    }

    private func writeAll(_ bytes: [UInt8], to descriptor: Int32, _ path: String) throws {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + done, $0.count - done) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw BenchError("\(path) cannot be written completely") }
            done += count
        }
    }
}
