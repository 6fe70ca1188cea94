import Glibc
import Render
import Platform

/// Shows text longer than the screen through a pager.
///
/// The pager is `FAULTLINE_PAGER`, else `PAGER`, else `less -FRX` if `less` is installed; `off`, `cat` or an empty value turns
/// paging off.
package struct Pager {
    /// The shell command; nil when paging is off.
    let command: String?

    package init(environment: [String: String]) {
        if let named = environment["FAULTLINE_PAGER"] ?? environment["PAGER"] {
            command = named.isEmpty || named == "off" || named == "cat" ? nil : named
        } else {
            let folders = (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
            command = folders.contains { access("\($0)/less", X_OK) == 0 } ? "less -FRX" : nil
        }
    }

    /// Shows text that is longer than the screen. Returns false when the text fits or no pager could be started; the caller then
    /// writes it.
    package func show(_ text: String, as kind: TerminalText.Kind, height: Int) -> Bool {
        guard let command, text.utf8.count(where: { $0 == UInt8(ascii: "\n") }) >= height else { return false }
        // A reader who quits the pager early must not end this process.
        let before = signal(SIGPIPE, SIG_IGN)
        defer { signal(SIGPIPE, before) }
        guard let pipe = popen(command, "w") else { return false }
        // A pager may pass its input to the terminal unchanged.
        var text = TerminalText.shown(text, as: kind, glyphs: Output.glyphs)
        _ = text.withUTF8 { fwrite($0.baseAddress, 1, $0.count, pipe) }
        // The shell exits with 127 when it cannot find the program.
        return pclose(pipe) >> 8 & 0xFF != 127
    }
}
