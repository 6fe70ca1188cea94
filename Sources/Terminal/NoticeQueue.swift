import CEdit
import Synchronization

/// Texts that wait to be printed above the line being edited; may be posted from any thread.
public final class NoticeQueue: Sendable {
    private let waiting = Mutex<[String]>([])
    private let interrupts: Interrupts

    init(_ interrupts: Interrupts) { self.interrupts = interrupts }

    /// Prints `text` above the line being edited and draws the line again; when none is, before the next prompt.
    public func printAbove(_ text: String) {
        waiting.withLock { $0.append(text) }
        cedit_post(interrupts.signals, Int32(CEDIT_POST))
    }

    /// What waits, in the order of posting; each text is handed out once.
    func take() -> [String] {
        waiting.withLock { texts in
            defer { texts = [] }
            return texts
        }
    }
}
