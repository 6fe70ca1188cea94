import Model

/// Numbers side by side, each under its name: as many in a row as the width holds.
public struct Cards: Sendable {
    /// One number: its name, its value as text, and a small note such as its change.
    public struct Card: Sendable, Hashable {
        /// What the number is.
        public var name: String
        /// The number, formatted.
        public var value: String
        /// A small line below, such as the change; nil leaves it out.
        public var note: String?
        /// How the note is meant; the note must say it in words or signs as well.
        public var noteRole: Role
        /// The value before and the change, below the note; nil leaves it out.
        public var change: String?
        /// How the change is meant.
        public var changeRole: Role

        /// Makes a card.
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

    /// The cards in the order in which they are read.
    public var cards: [Card]

    /// Makes cards in the order in which they are read.
    public init(_ cards: [Card]) { self.cards = cards }

    /// Two to four lines a row of cards, for as many as one of them fills; rows parted by an empty line; columns line up between rows.
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
        // The most columns that fit; then as few as fill the same number of rows, so that rows are even.
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
