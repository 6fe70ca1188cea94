import Ingest
import Model

/// A followed file of lines: what it has that was not read yet.
struct FollowedFile {
    private let follower: Follower
    private let row: FollowRow

    /// Lines to be read: of the file itself, or of the file that it was until it was rotated.
    private struct Part {
        var file: GrowingFile
        var bytes: Range<Int64>
        var firstLine: Int
    }

    /// What lies at the path now, against what was read.
    private struct Look {
        var parts: [Part] = []
        /// Up to where everything is read when the parts are.
        var place: FilePlace?
        var remark: String?
    }

    init(_ follower: Follower, _ row: FollowRow) {
        self.follower = follower
        self.row = row
    }

    /// Reads the lines that are whole and new; nil when there are none. The last line waits until it is ended.
    func read(now: Timestamp, progress: (ImportProgress) -> Bool) throws -> Follower.News? {
        var look = try look()
        guard look.place != row.place || !look.parts.isEmpty else { return nil }
        // Opened before anything is written: what cannot be read leaves the store alone.
        var readers: [SourceReader] = []
        for part in look.parts {
            readers.append(
                try Follower.told { () throws(IngestError) in
                    try SourceReader(path: part.file.path, part: part.bytes, firstLine: part.firstLine)
                })
        }
        let connection = try follower.store.writer()
        var isTaken = false
        let report = try follower.importer.run(
            row.path, format: readers.last?.format.rawValue ?? "", bytes: look.parts.last.map(\.file.size), now: now, adds: true
        ) { run in
            // Another process may have read it meanwhile.
            guard var noted = try FollowRow.of(row.source, on: connection), noted.place == row.place else {
                isTaken = true
                return
            }
            for index in readers.indices {
                try readers[index].read(
                    record: { record, _ in
                        try run.take(record)
                        if run.report.read % 1000 == 0 {
                            try run.tell(progress, ImportProgress(bytes: nil, totalBytes: nil, records: run.report.read))
                        }
                    },
                    problem: { run.note($0) }, progress: { _ in })
                let part = look.parts[index]
                let place = part.file.place(offset: part.bytes.upperBound, lines: Int64(readers[index].nextLine - 1))
                // What lay there when it was looked at must be what was read.
                guard let again = try? GrowingFile(path: part.file.path), again.inode == part.file.inode, again.continues(place)
                else { throw StoreError.source(path: row.path, line: nil, reason: "is being replaced; it is read again soon") }
                look.place = place
            }
            noted.place = look.place
            noted.problem = nil
            try noted.write(on: connection, checked: now)
        }
        return isTaken ? nil : Follower.News(path: row.path, report: report, remark: look.remark)
    }

    private func look() throws -> Look {
        let found: Result<GrowingFile, IngestError>
        do throws(IngestError) { found = .success(try GrowingFile(path: row.path)) } catch { found = .failure(error) }
        guard let place = row.place else { return whole(try found.get()) }
        if case .success(let file) = found, file.continues(place) {
            let end = file.endOfLines(from: place.offset)
            guard end > place.offset else { return Look(place: place) }
            return Look(
                parts: [Part(file: file, bytes: place.offset..<end, firstLine: Int(place.lines) + 1)],
                place: file.place(offset: end, lines: place.lines))
        }
        // Another file lies there, or none: the rest of the one that was read may have another name now.
        var look = Look(place: place)
        let rest = GrowingFile.rotated(place, beside: row.path)
        if let rest, rest.path != row.path {
            look.remark = "was rotated"
            if rest.size > place.offset {
                look.parts.append(Part(file: rest, bytes: place.offset..<rest.size, firstLine: Int(place.lines) + 1))
            }
        } else {
            look.remark =
                "was cut or replaced: lines that were not read before that are lost here; import them if there is a copy"
        }
        switch found {
        case .success(let file):
            let fresh = whole(file)
            look.parts += fresh.parts
            look.place = fresh.place
        case .failure(let error):
            // Between two names: what is left of the old file is read, and the new one is waited for.
            if look.parts.isEmpty { throw error }
        }
        return look
    }

    private func whole(_ file: GrowingFile) -> Look {
        let end = file.endOfLines(from: 0)
        return Look(
            parts: end > 0 ? [Part(file: file, bytes: 0..<end, firstLine: 1)] : [], place: file.place(offset: end, lines: 0))
    }
}
