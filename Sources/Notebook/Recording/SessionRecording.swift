import Platform

/// What a session writes down, and where it was saved.
struct SessionRecording {
    /// Records every cell and note; nil where nothing is recorded.
    var recorder: SessionRecorder?
    /// The settings with which the first statement ran; nil before it.
    private(set) var startSettings: Settings?
    /// The files that the session was saved to.
    var savedFiles: Set<String> = []

    /// Keeps the settings of the first statement.
    mutating func begin(with settings: Settings) { startSettings = startSettings ?? settings }
}
