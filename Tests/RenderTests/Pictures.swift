import Testing

/// Checks that `lines` are those of `picture`, and prints what was drawn when they are not.
func expectPicture(_ lines: [String], _ picture: String, sourceLocation: SourceLocation = #_sourceLocation) {
    let expected = picture.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    #expect(lines == expected, "drawn:\n\(lines.joined(separator: "\n"))", sourceLocation: sourceLocation)
}
