/// Characters that HTML and XML act upon, as they are written in text and in attributes.
public enum MarkupEntity {
    /// The entity that shows a character; nil for one that is shown as it is.
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
