import Glibc

/// The terminal's properties, read once from the environment and the descriptors, then passed on.
public struct TerminalTraits: Sendable {
    /// Whether each descriptor is a terminal.
    public let inputIsTerminal: Bool, outputIsTerminal: Bool, errorIsTerminal: Bool
    /// True when the locale's encoding is UTF-8.
    public let isUTF8: Bool
    /// True when `TERM` is missing or `dumb`: no escape sequences at all.
    public let isDumb: Bool
    /// True when the output may be coloured.
    public let usesColor: Bool
    /// The locale that sets the encoding, such as `de_DE.UTF-8`; empty when the environment has none.
    package let locale: String
    private let output: Int32
    private let columns: Int?, lines: Int?

    /// Reads the traits from the environment and the descriptors.
    ///
    /// Colour: off when `NO_COLOR` is set and not empty; otherwise on when `CLICOLOR_FORCE` is set and neither empty nor `0`;
    /// otherwise on for a terminal that is not dumb, unless `CLICOLOR` is `0`.
    public init(environment: [String: String], input: Int32 = 0, output: Int32 = 1, error: Int32 = 2) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        self.output = output
        inputIsTerminal = isatty(input) == 1
        outputIsTerminal = isatty(output) == 1
        errorIsTerminal = isatty(error) == 1
        locale = value("LC_ALL") ?? value("LC_CTYPE") ?? value("LANG") ?? ""
        let characterSet = locale.lowercased()
        isUTF8 = characterSet.hasSuffix("utf-8") || characterSet.hasSuffix("utf8") || characterSet.contains("utf-8@")
        isDumb = value("TERM").map { $0 == "dumb" } ?? true
        if value("NO_COLOR") != nil {
            usesColor = false
        } else if let force = value("CLICOLOR_FORCE"), force != "0" {
            usesColor = true
        } else {
            usesColor = outputIsTerminal && !isDumb && value("CLICOLOR") != "0"
        }
        func size(_ name: String) -> Int? { value(name).flatMap { Int($0) }.flatMap { (1...10_000).contains($0) ? $0 : nil } }
        columns = size("COLUMNS")
        lines = size("LINES")
    }

    /// The current width in columns: the terminal's, else `COLUMNS`, else 80.
    public var width: Int { windowSize.map { Int($0.ws_col) }.flatMap { $0 > 0 ? $0 : nil } ?? columns ?? 80 }

    /// The current height in rows: the terminal's, else `LINES`, else 24.
    public var height: Int { windowSize.map { Int($0.ws_row) }.flatMap { $0 > 0 ? $0 : nil } ?? lines ?? 24 }

    private var windowSize: winsize? {
        var size = winsize()
        return ioctl(output, UInt(TIOCGWINSZ), &size) == 0 ? size : nil
    }
}
