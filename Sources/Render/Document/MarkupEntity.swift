/// Characters with a meaning in HTML and XML, escaped for text and attributes.
public enum MarkupEntity {
    /// Returns the entity for a character; nil when it needs none.
    public static func of(_ scalar: Unicode.Scalar) -> String? {
        switch scalar {
        case "&": "&amp;"
        case "<": "&lt;"
        case ">": "&gt;"
        case "\"": "&quot;"
        case "'": "&#39;"
        default: nil
        }
    }
}
