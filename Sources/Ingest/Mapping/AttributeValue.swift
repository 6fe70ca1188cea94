import Model

/// An attribute value, plain JSON or unwrapped from OTLP's `{"stringValue": …}`.
struct AttributeValue {
    /// The encoding of the bytes.
    enum Form {
        case plain
        /// OTLP `intValue`: a number, usually written as a string.
        case integer
        /// OTLP `arrayValue`: an object with `values`.
        case list
        /// OTLP `kvlistValue`: an object with `values` of key and value.
        case map
    }

    let slice: JSONSlice
    var form = Form.plain

    /// Reads OTLP's AnyValue. An unwrapped value is taken as is; nil for an empty wrapper.
    static func readWrapped(_ cursor: inout JSONCursor) throws(JSONFault) -> AttributeValue? {
        guard try cursor.enterObject() else { return AttributeValue(slice: try cursor.skipValue()) }
        var found: AttributeValue?
        while let key = try cursor.nextKey() {
            let slice = try cursor.skipValue()
            if slice.isNull { continue }
            switch key {
            case "stringValue", "boolValue", "doubleValue", "bytesValue": found = AttributeValue(slice: slice)
            case "intValue": found = AttributeValue(slice: slice, form: .integer)
            case "arrayValue": found = AttributeValue(slice: slice, form: .list)
            case "kvlistValue": found = AttributeValue(slice: slice, form: .map)
            default: break
            }
        }
        return found
    }

    /// True for null, "", and empty containers.
    var isVoid: Bool {
        switch form {
        case .plain, .integer: slice.isVoid
        case .list, .map: slice.member("values").map(\.isVoid) ?? true
        }
    }

    /// A single value as text; nil when it is empty or a container.
    var text: String? { form == .plain || form == .integer ? slice.filledText : nil }
    var int: Int64? { form == .plain || form == .integer ? slice.int : nil }
    var double: Double? { form == .plain || form == .integer ? slice.double : nil }
    var bool: Bool? { form == .plain ? slice.bool : nil }

    /// An amount in dollars, not negative.
    var money: Double? { double.flatMap { $0 >= 0 ? $0 : nil } }

    /// The strings in a list, in a string that contains a JSON list, or in a single value.
    var texts: [String] {
        var found: [String] = []
        if form == .list {
            slice.member("values")?.forEachElement { element in
                var cursor = JSONCursor(element)
                if let text = (try? AttributeValue.readWrapped(&cursor))?.text { found.append(text) }
            }
            return found
        }
        guard form == .plain else { return text.map { [$0] } ?? [] }
        if slice.isArray {
            slice.forEachElement { if let text = $0.filledText { found.append(text) } }
            return found
        }
        guard let text else { return [] }
        // Langfuse's SDK writes metadata as JSON in a string: `"\"stop\""`, `"[\"stop\"]"`.
        guard text.hasPrefix("[") || text.hasPrefix("\"") else { return [text] }
        withParsed { inner in
            if let text = inner.filledText { found.append(text) }
            inner.forEachElement { if let text = $0.filledText { found.append(text) } }
        }
        return found
    }

    /// Passes the value as JSON; for a string that contains JSON, the inner value. Does nothing when it is not JSON.
    func withParsed(_ body: (JSONSlice) -> Void) {
        guard form == .plain else { return }
        guard slice.isString else { return body(slice) }
        slice.withContent { bytes in
            var cursor = JSONCursor(bytes)
            guard let inner = try? cursor.skipValue(), (try? cursor.expectEnd()) != nil else { return }
            body(inner)
        }
    }

    /// Writes the value as plain JSON, unwrapped down to `depth` levels.
    func write(to writer: inout JSONWriter, depth: Int = 32) {
        switch form {
        case .plain: writer.value(slice)
        case .integer:
            if let int = slice.int { writer.integer(int) } else { writer.value(slice) }
        case .list:
            writer.beginArray()
            slice.member("values")?.forEachElement { element in
                AttributeValue.unwrapped(element)?.write(to: &writer, depth: depth - 1)
            }
            writer.endArray()
        case .map:
            writer.beginObject()
            if depth > 0 {
                slice.member("values")?.forEachElement { member in
                    var cursor = JSONCursor(member)
                    guard let (key, value) = try? AttributeValue.readPair(&cursor), let value else { return }
                    writer.key(key)
                    value.write(to: &writer, depth: depth - 1)
                }
            }
            writer.endObject()
        }
    }

    private static func unwrapped(_ slice: JSONSlice) -> AttributeValue? {
        var cursor = JSONCursor(slice)
        return try? readWrapped(&cursor)
    }

    /// Reads OTLP's KeyValue, `{"key": …, "value": {…}}`; nil for any other value, which is skipped.
    static func readPair(_ cursor: inout JSONCursor) throws(JSONFault) -> (JSONKey, AttributeValue?)? {
        guard try cursor.enterObject() else {
            _ = try cursor.skipValue()
            return nil
        }
        var name: JSONKey?
        var value: AttributeValue?
        while let key = try cursor.nextKey() {
            switch key {
            case "key":
                let slice = try cursor.skipValue()
                if slice.isString { name = JSONKey(start: slice.content.baseAddress!, count: slice.content.count) }
            case "value": value = try readWrapped(&cursor)
            default: _ = try cursor.skipValue()
            }
        }
        guard let name else { return nil }
        return (name, value)
    }
}
