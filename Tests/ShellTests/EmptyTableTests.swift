import Testing

@testable import Shell

@Suite("Tables without rows")
struct EmptyTableTests {
    let folder = TemporaryFolder()

    @Test(
        "as data they are their columns, and what is to be said about them is narrated",
        arguments: [
            ("alert list", "rule,state,firing,evaluated,origin,text"), ("sources", "source,format,records,first,last"),
            ("let", "name,value"), ("incident list", "incident,start,end,length,text"),
        ])
    func data(_ statement: String, _ columns: String) throws {
        let interpreter = try session(Stores.copy(Stores.empty, in: folder))
        #expect(interpreter.run(statement).output.hasPrefix("no"), "a sentence on the terminal")
        _ = interpreter.run("set form csv")
        let reply = interpreter.run(statement)
        #expect(reply.output == columns + "\r\n" && reply.narration.hasPrefix("no"), "\(reply.shown)")
        _ = interpreter.run("set form json")
        #expect(interpreter.run(statement).output.filter { !$0.isWhitespace } == "[]")
    }

    @Test("settings are data in the forms of data")
    func settings() throws {
        let interpreter = try session(Stores.empty)
        _ = interpreter.run("set form csv")
        #expect(interpreter.run("set").output.hasPrefix("setting,value,meaning\r\ntz,UTC,"))
    }
}
