import TestSupport
import Testing

@Suite("The export command")
struct ExportToolTests {
    private let tool = Tool()

    @Test("rows and counters go to standard output or a file, and errors have exit codes")
    func export() throws {
        #expect(tool.run("generate", "--calls", "300", "--days", "3", "--store", "s.db").code == 0)
        let rows = tool.run("export", "--store", "s.db", "errors all")
        #expect(rows.code == 0 && rows.output.hasPrefix("time,") || rows.output.contains("\r\n"))
        let same = tool.run("export", "--store", "s.db", "--to", "it's \"here\".csv", "errors", "all")
        #expect(same.code == 0 && same.output.isEmpty && same.errors.contains("rows written to"))
        #expect(Folder.text(tool.folder.file("it's \"here\".csv")) == rows.output)
        #expect(tool.run("export", "--store", "s.db", "--format", "json", "errors", "all").output.hasPrefix("[\n"))
        let counters = tool.run("export", "--store", "s.db", "metrics")
        #expect(try OpenMetricsReader(counters.output).samples.count > 10)
        #expect(tool.run("export", "--store", "s.db", "metrics", "--to", "m.prom").output.isEmpty)
        #expect(Folder.text(tool.folder.file("m.prom")) == counters.output)
        let history = tool.run("export", "--store", "s.db", "metrics all every 1h")
        #expect(try OpenMetricsReader(history.output).samples.contains { $0.time != nil })
        #expect(tool.run("export", "--store", "s.db", "errors by nonsense").code == 1)
        #expect(tool.run("export", "--store", "s.db", "--format", "png", "errors").code == 64)
        #expect(tool.run("export", "--store", "s.db", "--format", "json", "metrics").code == 64)
        #expect(tool.run("export", "--store", "s.db", "--to", "none/x.csv", "errors").code == 3)
        #expect(tool.run("export", "--store", "none.db", "errors").code == 3)
    }
}
