import Model

/// What the words of an event's type and name say of its kind.
enum EventWords {
    /// The type decides when it says something; else the name.
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
        // What went well or was turned around is no error, whatever else the name says.
        if ["recovered", "succeeded"].contains(where: name.hasSuffix) { return .lifecycle }
        if name.contains("fallback") { return .fallback }
        if name.contains("retry") { return .retry }
        if ["error", "failed", "failure", "exceeded", "exception"].contains(where: name.contains) { return .error }
        return .log
    }
}
