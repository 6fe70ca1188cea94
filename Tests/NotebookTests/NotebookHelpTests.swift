import Model
import Testing

@testable import Notebook

@Suite("Help on the notebook")
struct NotebookHelpTests {
    @Test("the page fits its width, and names every statement of the notebook")
    func page() throws {
        let page = try openSession().run("help notebook").output
        for word in [
            "$3", "rerun", "edit", "watch", "note", "let", "expect", "run ", "save ", "replay", "sessions --recover", "report",
            "recover-script", "queries", "#!", "#@", "#>", "#=",
        ] {
            #expect(page.contains(word), "\(word)")
        }
        for line in page.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
        // One page: it is read without scrolling far.
        #expect(page.split(separator: "\n", omittingEmptySubsequences: false).count < 80)
    }

    @Test("the page's script runs as it stands, takes other values, is recorded and checked")
    func script() throws {
        let folder = TemporaryFolder()
        let session = try openSession(Stores.small, testEnvironment(["FAULTLINE_SESSIONS": folder.path]))
        let path = folder.write("model.flq", NotebookHelp.script.joined(separator: "\n") + "\n")
        #expect(session.run("run \"\(path)\"").exit == .ok)
        #expect(session.run("run \"\(path)\" model=o3-mini window=30d").exit == .ok)
        #expect(session.run("run \"\(path)\" model=(gpt-4o, o3-mini)").exit == .ok)
        #expect(session.run("save checked").exit == .ok && session.run("replay checked --check").exit == .ok)
        let page = try openSession().run("help notebook").output
        for line in NotebookHelp.script where !line.isEmpty { #expect(page.contains("  " + line)) }
    }
}
