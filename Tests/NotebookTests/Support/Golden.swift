import TestSupport
import Testing

/// Compares with a recorded text.
func expectGolden(_ text: String, _ name: String, _ location: SourceLocation = #_sourceLocation) {
    if let difference = Golden.difference(text, name) { Issue.record("\(difference)", sourceLocation: location) }
}
