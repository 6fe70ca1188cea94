/// A prompt in libedit's format: zero-width sequences are enclosed in marks.
struct PromptText {
    /// Encloses a zero-width sequence.
    static let mark: Character = "\u{1}"
    /// The text with marks.
    let marked: String
    /// The visible text, without escape sequences.
    let visible: String

    /// Parses a prompt that may contain colours (`ESC [ … letter`).
    ///
    /// libedit draws an escape sequence together with the next character and drops one at the end: a final escape sequence
    /// therefore moves before a trailing space, or gets a space after it.
    init(_ prompt: String) {
        // An escape sequence and the visible text after it.
        var pieces: [(escape: String, text: String)] = [("", "")]
        var scalars = Substring(prompt).unicodeScalars
        while let first = scalars.popFirst() {
            guard first == "\u{1B}", scalars.first == "[" else {
                if first.value >= 0x20 && first.value != 0x7F { pieces[pieces.count - 1].text.unicodeScalars.append(first) }
                continue
            }
            var escape = "\u{1B}["
            scalars.removeFirst()
            while let next = scalars.popFirst() {
                escape.unicodeScalars.append(next)
                if (0x40...0x7E).contains(next.value) { break }
            }
            if pieces[pieces.count - 1].text.isEmpty {
                pieces[pieces.count - 1].escape += escape
            } else {
                pieces.append((escape, ""))
            }
        }
        if pieces.count > 1, pieces[pieces.count - 1].text.isEmpty {
            if pieces[pieces.count - 2].text.count > 1, pieces[pieces.count - 2].text.last == " " {
                pieces[pieces.count - 2].text.removeLast()
            }
            pieces[pieces.count - 1].text = " "
        }
        marked = pieces.map { $0.escape.isEmpty ? $0.text : "\(PromptText.mark)\($0.escape)\(PromptText.mark)\($0.text)" }
            .joined()
        visible = pieces.map(\.text).joined()
    }
}
