/// A column ready to be laid out.
struct TableColumn {
    let name: String
    let cells: [String]
    let roles: [Role]
    let isRight: Bool
    /// True for the name of a group.
    let isKey: Bool
    /// The columns that its widest cell fills.
    let naturalWidth: Int
    /// The narrowest that it may become.
    let narrowest: Int
    /// True when it is left out before all others.
    let givesWay: Bool

    init(name: String, cells: [String], roles: [Role], isRight: Bool, isKey: Bool = false, givesWay: Bool = false) {
        self.givesWay = givesWay
        self.name = name
        self.cells = cells
        self.roles = roles
        self.isRight = isRight
        self.isKey = isKey
        let widest = cells.map { DisplayWidth.of($0) }.max() ?? 0
        naturalWidth = max(DisplayWidth.of(name), widest)
        // A number that is cut would be another number, so only its header gives way.
        // The name of a group says what the numbers are of.
        narrowest =
            givesWay
            ? naturalWidth : isRight ? max(widest, min(DisplayWidth.of(name), 6)) : min(naturalWidth, isKey ? 16 : 8)
    }
}

/// Which columns a table shows, and how wide.
struct TableLayout {
    let columns: [TableColumn]
    /// Indices of the columns shown, ascending.
    let kept: [Int]
    /// The width of each column in `kept`.
    let widths: [Int]
    /// The width of the whole, with two blanks between columns.
    let width: Int

    /// Lays columns out in `width` columns; the first `pinned` of them always stay.
    init(_ columns: [TableColumn], width room: Int, pinned: Int) {
        var kept = Array(columns.indices)
        func total(_ widths: [Int]) -> Int { widths.reduce(0, +) + 2 * max(0, widths.count - 1) }
        // Long texts are messages, which say more than what stands before them.
        let texts = columns.indices.filter { !columns[$0].isRight && columns[$0].naturalWidth >= 28 }
        let longest = texts.max { columns[$0].naturalWidth < columns[$1].naturalWidth }
        while kept.count > max(1, pinned), total(kept.map { columns[$0].narrowest }) > room {
            let free = kept.filter { $0 >= pinned && $0 != longest }
            guard let last = free.last(where: { columns[$0].givesWay }) ?? free.last ?? kept.last else { break }
            kept.removeAll { $0 == last }
        }
        // All columns up to `cap` wide: the largest cap that fits leaves narrow columns whole and shares the rest.
        func capped(_ cap: Int) -> [Int] { kept.map { max(columns[$0].narrowest, min(columns[$0].naturalWidth, cap)) } }
        var low = 0, high = kept.map { columns[$0].naturalWidth }.max() ?? 0
        while low < high {
            let middle = (low + high + 1) / 2
            if total(capped(middle)) <= room { low = middle } else { high = middle - 1 }
        }
        var widths = capped(low)
        // What the cap left over goes to the columns that were cut, from the left.
        var spare = room - total(widths)
        for place in kept.indices where spare > 0 && widths[place] < columns[kept[place]].naturalWidth {
            let more = min(spare, columns[kept[place]].naturalWidth - widths[place])
            widths[place] += more
            spare -= more
        }
        self.columns = columns
        self.kept = kept
        self.widths = widths
        width = total(widths)
    }
}
