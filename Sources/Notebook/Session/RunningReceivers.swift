import Errors
import Importing
import LocalStore
import Model
import Receiving
import Render
import Synchronization
import Platform

/// The receivers of this process. Their reports come from other threads.
final class RunningReceivers {
    private let store: String
    private let locations: Locations
    private let pinnedNow: Timestamp?
    private let post: @Sendable (String) -> Void
    /// By the name of their source.
    private var running: [String: Running] = [:]

    private struct Running {
        let receiver: OTLPReceiver
        let totals: KeptTotals
    }

    /// What a receiver reported last.
    private final class KeptTotals: Sendable {
        private let kept = Mutex(ReceiverTotals())
        var value: ReceiverTotals { kept.withLock { $0 } }

        func keep(_ totals: ReceiverTotals) { kept.withLock { $0 = totals } }
    }

    /// - Parameters:
    ///   - store: The path of the store.
    ///   - post: Shows a report; called on any thread.
    init(
        store: String, locations: Locations, pinnedNow: Timestamp?, _ post: @escaping @Sendable (String) -> Void
    ) {
        (self.store, self.locations, self.pinnedNow, self.post) = (store, locations, pinnedNow, post)
    }

    /// True when one of them brings this source.
    func contains(_ source: String) -> Bool { running[source] != nil }

    /// Begins to receive; the result is where. Throws when the address is not free, or the store cannot be written.
    func start(_ address: ListenAddress) throws -> ListenAddress {
        let totals = KeptTotals(), rules = ReceiverRules(locations.classificationRules, post)
        let host = ReceiverHost(
            mark: ProcessIdentity.own ?? "", open: { [store, locations] in try locations.openStore(store) },
            assessor: { rules.assessor() }, clock: { [pinnedNow] in pinnedNow ?? Clock.now() },
            report: { [post] event in
                if case .stored(let sum) = event { totals.keep(sum) }
                if let words = RunningReceivers.words(event) { post(Redaction.text(Printable.safe(words)) + "\n") }
            })
        let receiver = try OTLPReceiver(at: address, host: host)
        running[receiver.address.source] = Running(receiver: receiver, totals: totals)
        return receiver.address
    }

    /// What was received so far.
    func totals(_ source: String) -> ReceiverTotals { running[source]?.totals.value ?? ReceiverTotals() }

    /// Ends a receiver after what it took is stored.
    func stop(_ source: String) throws -> ReceiverTotals {
        guard let ended = running.removeValue(forKey: source) else { return ReceiverTotals() }
        try ended.receiver.stop()
        return ended.totals.value
    }

    /// Ends all of them.
    func stopAll() {
        for source in running.keys.sorted() {
            do { _ = try stop(source) } catch { post("\(source): \(Printable.safe("\(error)"))\n") }
        }
    }

    private static func words(_ event: ReceiverEvent) -> String? {
        switch event {
        case .stored: nil
        case .refused(let reason): "refused: \(reason)"
        case .notice(let text): text
        case .trouble(let reason?): "nothing is stored at the moment, and clients are told to send it again: \(reason)"
        case .trouble(nil): "received records are stored again"
        }
    }
}

/// Classifies what a receiver stores by the user's rules as their file stands; by the built-in ones while it has mistakes.
private final class ReceiverRules: Sendable {
    private struct State {
        var classification = SessionClassification()
        /// What was wrong with the file, as it was reported last.
        var trouble: String?
    }

    private let path: String
    private let post: @Sendable (String) -> Void
    private let state = Mutex(State())

    init(_ path: String, _ post: @escaping @Sendable (String) -> Void) { (self.path, self.post) = (path, post) }

    func assessor() -> Assessor {
        state.withLock { state in
            do {
                let assessor = try state.classification.assessor(at: path)
                state.trouble = nil
                return assessor
            } catch {
                let trouble = "\(error)"
                if state.trouble != trouble {
                    post("\(Printable.safe(trouble)); until then received records are classified by the built-in rules\n")
                }
                state.trouble = trouble
                return Assessor()
            }
        }
    }
}
