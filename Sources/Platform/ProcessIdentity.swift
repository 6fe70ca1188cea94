import Glibc

/// A process's identity: its id and its start time, because ids are reused.
package enum ProcessIdentity {
    /// This process.
    package static let own = mark(of: getpid())

    /// Returns true while the process with this mark runs.
    package static func isRunning(_ mark: String) -> Bool {
        guard let number = mark.split(separator: ":").first.flatMap({ pid_t($0) }) else { return false }
        return ProcessIdentity.mark(of: number) == mark
    }

    private static func mark(of number: pid_t) -> String? {
        guard let bytes = try? Files.bytes(of: "/proc/\(number)/stat", limit: 1 << 16) else { return nil }
        // The program's name is in parentheses and may contain anything.
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        return fields.count > 19 ? "\(number):\(fields[19])" : nil
    }
}
