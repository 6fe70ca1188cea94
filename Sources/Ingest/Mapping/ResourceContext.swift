import Model

/// The resource attributes shared by its spans, and the instrumentation scope.
struct ResourceContext {
    var project: String?
    var service: String?
    var environment: String?
    var release: String?
    var agent: String?
    /// Attributes that belong to no field, as the text of a JSON object; empty when there are none.
    private(set) var leftovers: [UInt8] = []
    /// The name of the instrumentation scope.
    var scope: String?

    init() {}

    /// Creates a context from the attributes of a resource.
    init(_ attributes: inout AttributeSet) {
        project = attributes.text(.project)
        service = attributes.text(.service).flatMap { $0.hasPrefix("unknown_service") ? nil : $0 }
        environment = attributes.text(.environment)
        release = attributes.text(.release)
        guard !attributes.leftovers.isEmpty else { return }
        var writer = JSONWriter()
        writer.beginObject()
        attributes.writeLeftovers(to: &writer)
        writer.endObject()
        leftovers = writer.bytes
    }

    /// Writes the leftovers and the scope as members of the open object.
    func write(to writer: inout JSONWriter) {
        if !leftovers.isEmpty {
            writer.key("resource")
            writer.json(leftovers)
        }
        if let scope {
            writer.key("scope")
            writer.string(scope)
        }
    }
}
