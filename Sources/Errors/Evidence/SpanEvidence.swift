import Model

/// The part of a span needed for assessment: projected from a `SpanRecord` or from stored columns (without long texts).
public struct SpanEvidence: Sendable, Equatable {
    public var spanID: String
    /// Another id that events may use for the span.
    public var alternateID: String?
    public var parentID: String?
    public var kind: SpanKind
    public var name: String?
    public var start: Timestamp?
    public var end: Timestamp?
    public var reportedLatency: Duration?
    public var status: SpanStatus = .unknown
    public var level: String?
    public var statusMessage: String?
    public var exceptionType: String?
    public var exceptionMessage: String?
    public var httpStatus: Int?
    public var errorCode: String?
    public var errorType: String?
    /// The text of a structured error field with a value.
    public var errorField: String?
    public var isBrokenStream = false
    /// True when the answer was streamed; nil when that is not known.
    public var isStream: Bool?
    /// True when the source notes how streams end, with a finish reason and tokens: then a stream without either was cut off.
    public var marksStreamEnds = false
    public var finishReasons: [String] = []
    public var inputTokens: Int64?
    public var outputTokens: Int64?
    public var cost: Money?
    /// True when the answer had text.
    public var hasOutput = false
    public var hasToolCalls = false
    /// True when the source keeps the output of finished calls, so that a missing output is an empty one.
    public var keepsOutputs = false
    /// True when the source counts the output tokens of finished calls, so that an unknown count is zero.
    public var countsOutputTokens = false
    /// True when the source reports costs, so that a missing cost is meaningful. Applies to the whole trace as soon as one of its
    /// spans has a cost.
    public var keepsCost = false
    /// A digest of the input; equal inputs have equal digests. Nil when the input was not kept.
    public var inputDigest: Int64?
    public var attempt: Int?
    public var attemptsMade: Int?
    public var retryOf: String?
    /// The span or model that this one replaces.
    public var fallbackFrom: String?
    public var model: String?
    public var provider: String?
    /// The id that the provider or a gateway assigned to the call.
    public var requestID: String?
    public var origin: ErrorOrigin = .unknown
    /// True when the source reports that the failure was recovered.
    public var isRecovered = false

    /// Creates a span with only an identity and a kind; Storage fills in the columns.
    public init(spanID: String, kind: SpanKind, parentID: String? = nil, name: String? = nil) {
        self.spanID = spanID
        self.kind = kind
        self.parentID = parentID
        self.name = name
    }

    /// Projects a record.
    public init(_ record: SpanRecord) {
        spanID = record.spanID
        alternateID = record.alternateID
        parentID = record.parentID
        kind = record.kind
        name = record.name
        start = record.start
        end = record.end
        reportedLatency = record.reportedLatency
        status = record.status
        level = record.level
        statusMessage = record.statusMessage
        exceptionType = record.exceptionType
        exceptionMessage = record.exceptionMessage
        httpStatus = record.httpStatus
        errorCode = record.errorCode
        errorType = record.errorType
        errorField = record.errorField
        isBrokenStream = record.isBrokenStream
        isStream = record.isStream
        finishReasons = record.finishReasons
        inputTokens = record.inputTokens
        outputTokens = record.outputTokens
        cost = record.cost
        hasOutput = SpanEvidence.saysSomething(record.output)
        hasToolCalls = record.hasToolCalls
        keepsCost = record.cost != nil
        inputDigest = record.input.map(SpanEvidence.digest(ofInput:))
        attempt = record.attempt
        attemptsMade = record.attemptsMade
        retryOf = record.retryOf
        fallbackFrom = record.fallbackFrom
        model = record.modelRequested ?? record.modelResponded
        provider = record.provider
        requestID = record.requestID
        origin = record.origin
        isRecovered = record.isRecovered
    }

    /// True for a stream that began and ended without what its source notes at the end of others.
    var isCutStream: Bool {
        marksStreamEnds && isStream == true && hasOutput && finishReasons.isEmpty && outputTokens == nil && inputTokens == nil
            && kind == .llm && status != .inProgress && !hasToolCalls
    }

    /// How long the span took; nil when that is unknown.
    var latency: Duration? { Latency.of(start, end, reported: reportedLatency) }

    /// Returns the digest for comparing inputs: FNV-1a over the length and the first and last 4 kB.
    ///
    /// Hashing many megabytes would slow down an import; inputs that differ only in the middle count as equal.
    public static func digest(ofInput text: String) -> Int64 {
        var text = text
        return text.withUTF8 { bytes in
            var hash = FNV1a()
            func mix(_ part: Range<Int>) { hash.add(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[part])) }
            hash.add(word: UInt64(bytes.count))
            mix(0..<min(bytes.count, 4096))
            mix(max(min(bytes.count, 4096), bytes.count - 4096)..<bytes.count)
            return Int64(bitPattern: hash.value)
        }
    }

    /// Returns true when an output column has more than blanks or an empty form: `null`, `""`, `{}`, `[]`.
    public static func saysSomething(_ output: String?) -> Bool {
        guard let output else { return false }
        guard output.utf8.count < 16 else { return true }
        let bare = output.filter { !$0.isWhitespace }
        return !["", "null", "None", "\"\"", "''", "{}", "[]"].contains(bare)
    }
}
