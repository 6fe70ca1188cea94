import Model
import Render
import Platform
import Testing

@Suite("Tables of stopped work")
struct StoppedTableTests {
    @Test("a table is neither redacted nor drawn to its end when it is stopped, and shows no text that was not looked at")
    func tables() {
        let secret = "password=hunter2hunter2"
        let rows = (0..<5000).map { [Value.text("\(secret) \($0)"), .number(Double($0))] }
        let table = ResultTable(columns: [ResultColumn("message", .text), ResultColumn("value", .number)], rows: rows)
        let stop = StopFlag()
        stop.raise()
        stop.governing {
            let redacted = table.redacted
            #expect(redacted.rows.count == 5000 && !redacted.rows.contains { "\($0)".contains("hunter2") })
            for format in ExportFormat.allCases {
                let text = format.text(redacted)
                #expect(text.utf8.count(where: { $0 == 0x0A }) < 3000, "\(format)")
            }
            let drawn = TableRenderer(Style()).lines(redacted)
            #expect(drawn.count < 3000)
        }
        #expect(table.redacted.rows[4999][0] == .text("password=[redacted password] 4999"))
    }
}
