import Render

/// `help store`: which files belong to a store.
enum StoreHelp {
    static let topic = "store"

    private static let rows = [
        ("STORE", "traces, spans, events, scores and derived tables"),
        ("STORE.state", "sessions, alert rules, firings, incidents and notifications of this store"),
        ("STORE.history", "lines typed at the prompt"),
        ("STORE-wal, STORE-shm", "SQLite's write-ahead log and its index; part of the store while they exist"),
    ]

    private static let paragraphs = [
        "STORE is the value of --store, otherwise $FAULTLINE_STORE, otherwise `faultline/store.db` in $XDG_DATA_HOME or `~/.local/share`.",
        "Earlier versions kept one `state.db` for all stores of a folder. Each of those stores copies it to its own file once, when "
            + "it is opened; after that `state.db` is not read and may be deleted.",
        "A store in a folder without write permission can be queried, but nothing can be imported or saved.",
    ]

    static func lines(_ style: Style) -> [String] {
        var lines = [style.theme.paint("files of a store", .strong)]
        for (name, meaning) in rows {
            let body = wrap(meaning, width: style.widthInColumns - 24)
            lines.append("  " + DisplayWidth.pad(name, to: 22) + (body.first ?? ""))
            lines += body.dropFirst().map { String(repeating: " ", count: 24) + $0 }
        }
        for paragraph in paragraphs { lines += [""] + wrap(paragraph, width: style.widthInColumns) }
        return lines
    }
}
