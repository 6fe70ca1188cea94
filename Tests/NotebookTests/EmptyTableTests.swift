import Testing

@testable import Notebook

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
        let session = try openSession(Stores.copy(Stores.empty, in: folder))
        #expect(session.run(statement).output.hasPrefix("no"), "a sentence on the terminal")
        _ = session.run("set form csv")
        let reply = session.run(statement)
        #expect(reply.output == columns + "\r\n" && reply.narration.hasPrefix("no"), "\(reply.shown)")
        _ = session.run("set form json")
        #expect(session.run(statement).output.filter { !$0.isWhitespace } == "[]")
    }

    @Test("settings are data in the forms of data")
    func settings() throws {
        let session = try openSession(Stores.empty)
        _ = session.run("set form csv")
        #expect(session.run("set").output.hasPrefix("setting,value,meaning\r\ntz,UTC,"))
    }
}
