import Model

/// A form that is drawn: the word after `as`, and the picture that it makes of an answer.
public struct PictureForm: Sendable {
    /// The word, its meaning, and what a query must ask for.
    public let form: AnswerForm
    let draw: @Sendable (PictureChoice) -> PictureChoice.Outcome

    init(_ form: AnswerForm, _ draw: @escaping @Sendable (PictureChoice) -> PictureChoice.Outcome) {
        (self.form, self.draw) = (form, draw)
    }

    /// Every form that is drawn.
    public static var all: [PictureForm] { AnswerForms.pictures }
}

/// What shows an answer, rendered as text or as SVG.
protocol Picture: Sendable {
    func lines(_ style: Style) -> [String]
    /// One SVG element per chart; none for what documents show as a table.
    func elements(_ drawer: SVGChart) -> [String]
}

extension Picture {
    func elements(_ drawer: SVGChart) -> [String] { [] }
}

/// A table as a picture.
struct TablePicture: Picture {
    let table: ResultTable
    let options: TableOptions

    func lines(_ style: Style) -> [String] { TableRenderer(style).lines(table, options) }
}

/// One chart per measure or group, separated by empty lines.
struct ChartsPicture<Part: Chart & Picture>: Picture {
    let charts: [Part]

    func lines(_ style: Style) -> [String] { Array(charts.map { $0.lines(style) }.joined(separator: [""])) }
    func elements(_ drawer: SVGChart) -> [String] { charts.flatMap { $0.elements(drawer) } }
}

extension Cards: Picture {}

/// Selects the chart of an answer from its shape or from the word after `as`.
struct PictureChoice {
    let labelled: LabelledAnswer
    let style: Style
    let heightInRows: Int

    init(_ labelled: LabelledAnswer, style: Style, heightInRows: Int) {
        self.labelled = labelled
        self.style = style
        self.heightInRows = heightInRows
    }

    /// A chart and the notes below it.
    typealias Choice = (picture: any Picture, notes: [String])

    /// The result of requesting a form.
    enum Outcome {
        case fits(Choice)
        /// What the answer lacks for this form.
        case needs(String)
    }

    /// The chart of the form; the default chart when the form is unknown or does not fit, then with the reason.
    func picture(form: String?) -> Choice {
        guard let form = AnswerForms.pictures.first(where: { $0.form.name == form }) else { return usual }
        switch outcome(form) {
        case .fits(let choice): return choice
        case .needs(let what):
            let usual = usual
            let reason = "`as \(form.form.name)` needs \(what); showing the default chart"
            return (usual.picture, usual.notes + [reason])
        }
    }

    /// The default chart for the answer's shape.
    var usual: Choice {
        if let cut = labelled.cutBuckets { return cutSeries(cut.held, of: cut.of, cut.axis) }
        return switch labelled.answer.shape {
        case .listing: (table, [])
        case .numbers: (cards, [])
        case .groups(let keys): groups(keys)
        // Times and text cannot be drawn as heights; a table omits none of them.
        case .series where labelled.drawable.count < labelled.measures.count: (table, [])
        case .groupedSeries where labelled.drawable.isEmpty: (table, [])
        case .series(let axis): (labelled.answer.trend == nil ? columns(axis) : lines(axis), [])
        case .groupedSeries(let axis, let keys): groupedSeries(axis, keys)
        }
    }

    func fits(_ picture: any Picture) -> Outcome { .fits((picture, [])) }

    private func outcome(_ form: PictureForm) -> Outcome {
        // A missing bucket is neither zero nor without a value, so nothing over time is drawn without it.
        if let cut = labelled.cutBuckets, form.form.name != "bars", form.form.need != .nothing {
            let buckets = "\(DecimalText.grouped(Int64(cut.held))) of \(DecimalText.grouped(Int64(cut.of)))"
            return .needs("every bucket of the window, but this answer has \(buckets)")
        }
        return form.draw(self)
    }

    /// The result of a form that draws measures over time.
    func overTime(_ series: (TimeAxis) -> Choice, groups: (TimeAxis, Int) -> Choice) -> Outcome {
        switch labelled.answer.shape {
        case .series(let axis): labelled.drawable.isEmpty ? .needs("a numeric measure") : .fits(series(axis))
        case .groupedSeries(let axis, let keys):
            labelled.drawable.isEmpty ? .needs("a numeric measure") : .fits(groups(axis, keys))
        case .listing, .numbers, .groups: .needs("time buckets (`every 1h`)")
        }
    }

    // MARK: Tables and numbers

    /// Part of a series as a table: a chart over time would show the missing buckets as if nothing had happened.
    private func cutSeries(_ held: Int, of all: Int, _ axis: TimeAxis) -> Choice {
        let number = { (count: Int) in DecimalText.grouped(Int64(count)) }
        let buckets = "\(number(held)) of \(number(all)) \("buckets".counted(Int64(all))) of \(style.safe(axis.width))"
        return (table, [buckets])
    }

    var table: any Picture {
        var options = TableOptions()
        let table = labelled.answer.table, keys = labelled.keys
        if case .listing = labelled.answer.shape { options.numbersRows = true }
        if labelled.cutBuckets != nil { options.numbersRows = true }
        if case .groups = labelled.answer.shape { options.foldedGroups = labelled.answer.foldedGroups }
        options.keys = keys
        guard let baseline = labelled.answer.baseline else { return TablePicture(table: table, options: options) }
        let shown = Comparison(baseline, table: table, keys: keys).shown(table, keys: keys, style: style).table
        return TablePicture(table: shown, options: options)
    }

    private var cards: any Picture {
        let table = labelled.answer.table, text = ValueText(style)
        let row = table.rows.first ?? []
        let comparison = labelled.answer.baseline.map { Comparison($0, table: table, keys: 0) }
        let cards = labelled.measures.map { index -> Cards.Card in
            let column = table.columns[index]
            let value = index < row.count ? row[index] : .missing
            var card = Cards.Card(column.name, text.column([value], type: column.type)[0])
            if case .ratio(let ratio) = value {
                let parts = text.rateParts(ratio)
                card.value = parts.percent
                card.note = (parts.interval.map { "(\($0)) " } ?? "") + parts.counts
            }
            // When no data covers the baseline, the receipt says so once; the cards do not repeat it.
            guard let comparison, !comparison.baseline.isUnknown, let before = comparison.before(index, in: table),
                before < row.count
            else { return card }
            var words = "\(comparison.baseline.name) \(text.text(row[before]))"
            if let covered = comparison.baseline.covered {
                words += " (\(covered))"
            } else if let difference = comparison.difference(row, index, in: table, text) {
                if let isUp = difference.isUp {
                    words += " \(isUp ? style.marks.up : style.marks.down) \(difference.withoutSign)"
                } else {
                    words = "unchanged"
                }
                card.changeRole = LabelledAnswer.role(isUp: difference.isUp, of: column, title: labelled.title)
            }
            card.change = words
            return card
        }
        return Cards(cards)
    }
}

extension PictureForm {
    static let table = PictureForm(AnswerForm("table", "a table")) { $0.fits($0.table) }
}
