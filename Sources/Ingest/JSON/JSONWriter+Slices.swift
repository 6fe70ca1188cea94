import Model

/// Values that were read, written again.
extension JSONWriter {
    /// The text so far; nil if nothing was written.
    var textIfAny: String? { isEmpty ? nil : text }

    /// Writes the name of a member as it was read.
    mutating func key(_ key: JSONKey) { self.key(appending: { $0.appendEscaped(raw: key.bytes) }) }

    /// Writes a value as it was read: without blanks between tokens, with broken escapes and bytes repaired and `NaN` as null.
    mutating func value(_ slice: JSONSlice) {
        if slice.isString {
            string(appending: { $0.appendEscaped(raw: slice.content) })
        } else if slice.isObject || slice.isArray {
            json(EmptyCollection())
            appendContainer(slice)
        } else if slice.isNull || (slice.isWord && slice.bytes[0] & 0x20 == 0) {
            null()
        } else {
            json(slice.bytes)
        }
    }

    private mutating func appendContainer(_ slice: JSONSlice) {
        var cursor = JSONCursor(slice)
        while cursor.at < cursor.end {
            cursor.skipBlanks()
            guard cursor.at < cursor.end else { break }
            let byte = cursor.base[cursor.at]
            switch byte {
            case 0x7B, 0x7D, 0x5B, 0x5D, 0x2C, 0x3A:
                append(json: CollectionOfOne(byte))
                cursor.at += 1
            default:
                guard let part = try? cursor.skipValue() else { return }
                continuing { $0.value(part) }
            }
        }
    }

    /// Appends what stands between two quotes. Plain ASCII without backslashes, the common case, is copied in one piece.
    private mutating func appendEscaped(raw: UnsafeBufferPointer<UInt8>) {
        if raw.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != 0x5C && $0 != 0x22 }) {
            append(json: raw)
        } else {
            appendEscaped(JSONString.decode(raw))
        }
    }
}
