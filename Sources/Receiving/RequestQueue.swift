import Ingest
import NIOCore
import Synchronization

/// A request that arrived whole and is to be stored.
struct ReceivedRequest: Sendable {
    let body: [UInt8]
    let isPacked: Bool
    let signal: OTLPRequest.Signal
    let encoding: OTLPRequest.Encoding
    /// Answered when it is stored, or cannot be.
    let reply: EventLoopPromise<Reply>
}

/// Requests between the connections and the store, and the memory that their bodies take.
final class RequestQueue: Sendable {
    private struct State {
        var waiting: [ReceivedRequest] = []
        var heldBytes = 0
        /// True while somebody takes requests, or is about to.
        var isTaken = false
    }

    private let state = Mutex(State())
    private let limits: ReceiverLimits

    /// Requests of one transaction, and bytes of their bodies.
    private static let most = (requests: 200, bytes: 8 << 20)

    init(_ limits: ReceiverLimits) { self.limits = limits }

    /// Claims memory for a part of a body; false when there is none left.
    func reserve(_ bytes: Int) -> Bool {
        state.withLock { state in
            guard state.heldBytes + bytes <= limits.heldBytes else { return false }
            state.heldBytes += bytes
            return true
        }
    }

    /// Gives memory back.
    func release(_ bytes: Int) { state.withLock { $0.heldBytes -= bytes } }

    /// What became of a request that was added.
    enum Added {
        case full, waiting
        /// Nobody takes requests at the moment: the caller has to see to it.
        case first
    }

    /// Adds a request, whose body was reserved.
    func add(_ request: ReceivedRequest) -> Added {
        state.withLock { state in
            guard state.waiting.count < limits.waitingRequests else { return .full }
            state.waiting.append(request)
            defer { state.isTaken = true }
            return state.isTaken ? .waiting : .first
        }
    }

    /// Takes the requests of one transaction, in the order in which they arrived; empty when there are none.
    func take() -> [ReceivedRequest] {
        state.withLock { state in
            var count = 0, bytes = 0
            while count < min(state.waiting.count, RequestQueue.most.requests), bytes < RequestQueue.most.bytes {
                bytes += state.waiting[count].body.count
                count += 1
            }
            if count == 0 { state.isTaken = false }
            defer { state.waiting.removeFirst(count) }
            return Array(state.waiting.prefix(count))
        }
    }
}
