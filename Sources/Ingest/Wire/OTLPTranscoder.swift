import Model

/// Writes OTLP's protobuf messages as OTLP/JSON, which one reader maps to records.
///
/// Fields of a wrong type and broken messages are faults; unknown fields are skipped.
struct OTLPTranscoder {
    /// Maximum nesting of attribute values. Deeper ones are replaced by a text that says so: JSON is read to a limited depth.
    static let deepestValue = 24
    private static let tooDeep = "(nested more than \(deepestValue) levels deep)"

    private var writer = JSONWriter()

    init() {}

    /// Returns a message as JSON.
    mutating func json(of message: UnsafeBufferPointer<UInt8>, _ schema: OTLPSchema) throws(WireFault) -> [UInt8] {
        writer.removeAll()
        try write(message, schema, depth: 0)
        return writer.bytes
    }

    private mutating func write(
        _ message: UnsafeBufferPointer<UInt8>, _ schema: OTLPSchema, depth: Int
    ) throws(WireFault) {
        let depth = schema.isValue ? depth + 1 : depth
        guard depth <= OTLPTranscoder.deepestValue else {
            return writer.object { $0.member("stringValue") { $0.string(OTLPTranscoder.tooDeep) } }
        }
        let present = try OTLPTranscoder.check(message, schema)
        writer.beginObject()
        for (place, field) in schema.fields.enumerated() where present & 1 << UInt64(place) != 0 {
            try write(field, of: message, depth: depth)
        }
        writer.endObject()
    }

    /// Checks every field of a message, and returns which of the schema's fields it has, one bit for each.
    private static func check(_ message: UnsafeBufferPointer<UInt8>, _ schema: OTLPSchema) throws(WireFault) -> UInt64 {
        var reader = WireReader(message), present: UInt64 = 0
        while let found = try reader.next() {
            guard let place = schema.fields.firstIndex(where: { $0.number == found.number }) else { continue }
            let field = schema.fields[place]
            guard field.kind.accepts(found.value) else { throw WireFault(reason: .wrongType, offset: reader.at) }
            if schema.isValue {
                // Of several values, the last counts.
                present = 1 << UInt64(place)
            } else {
                present |= 1 << UInt64(place)
            }
        }
        return present
    }

    /// Writes one field of a message, which has it: all values of a list, the last of another.
    private mutating func write(
        _ field: OTLPSchema.Field, of message: UnsafeBufferPointer<UInt8>, depth: Int
    ) throws(WireFault) {
        var reader = WireReader(message), last: WireField.Value?
        if field.isRepeated {
            writer.key(JSONKey(field.name))
            writer.beginArray()
        }
        while let found = try reader.next() {
            guard found.number == field.number else { continue }
            if field.isRepeated { try write(found.value, field.kind, depth: depth) } else { last = found.value }
        }
        if field.isRepeated { return writer.endArray() }
        guard let last else { return }
        writer.key(JSONKey(field.name))
        try write(last, field.kind, depth: depth)
    }

    private mutating func write(_ value: WireField.Value, _ kind: OTLPSchema.Kind, depth: Int) throws(WireFault) {
        switch (value, kind) {
        case (.bytes(let bytes), .message(let schema)): try write(bytes, schema(), depth: depth)
        case (.bytes(let bytes), .string): writer.string(String(decoding: bytes, as: UTF8.self))
        case (.bytes(let bytes), .id): writer.string(appending: { $0.append(json: OTLPTranscoder.hex(bytes)) })
        case (.bytes(let bytes), _): writer.string(Base64.encode(bytes))
        case (.varint(let number), .bool): writer.flag(number != 0)
        case (.varint(let number), .int64): writer.string(String(Int64(bitPattern: number)))
        case (.varint(let number), .int32): writer.integer(Int64(Int32(truncatingIfNeeded: number)))
        case (.varint(let number), _): writer.json(String(number).utf8)
        case (.fixed64(let bits), .double):
            let number = Double(bitPattern: bits)
            // A whole number stays a double: `1.0`.
            if number.isFinite { writer.json(number.description.utf8) } else { writer.null() }
        case (.fixed64(let number), _): writer.string(String(number))
        case (.fixed32(let number), _): writer.integer(Int64(number))
        }
    }

    private static func hex(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }
}

extension OTLPSchema.Kind {
    /// True when a field of this kind may have this wire type.
    fileprivate func accepts(_ value: WireField.Value) -> Bool {
        switch (value, self) {
        case (.varint, .bool), (.varint, .int32), (.varint, .int64), (.varint, .unsigned): true
        case (.fixed64, .double), (.fixed64, .fixed64), (.fixed32, .fixed32): true
        case (.bytes, .string), (.bytes, .id), (.bytes, .bytes), (.bytes, .message): true
        default: false
        }
    }
}
