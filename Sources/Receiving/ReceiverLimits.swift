/// What a receiver takes on at most, so that no client can exhaust the machine.
public struct ReceiverLimits: Sendable {
    /// Bytes of one body, as sent and unpacked.
    public var bodyBytes = 64 << 20
    /// Bytes of all bodies that are received or wait to be stored. Beyond, clients are told to come again later.
    public var heldBytes = 256 << 20
    /// Requests that wait to be stored.
    public var waitingRequests = 1000
    /// Open connections.
    public var connections = 256
    /// Seconds in which a request must have arrived whole.
    public var secondsForRequest: Int64 = 30
    /// Seconds for which a connection may be silent between two requests.
    public var secondsOfSilence: Int64 = 300
    /// Seconds for which what was received is stored when the receiver ends.
    public var secondsForEnd: Int64 = 10
    /// Seconds between two notes in the store that everything sent so far is known.
    public var secondsBetweenChecks: Int64 = 10

    /// The usual limits.
    public init() {}
}
