import Model

/// Numbers side by side below their names, as many per row as fit.
public struct Cards: Sendable {
    /// One number: its name, its value as text, and a note such as its change.
    public struct Card: Sendable, Hashable {
        /// The name of the number.
        public var name: String
        /// The number, formatted.
        public var value: String
        /// A line below, such as the change; nil omits it.
        public var note: String?
        /// The role of the note; its text must carry the meaning as well.
        public var noteRole: Role
        /// The baseline and the change, below the note; nil omits it.
        public var change: String?
        /// The role of the change.
        public var changeRole: Role

        /// Creates a card.
        public init(
            _ name: String, _ value: String, note: String? = nil, noteRole: Role = .dim, change: String? = nil,
            changeRole: Role = .dim
        ) {
            self.name = name
            self.value = value
            self.note = note
            self.noteRole = noteRole
            self.change = change
            self.changeRole = changeRole
        }
    }

    /// The cards in reading order.
    public var cards: [Card]

    /// Creates cards in reading order.
    public init(_ cards: [Card]) { self.cards = cards }

    /// Two to four lines per row of cards, as many as the tallest card of the row needs; an empty line between rows; columns line
    /// up across rows.
    public func lines(_ style: Style) -> [String] {
        let texts = cards.map { card -> [(text: String, role: Role)] in
            [
                (style.safe(card.name), .dim), (style.safe(card.value), .strong),
                (card.note.map { style.safe($0) } ?? "", card.noteRole),
                (card.change.map { style.safe($0) } ?? "", card.changeRole),
            ]
        }
        guard !texts.isEmpty, style.widthInColumns > 0 else { return [] }
        let widths = texts.map { card in card.map { DisplayWidth.of($0.text) }.max() ?? 0 }
        let gap = 4
        func columns(_ count: Int) -> [Int] {
            (0..<count).map { column in stride(from: column, to: widths.count, by: count).map { widths[$0] }.max() ?? 0 }
        }
        // The most columns that fit, reduced as long as the number of rows stays the same, so that rows are even.
        let most = (1...min(12, texts.count)).last { columns($0).reduce(0, +) + gap * ($0 - 1) <= style.widthInColumns } ?? 1
        let rows = (texts.count + most - 1) / most
        let even = (texts.count + rows - 1) / rows
        let count = columns(even).reduce(0, +) + gap * (even - 1) <= style.widthInColumns ? even : most
        let places = columns(count)
        var lines: [Line] = []
        for start in stride(from: 0, to: texts.count, by: count) {
            var block = [Line](repeating: Line(), count: 4), column = 0
            for place in start..<min(texts.count, start + count) {
                for (line, part) in texts[place].enumerated() where !part.text.isEmpty {
                    block[line].fill(to: column)
                    block[line].append(part.text, part.role)
                }
                column += places[place - start] + gap
            }
            if start > 0 { lines.append(Line()) }
            lines += block[..<2] + block[2...].filter { $0.width > 0 }
        }
        return lines.texts(style)
    }
}
