import Errors
import Importing
import Ingest
import Model
import QueryLanguage
import Receiving
import Render
import Platform
import Terminal

/// `follow [--tz ZONE] [--map FIELD=COLUMN,…] [--last DURATION] PATH…`.
struct FollowStatement: Statement {
    let sources: SourcePaths
    /// Addresses at which to receive.
    let addresses: [ListenAddress]

    static let entry = StatementEntry(
        "follow", "follow [--tz ZONE] [--map FIELD=COLUMN,…] [--last DURATION] PATH…",
        "import a growing JSON Lines file, a database that another program writes, or a Langfuse server, and read new records before each answer; otlp://127.0.0.1:4318 receives as `listen` does",
        example: "follow \"traces.jsonl\"", reading: .paths, role: .machine, traits: .isLikeProse)

    init(parsing parser: inout Parser) throws(ParseStop) {
        sources = try SourcePaths(
            parsing: &parser, "follow", "follow what? give a JSON Lines file or a database", example: "follow \"traces.jsonl\""
        )
        var addresses: [ListenAddress] = []
        for word in sources.paths where FollowStatement.isAddress(word.text) {
            addresses.append(try ListenStatement.address(word, &parser))
        }
        self.addresses = addresses
    }

    /// True for a word that names no file but an address.
    static func isAddress(_ word: String) -> Bool {
        let name = word.lowercased()
        return ["otlp://", "http://", "https://", "grpc://"].contains { name.hasPrefix($0) }
    }

    private var files: [Literal] { sources.paths.filter { !FollowStatement.isAddress($0.text) } }

    var effects: StatementEffects { .of([.changesStore, .readsFiles]) }

    func check(in session: Session, as written: StatementText) throws {
        for path in files { try session.checkFile(path) }
    }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        var reply = session.followPaths(files.map(\.text), options: try sources.options(in: session, as: written))
        for address in addresses where reply.exit == .ok {
            let more = try session.listen(at: address)
            reply.output += more.output
            reply.narration += more.narration
        }
        return Outcome(reply)
    }
}

/// When followed sources are read next, and what was already reported about them.
struct FollowedSources {
    /// On the monotonic clock; nil before the first time.
    var nextLook: Duration?
    /// What kept sources from being read, by their paths, as it was reported last.
    var problems: [String: String] = [:]
    /// What was wrong with the user's rules, as it was reported last.
    private var ruleTrouble: String?

    /// True once a second at most.
    mutating func isDue() -> Bool {
        let ticks = Clock.ticks()
        if let nextLook, ticks < nextLook { return false }
        nextLook = ticks + .seconds(1)
        return true
    }

    /// Reads nothing for a while.
    mutating func wait(_ time: Duration) { nextLook = Clock.ticks() + time }

    /// The trouble with the user's rules when it was not reported yet.
    mutating func newRuleTrouble(_ trouble: String?) -> String? {
        defer { ruleTrouble = trouble }
        return trouble == ruleTrouble ? nil : trouble
    }
}

/// Followed sources, and the look at them before each question.
extension Session {
    /// Reads what is new in followed sources, at most once a second; gives what is to be said about it.
    ///
    /// A replay reads nothing, so that it judges the data that is there.
    func readFollowed() throws -> String {
        guard rights.writesFiles else { return "" }
        guard followedSources.isDue() else { return "" }
        // The rules take longer to get ready than most questions.
        guard try Follower.isFollowing(store) else { return "" }
        // A question is answered also while the user is in the middle of writing rules.
        let (assessor, ruleTrouble) = assessorOfFollowed()
        let news = try Follower(store, assessor: assessor, options: readingOptions()).readNew(now: lookTime)
        guard let news else {
            // An import takes a while: it is not waited for again and again.
            followedSources.wait(.seconds(10))
            return "followed sources are not read: another process is writing to the store\n"
        }
        var lines: [String] = []
        if let ruleTrouble = followedSources.newRuleTrouble(ruleTrouble) {
            lines.append("\(Printable.safe(ruleTrouble)); until then followed sources use only the built-in rules")
        }
        var problems: [String: String] = [:]
        for source in news {
            if source.report.map({ $0.new + $0.updated > 0 }) ?? false { storeChanged() }
            let path = Printable.safe(source.path, glyphs: style.glyphs)
            if let remark = source.remark { lines.append("\(path) \(remark)") }
            if let count = source.report?.problemCount, count > 0 {
                let first =
                    source.report?.problems.first.map {
                        ($0.line > 0 ? ": line \($0.line): " : ": ") + Printable.safe($0.what)
                    } ?? ""
                lines.append("\(path): \(count.grouped) record\(count == 1 ? "" : "s") with problems\(first)")
            }
            guard let problem = source.problem else { continue }
            problems[source.path] = problem
            // Said when it begins, not before every answer.
            if followedSources.problems[source.path] != problem { lines.append("\(path): \(Printable.safe(problem))") }
        }
        followedSources.problems = problems
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
    var lookTime: Timestamp { clock.pinned ?? Clock.now() }

    /// Follows files and databases; `options` says how they are read.
    package func followPaths(_ paths: [String], options: ReadingOptions) -> Reply {
        var reply = Reply()
        for named in paths {
            let path =
                LangfuseAddress.isAddress(named)
                ? named : Files.wholePath(environment.locations.expandingHome(named))
            do {
                let report = try Follower(store, assessor: assessor(), options: options).follow(path, now: lookTime) {
                    [progress = console.progress] step in
                    progress?.show(
                        "\(Printable.safe(path)): \(step.records.grouped) record\(step.records == 1 ? "" : "s")")
                    return true
                }
                console.progress?.clear()
                storeChanged()
                var line = "\(Printable.safe(path, glyphs: style.glyphs)) is followed: "
                line += report.read == 0 ? "no records yet" : "\(report.read.grouped) record\(report.read == 1 ? "" : "s")"
                line += report.read > 0 ? ", \(report.new.grouped) new" : ""
                if report.problemCount > 0 { line += ", \(report.problemCount.grouped) with problems" }
                reply.output += Redaction.text(line) + "\n"
                for notice in report.notices { reply.output += "  \(Printable.safe(notice.what, glyphs: style.glyphs))\n" }
                if let remark = zoneRemark(path) { reply.output += "  \(remark)\n" }
            } catch {
                console.progress?.clear()
                let failure = trouble(error)
                reply.narration += failure.narration
                reply.exit = failure.exit
                if failure.exit == .interrupted { return reply }
            }
        }
        return reply
    }
}
