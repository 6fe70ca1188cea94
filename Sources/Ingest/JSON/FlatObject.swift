/// The members of one JSON object whose values are texts, numbers or truth values, as texts.
public enum FlatObject {
    /// The members by their keys, nulls and nested values left out; nil when the line is no JSON object.
    public static func members(of line: some StringProtocol) -> [String: String]? {
        var line = String(line)
        return line.withUTF8 { bytes -> [String: String]? in
            var cursor = JSONCursor(bytes)
            guard let value = try? cursor.skipValue(), value.isObject else { return nil }
            cursor.skipBlanks()
            guard cursor.at == cursor.end else { return nil }
            var members: [String: String] = [:]
            value.forEachMember { key, value in
                if !value.isObject, !value.isArray, !value.isNull { members[key.text] = value.text }
            }
            return members
        }
    }
}
