import ArgumentParser
import Importing
import LocalStore
import Model

/// Runs one import in its own process, to measure its CPU time and memory alone.
struct ImportChild: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "import-child", shouldDisplay: false)

    @Argument var file: String
    @Argument var store: String

    func run() throws {
        let opened = try Store.open(path: store, create: true)
        let report = try Importer(opened).importFile(file, now: Timestamp(nanoseconds: 0))
        guard report.problemCount == 0 else { throw BenchError("\(report.problemCount) records of \(file) were skipped") }
        print(Processes.peakMemory())
    }
}
