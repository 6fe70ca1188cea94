import Ingest
import LocalStore
import Model

/// A followed file of lines: what it has that was not read yet, wherever it lies after it was rotated.
struct FollowedFile {
    private let follower: Follower
    private let row: FollowRow

    /// Lines to be read: of the file itself, or of a file that it was until it was rotated.
    private struct Part {
        var file: GrowingFile
        var bytes: Range<Int64>
        var firstLine: Int
        /// Of a rotated file: what it is called now.
        var rotated: String?
    }

    /// What lies at the path now, against what was read.
    private struct Look {
        var parts: [Part] = []
        /// Up to where everything is read when the parts are.
        var place: FilePlace?
        /// Rotated files that a program may still write to, read up to here.
        var earlier: [FilePlace]
        var remarks: [String] = []
        /// Files that were unpacked to be read.
        var unpacked: [UnpackedFile] = []
    }

    /// Rotated files that are watched for lines of programs that have not noticed the rotation.
    private static let watchedFiles = 4

    init(_ follower: Follower, _ row: FollowRow) {
        self.follower = follower
        self.row = row
    }

    /// Reads the lines that are whole and new; nil when there are none. The last line waits until it is ended.
    func read(now: Timestamp, progress: (ImportProgress) -> Bool) throws -> Follower.News? {
        var look = try look()
        let earlier = FilePlace.text(look.earlier)
        guard look.place != row.place || !look.parts.isEmpty || earlier != row.state else { return nil }
        // Opened before anything is written: what cannot be read leaves the store alone.
        var readers: [(part: Part, reader: SourceReader)] = []
        for part in look.parts {
            do throws(IngestError) {
                readers.append((part, try SourceReader(path: part.file.path, part: part.bytes, firstLine: part.firstLine)))
            } catch {
                guard let rotated = part.rotated else { throw error }
                look.remarks.append("lines in \(rotated) were not read: \(error.message)")
            }
        }
        let connection = try follower.store.writer()
        var isTaken = false
        let report = try follower.importer.run(
            row.path, format: readers.last?.reader.format.name ?? "", bytes: look.parts.last.map(\.file.size), now: now,
            adds: true
        ) { run in
            // Another process may have read it meanwhile.
            guard var noted = try FollowRow.of(row.source, on: connection), noted.place == row.place, noted.state == row.state
            else {
                isTaken = true
                return
            }
            for index in readers.indices {
                try readers[index].reader.read(
                    record: { record, _ in
                        try run.take(record)
                        if run.report.read % 1000 == 0 {
                            try run.tell(progress, ImportProgress(bytes: nil, totalBytes: nil, records: run.report.read))
                        }
                    },
                    problem: { run.note($0) }, notice: { run.report.notices.append($0) }, progress: { _ in })
                let part = readers[index].part
                let place = part.file.place(
                    offset: part.bytes.upperBound, lines: Int64(readers[index].reader.nextLine - 1))
                // What lay there when it was looked at must be what was read.
                guard let again = try? GrowingFile(path: part.file.path), again.inode == part.file.inode, again.continues(place)
                else { throw StoreError.source(path: row.path, line: nil, reason: "is being replaced; retrying soon") }
                if look.place?.isSameFile(as: place) == true { look.place = place }
                for file in look.earlier.indices where look.earlier[file].isSameFile(as: place) { look.earlier[file] = place }
            }
            noted.place = look.place
            noted.state = FilePlace.text(look.earlier)
            noted.problem = nil
            try noted.write(on: connection, checked: now)
        }
        let remark = look.remarks.isEmpty ? nil : look.remarks.joined(separator: "; ")
        return isTaken ? nil : Follower.News(path: row.path, report: report, remark: remark)
    }

    // MARK: looking

    private func look() throws -> Look {
        let found: Result<GrowingFile, IngestError>
        do throws(IngestError) { found = .success(try GrowingFile(path: row.path)) } catch { found = .failure(error) }
        guard let place = row.place else {
            var look = Look(earlier: [])
            addWhole(try found.get(), to: &look)
            return look
        }
        var look = Look(place: place, earlier: FilePlace.places(row.state))
        addGrown(to: &look)
        if case .success(let file) = found, file.continues(place), file.inode == place.inode || !isElsewhere(place),
            place.offset > 0 || unread(RotatedFiles(of: row.path), look).isEmpty
        {
            add(file, from: place, to: file.endOfLines(from: place.offset), rotated: nil, to: &look)
            look.place = file.place(offset: max(place.offset, file.endOfLines(from: place.offset)), lines: place.lines)
            return look
        }
        try lookAround(place, found, &look)
        return look
    }

    /// The rotated files behind those that were read, or that were written since the file was looked at.
    private func unread(_ rotated: RotatedFiles, _ look: Look) -> ArraySlice<RotatedFiles.File> {
        let known = Set(look.earlier.map(\.inode))
        if let last = rotated.files.lastIndex(where: { known.contains($0.inode) }) { return rotated.files[(last + 1)...] }
        return rotated.files.filter { $0.modified >= (row.checked ?? .max) - 2_000_000_000 }[...]
    }

    /// True when the file of the place still lies in the folder, under another name.
    private func isElsewhere(_ place: FilePlace) -> Bool {
        GrowingFile.rotated(place, beside: row.path).map { $0.path != row.path } ?? false
    }

    /// Another file lies at the path, or none: the rest of the one that was read may have another name now, and others may have
    /// come and gone behind it.
    private func lookAround(_ place: FilePlace, _ found: Result<GrowingFile, IngestError>, _ look: inout Look) throws {
        let rotated = RotatedFiles(of: row.path)
        var unpacked: [UnpackedFile] = []
        let holding =
            rotated.holding(place) { file in
                guard let copy = try? UnpackedFile(file.path, beside: follower.store.path) else { return nil }
                unpacked.append(copy)
                return try? GrowingFile(path: copy.path)
            } ?? GrowingFile.rotated(place, beside: row.path).flatMap { $0.path == row.path ? nil : (rotated.files.count, $0) }
        look.unpacked += unpacked
        let fresh = try? found.get(), hasLines = fresh.map { $0.endOfLines(from: 0) > 0 } ?? false
        var between: ArraySlice<RotatedFiles.File> = []
        if let (index, file) = holding {
            between = rotated.files.dropFirst(index + 1)
            let name = FollowedFile.name(
                file.path == row.path ? row.path : rotated.files.indices.contains(index) ? rotated.files[index].path : file.path)
            guard hasLines || !between.isEmpty else {
                // The program that writes may not have noticed yet: it goes on under the other name.
                let end = file.endOfLines(from: place.offset)
                add(file, from: place, to: end, rotated: name, to: &look)
                look.place = file.place(offset: max(place.offset, end), lines: place.lines)
                if look.parts.isEmpty, case .failure(let error) = found { throw error }
                return
            }
            add(file, from: place, to: file.size, rotated: name, to: &look)
            look.earlier.append(file.place(offset: file.size, lines: place.lines))
            look.remarks.append(between.isEmpty ? "was rotated" : "was rotated \((between.count + 1).counted("times"))")
        } else {
            between = unread(rotated, look)
            look.remarks.append(
                place.offset == 0
                    ? "was rotated\(between.count > 1 ? " \(between.count.counted("times"))" : "")"
                    : between.isEmpty
                        ? "was truncated or replaced: lines not read before are lost; import them from a copy if there is one"
                        : "was rotated and the old file is gone: lines may be missing before those of \(FollowedFile.name(between[0].path))"
            )
        }
        for file in between { addWhole(file, to: &look) }
        look.earlier = Array(look.earlier.suffix(FollowedFile.watchedFiles))
        switch found {
        case .success(let file): addWhole(file, to: &look)
        case .failure(let error):
            // Between two names: what is left of the old files is read, and the new one is waited for.
            if look.parts.isEmpty { throw error }
            // The program may still write to the newest of them.
            look.place = look.earlier.popLast() ?? place
        }
    }

    /// Lines that programs still wrote to files after their rotation.
    private func addGrown(to look: inout Look) {
        for index in look.earlier.indices {
            let place = look.earlier[index]
            guard let file = GrowingFile.rotated(place, beside: row.path), file.path != row.path else { continue }
            let end = file.endOfLines(from: place.offset)
            guard end > place.offset else { continue }
            add(file, from: place, to: end, rotated: FollowedFile.name(file.path), to: &look)
            look.earlier[index] = file.place(offset: end, lines: place.lines)
        }
    }

    private func add(_ file: GrowingFile, from place: FilePlace, to end: Int64, rotated: String?, to look: inout Look) {
        guard end > place.offset else { return }
        look.parts.append(
            Part(file: file, bytes: place.offset..<end, firstLine: Int(place.lines) + 1, rotated: rotated))
    }

    /// Adds all lines of the file at the path, which is read on from there.
    private func addWhole(_ file: GrowingFile, to look: inout Look) {
        let end = file.endOfLines(from: 0)
        if end > 0 { look.parts.append(Part(file: file, bytes: 0..<end, firstLine: 1)) }
        look.place = file.place(offset: end, lines: 0)
    }

    /// Adds a rotated file whole.
    private func addWhole(_ rotated: RotatedFiles.File, to look: inout Look) {
        let name = FollowedFile.name(rotated.path)
        var path = rotated.path
        if rotated.isCompressed {
            do {
                let copy = try UnpackedFile(rotated.path, beside: follower.store.path)
                look.unpacked.append(copy)
                path = copy.path
            } catch {
                return look.remarks.append("lines in \(name) were not read: cannot decompress")
            }
        }
        guard let file = try? GrowingFile(path: path) else {
            return look.remarks.append("lines in \(name) were not read: cannot open")
        }
        guard file.size > 0 else { return }
        look.parts.append(Part(file: file, bytes: 0..<file.size, firstLine: 1, rotated: name))
        if !rotated.isCompressed { look.earlier.append(file.place(offset: file.size, lines: 0)) }
    }

    private static func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}

extension FilePlace {
    /// Places as a text, one a line; nil for none.
    fileprivate static func text(_ places: [FilePlace]) -> String? {
        places.isEmpty
            ? nil : places.map { "\($0.device) \($0.inode) \($0.offset) \($0.lines) \($0.mark)" }.joined(separator: "\n")
    }

    /// The places that a text names.
    fileprivate static func places(_ text: String?) -> [FilePlace] {
        (text ?? "").split(separator: "\n").compactMap { line in
            let numbers = line.split(separator: " ").compactMap { Int64($0) }
            guard numbers.count == 5 else { return nil }
            return FilePlace(device: numbers[0], inode: numbers[1], offset: numbers[2], lines: numbers[3], mark: numbers[4])
        }
    }

    fileprivate func isSameFile(as other: FilePlace) -> Bool { device == other.device && inode == other.inode }
}
