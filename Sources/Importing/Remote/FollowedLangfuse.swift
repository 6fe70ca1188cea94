import Ingest
import LocalStore
import Model
import SQLite

/// A followed Langfuse project: what it has that was not read yet.
///
/// Each look reads the last minutes again, and now and then the last half hour, because observations arrive and change late. A
/// look takes a few seconds at most: after a longer break the looks catch up one after another.
struct FollowedLangfuse {
    private let follower: Follower
    private let address: LangfuseAddress

    /// The time between two looks.
    static let interval = Duration.seconds(10)
    /// The time between two looks that go far back.
    static let deepInterval = Duration.minutes(10)
    /// How far each look goes back behind the last one.
    static let overlap = Duration.minutes(2)
    /// The seconds after which a look ends with the window that it is in.
    static let patience = 5.0

    init(_ follower: Follower, _ address: LangfuseAddress) {
        self.follower = follower
        self.address = address
    }

    /// Imports the window before `now` and follows the project from then on.
    func follow(now: Timestamp, progress: (ImportProgress) -> Bool) throws -> ImportReport {
        let reading = try LangfuseImport(follower.importer, address)
        let report = try reading.run(now: now, progress: progress)
        let writer = try follower.store.writer()
        try writer.transaction {
            let session = try ImportSession(on: writer, assessor: follower.importer.assessor)
            try session.begin(source: address.text, format: SourceFormat.langfuse.name, size: nil, now: now)
            let known = try FollowRow.of(session.source, on: writer)
            var row = known ?? FollowRow(source: session.source, path: address.text, since: now.nanoseconds)
            row.problem = nil
            try row.write(on: writer, checked: now)
            try RemoteMark(reached: now, since: now, rests: now + FollowedLangfuse.interval)
                .write(session.source, .following, project: reading.project, on: writer)
        }
        return report
    }

    /// Reads what is new; nil when nothing is, or when it is too early to ask again.
    func read(_ row: FollowRow, now: Timestamp, progress: (ImportProgress) -> Bool) throws -> Follower.News? {
        let writer = try follower.store.writer()
        let reading = try LangfuseImport(follower.importer, address, isPatient: false), project = reading.project
        let mark =
            try RemoteMark.of(address.text, .following, project: project, on: writer)
            ?? RemoteMark(reached: Timestamp(nanoseconds: row.since), since: Timestamp(nanoseconds: row.since))
        guard now >= mark.rests else { return nil }
        let isDeep = now - mark.since >= FollowedLangfuse.deepInterval
        let from = mark.reached - (isDeep ? LangfuseImport.lateness : FollowedLangfuse.overlap)
        var report = ImportReport(path: address.text, format: SourceFormat.langfuse.name), reached = mark.reached
        var problem: String?
        let started = Clock.seconds()
        do {
            try reading.read(
                from: LangfuseImport.wholeSecond(from), to: now, now: now, into: &report, progress: progress
            ) { end, source in
                reached = max(reached, end)
                let isDone = end >= now, isLate = Clock.seconds() - started > FollowedLangfuse.patience
                // A look that goes far back counts when it is complete.
                let next = RemoteMark(
                    reached: reached, since: isDeep && isDone ? now : mark.since,
                    rests: isDone ? now + FollowedLangfuse.interval : now)
                try next.write(source, .following, project: project, on: writer)
                var row = row
                row.problem = nil
                try row.write(on: writer, checked: reached)
                return !isLate
            }
            if reached < now { problem = "is read up to \(TimeText.iso(reached)); the next answers read the rest" }
        } catch let error as IngestError {
            if StopFlag.isRaised { throw StoreError.interrupted }
            problem = error.message
            let rest = max(reading.wish ?? .zero, FollowedLangfuse.interval)
            try note(error.message, row, mark, reached: reached, project, now + rest)
        }
        let isNew = report.new + report.updated + report.problemCount > 0
        guard problem != nil || isNew || row.problem != nil else { return nil }
        return Follower.News(path: address.text, report: isNew ? report : nil, problem: problem)
    }

    /// Notes the reason why a look ended early, and when the next one is due.
    private func note(
        _ problem: String, _ row: FollowRow, _ mark: RemoteMark, reached: Timestamp, _ project: String, _ next: Timestamp
    ) throws {
        let writer = try follower.store.writer()
        try writer.transaction {
            var row = row
            row.problem = problem
            try row.write(on: writer, checked: nil)
            try RemoteMark(reached: reached, since: mark.since, rests: next)
                .write(row.source, .following, project: project, on: writer)
        }
    }
}
