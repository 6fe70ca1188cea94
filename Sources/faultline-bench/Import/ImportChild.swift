import ArgumentParser
import Glibc
import Model
import Storage

/// A process of its own for one import, so that its processor time and memory are its own.
struct ImportChild: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "import-child", shouldDisplay: false)

    @Argument var file: String
    @Argument var store: String

    func run() throws {
        let opened = try Store.open(path: store, create: true)
        let report = try Importer(opened).importFile(file, now: Timestamp(nanoseconds: 0))
        guard report.problemCount == 0 else { throw Trouble("\(report.problemCount) records of \(file) were skipped") }
        print(Processes.peakMemory())
    }
}

/// The same lines into one plain table, as a program does it that knows nothing of them: the text and a row id.
struct LinesChild: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "lines-child", shouldDisplay: false)

    @Argument var file: String
    @Argument var store: String

    func run() throws {
        let descriptor = open(file, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Trouble("\(file) cannot be read") }
        defer { close(descriptor) }
        let database = try PlainSQLite(store, create: true)
        try database.execute("CREATE TABLE line(id INTEGER PRIMARY KEY, text TEXT); BEGIN;")
        let insert = try database.prepare("INSERT INTO line(text) VALUES(?)")
        // One buffer for all lines: what is not a whole line yet moves to its beginning.
        var buffer = [UInt8](repeating: 0, count: 1 << 20), kept = 0
        while true {
            if kept == buffer.count { buffer += [UInt8](repeating: 0, count: buffer.count) }
            let (count, used) = buffer.withUnsafeMutableBytes { bytes in
                let count = read(descriptor, bytes.baseAddress! + kept, bytes.count - kept)
                let filled = kept + max(count, 0)
                var start = 0
                while start < filled, let end = memchr(bytes.baseAddress! + start, 0x0A, filled - start) {
                    let length = end - (bytes.baseAddress! + start)
                    insert.insert(UnsafeRawBufferPointer(rebasing: bytes[start..<start + length]))
                    start += length + 1
                }
                memmove(bytes.baseAddress!, bytes.baseAddress! + start, filled - start)
                return (count, start)
            }
            if count <= 0 { break }
            kept += count - used
        }
        try database.execute("COMMIT")
        print(Processes.peakMemory())
    }
}
