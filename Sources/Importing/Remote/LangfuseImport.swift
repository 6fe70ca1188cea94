import Ingest
import LocalStore
import Model
import SQLite

/// An import from a Langfuse server: window by window in time order, each in one transaction with the mark of how far it came.
///
/// An import that ended early goes on where it stopped. Windows overlap those that were read before, because observations arrive
/// and change late; records are identified, so that nothing counts twice.
struct LangfuseImport {
    private let importer: Importer
    private let address: LangfuseAddress
    private let connection: LangfuseConnection
    private let window: Duration

    /// The length of the first window.
    static let firstLength = Duration.hours(1)
    /// The shortest and the longest window.
    static let lengths = Duration.minutes(1)...Duration.hours(7 * 24)
    /// How late observations arrive and change.
    static let lateness = Duration.minutes(30)
    /// How far clocks of other machines may be ahead.
    static let ahead = Duration.minutes(10)

    /// - Parameter isPatient: False for a look before a question: trouble is reported at once.
    init(_ importer: Importer, _ address: LangfuseAddress, isPatient: Bool = true) throws(IngestError) {
        self.importer = importer
        self.address = address
        let access = try importer.options.access(to: address)
        connection = try LangfuseConnection(address, access, isPatient: isPatient)
        window = access.window
    }

    /// A text that differs between projects, for marks.
    var project: String { connection.project }
    /// The time that the server last asked to wait.
    var wish: Duration? { connection.wish }

    /// Imports the window before `now`, which the options name.
    func run(now: Timestamp, progress: (ImportProgress) -> Bool) throws -> ImportReport {
        let writer = try importer.store.writer()
        var from = LangfuseImport.wholeSecond(now - window)
        var notice: String?
        if let mark = try RemoteMark.of(address.text, .importing, project: project, on: writer),
            mark.since <= from, mark.reached > from
        {
            from = max(from, mark.reached - LangfuseImport.lateness)
            notice = "goes on at \(TimeText.iso(from)), before the place where an earlier import stopped"
        }
        let began = from
        var report = ImportReport(path: address.text, format: SourceFormat.langfuse.name)
        do {
            try read(from: from, to: now, now: now, into: &report, progress: progress) { reached, source in
                let mark = RemoteMark(reached: reached, since: began)
                try mark.write(source, .importing, project: project, on: writer)
                from = reached
                return true
            }
        } catch let error as IngestError {
            if StopFlag.isRaised { throw StoreError.interrupted }
            guard from > began else { throw error }
            throw IngestError(
                path: error.path,
                error.message + "; everything before \(TimeText.iso(from)) is imported, and the same import goes on there")
        }
        try writer.transaction { try RemoteMark.remove(address.text, .importing, project: project, on: writer) }
        if let notice { report.notices.append(RecordProblem(path: address.text, line: 0, notice)) }
        return report
    }

    /// Reads `from..<to` window by window, oldest first.
    /// - Parameters:
    ///   - report: Takes what each window brings.
    ///   - taken: Called in the transaction of each window with its end and the source; false ends the reading after it.
    func read(
        from: Timestamp, to: Timestamp, now: Timestamp, into report: inout ImportReport, progress: (ImportProgress) -> Bool,
        taken: (Timestamp, Int64) throws -> Bool
    ) throws {
        var at = from, length = LangfuseImport.firstLength
        while at < to {
            try StopFlag.check()
            let end = min(at + length, to), state = ImportProgress(records: report.read, reached: at)
            let part: LangfuseWindow
            do {
                part = try fetch(from: at, to: end, isFirst: at == from, isLast: end == to, state, progress)
            } catch is LangfuseWindow.TooMany {
                length = max(length / 2, LangfuseImport.lengths.lowerBound)
                continue
            }
            let (found, goesOn) = try take(part, end: end, now: now, progress: progress, taken)
            report.add(found)
            guard goesOn else { return }
            at = end
            if part.observations > LangfuseWindow.many { length = max(length / 2, LangfuseImport.lengths.lowerBound) }
            if part.observations < LangfuseWindow.many / 6 { length = min(length * 2, LangfuseImport.lengths.upperBound) }
        }
    }

    private func fetch(
        from: Timestamp, to: Timestamp, isFirst: Bool, isLast: Bool, _ state: ImportProgress,
        _ progress: (ImportProgress) -> Bool
    ) throws -> LangfuseWindow {
        try withoutActuallyEscaping(progress) { progress in
            connection.onWait = { length, _ in
                var state = state
                state.pause = length
                guard progress(state) else { throw StoreError.interrupted }
            }
            defer { connection.onWait = { _, _ in } }
            guard progress(state) else { throw StoreError.interrupted }
            return try LangfuseWindow(
                connection, from: from, to: isLast ? to + LangfuseImport.ahead : to,
                tracesFrom: isFirst ? from - LangfuseImport.firstLength : from,
                canDivide: to - from > LangfuseImport.lengths.lowerBound, beside: importer.store.path)
        }
    }

    /// Imports a window in one transaction.
    private func take(
        _ part: LangfuseWindow, end: Timestamp, now: Timestamp, progress: (ImportProgress) -> Bool,
        _ taken: (Timestamp, Int64) throws -> Bool
    ) throws -> (ImportReport, goesOn: Bool) {
        var goesOn = true
        let report = try importer.run(
            address.text, format: SourceFormat.langfuse.name, bytes: nil, now: now, adds: true, whileBusy: progress
        ) { run in
            run.overlaps = true
            for problem in part.problems { run.note(RecordProblem(path: address.text, line: 0, problem)) }
            if part.file.size > 0 {
                var reader = try SourceReader(path: part.file.path, named: address.text, lines: .langfuse)
                do {
                    try reader.read(
                        record: { record, _ in try run.take(record) }, problem: { run.note($0) },
                        notice: { run.report.notices.append($0) }, progress: { _ in })
                } catch let error as IngestError {
                    throw IngestError(path: address.text, error.message)
                }
            }
            goesOn = try taken(end, run.session.source)
        }
        return (report, goesOn)
    }

    /// Servers keep milliseconds; whole seconds are read alike everywhere.
    static func wholeSecond(_ time: Timestamp) -> Timestamp {
        Timestamp(seconds: time.nanoseconds / 1_000_000_000)
    }
}
