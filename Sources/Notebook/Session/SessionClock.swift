import Model
import Platform

/// The clock of a session: it stands still, or reads the system's once for each statement.
struct SessionClock {
    /// The instant at which it stands; nil lets it move.
    var pinned: Timestamp?
    /// When the running statement was asked; nil between statements.
    var statement: Timestamp?

    /// The present instant, in whole seconds when it moves.
    var now: Timestamp { pinned ?? statement ?? Clock.nextSecond() }

    /// True when it stands still.
    var isPinned: Bool { pinned != nil }
}
