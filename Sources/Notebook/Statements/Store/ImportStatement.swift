import Errors
import Importing
import Ingest
import LocalStore
import Model
import QueryLanguage
import Render
import Platform
import Terminal

/// `import [--tz ZONE] [--map FIELD=COLUMN,…] [--last DURATION] PATH…`.
struct ImportStatement: Statement {
    let sources: SourcePaths

    static let entry = StatementEntry(
        "import", "import [--tz ZONE] [--map FIELD=COLUMN,…] [--last DURATION] PATH…",
        "copy traces from files, folders, databases or a Langfuse server into the store",
        example: "import \"traces.jsonl\"", reading: .paths, role: .machine)

    init(parsing parser: inout Parser) throws(ParseStop) {
        sources = try SourcePaths(
            parsing: &parser, "import", "import what? give files, folders or globs", example: "import \"traces.jsonl\"")
    }

    var effects: StatementEffects { .of([.changesStore, .readsFiles]) }

    func check(in session: Session, as written: StatementText) throws {
        for path in sources.paths { try session.checkFile(path) }
    }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        let options = try sources.options(in: session, as: written)
        return Outcome(session.importPaths(sources.paths.map(\.text), options: options, showsAllProblems: false))
    }
}

/// Files that are imported.
extension Session {
    /// How sources are read: as is said of those that are read now, else as was said before.
    /// - Parameter window: The window before now that is read from a web API; nil for the usual one.
    package func readingOptions(zone: Zone? = nil, columns: ColumnMap? = nil, window: Duration? = nil) -> ReadingOptions {
        let variables = environment.locations.environment
        let folder = String(store.path.prefix(upTo: store.path.lastIndex(of: "/") ?? store.path.startIndex))
        func client(_ patience: Int) -> CurlClient {
            CurlClient(folder: folder.isEmpty ? "." : folder, environment: variables, patience: patience)
        }
        let remote = RemoteAccess(client: client(60), quickClient: client(5), environment: variables, window: window)
        return ReadingOptions(zone: zone, columns: columns, remote: remote) { [locations = environment.locations] in
            locations.zone(named: $0)
        }
    }

    /// Imports files, folders and patterns, and says what came of each; `options` says how they are read.
    ///
    /// A file that cannot be read is reported and the others are imported all the same; the reply then ends with trouble.
    package func importPaths(_ paths: [String], options: ReadingOptions? = nil, showsAllProblems: Bool) -> Reply {
        let options = options ?? readingOptions()
        var reply = Reply()
        var files: [String] = [], known: Set<String> = [], ofFolders: Set<String> = [],
            passedOver: [(file: String, trouble: Reply)] = []
        for path in paths {
            // A path that stands for nothing does not keep the others from being read.
            do {
                if LangfuseAddress.isAddress(path) {
                    let address = try LangfuseAddress(path).text
                    if known.insert(address).inserted { files.append(address) }
                    continue
                }
                if let host = Session.webHost(path) {
                    throw IngestError(path: path, "is a web page; a Langfuse server is read as langfuse://\(host)")
                }
                let path = environment.locations.expandingHome(path)
                for file in try SourceFiles.expand([path]) where known.insert(SourceFiles.realPath(file)).inserted {
                    files.append(file)
                    if SourceFiles.isFolder(path) { ofFolders.insert(file) }
                }
            } catch {
                let failure = trouble(error)
                reply.narration += failure.narration
                reply.exit = failure.exit
            }
        }
        let text = ValueText(style)
        var totals = ImportTotals()
        let assessor: Assessor
        do { assessor = try self.assessor() } catch { return trouble(error) }
        for file in files {
            do {
                let report = try Importer(store, assessor: assessor, options: options).importFile(
                    file, now: LangfuseAddress.isAddress(file) ? lookTime : Clock.now()
                ) {
                    [progress = console.progress] step in
                    progress?.show(Session.progressText(file, step, progress: progress, text: text))
                    return true
                }
                console.progress?.clear()
                storeChanged()
                totals.add(report)
                reply.output += lines(report, showsAllProblems: showsAllProblems).map { $0 + "\n" }.joined()
                if report.new > 0, report.first == nil {
                    reply.output += "  no record has a time, so queries do not count them; `trace ID` shows them\n"
                }
                for notice in report.notices {
                    reply.output += wrap(
                        "  " + Printable.safe(notice.what, glyphs: style.glyphs), width: max(40, style.widthInColumns), hanging: 4
                    )
                    .map { $0 + "\n" }.joined()
                }
                if let remark = zoneRemark(file) { reply.output += "  \(remark)\n" }
            } catch {
                console.progress?.clear()
                let failure = trouble(error)
                // What else lies in a folder of sources was not asked for by name.
                if ofFolders.contains(file), SourceReader.isForeign(file) {
                    passedOver.append((file, failure))
                    continue
                }
                reply.narration += failure.narration
                reply.exit = failure.exit
                if failure.exit == .interrupted { return reply }
            }
        }
        if totals.files == 0 {
            for (_, failure) in passedOver {
                reply.narration += failure.narration
                reply.exit = failure.exit
            }
        } else if !passedOver.isEmpty {
            reply.output += passedOverLine(passedOver.map(\.file)) + "\n"
        }
        reply.output += totals.files == 0 ? "" : summary(totals).map { $0 + "\n" }.joined()
        return reply
    }

    /// Returns the host of a web address; nil for anything else.
    private static func webHost(_ path: String) -> Substring? {
        let lower = path.lowercased()
        guard let scheme = ["https://", "http://"].first(where: { lower.hasPrefix($0) }) else { return nil }
        return path.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
    }

    /// Names the files of folders that are of unknown format.
    private func passedOverLine(_ files: [String]) -> String {
        let shown = files.prefix(3).map { Printable.safe(String($0.split(separator: "/").last ?? ""), glyphs: style.glyphs) }
        let more = files.count > 3 ? ", …" : ""
        return "skipped \(files.count.counted("files")) of unknown format: \(shown.joined(separator: ", "))\(more)"
    }

    /// Says when a source writes times without a zone, and how they were read; nil when it does not.
    func zoneRemark(_ path: String) -> String? {
        guard let spelling = store.timeSpelling(of: path), spelling.zoneless > 0 else { return nil }
        let looked = spelling.zoned + spelling.zoneless
        let zone = (try? store.sources())?.first { $0.path == path }?.zone
        let share = spelling.zoned == 0 ? "its times" : "\(spelling.zoneless.grouped) of its first \(looked.counted("times"))"
        if let zone { return "\(share) have no zone and were read as \(zone)" }
        return "\(share) have no zone and were read as UTC; `import --tz ZONE` reads them as local times"
    }

    private static func progressText(_ file: String, _ step: ImportProgress, progress: ProgressLine?, text: ValueText) -> String {
        if step.isWaiting { return "\(Printable.safe(file)): waiting for another process that writes to the store" }
        if let pause = step.pause {
            return "\(Printable.safe(file)): \(step.records.counted("records")), waiting \(text.duration(pause)) for the server"
        }
        let seconds = max(progress?.elapsedSeconds ?? 0, 0.001)
        var line =
            "\(Printable.safe(file)): \(step.records.counted("records")), \(text.count(Int64(Double(step.records) / seconds)))/s"
        if let reached = step.reached { line += ", up to \(text.time(reached))" }
        if let bytes = step.bytes, let total = step.totalBytes, total > 0, bytes > 0 {
            line += ", \(min(100, bytes * 100 / total)) %"
            let left = seconds * Double(max(0, total - bytes)) / Double(bytes)
            line += ", \(text.duration(.nanoseconds(Int64(left) * 1_000_000_000))) left"
        }
        return line
    }

    /// What came of one file: counts, and the first problems with their places.
    private func lines(_ report: ImportReport, showsAllProblems: Bool) -> [String] {
        var lines = [Printable.safe(report.path, glyphs: style.glyphs) + ": " + counts(ImportTotals(report))]
        let shown = showsAllProblems ? report.problems.count : min(5, report.problems.count)
        for problem in report.problems.prefix(shown) {
            guard problem.line > 0 else {
                lines.append("  " + Printable.safe(problem.what, glyphs: style.glyphs))
                continue
            }
            lines.append(
                "  \(Printable.safe(problem.path, glyphs: style.glyphs)):\(problem.line): \(Printable.safe(problem.what, glyphs: style.glyphs))"
            )
        }
        if report.problemCount > shown {
            let rest = ValueText(style).count(Int64(report.problemCount - shown))
            lines.append(showsAllProblems ? "  and \(rest) more" : "  and \(rest) more; `faultline import --verbose` shows them")
        }
        return lines
    }

    /// What came of all files together.
    private func summary(_ totals: ImportTotals) -> [String] {
        let text = ValueText(style)
        var line =
            "\(text.count(Int64(totals.files))) \(totals.noun)\(totals.files == 1 ? "" : "s"): " + counts(totals) + "; "
            + totals.formats.sorted().joined(separator: ", ")
        if let first = totals.first, let last = totals.last {
            line += "; \(text.time(first)) to \(text.time(last)) \(style.zone.name)"
        }
        return wrap(line, width: max(40, style.widthInColumns), hanging: 2)
    }

    private func counts(_ totals: ImportTotals) -> String {
        let text = ValueText(style)
        func count(_ n: Int) -> String { text.count(Int64(n)) }
        var parts = ["\(count(totals.new)) new"]
        if totals.updated > 0 { parts.append("\(count(totals.updated)) updated") }
        if totals.unchanged > 0 { parts.append("\(count(totals.unchanged)) known already") }
        if totals.problems > 0 { parts.append("\(count(totals.problems)) with problems") }
        return "\(count(totals.read)) record\(totals.read == 1 ? "" : "s"), " + parts.joined(separator: ", ")
    }
}

/// Counts over one or more files.
private struct ImportTotals {
    var files = 0, read = 0, new = 0, updated = 0, unchanged = 0, problems = 0
    var formats: Set<String> = []
    /// What the sources are called: files, unless a server is among them.
    var noun = "file"
    var first: Timestamp?, last: Timestamp?

    init() {}

    init(_ report: ImportReport) { add(report) }

    mutating func add(_ report: ImportReport) {
        files += 1
        read += report.read
        new += report.new
        updated += report.updated
        unchanged += report.unchanged
        problems += report.problemCount
        formats.insert(report.format)
        if LangfuseAddress.isAddress(report.path) { noun = "source" }
        if let begin = report.first { first = first.map { min($0, begin) } ?? begin }
        if let end = report.last { last = last.map { max($0, end) } ?? end }
    }
}
