/// Lists of strings as JSON arrays, as columns of stores hold them.
public enum JSONText {
    /// Returns a JSON array of strings.
    public static func array(_ texts: [String]) -> String {
        var writer = JSONWriter()
        writer.array(texts) { $0.string($1) }
        return writer.text
    }
}
