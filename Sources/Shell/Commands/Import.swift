import Errors
import Importing
import Ingest
import LocalStore
import Model
import QueryLanguage
import Render
import System
import Terminal

/// `import PATH…`.
extension Interpreter {
    func importFiles(_ arguments: [Literal], _ text: String) throws -> Reply {
        guard !arguments.isEmpty else {
            throw Diagnostics(
                text: text,
                [
                    Diagnostic(
                        "missing-path", at: TextSpan(text.utf8.count, text.utf8.count),
                        "import what? name files, folders or patterns", closest: "import \"traces.jsonl\"")
                ])
        }
        let (options, paths) = try readingOptions(arguments, text, "import")
        return importPaths(paths.map(\.text), options: options, showsAllProblems: false)
    }

    /// Takes `--tz ZONE` and `--map FIELD=COLUMN,…` out of the arguments of `import` and `follow`.
    func readingOptions(
        _ arguments: [Literal], _ text: String, _ statement: String
    ) throws(Diagnostics) -> (options: ReadingOptions, paths: [Literal]) {
        var paths = arguments, zone: Zone?, columns: ColumnMap?
        if let (named, span) = Interpreter.take("--tz", from: &paths) {
            zone = surroundings.locations.zone(named: named)
            if zone == nil {
                let what = named.isEmpty ? "`--tz` without a zone" : "no time zone `\(named)`"
                throw Diagnostics(
                    text: text, [Diagnostic("unknown-zone", at: span, what, closest: "UTC, Europe/Berlin, America/New_York")])
            }
        }
        if var (written, span) = Interpreter.take("--map", from: &paths) {
            // Statements are split at commas: what follows belongs to the mapping as long as it is one.
            while let place = paths.firstIndex(where: {
                !$0.isQuoted && $0.text.contains("=") && (try? ColumnMap($0.text)) != nil
            }) {
                written += "," + paths.remove(at: place).text
            }
            do throws(ColumnMap.Fault) { columns = try ColumnMap(written) } catch {
                throw Diagnostics(
                    text: text,
                    [Diagnostic("unknown-mapping", at: span, error.description, closest: "--map provider=vendor,latency=took_ms")]
                )
            }
        }
        guard !paths.isEmpty else {
            throw missingSource(text, "which files?", "\(statement) --tz Europe/Berlin \"traces.jsonl\"")
        }
        return (readingOptions(zone: zone, columns: columns), paths)
    }

    /// Takes an option with its value, `--name VALUE` or `--name=VALUE`, out of a statement's arguments.
    private static func take(_ name: String, from arguments: inout [Literal]) -> (value: String, span: TextSpan)? {
        let place = arguments.firstIndex { argument in
            let word = argument.text.lowercased()
            return !argument.isQuoted && (word == name || word.hasPrefix(name + "="))
        }
        guard let place else { return nil }
        let option = arguments.remove(at: place)
        if option.text.count > name.count { return (String(option.text.dropFirst(name.count + 1)), option.span) }
        guard place < arguments.count else { return ("", option.span) }
        let value = arguments.remove(at: place)
        return (value.text, value.span)
    }

    /// How sources are read: as is said of those that are read now, else as was said before.
    func readingOptions(zone: Zone? = nil, columns: ColumnMap? = nil) -> ReadingOptions {
        ReadingOptions(zone: zone, columns: columns) { [locations = surroundings.locations] in locations.zone(named: $0) }
    }

    /// Imports files, folders and patterns, and says what came of each; `options` says how they are read.
    ///
    /// A file that cannot be read is reported and the others are imported all the same; the reply then ends with trouble.
    public func importPaths(_ paths: [String], options: ReadingOptions? = nil, showsAllProblems: Bool) -> Reply {
        let options = options ?? readingOptions()
        var reply = Reply()
        var files: [String] = [], known: Set<String> = [], ofFolders: Set<String> = [],
            passedOver: [(file: String, trouble: Reply)] = []
        for path in paths {
            // A path that stands for nothing does not keep the others from being read.
            do {
                let path = surroundings.locations.expandingHome(path)
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
                let report = try Importer(store, assessor: assessor, options: options).importFile(file, now: Clock.now()) {
                    [progress] step in
                    progress?.show(Interpreter.progressText(file, step, progress: progress, text: text))
                    return true
                }
                progress?.clear()
                storeChanged()
                totals.add(report)
                reply.output += lines(report, showsAllProblems: showsAllProblems).map { $0 + "\n" }.joined()
                if report.new > 0, report.first == nil {
                    reply.output += "  none of its records has a time: answers do not count them, `trace ID` shows them\n"
                }
                for notice in report.notices {
                    reply.output += wrap(
                        "  " + Printable.safe(notice.what, glyphs: style.glyphs), width: max(40, style.widthInColumns), hanging: 4
                    )
                    .map { $0 + "\n" }.joined()
                }
                if let remark = zoneRemark(file) { reply.output += "  \(remark)\n" }
            } catch {
                progress?.clear()
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

    /// Names the files of folders that are of no known format.
    private func passedOverLine(_ files: [String]) -> String {
        let shown = files.prefix(3).map { Printable.safe(String($0.split(separator: "/").last ?? ""), glyphs: style.glyphs) }
        let more = files.count > 3 ? ", …" : ""
        return "passed over \(files.count.counted("files")) of no known format: \(shown.joined(separator: ", "))\(more)"
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
        let seconds = max(progress?.elapsedSeconds ?? 0, 0.001)
        var line =
            "\(Printable.safe(file)): \(step.records.counted("records")), \(text.count(Int64(Double(step.records) / seconds)))/s"
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
            "\(text.count(Int64(totals.files))) file\(totals.files == 1 ? "" : "s"): " + counts(totals) + "; "
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
        if let begin = report.first { first = first.map { min($0, begin) } ?? begin }
        if let end = report.last { last = last.map { max($0, end) } ?? end }
    }
}
