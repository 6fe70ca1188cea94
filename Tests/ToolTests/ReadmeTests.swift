import PtySupport
import TestSupport
import Testing

@Suite("The README")
struct ReadmeTests {
    private struct Block { var language: String, lines: [String] }

    /// The fenced blocks of the README, in order.
    private static let blocks: [Block] = {
        var blocks: [Block] = [], open: Block?
        for line in Folder.text(Fixtures.root + "/README.md").split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                if let block = open { blocks.append(block) }
                open = open == nil ? Block(language: String(line.dropFirst(3)), lines: []) : nil
            } else {
                open?.lines.append(String(line))
            }
        }
        return blocks
    }()

    @Test("every command in the README works, in order")
    func commands() {
        let tool = Tool(Folder(), ["FAULTLINE_QUERIES": Fixtures.root + "/queries"])
        // What a reader would have: a store, traces to import, texts to classify.
        let store = tool.folder.file("store.db")
        tool.folder.write("traces.jsonl", Folder.bytes(Made.lines))
        tool.folder.write("errors.txt", "Rate limit reached for gpt-4o\nRequest timed out.\n")
        let named = Tool(tool.folder, tool.environment.merging(["FAULTLINE_STORE": store]) { $1 })
        var ran = 0
        for line in ReadmeTests.blocks.filter({ $0.language == "console" }).flatMap(\.lines) where line.hasPrefix("$ faultline") {
            let command = line.dropFirst("$ faultline".count)
            // The data ends on this day; a reader's data ends now.
            let now = command.contains(" query ") || command.contains(" export ") ? " --now 2026-11-21T14:00:00Z" : ""
            // A reader ends it by Ctrl-C; OpenTelemetry's port may be taken where the tests run.
            let listens = command.contains(" listen") ? " 127.0.0.1:0 --for 1s" : ""
            let outcome = named.shell("\"$faultline\"\(command)\(now)\(listens)")
            let writes = command.contains("generate") || command.contains(" --to ")
            #expect(outcome.code == 0 && outcome.output.isEmpty == writes, "\(line)\n\(outcome.errors)")
            ran += 1
        }
        #expect(ran > 5)
    }

    @Test("console blocks contain commands, and each setup command is one line")
    func setUp() {
        for block in ReadmeTests.blocks where block.language == "console" { #expect(block.lines.contains { $0.hasPrefix("$ ") }) }
        let commands = ReadmeTests.blocks.filter { $0.language == "sh" }
        #expect(commands.count == 2 && commands.allSatisfy { $0.lines.count == 1 })
        let lines = commands.flatMap(\.lines)
        #expect(lines.allSatisfy { $0.contains("libsqlite3-dev") && $0.contains("libedit-dev") && $0.contains("zlib1g-dev") })
        #expect(
            lines.first?.hasSuffix("swift run -c release faultline demo") == true && lines.last?.hasSuffix("swift test") == true)
    }
}
