import Glibc

/// Recorded texts below `Tests/Fixtures`. With `RECORD=1` in the environment, a text is written instead of compared and the test
/// fails, so that no recording is committed unread.
public enum Golden {
    /// Returns how a text differs from the recorded one; nil when they are equal.
    public static func difference(_ text: String, _ name: String) -> String? {
        if getenv("RECORD") != nil { return record(text, name) }
        let recorded = Fixtures.text(name)
        guard recorded != text else { return nil }
        let old = recorded.split(separator: "\n", omittingEmptySubsequences: false)
        let new = text.split(separator: "\n", omittingEmptySubsequences: false)
        let place = zip(old, new).enumerated().first { $1.0 != $1.1 }?.offset ?? min(old.count, new.count)
        return """
            \(name), line \(place + 1)
            recorded: \(place < old.count ? old[place] : "(end)")
            now:      \(place < new.count ? new[place] : "(end)")
            """
    }

    private static func record(_ text: String, _ name: String) -> String {
        guard let file = fopen(Fixtures.path(name), "wb") else { return "cannot write \(name)" }
        defer { fclose(file) }
        let bytes = Array(text.utf8)
        fwrite(bytes, 1, bytes.count, file)
        return "recorded \(name): read it, then run without RECORD"
    }
}
