import Synchronization

/// Remembers what was reported, so that a thousand requests with the same fault are one line.
final class ToldReasons: Sendable {
    private let reasons = Mutex<Set<String>>([])
    private static let most = 200

    /// True the first time a text is given; false again and again, and when very many were given.
    func isNews(_ text: String) -> Bool {
        reasons.withLock { $0.count < ToldReasons.most && $0.insert(text).inserted }
    }
}
