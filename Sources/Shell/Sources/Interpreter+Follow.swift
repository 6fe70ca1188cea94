import Errors
import Importing
import Ingest
import LocalStore
import Model
import QueryLanguage
import Render
import System

/// `follow`, `unfollow`, `sources`, and the look at followed sources before each question.
extension Interpreter {
    /// Reads what is new in followed sources, at most once a second; gives what is to be said about it.
    ///
    /// A replay reads nothing, so that it judges the data that is there.
    func readFollowed() throws -> String {
        guard writesFiles else { return "" }
        let ticks = Clock.ticks()
        if let next = nextLook, ticks < next { return "" }
        nextLook = ticks + .seconds(1)
        // The rules take longer to get ready than most questions.
        guard try Follower.isFollowing(store) else { return "" }
        // A question is answered also while the user is in the middle of writing rules.
        let (assessor, ruleTrouble) = assessorOfFollowed()
        let news = try Follower(store, assessor: assessor, options: readingOptions()).readNew(now: lookTime)
        guard let news else {
            // An import takes a while: it is not waited for again and again.
            nextLook = Clock.ticks() + .seconds(10)
            return "followed sources are not read: another process is writing to the store\n"
        }
        var lines: [String] = []
        if let ruleTrouble, ruleTrouble != toldRuleTrouble {
            lines.append("\(Printable.safe(ruleTrouble)); until then followed sources are typed by the built-in rules")
        }
        toldRuleTrouble = ruleTrouble
        var told: [String: String] = [:]
        for source in news {
            if source.report.map({ $0.new + $0.updated > 0 }) ?? false { storeChanged() }
            let path = Printable.safe(source.path, glyphs: style.glyphs)
            if let remark = source.remark { lines.append("\(path) \(remark)") }
            if let count = source.report?.problemCount, count > 0 {
                let first = source.report?.problems.first.map { ": line \($0.line): \(Printable.safe($0.what))" } ?? ""
                lines.append("\(path): \(count.grouped) record\(count == 1 ? "" : "s") with problems\(first)")
            }
            guard let problem = source.problem else { continue }
            told[source.path] = problem
            // Said when it begins, not before every answer.
            if toldProblems[source.path] != problem { lines.append("\(path): \(Printable.safe(problem))") }
        }
        toldProblems = told
        return lines.map { Redaction.text($0) + "\n" }.joined()
    }

    /// What types the errors of followed sources; while the user's rules cannot be used, the built-in ones and why.
    private func assessorOfFollowed() -> (Assessor, trouble: String?) {
        do { return (try assessor(), nil) } catch let trouble as RuleFileTrouble {
            return (Assessor(), trouble.description)
        } catch {
            return (Assessor(), "\(error)")
        }
    }

    /// The instant up to which sources are known when they are looked at now.
    private var lookTime: Timestamp { hasPinnedClock ? clockNow : Clock.now() }

    func follow(_ arguments: [Literal], _ text: String) throws -> Reply {
        guard !arguments.isEmpty else {
            throw missingSource(text, "follow what? name a file of JSON lines or a database", "follow \"traces.jsonl\"")
        }
        let (options, paths) = try readingOptions(arguments, text, "follow")
        return followPaths(paths.map(\.text), options: options)
    }

    /// Follows files and databases; `options` says how they are read.
    func followPaths(_ paths: [String], options: ReadingOptions) -> Reply {
        var reply = Reply()
        for named in paths {
            let path = Files.wholePath(surroundings.locations.expandingHome(named))
            do {
                let report = try Follower(store, assessor: assessor(), options: options).follow(path, now: lookTime) {
                    [progress] step in
                    progress?.show(
                        "\(Printable.safe(path)): \(step.records.grouped) record\(step.records == 1 ? "" : "s")")
                    return true
                }
                progress?.clear()
                storeChanged()
                var line = "\(Printable.safe(path, glyphs: style.glyphs)) is followed: "
                line += report.read == 0 ? "nothing in it yet" : "\(report.read.grouped) record\(report.read == 1 ? "" : "s")"
                line += report.read > 0 ? ", \(report.new.grouped) new" : ""
                if report.problemCount > 0 { line += ", \(report.problemCount.grouped) with problems" }
                reply.output += Redaction.text(line) + "\n"
                for notice in report.notices { reply.output += "  \(Printable.safe(notice.what, glyphs: style.glyphs))\n" }
                if let remark = zoneRemark(path) { reply.output += "  \(remark)\n" }
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

    func unfollow(_ arguments: [Literal], _ text: String) throws -> Reply {
        guard !arguments.isEmpty else {
            throw missingSource(text, "unfollow what? `sources` lists what is followed", "unfollow \"traces.jsonl\"")
        }
        var reply = Reply()
        for argument in arguments {
            let source = try source(argument, text, among: { $0.following != nil }, what: "followed source")
            _ = try Follower(store).unfollow(source.path)
            reply.narration += Redaction.text("\(Printable.safe(source.path)) is followed no more; what was read stays") + "\n"
        }
        storeChanged()
        return reply
    }

    func sources(_ arguments: [Literal], _ text: String) throws -> Reply {
        let sources = try store.sources()
        let isFollowing = sources.contains { $0.following != nil }
        var columns: [ResultColumn] = [
            ResultColumn("source", .text), ResultColumn("format", .text), ResultColumn("records", .count),
            ResultColumn("first", .time), ResultColumn("last", .time),
        ]
        let hasZones = sources.contains { $0.zone != nil }
        if hasZones { columns.append(ResultColumn("local times", .text)) }
        if isFollowing {
            columns += [ResultColumn("covered to", .time), ResultColumn("lag", .duration), ResultColumn("state", .text)]
        }
        let rows = sources.map { source in
            var row = [
                Value.text(settings.form == nil ? ending(of: source.path) : source.path),
                source.format.isEmpty ? .missing : .text(source.format), .count(source.records),
                source.coverage.map { .time($0.from) } ?? .missing, source.newest.map { .time($0) } ?? .missing,
            ]
            if hasZones { row.append(.text(source.zone ?? "UTC")) }
            guard isFollowing else { return row }
            row.append(source.coverage.map { .time($0.to) } ?? .missing)
            guard let following = source.following else { return row + [.missing, .text("imported")] }
            // A clock that is behind the source's makes no negative lag.
            row.append(source.newest.map { .duration(max(.zero, lookTime - $0)) } ?? .missing)
            row.append(.text(following.problem.map { "not read: \($0)" } ?? "followed"))
            return row
        }
        return AnswerPresenter(style).table(
            ResultTable(columns: columns, rows: rows).redacted, form: settings.form,
            empty: "nothing was imported yet; `import PATH` brings traces in, `follow PATH` keeps reading what is new")
    }

    /// The last parts of a long path, which tell files apart.
    private func ending(of path: String) -> String {
        let parts = path.split(separator: "/")
        guard path.count > 40, parts.count > 2 else { return path }
        return (style.glyphs == .unicode ? "…/" : "~/") + parts.suffix(2).joined(separator: "/")
    }

    /// The source that a word names: its path, or the end of one that no other source has.
    func source(
        _ word: Literal, _ text: String, among isMeant: (StoreSource) -> Bool = { _ in true }, what: String = "source"
    ) throws -> StoreSource {
        let sources = try store.sources().filter(isMeant)
        let expanded = surroundings.locations.expandingHome(word.text), whole = Files.wholePath(expanded)
        if let source = sources.first(where: { $0.path == expanded }) ?? sources.first(where: { $0.path == whole }) {
            return source
        }
        let ending = "/" + (word.text.hasPrefix("…/") || word.text.hasPrefix("~/") ? String(word.text.dropFirst(2)) : word.text)
        let matches = sources.filter { $0.path.hasSuffix(ending) }
        if matches.count == 1 { return matches[0] }
        let names = sources.map(\.path)
        let problem =
            matches.isEmpty
            ? Diagnostic(
                "unknown-source", at: word.span, "no \(what) `\(word.text)`",
                closest: NearestName.best(for: word.text, among: names)
                    ?? (names.isEmpty ? "there are none" : "`sources` lists them"))
            : Diagnostic(
                "ambiguous-source", at: word.span, "\(matches.count) sources end in `\(word.text)`",
                closest: matches.prefix(3).map(\.path).joined(separator: ", "))
        throw Diagnostics(text: text, [problem])
    }

    func missingSource(_ text: String, _ message: String, _ closest: String) -> Diagnostics {
        let end = TextSpan(text.utf8.count, text.utf8.count)
        return Diagnostics(text: text, [Diagnostic("missing-path", at: end, message, closest: closest)])
    }
}
