import Importing
import LocalStore
import Model
import QueryLanguage
import Render
import Platform

/// `sources`: what was imported, and what is followed.
struct SourcesStatement: Statement {
    static let entry = StatementEntry(
        "sources", "sources",
        "imported and followed sources: counts, time span, the latest record and its age",
        example: "sources", reading: .words, role: .machine, traits: [.asksStore, .isLikeProse])

    init() {}

    init(parsing parser: inout Parser) throws(ParseStop) { _ = parser.words() }

    func check(in session: Session, as written: StatementText) {}

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        let sources = try session.store.sources()
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
                Value.text(session.settings.form == nil ? ending(of: source.path, session.style) : source.path),
                source.format.isEmpty ? .missing : .text(source.format), .count(source.records),
                source.coverage.map { .time($0.from) } ?? .missing, source.newest.map { .time($0) } ?? .missing,
            ]
            if hasZones { row.append(.text(source.zone ?? "UTC")) }
            guard isFollowing else { return row }
            row.append(source.coverage.map { .time($0.to) } ?? .missing)
            guard let following = source.following else { return row + [.missing, .text("imported")] }
            // A clock that is behind the source's makes no negative lag.
            row.append(source.newest.map { .duration(max(.zero, session.lookTime - $0)) } ?? .missing)
            let state = ReceivedSource.isReceived(source.path) ? ReceiverText.state(following) : "followed"
            row.append(.text(following.problem.map { "not read: \($0)" } ?? state))
            return row
        }
        let table = ResultTable(columns: columns, rows: rows).redacted
        return Outcome(
            AnswerPresenter(session.style).table(
                table, form: session.settings.form,
                empty: "nothing imported yet; `import PATH` adds traces, `follow PATH` also reads new records"))
    }

    /// The last parts of a long path, which tell files apart.
    private func ending(of path: String, _ style: Style) -> String {
        let parts = path.split(separator: "/")
        guard path.count > 40, parts.count > 2 else { return path }
        return (style.glyphs == .unicode ? "…/" : "~/") + parts.suffix(2).joined(separator: "/")
    }
}
