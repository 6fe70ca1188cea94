import Ingest
import Model
import QueryLanguage
import Render
import Storage

/// `import PATH…`.
extension Interpreter {
    func importFiles(_ arguments: [Literal], _ text: String) throws -> Reply {
        guard !arguments.isEmpty else {
            throw Diagnostics(text: text, [Diagnostic("missing-path", at: TextSpan(text.utf8.count, text.utf8.count), "import what? name files, folders or patterns", closest: "import \"traces.jsonl\"")])
        }
        return importPaths(arguments.map(\.text), showsAllProblems: false)
    }

    /// Imports files, folders and patterns, and says what came of each.
    ///
    /// A file that cannot be read is reported and the others are imported all the same; the reply then ends with trouble.
    public func importPaths(_ paths: [String], showsAllProblems: Bool) -> Reply {
        var reply = Reply()
        let files: [String]
        do { files = try SourceFiles.expand(paths.map(expandHome)) } catch { return trouble(error) }
        let text = ValueText(style)
        for file in files {
            do {
                let report = try Importer(store).importFile(file, now: Clock.now()) { [progress, wasToldToStop] step in
                    progress?.show(Interpreter.progressText(file, step, progress: progress, text: text))
                    return !wasToldToStop.isRaised
                }
                progress?.clear()
                storeChanged()
                reply.output += lines(report, showsAllProblems: showsAllProblems).map { $0 + "\n" }.joined()
            } catch {
                progress?.clear()
                let failure = trouble(error)
                reply.narration += failure.narration
                reply.exit = failure.exit
                if failure.exit == .interrupted { return reply }
            }
        }
        return reply
    }

    private func expandHome(_ path: String) -> String {
        guard path == "~" || path.hasPrefix("~/"), let home = surroundings.locations.environment["HOME"] else { return path }
        return home + path.dropFirst()
    }

    private static func progressText(_ file: String, _ step: ImportProgress, progress: ProgressLine?, text: ValueText) -> String {
        let seconds = max(progress?.elapsedSeconds ?? 0, 0.001)
        var line = "\(Printable.safe(file)): \(text.count(Int64(step.records))) records, \(text.count(Int64(Double(step.records) / seconds)))/s"
        if let bytes = step.bytes, let total = step.totalBytes, total > 0, bytes > 0 {
            line += ", \(min(100, bytes * 100 / total)) %"
            let left = seconds * Double(max(0, total - bytes)) / Double(bytes)
            line += ", \(text.duration(.nanoseconds(Int64(left) * 1_000_000_000))) left"
        }
        return line
    }

    private func lines(_ report: ImportReport, showsAllProblems: Bool) -> [String] {
        let text = ValueText(style)
        func count(_ n: Int) -> String { text.count(Int64(n)) }
        var parts = ["\(count(report.new)) new"]
        if report.updated > 0 { parts.append("\(count(report.updated)) updated") }
        if report.unchanged > 0 { parts.append("\(count(report.unchanged)) known already") }
        if report.problemCount > 0 { parts.append("\(count(report.problemCount)) with problems") }
        var line = "\(Printable.safe(report.path)): \(report.format), \(count(report.read)) record\(report.read == 1 ? "" : "s"): " + parts.joined(separator: ", ")
        if let first = report.first, let last = report.last { line += "; \(text.time(first)) to \(text.time(last))" }
        var lines = wrap(line, width: max(40, style.widthInColumns), hanging: 2)
        let shown = showsAllProblems ? report.problems.count : min(5, report.problems.count)
        for problem in report.problems.prefix(shown) {
            lines += wrap("\(Printable.safe(problem.path)):\(problem.line): \(Printable.safe(problem.what))", width: max(40, style.widthInColumns) - 2, hanging: 2).map { "  " + $0 }
        }
        if report.problemCount > shown { lines.append("  and \(count(report.problemCount - shown)) more; `faultline import --verbose` shows them") }
        return lines
    }
}
