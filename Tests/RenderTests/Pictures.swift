import Testing

/// Expects `lines` to equal `picture`; on failure, prints the drawing.
func expectPicture(_ lines: [String], _ picture: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let expected = picture.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines == expected, "drawn:\n\(lines.joined(separator: "\n"))", sourceLocation: sourceLocation)
}
