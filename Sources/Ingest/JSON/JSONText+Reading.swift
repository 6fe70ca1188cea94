import Model

extension JSONText {
    /// Returns the strings of a JSON array; [] if the text is not an array. Elements of other kinds are left out.
    public static func texts(_ json: String?) -> [String] {
        guard var json else { return [] }
        return json.withUTF8 { bytes in
            var cursor = JSONCursor(bytes), texts: [String] = []
            guard let array = try? cursor.skipValue(), array.isArray else { return [] }
            array.forEachElement { element in
                if let text = element.string { texts.append(text) }
            }
            return texts
        }
    }
}
