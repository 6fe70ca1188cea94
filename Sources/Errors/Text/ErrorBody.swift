/// A message that consists only of an error object, such as `{"error": {"message": "…", "code": "…"}}`, in JSON or Python's repr.
struct ErrorBody {
    /// The object's message.
    let message: String
    /// The object's error code.
    let code: String?
    /// The object's status, 400...599.
    let httpStatus: Int?

    /// Maximum length; longer texts are shown unchanged.
    private static let limit = 1 << 16

    /// Parses the text; nil when it contains more than an object, or an object without a message.
    init?(_ text: String) {
        guard text.utf8.count <= ErrorBody.limit else { return nil }
        var text = text
        let read: (String, String?, Int?)? = text.withUTF8 { whole in
            guard let raw = ErrorBody.object(in: whole) else { return nil }
            let inner = ErrorBody.errorObject(in: raw)
            guard
                let (place, words) = [inner, raw].lazy.compactMap({ $0 }).compactMap({ raw in
                    (BodyFields.message(in: raw) ?? BodyFields.saying(in: raw)).map { (raw, $0) }
                }).first
            else { return nil }
            let message = ErrorBody.unescaped(place[words])
            guard message.utf8.contains(where: { $0 > 0x20 }) else { return nil }
            return (
                message, BodyFields.code(in: raw).map { String(decoding: raw[$0], as: UTF8.self) },
                BodyFields.status(in: raw).flatMap { Int(String(decoding: raw[$0], as: UTF8.self)) }
            )
        }
        guard let read else { return nil }
        (message, code, httpStatus) = read
    }

    /// Returns the trimmed text when it is one object or a list of objects.
    private static func object(in raw: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
        guard let first = raw.firstIndex(where: { $0 > 0x20 }), let last = raw.lastIndex(where: { $0 > 0x20 }),
            raw[first] == 0x7B && raw[last] == 0x7D || raw[first] == 0x5B && raw[last] == 0x5D && raw[first...].contains(0x7B)
        else { return nil }
        let inner = UnsafeBufferPointer(rebasing: raw[first...last])
        if case .noBody = BodyVerdict.of(inner) { return nil }
        return inner
    }

    /// Returns the object under the key `error`; nil when there is none.
    private static func errorObject(in raw: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
        let key = Array("error".utf8)
        for at in raw.indices where raw[at] == 0x22 || raw[at] == 0x27 {
            let end = at + 1 + key.count
            guard end < raw.count, raw[end] == raw[at], raw[at + 1..<end].elementsEqual(key) else { continue }
            var value = end + 1
            while value < raw.count, raw[value] <= 0x20 || raw[value] == 0x3A { value += 1 }
            guard value < raw.count, raw[value] == 0x7B, let close = closing(value, in: raw) else { continue }
            return UnsafeBufferPointer(rebasing: raw[value...close])
        }
        return nil
    }

    /// Returns the position of the brace that closes the one at `start`.
    private static func closing(_ start: Int, in raw: UnsafeBufferPointer<UInt8>) -> Int? {
        var depth = 0, quote: UInt8?, at = start
        while at < raw.count {
            switch (raw[at], quote) {
            case (0x5C, _?): at += 1
            case (let byte, let open?): if byte == open { quote = nil }
            case (0x22, nil), (0x27, nil): quote = raw[at]
            case (0x7B, nil): depth += 1
            case (0x7D, nil):
                depth -= 1
                if depth == 0 { return at }
            default: break
            }
            at += 1
        }
        return nil
    }

    /// Returns the text of a quoted value, with escapes decoded.
    private static func unescaped(_ raw: Slice<UnsafeBufferPointer<UInt8>>) -> String {
        guard raw.contains(0x5C) else { return String(decoding: raw, as: UTF8.self) }
        var units: [UInt16] = [], plain: [UInt8] = []
        func flush() {
            units += String(decoding: plain, as: UTF8.self).utf16
            plain.removeAll(keepingCapacity: true)
        }
        var at = raw.startIndex
        while at < raw.endIndex {
            let byte = raw[at]
            at += 1
            guard byte == 0x5C, at < raw.endIndex else {
                plain.append(byte)
                continue
            }
            let escape = raw[at]
            at += 1
            switch escape {
            case 0x6E: plain.append(0x0A)
            case 0x74: plain.append(0x09)
            case 0x72: plain.append(0x0D)
            case 0x75:
                guard let end = raw.index(at, offsetBy: 4, limitedBy: raw.endIndex),
                    let unit = UInt16(String(decoding: raw[at..<end], as: UTF8.self), radix: 16)
                else { continue }
                flush()
                units.append(unit)
                at = end
            default: plain.append(escape)
            }
        }
        flush()
        return String(decoding: units, as: UTF16.self)
    }
}

extension ErrorText {
    /// What a text says that is nothing but an error object; nil for every other text.
    public static func words(ofObject text: String) -> String? {
        guard let first = text.utf8.first(where: { $0 > 0x20 }), first == 0x7B || first == 0x5B else { return nil }
        return ErrorBody(text)?.message
    }
}
