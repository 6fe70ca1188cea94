import CEdit
import Synchronization

/// Messages to print above the line being edited; any thread may post them.
public final class NoticeQueue: Sendable {
    private let waiting = Mutex<[String]>([])
    private let interrupts: Interrupts

    init(_ interrupts: Interrupts) { self.interrupts = interrupts }

    /// Prints text above the line being edited and redraws the line; prints it before the next prompt when there is none.
    public func printAbove(_ text: String) {
        waiting.withLock { $0.append(text) }
        cedit_post(interrupts.signals, Int32(CEDIT_POST))
    }

    /// Removes and returns the waiting messages, in posting order.
    func take() -> [String] {
        waiting.withLock { texts in
            defer { texts = [] }
            return texts
        }
    }
}
