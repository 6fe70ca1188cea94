/// A cell's text, mapped to the text that libedit edits: there, each line after the first starts with the continuation prompt,
/// because libedit draws only one prompt.
struct CellText {
    /// The cell without continuation prompts.
    let text: String
    /// The cursor, in UTF-8 bytes of `text`.
    let cursor: Int
    /// For each character of the cell, and for its end, the index in the edited text.
    private let origins: [Int]
    private let byteOffsets: [Int]

    /// Parses the edited text; `cursor` is an index in its characters.
    init(edited: [Unicode.Scalar], cursor: Int, continuation: [Unicode.Scalar]) {
        var scalars = String.UnicodeScalarView()
        var origins: [Int] = [], byteOffsets: [Int] = [], bytes = 0, bytesAtCursor = 0, at = 0
        while at < edited.count {
            let scalar = edited[at]
            scalars.append(scalar)
            origins.append(at)
            byteOffsets.append(bytes)
            bytes += UTF8.width(scalar)
            at += 1
            if at <= cursor { bytesAtCursor = bytes }
            if scalar == "\n", !continuation.isEmpty, edited[at...].starts(with: continuation) { at += continuation.count }
        }
        text = String(scalars)
        self.cursor = bytesAtCursor
        self.origins = origins + [edited.count]
        self.byteOffsets = byteOffsets + [bytes]
    }

    /// Returns the index in the edited text of the character at this byte of the cell.
    func place(ofByte offset: Int) -> Int {
        origins[byteOffsets.firstIndex { $0 >= offset } ?? origins.count - 1]
    }

    /// Returns the edited text of a cell.
    static func shown(_ cell: String, continuation: String) -> String {
        guard !continuation.isEmpty, cell.utf8.contains(0x0A) else { return cell }
        return cell.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n" + continuation)
    }
}
