import Glibc
import Render
import System

/// Shows what is longer than the screen page by page, through a program of the user's choice.
///
/// `FAULTLINE_PAGER`, else `PAGER`, else `less -FRX` where there is `less`; `off` and an empty value show everything at once.
package struct Pager {
    /// The command for the shell; nil shows everything at once.
    let command: String?

    package init(environment: [String: String]) {
        if let named = environment["FAULTLINE_PAGER"] ?? environment["PAGER"] {
            command = named.isEmpty || named == "off" || named == "cat" ? nil : named
        } else {
            let folders = (environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
            command = folders.contains { access("\($0)/less", X_OK) == 0 } ? "less -FRX" : nil
        }
    }

    /// Shows a text that is longer than the screen; false when it fits, or no pager could be started, so that it is still to be
    /// written.
    package func show(_ text: String, as kind: TerminalText.Kind, height: Int) -> Bool {
        guard let command, text.utf8.count(where: { $0 == UInt8(ascii: "\n") }) >= height else { return false }
        // A reader who leaves early is no reason to die.
        let before = signal(SIGPIPE, SIG_IGN)
        defer { signal(SIGPIPE, before) }
        guard let pipe = popen(command, "w") else { return false }
        // What a pager is given it may send on as it is.
        var text = TerminalText.shown(text, as: kind, glyphs: Output.glyphs)
        _ = text.withUTF8 { fwrite($0.baseAddress, 1, $0.count, pipe) }
        // 127 is the shell's word for a program that is not there.
        return pclose(pipe) >> 8 & 0xFF != 127
    }
}
