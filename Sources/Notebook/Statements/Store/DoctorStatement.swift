import Importing
import LocalStore
import Model
import Monitoring
import QueryLanguage
import Render
import Platform

/// `doctor [rebuild]`: what is wrong with the store and its sources, and what to do about it.
struct DoctorStatement: Statement {
    /// True when what is derived is made again first.
    let rebuilds: Bool

    static let entry = StatementEntry(
        "doctor", "doctor [rebuild]",
        "problems with the store and its sources, and how to fix them; `rebuild` first rebuilds all derived tables",
        example: "doctor", reading: .words, role: .machine, traits: [.asksStore, .isLikeProse])

    init(rebuilds: Bool) { self.rebuilds = rebuilds }

    init(parsing parser: inout Parser) throws(ParseStop) {
        let words = parser.words()
        if words.isEmpty { parser.offer(.words(["rebuild"])) }
        for word in words where !["rebuild", "--rebuild"].contains(word.text.lowercased()) {
            throw parser.stop("unknown-option", at: word.span, "doctor knows no `\(word.text)`", closest: "doctor rebuild")
        }
        rebuilds = !words.isEmpty
    }

    var effects: StatementEffects { .of(rebuilds ? .changesStore : []) }

    func check(in session: Session, as written: StatementText) {}

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        Outcome(try session.examine(rebuild: rebuilds))
    }
}

/// What `doctor` looks at.
extension Session {
    /// Looks at everything; with `rebuild` what is derived is made anew first.
    fileprivate func examine(rebuild: Bool) throws -> Reply {
        var reply = Reply()
        if rebuild {
            try store.rebuildDerived(assessor: assessor())
            storeChanged()
            reply.narration = "rebuilt facts, rollups and the message index\n"
        }
        var findings: [Finding] = []
        for check in Session.checks {
            if stopFlag.isRaised { throw StoreError.interrupted }
            do { findings += try check.look(self)() } catch {
                if stopFlag.isRaised { throw StoreError.interrupted }
                // What cannot even be looked at is damaged, or not to be read.
                findings.append(
                    Finding(
                        level: .damage, check: check.name, found: Printable.safe("\(error)"),
                        advice:
                            "copy the file away, then try `faultline doctor --rebuild`, or import the sources into a new store"))
            }
        }
        let isDamaged = findings.contains { $0.level == .damage }
        if settings.form == nil {
            findings = findings.map { finding in
                var finding = finding
                finding.found = Redaction.text(Printable.safe(finding.found, glyphs: style.glyphs))
                finding.advice = Redaction.text(Printable.safe(finding.advice, glyphs: style.glyphs))
                return finding
            }
            let lines = findings.lines(style) + [isDamaged ? "the store is damaged" : "the store is intact"]
            reply.output = lines.map { $0 + "\n" }.joined()
            reply.isDrawn = true
        } else {
            let shown = AnswerPresenter(style).table(findings.table.redacted, form: settings.form)
            (reply.output, reply.isDrawn) = (shown.output, shown.isDrawn)
        }
        if isDamaged { reply.exit = .trouble }
        return reply
    }

    /// What is looked at, in this order.
    private static var checks: [(name: String, look: (Session) -> () throws -> [Finding])] {
        [
            ("integrity", Session.integrity), ("size", Session.size), ("rules", Session.ruleVersions),
            ("unknown", Session.unknownErrors), ("orphans", Session.orphans), ("secrets", Session.secrets),
            ("followed", Session.followed),
            ("time zones", Session.timeZones), ("clocks", Session.clocks), ("duplicates", Session.duplicates),
            ("programs", Session.programs), ("alerts", Session.failedRules), ("notifications", Session.notifications),
        ]
    }

    // MARK: the store

    private func integrity() throws -> [Finding] {
        let problems = try store.integrityProblems()
        guard !problems.isEmpty else {
            return [Finding(level: .ok, check: "integrity", found: "the file and all derived tables are consistent")]
        }
        return problems.map { problem in
            Finding(
                level: .damage, check: "integrity", found: problem,
                advice: "copy the file away, then `faultline doctor --rebuild`; the rest can be imported into a new store")
        }
    }

    private func size() throws -> [Finding] {
        let parts = try store.sizes()
        let all = parts.reduce(0) { $0 + $1.bytes }
        func megabytes(_ bytes: Int64) -> String { "\(Int(bytes / 1_000_000).grouped).\(bytes % 1_000_000 / 100_000) MB" }
        let shown = parts.filter { $0.bytes * 200 >= all }.map { "\($0.name) \(megabytes($0.bytes))" }
        var finding = Finding(
            level: .note, check: "size", found: "\(megabytes(all)): " + shown.joined(separator: ", "))
        let free = parts.first { $0.name == "free" }?.bytes ?? 0
        if free * 4 > all, free > 50_000_000 {
            finding.advice = "free pages are reused; `sqlite3 STORE VACUUM` returns them to the system"
        }
        return [finding]
    }

    private func ruleVersions() throws -> [Finding] {
        var findings: [Finding] = []
        let book = try ruleBook()
        if !book.mistakes.isEmpty {
            findings.append(
                Finding(
                    level: .warning, check: "rules", found: RuleFileTrouble(book).description,
                    advice: "until then nothing can be imported, and followed sources use only the built-in rules"))
        }
        let versions = (try store.meta("rules") ?? "").split(separator: "+")
        guard versions.count > 1 else { return findings }
        return findings + [
            Finding(
                level: .note, check: "rules",
                found: "errors were classified by \(versions.count) versions of the rules: \(versions.joined(separator: ", "))",
                advice: "`doctor rebuild` reclassifies them by the current version")
        ]
    }

    private func unknownErrors() throws -> [Finding] {
        let (unknown, errors) = try store.unknownShare()
        guard let share = Ratio(unknown, of: errors) else { return [] }
        let found =
            "\(count(unknown, "error")) of \(ValueText(style).count(errors)) \(unknown == 1 ? "has" : "have") no known type"
            + " (\(unknown * 100 / errors).\(unknown * 1000 / errors % 10) %)"
        guard unknown > 0 else { return [Finding(level: .ok, check: "unknown", found: "every error has a type")] }
        return [
            Finding(
                level: share.quotient > 0.05 ? .warning : .note, check: "unknown", found: found,
                advice: "`errors by signature where type = unknown all` shows their messages; custom rules can classify them")
        ]
    }

    private func orphans() throws -> [Finding] {
        let (orphans, events) = try store.orphanEvents()
        guard orphans > 0 else { return [] }
        return [
            Finding(
                level: orphans * 2 > events ? .warning : .note, check: "orphans",
                found:
                    "\(count(orphans, "error event")) of \(ValueText(style).count(events)) belong\(orphans == 1 ? "s" : "") to no call",
                advice: "they count as errors but not in rates; import the traces logged with them, if there are any")
        ]
    }

    /// Facts hold none; records are copies of the sources, redacted whenever they are shown.
    private func secrets() throws -> [Finding] {
        let found = try store.secrets()
        func told(_ found: [StoredSecrets]) -> String {
            found.map { "\($0.place) \(ValueText(style).count($0.count)) (\($0.kind.rawValue))" }.joined(separator: ", ")
        }
        let facts = found.filter(\.isFact), records = found.filter { !$0.isFact }
        var findings: [Finding] = []
        if !facts.isEmpty {
            findings.append(
                Finding(
                    level: .warning, check: "secrets", found: "derived tables contain secrets: \(told(facts))",
                    advice: "`doctor rebuild` redacts them"))
        }
        if !records.isEmpty {
            findings.append(
                Finding(
                    level: .note, check: "secrets", found: "copies of the sources contain secrets: \(told(records))",
                    advice:
                        "they are redacted wherever they are shown, but anyone who can read the store file can read them: rotate the keys"
                ))
        }
        return findings.isEmpty
            ? [Finding(level: .ok, check: "secrets", found: "no text in the store looks like a secret")] : findings
    }

    private func count(_ number: Int64, _ one: String) -> String {
        "\(ValueText(style).count(number)) \(one)\(number == 1 ? "" : "s")"
    }

    // MARK: sources

    private func followed() throws -> [Finding] {
        try store.sources().compactMap { (source) -> Finding? in
            guard let following = source.following else { return nil }
            if ReceivedSource.isReceived(source.path), !ProcessIdentity.isRunning(following.state ?? "") {
                return Finding(
                    level: .warning, check: "followed", found: "\(source.path): the process that received was ended",
                    advice: "`listen \(source.path)` receives again; `unfollow` it if nothing more is to come")
            }
            guard let problem = following.problem else { return nil }
            return Finding(
                level: .warning, check: "followed", found: "\(source.path) cannot be read: \(problem)",
                advice: "restore it, or `unfollow` it; reading is retried before each answer")
        }
    }

    private func timeZones() throws -> [Finding] {
        // Sources whose zone the user gave are in order.
        let stated = Set(try store.sources().filter { $0.zone != nil }.map(\.path))
        let zoneless = try store.timeSpellings().filter { $0.spelling.zoneless > 0 && !stated.contains($0.path) }
        var findings = zoneless.map { path, spelling in
            let looked = spelling.zoned + spelling.zoneless
            return Finding(
                level: .note, check: "time zones",
                found:
                    "\(path): \(spelling.zoneless.grouped) of the first \(looked.counted("times")) have no zone and were read as UTC",
                advice:
                    "if they are local times, `forget` the source and import it again with `import --tz ZONE`"
            )
        }
        for source in try store.sources() {
            // Made-up and pinned histories are imported at their own end.
            guard let newest = source.newest, newest > source.importedAt + .minutes(2) else { continue }
            let ahead = ValueText(style).duration(newest - source.importedAt)
            findings.append(
                Finding(
                    level: .warning, check: "time zones",
                    found: "\(source.path): its latest record was \(ahead) in the future when it was read",
                    advice:
                        "local times without a zone, or a clock that is ahead: relative windows such as `last 1h` miss such rows")
            )
        }
        return findings
    }

    private func clocks() throws -> [Finding] {
        try store.clockSkews().map { skew in
            let isBefore = skew.offset < .zero
            let length = ValueText(style).duration(isBefore ? .zero - skew.offset : skew.offset)
            return Finding(
                level: .warning, check: "clocks",
                found: "\(skew.outside.grouped) of \(skew.compared.counted("rows")) of \(skew.other) lie \(length) "
                    + "\(isBefore ? "before" : "after") the calls of \(skew.source) that they belong to",
                advice:
                    "the clocks of the two differ, or one writes local times: order and recovery across them are unreliable")
        }
    }

    private func duplicates() throws -> [Finding] {
        var findings = try store.doubledCalls().map { pair in
            Finding(
                level: .warning, check: "duplicates",
                found:
                    "\(count(pair.calls, "call")) of \(pair.source) and \(pair.other) are identical to the nanosecond under different ids",
                advice: "they count twice when both record the same calls: `forget \"\(pair.other)\"` keeps one")
        }
        let told = Set(try store.doubledCalls().map { [$0.source, $0.other].sorted() })
        for double in try store.likelyDoubles() where !told.contains([double.source, double.other].sorted()) {
            findings.append(
                Finding(
                    level: .warning, check: "duplicates",
                    found:
                        "\(ValueText(style).count(double.alike)) of \(count(double.compared, "call")) of \(double.source) look like calls of "
                        + "\(double.other): the same model and tokens at the same moment, under other ids",
                    advice: "if both record the same calls, they count twice: `forget \"\(double.source)\"` keeps one"))
        }
        let sources = try store.sources()
        for (index, source) in sources.enumerated() where source.records > 0 {
            let twin = sources[..<index].first {
                $0.records == source.records && $0.size == source.size && $0.format == source.format
                    && $0.newest == source.newest && $0.coverage?.from == source.coverage?.from && $0.size != nil
            }
            guard let twin else { continue }
            findings.append(
                Finding(
                    level: .note, check: "duplicates",
                    found: "\(source.path) has the same content as \(twin.path); every record counts once",
                    advice: "no action needed; only one of the files needs importing"))
        }
        return findings
    }

    // MARK: around it

    private func programs() throws -> [Finding] {
        [("curl", "webhooks, slack and discord"), ("sendmail", "e-mail")].compactMap { program, what in
            guard !ChildProcess.isInstalled(program, environment.locations.environment) else { return nil }
            return Finding(
                level: .note, check: "programs", found: "\(program) is not installed: notifications by \(what) cannot be sent",
                advice: "install \(program), or use only `log` in rules")
        }
    }

    private func failedRules() throws -> [Finding] {
        (try state?.rules() ?? []).compactMap(\.trouble).map {
            Finding(level: .warning, check: "alerts", found: $0.found, advice: $0.advice)
        }
    }

    private func notifications() throws -> [Finding] {
        guard let undelivered = try state?.undeliveredNotifications(), !undelivered.isEmpty else { return [] }
        return [QueuedNotification.State.gaveUp, .retrying, .queued].compactMap { wanted in
            let found = undelivered.filter { $0.state == wanted }
            guard let last = found.last else { return nil }
            let what = "\(count(Int64(found.count), "notification")) not delivered; the latest, \(last.event.word) of "
            return Finding(
                level: wanted == .queued ? .note : .warning, check: "notifications",
                found: what + "\(last.rule) to \(last.receiver.label): \(last.stateWords)",
                advice: wanted == .gaveUp
                    ? "fix the receiver with `alert edit \(last.rule) when …`; `alert resend` retries, `alert discard` deletes them"
                    : "`alert watch` sends them; `alert list` shows all")
        }
    }
}
