/// The messages of OTLP as far as their fields are read (opentelemetry-proto 1.x): numbers, kinds, and names in JSON.
///
/// Fields that are not listed are skipped, as protobuf prescribes.
struct OTLPSchema: Sendable {
    enum Kind: Sendable {
        /// `int64` and `fixed64` are strings in OTLP/JSON, so that no reader rounds them.
        case string, bool, double, int32, int64, unsigned, fixed64, fixed32
        /// Bytes in hexadecimal, as OTLP/JSON writes ids.
        case id
        /// Bytes in base64.
        case bytes
        case message(@Sendable () -> OTLPSchema)
    }

    struct Field: Sendable {
        let number: Int
        let name: StaticString
        let kind: Kind
        /// True for a list of values.
        var isRepeated = false
    }

    let fields: [Field]
    /// True for AnyValue, which has one of its fields and may contain itself.
    let isValue: Bool

    private init(_ fields: [Field], isValue: Bool = false) {
        self.fields = fields
        self.isValue = isValue
    }

    // Fields stand in the order in which they are written. The ids of log records are hashes of what is written:
    // another order, or another field of `logRecord`, gives logs that are sent again another id.

    static let traces: OTLPSchema = OTLPSchema([list(1, "resourceSpans", resourceSpans)])
    static let logs: OTLPSchema = OTLPSchema([list(1, "resourceLogs", resourceLogs)])

    private static let resourceSpans: OTLPSchema = OTLPSchema([one(1, "resource", resource), list(2, "scopeSpans", scopeSpans)])
    private static let resourceLogs: OTLPSchema = OTLPSchema([one(1, "resource", resource), list(2, "scopeLogs", scopeLogs)])
    private static let scopeSpans: OTLPSchema = OTLPSchema([one(1, "scope", scope), list(2, "spans", span)])
    private static let scopeLogs: OTLPSchema = OTLPSchema([one(1, "scope", scope), list(2, "logRecords", logRecord)])
    private static let resource: OTLPSchema = OTLPSchema([list(1, "attributes", keyValue)])
    private static let scope: OTLPSchema = OTLPSchema([field(1, "name", .string), field(2, "version", .string)])

    private static let span: OTLPSchema = OTLPSchema([
        field(1, "traceId", .id), field(2, "spanId", .id), field(4, "parentSpanId", .id), field(5, "name", .string),
        field(6, "kind", .int32), field(7, "startTimeUnixNano", .fixed64), field(8, "endTimeUnixNano", .fixed64),
        list(9, "attributes", keyValue), field(10, "droppedAttributesCount", .unsigned), list(11, "events", event),
        list(13, "links", link), one(15, "status", status),
    ])
    private static let event: OTLPSchema = OTLPSchema([
        field(1, "timeUnixNano", .fixed64), field(2, "name", .string), list(3, "attributes", keyValue),
    ])
    private static let link: OTLPSchema = OTLPSchema([
        field(1, "traceId", .id), field(2, "spanId", .id), field(3, "traceState", .string), list(4, "attributes", keyValue),
        field(5, "droppedAttributesCount", .unsigned), field(6, "flags", .fixed32),
    ])
    private static let status: OTLPSchema = OTLPSchema([field(2, "message", .string), field(3, "code", .int32)])
    private static let logRecord: OTLPSchema = OTLPSchema([
        field(1, "timeUnixNano", .fixed64), field(11, "observedTimeUnixNano", .fixed64), field(2, "severityNumber", .int32),
        field(3, "severityText", .string), field(12, "eventName", .string), one(5, "body", anyValue),
        list(6, "attributes", keyValue), field(9, "traceId", .id), field(10, "spanId", .id),
    ])
    private static let keyValue: OTLPSchema = OTLPSchema([field(1, "key", .string), one(2, "value", anyValue)])
    private static let anyValue: OTLPSchema = OTLPSchema(
        [
            field(1, "stringValue", .string), field(2, "boolValue", .bool), field(3, "intValue", .int64),
            field(4, "doubleValue", .double), one(5, "arrayValue", arrayValue), one(6, "kvlistValue", keyValueList),
            field(7, "bytesValue", .bytes),
        ], isValue: true)
    private static let arrayValue: OTLPSchema = OTLPSchema([list(1, "values", anyValue)])
    private static let keyValueList: OTLPSchema = OTLPSchema([list(1, "values", keyValue)])

    private static func field(_ number: Int, _ name: StaticString, _ kind: Kind) -> Field {
        Field(number: number, name: name, kind: kind)
    }

    private typealias Schema = @Sendable () -> OTLPSchema

    private static func one(_ number: Int, _ name: StaticString, _ schema: @autoclosure @escaping Schema) -> Field {
        Field(number: number, name: name, kind: .message(schema))
    }

    private static func list(_ number: Int, _ name: StaticString, _ schema: @autoclosure @escaping Schema) -> Field {
        Field(number: number, name: name, kind: .message(schema), isRepeated: true)
    }
}
