import CEdit
import Glibc
import SQLite
import Platform

/// The lines entered before and their file: plain text, one entry per line, mode 0600.
///
/// The file writes a newline as `\n` and a backslash as `\\`. Each entry is appended at once, so that a crash loses none and
/// concurrent sessions do not overwrite each other.
final class LineHistory {
    /// Why the file could not be read or written; nil when there was no problem.
    private(set) var problem: String?
    /// libedit's history.
    let past: OpaquePointer
    private let path: String?
    private let limit: Int
    /// Entries, oldest first.
    private var entries: [String] = []
    /// The prompt before each further line of an entry in libedit's history.
    private var continuation = ""

    /// Reads the file; a missing file counts as empty.
    init?(path: String?, limit: Int) {
        guard let past = history_init() else { return nil }
        self.past = past
        self.path = path
        self.limit = max(1, min(limit, 1_000_000))
        cedit_history_size(past, Int32(self.limit))
        cedit_history_unique(past, 1)
        load()
    }

    deinit { history_end(past) }

    /// Appends an entry to the history and the file; ignores a repetition of the previous entry.
    func add(_ entry: String) {
        guard remember(entry), let path else { return }
        let bytes = LineHistory.encode(entry)
        withFile(path, flags: O_WRONLY | O_APPEND) { write(bytes, to: $0) }
    }

    /// Sets the prompt that precedes further lines of entries.
    func show(with continuation: String) {
        guard continuation != self.continuation else { return }
        self.continuation = continuation
        cedit_history_clear(past)
        for entry in entries { cedit_history_enter(past, CellText.shown(entry, continuation: continuation)) }
    }

    /// The rest of the newest one-line entry that starts with this text; nil when there is none.
    func continuation(of text: String) -> String? {
        let typed = text.utf8
        return entries.last {
            // Result variables and names from another session mean nothing in this one.
            $0.utf8.count > typed.count && $0.utf8.starts(with: typed) && !$0.utf8.contains(0x0A) && !$0.utf8.contains(0x24)
        }.map { String(decoding: $0.utf8.dropFirst(typed.count), as: UTF8.self) }
    }

    private func remember(_ entry: String) -> Bool {
        // libedit ends text at a NUL.
        let text = String(entry.prefix { $0 != "\0" })
        guard !text.isEmpty, text != entries.last else { return false }
        if entries.count >= 2 * limit { entries.removeFirst(limit) }
        entries.append(text)
        cedit_history_enter(past, CellText.shown(text, continuation: continuation))
        return true
    }

    private func load() {
        guard let path, access(path, F_OK) == 0 else { return }
        var bytes: [UInt8] = []
        withFile(path, flags: O_RDWR) { file in
            // A file that others could read gets the mode it should have.
            fchmod(file, 0o600)
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = read(file, &buffer, buffer.count)
                if count > 0 { bytes += buffer[..<count] } else if count == 0 || errno != EINTR { return count == 0 }
            }
        }
        let lines = bytes.split(separator: 0x0A)
        for line in lines.suffix(limit) { _ = remember(LineHistory.decode(line)) }
        // Rewritten only at twice the limit, so that not every start rewrites it.
        if lines.count > 2 * limit { rewrite(lines.suffix(limit), at: path) }
    }

    private func rewrite(_ lines: ArraySlice<ArraySlice<UInt8>>, at path: String) {
        do {
            let draft = try Files.Draft(for: path, mode: 0o600)
            let isWritten = write(Array(lines.joined(separator: [0x0A])) + [0x0A], to: draft.descriptor) && draft.replaceTarget()
            if !isWritten { note(errno, path) }
        } catch { problem = "history \(error)" }
    }

    private func withFile(_ path: String, flags: Int32, _ use: (Int32) -> Bool) {
        // Without O_NOFOLLOW, somebody else's link would be followed and the mode of its target changed.
        let file = open(path, flags | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
        defer { if file >= 0 { OpenDatabases.close(file) } }
        if file < 0 || !use(file) { note(errno, path) }
    }

    private func note(_ code: Int32, _ path: String) {
        problem =
            "history \(path): \(code == ELOOP ? "is a symbolic link; the history needs a regular file" : String(cString: strerror(code)).lowercased())"
    }

    private func write(_ bytes: [UInt8], to file: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count >= 0 { rest = rest.dropFirst(count) } else if errno != EINTR { return false }
        }
        return true
    }

    static func encode(_ entry: String) -> [UInt8] {
        entry.utf8.flatMap { byte -> [UInt8] in
            switch byte {
            case 0x0A: [0x5C, 0x6E]
            case 0x5C: [0x5C, 0x5C]
            default: [byte]
            }
        } + [0x0A]
    }

    static func decode(_ line: some Sequence<UInt8>) -> String {
        var bytes: [UInt8] = [], isEscaped = false
        for byte in line {
            if isEscaped {
                bytes += byte == 0x6E ? [0x0A] : byte == 0x5C ? [0x5C] : [0x5C, byte]
                isEscaped = false
            } else if byte == 0x5C {
                isEscaped = true
            } else {
                bytes.append(byte)
            }
        }
        if isEscaped { bytes.append(0x5C) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
