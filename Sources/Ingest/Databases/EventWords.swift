import Model

/// Derives the kind of an event from its type and name.
enum EventWords {
    /// Returns the kind from the type, or else from the name.
    static func kind(type: String?, name: String?) -> EventKind {
        switch type?.lowercased() {
        case "error", "failure": return .error
        case "exception": return .exception
        case "fallback": return .fallback
        case "retry": return .retry
        case "lifecycle": return .lifecycle
        default: break
        }
        let name = (name ?? "").lowercased()
        // A success or recovery is not an error, whatever else the name contains.
        if ["recovered", "succeeded"].contains(where: name.hasSuffix) { return .lifecycle }
        if name.contains("fallback") { return .fallback }
        if name.contains("retry") { return .retry }
        if ["error", "failed", "failure", "exceeded", "exception"].contains(where: name.contains) { return .error }
        return .log
    }
}
