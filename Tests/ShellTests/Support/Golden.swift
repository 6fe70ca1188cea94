import Glibc
import TestSupport
import Testing

@testable import Shell
@testable import System

/// Compares with a recorded text. `RECORD=1` writes the text instead, and fails, so that nobody commits it unread.
func expectGolden(_ text: String, _ name: String, _ location: SourceLocation = #_sourceLocation) {
    let path = Fixtures.path(name)
    if getenv("RECORD") != nil {
        do { try Files.write(text, to: path) } catch { Issue.record("\(error)", sourceLocation: location) }
        chmod(path, 0o644)
        Issue.record("recorded \(name): read it, then run without RECORD", sourceLocation: location)
        return
    }
    let recorded = (try? Files.text(of: path)) ?? ""
    guard recorded != text else { return }
    let old = recorded.split(separator: "\n", omittingEmptySubsequences: false)
    let new = text.split(separator: "\n", omittingEmptySubsequences: false)
    let place = zip(old, new).enumerated().first { $1.0 != $1.1 }?.offset ?? min(old.count, new.count)
    Issue.record(
        """
        \(name), line \(place + 1)
        recorded: \(place < old.count ? old[place] : "(end)")
        now:      \(place < new.count ? new[place] : "(end)")
        """, sourceLocation: location)
}
