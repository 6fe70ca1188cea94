import Model

/// A column with the measurements for layout.
struct TableColumn {
    let name: String
    let cells: [String]
    let roles: [Role]
    let isRight: Bool
    /// True for the name of a group.
    let isKey: Bool
    /// Width of the widest cell.
    let naturalWidth: Int
    /// Minimum width.
    let narrowest: Int
    /// True when this column is omitted before all others.
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
        // A truncated number would be a different number, so only its header may be truncated.
        // The name of a group says what its numbers mean.
        narrowest =
            givesWay
            ? naturalWidth : isRight ? max(widest, min(DisplayWidth.of(name), 6)) : min(naturalWidth, isKey ? 16 : 8)
    }
}

/// The columns of a table that are shown, and their widths.
struct TableLayout {
    let columns: [TableColumn]
    /// Indices of the columns shown, ascending.
    let kept: [Int]
    /// Width of each column in `kept`.
    let widths: [Int]
    /// Total width, with two spaces between columns.
    let width: Int

    /// Fits columns into `width` columns; the first `pinned` always stay.
    init(_ columns: [TableColumn], width room: Int, pinned: Int) {
        var kept = Array(columns.indices)
        func total(_ widths: [Int]) -> Int { widths.reduce(0, +) + 2 * max(0, widths.count - 1) }
        // Long text is usually a message, worth more than the columns before it.
        let texts = columns.indices.filter { !columns[$0].isRight && columns[$0].naturalWidth >= 28 }
        let longest = texts.max { columns[$0].naturalWidth < columns[$1].naturalWidth }
        while kept.count > max(1, pinned), total(kept.map { columns[$0].narrowest }) > room {
            let free = kept.filter { $0 >= pinned && $0 != longest }
            guard let last = free.last(where: { columns[$0].givesWay }) ?? free.last ?? kept.last else { break }
            kept.removeAll { $0 == last }
        }
        // The largest cap that fits leaves narrow columns whole and divides the rest evenly.
        func capped(_ cap: Int) -> [Int] { kept.map { max(columns[$0].narrowest, min(columns[$0].naturalWidth, cap)) } }
        let caps = 1..<(kept.map { columns[$0].naturalWidth }.max() ?? 0) + 1
        let cap = caps.partitioningIndex { total(capped($0)) > room } - 1
        var widths = capped(cap)
        // Space left by the cap goes to truncated columns, from the left.
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
