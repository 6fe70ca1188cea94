/// The string, number and boolean members of one JSON object, as strings.
public enum FlatObject {
    /// Returns the members by key, without nulls and nested values; nil when the line is not a JSON object.
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
