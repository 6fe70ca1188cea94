import Glibc
import Model
import Testing
import TestSupport

@testable import Importing
@testable import Ingest
@testable import LocalStore

/// A program that writes a log and rotates it, as logrotate and logging libraries do.
private final class RotatingWriter {
    enum Style: CaseIterable { case numbered, dated, copied }

    let folder: TemporaryFolder
    private let style: Style
    private var open: Int32 = -1
    private var rotations = 0
    private(set) var written = 0

    init(_ folder: TemporaryFolder, _ style: Style) {
        (self.folder, self.style) = (folder, style)
        reopen()
    }

    deinit { close(open) }

    var path: String { folder.file("app.log") }

    private func reopen() {
        if open >= 0 { close(open) }
        open = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT, 0o644)
    }

    func write(_ count: Int = 1) {
        for _ in 0..<count {
            written += 1
            let line = RotatingWriter.line(written)
            _ = line.withCString { Glibc.write(open, $0, strlen($0)) }
        }
    }

    static func line(_ number: Int) -> String {
        #"{"id":"o\#(number)","traceId":"t\#(number)","type":"GENERATION","startTime":"2025-11-22T08:00:00Z","endTime":"2025-11-22T08:00:10Z"}"#
            + "\n"
    }

    /// Gives the file another name. Until `reopens`, lines still go there, as they do until a program notices.
    func rotate(reopens: Bool = true) {
        rotations += 1
        switch style {
        case .numbered:
            for number in stride(from: rotations - 1, to: 0, by: -1) {
                for ending in ["", ".gz"] {
                    rename(folder.file("app.log.\(number)\(ending)"), folder.file("app.log.\(number + 1)\(ending)"))
                }
            }
            rename(path, folder.file("app.log.1"))
        case .dated: rename(path, folder.file("app.log-20251122\(rotations + 10)"))
        case .copied:
            for number in stride(from: rotations - 1, to: 0, by: -1) {
                rename(folder.file("app.log.\(number)"), folder.file("app.log.\(number + 1)"))
            }
            folder.copy("app.log", to: "app.log.1")
            truncate(path, 0)
            return
        }
        if reopens { reopen() }
    }

    func notice() { reopen() }
}

@Suite("Rotated files")
struct RotationTests {
    private let folder = TemporaryFolder()
    private let start = Timestamp(seconds: 1_763_800_000)

    private func store() throws -> Store { try Store.open(path: folder.file("store.db"), create: true) }

    @Test("nothing is lost however often a file is rotated between two looks", arguments: RotatingWriter.Style.allCases)
    fileprivate func often(style: RotatingWriter.Style) throws {
        let store = try store(), writer = RotatingWriter(folder, style), follower = Follower(store)
        writer.write(3)
        _ = try follower.follow(writer.path, now: start)
        for round in 1...4 {
            writer.write(2)
            for _ in 0..<round {
                writer.rotate()
                writer.write(3)
            }
            let news = try #require(try follower.readNew(now: start + .seconds(Int64(round)))?.first)
            #expect(try store.facts().spans == Int64(writer.written), "\(style), round \(round), \(news)")
            #expect(news.problem == nil && news.report?.problemCount == 0)
            #expect(news.remark?.contains(round == 1 ? "was rotated" : "was rotated \(round) times") == true, "\(news)")
        }
        #expect(try follower.readNew(now: start + .seconds(9))?.isEmpty == true)
    }

    @Test("rotations at random, with restarts in between, lose no line and read none twice", arguments: 0..<6)
    func random(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let style = RotatingWriter.Style.allCases[Int(seed) % 3]
        let writer = RotatingWriter(folder, style)
        writer.write()
        var store = try store(), now = start, read = try Follower(store).follow(writer.path, now: now).read
        for _ in 0..<60 {
            switch Int.random(in: 0..<8, using: &random) {
            case 0, 1: writer.rotate()
            case 2 where style == .numbered:
                // The program goes on writing to the renamed file for a while.
                writer.rotate(reopens: false)
                writer.write(2)
                now = now + .seconds(1)
                read += try Follower(store).readNew(now: now)?.compactMap(\.report?.read).reduce(0, +) ?? 0
                writer.write()
                writer.notice()
            case 3: store = try self.store()
            case 4, 5:
                now = now + .seconds(1)
                read += try Follower(store).readNew(now: now)?.compactMap(\.report?.read).reduce(0, +) ?? 0
            default: writer.write(Int.random(in: 1...4, using: &random))
            }
        }
        read += try Follower(store).readNew(now: now + .seconds(1))?.compactMap(\.report?.read).reduce(0, +) ?? 0
        #expect(try store.facts().spans == Int64(writer.written), "\(style), seed \(seed)")
        #expect(read == writer.written, "\(style), seed \(seed)")
    }

    @Test("a rotated file that was packed is read, and one that cannot be unpacked is named")
    func packed() throws {
        let store = try store(), writer = RotatingWriter(folder, .numbered), follower = Follower(store)
        writer.write(3)
        _ = try follower.follow(writer.path, now: start)
        writer.write(2)
        writer.rotate()
        writer.write(2)
        writer.rotate()
        writer.write()
        #expect(system("gzip \(folder.file("app.log.1")) \(folder.file("app.log.2"))") == 0)
        #expect(try follower.readNew(now: start + .seconds(1))?.first?.report?.new == 5)
        writer.rotate()
        writer.write()
        folder.write("app.log.2.gz", Array("\u{1F}\u{8B}nothing of the kind".utf8))
        writer.rotate()
        folder.write("app.log.1.gz", [0x1F, 0x8B, 8, 0, 1, 2, 3])
        unlink(folder.file("app.log.1"))
        writer.write()
        let news = try #require(try follower.readNew(now: start + .seconds(2))?.first)
        #expect(news.remark?.contains("lines in app.log.1.gz were not read: cannot decompress") == true, "\(news)")
        #expect(try store.facts().spans == Int64(writer.written - 1))
    }

    @Test("lines that a program writes to a file after its rotation are read there")
    func late() throws {
        let store = try store(), writer = RotatingWriter(folder, .numbered), follower = Follower(store)
        writer.write()
        _ = try follower.follow(writer.path, now: start)
        writer.rotate(reopens: false)
        writer.write()
        // Another program has begun the new file already.
        folder.write("app.log", RotatingWriter.line(1000))
        #expect(try follower.readNew(now: start + .seconds(1))?.first?.report?.new == 2)
        writer.write(2)
        #expect(try follower.readNew(now: start + .seconds(2))?.first?.report?.new == 2)
        #expect(try follower.readNew(now: start + .seconds(3))?.isEmpty == true)
    }

    @Test("a file that is gone for good is said to be, and those after it are read")
    func gone() throws {
        let store = try store(), writer = RotatingWriter(folder, .numbered), follower = Follower(store)
        writer.write(2)
        _ = try follower.follow(writer.path, now: start)
        writer.write()
        writer.rotate()
        writer.write(3)
        writer.rotate()
        writer.write()
        unlink(folder.file("app.log.2"))
        let news = try #require(try follower.readNew(now: start + .seconds(1))?.first)
        #expect(news.report?.new == 4)
        #expect(news.remark == "was rotated and the old file is gone: lines may be missing before those of app.log.1")
    }

    @Test("names of rotated files are told from other files")
    func names() {
        let rotated = [
            "app.log.1", "app.log.12.gz", "app.log-20261130", "app.log.2026-11-30", "app.log.2026-11-30T10:00:00Z",
            "app-2026-11-30.log",
            "app.1.log", "app.log.old", "app.log.bak", "app.log.gz", "app.log-20261130.zst", "app.log.3.xz",
        ]
        let others = [
            "app.log", "app.log.md5", "app.log2", "other.log.1", "app.logs", "app.json.1", "app", "app.log.", "app.log.swp",
        ]
        for name in rotated { #expect(RotatedFiles.mark(of: name, rotated: "app.log") != nil, "\(name)") }
        for name in others { #expect(RotatedFiles.mark(of: name, rotated: "app.log") == nil, "\(name)") }
    }
}
