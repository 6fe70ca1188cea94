import Model

/// What the assessment needs of an event.
public struct EventEvidence: Sendable, Equatable {
    public var eventID: String
    /// The span it belongs to, when the source says so.
    public var spanID: String?
    /// The span that encloses the one it belongs to, when the source says only that.
    public var parentID: String?
    public var time: Timestamp?
    public var name: String?
    public var kind: EventKind
    public var level: String?
    public var message: String?
    /// The model that failed or was left.
    public var model: String?
    public var provider: String?
    public var exceptionType: String?
    public var httpStatus: Int?
    public var errorCode: String?
    /// For an exception event: whether the exception left the span; nil when the source does not say.
    public var escaped: Bool?

    /// Makes an event of which nothing is known but its identity and kind; storage fills in its columns.
    public init(eventID: String, kind: EventKind, spanID: String? = nil, parentID: String? = nil, time: Timestamp? = nil) {
        self.eventID = eventID
        self.kind = kind
        self.spanID = spanID
        self.parentID = parentID
        self.time = time
    }

    /// Projects a record as a reader made it.
    public init(_ record: EventRecord) {
        eventID = record.eventID
        spanID = record.spanID
        parentID = record.parentID
        time = record.time
        name = record.name
        kind = record.kind
        level = record.level
        message = record.message
        model = record.model
        provider = record.provider
        exceptionType = record.exceptionType
        httpStatus = record.httpStatus
        errorCode = record.errorCode
        escaped = record.escaped
    }
}
