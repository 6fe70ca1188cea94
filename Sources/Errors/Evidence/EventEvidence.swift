import Model

/// The part of an event needed for assessment.
public struct EventEvidence: Sendable, Equatable {
    public var eventID: String
    /// The span it belongs to, if the source gives it.
    public var spanID: String?
    /// The parent of the span it belongs to, if the source gives only that.
    public var parentID: String?
    public var time: Timestamp?
    public var name: String?
    public var kind: EventKind
    public var level: String?
    public var message: String?
    /// The model that failed or was replaced.
    public var model: String?
    public var provider: String?
    public var exceptionType: String?
    public var httpStatus: Int?
    public var errorCode: String?
    /// For an exception event, whether the exception escaped the span; nil when the source does not say.
    public var escaped: Bool?

    /// Creates an event with only an identity and a kind; Storage fills in the columns.
    public init(eventID: String, kind: EventKind, spanID: String? = nil, parentID: String? = nil, time: Timestamp? = nil) {
        self.eventID = eventID
        self.kind = kind
        self.spanID = spanID
        self.parentID = parentID
        self.time = time
    }

    /// Projects a record.
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
