import NIOCore
import Synchronization

/// The connections of a receiver that are open.
final class OpenConnections: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var isEnding = false
    }

    private let state = Mutex(State())
    private let most: Int

    /// - Parameter most: How many may be open at the same time.
    init(most: Int) { self.most = most }

    /// How many are open.
    var count: Int { state.withLock { $0.channels.count } }

    /// Takes a new connection; false when there are too many, or the receiver ends.
    func add(_ channel: any Channel) -> Bool {
        let id = ObjectIdentifier(channel)
        let isTaken = state.withLock { state in
            guard state.channels.count < most, !state.isEnding else { return false }
            state.channels[id] = channel
            return true
        }
        if isTaken {
            channel.closeFuture.whenComplete { [self] _ in
                state.withLock { _ = $0.channels.removeValue(forKey: id) }
            }
        }
        return isTaken
    }

    /// Tells every connection to close as soon as it owes no answer, and takes no more.
    func end() {
        for channel in all() { channel.pipeline.fireUserInboundEventTriggered(HTTPConnection.Ending()) }
    }

    /// Closes every connection.
    func close() {
        for channel in all() { channel.close(promise: nil) }
    }

    private func all() -> [any Channel] {
        state.withLock { state in
            state.isEnding = true
            return Array(state.channels.values)
        }
    }
}
