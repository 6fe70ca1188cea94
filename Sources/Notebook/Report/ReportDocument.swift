import Errors
import Model
import QueryLanguage
import Render
import Platform

/// A session as a document: what was said and asked, and what was answered. Written as Markdown or HTML.
struct ReportDocument {
    /// A paragraph of prose, or a cell.
    enum Part {
        case prose(String)
        case cell(ReportCell)
    }

    /// The heading.
    var title: String
    /// What the answers depend on, in one line.
    var basis: String
    var parts: [Part] = []
}

/// A statement of a report, with its answer.
struct ReportCell {
    var number: Int
    var statement: String
    /// The answer as a terminal shows it.
    var picture: [String]
    /// The rows, redacted; nil when the answer is no table.
    var answer: Answer?
    /// What is counted, without time: names the pictures.
    var title: String
    /// The form that the statement asks for.
    var form: String?
    /// True when the picture shows more than the rows.
    var isComposed: Bool
    /// What it shows besides, each with its heading.
    var parts: [(title: String, answer: Answer)]
    /// Charts as SVG that stand before the rows.
    var drawings: [String]
    /// What stands out, a sentence each.
    var remarks: [String]
    /// True when the statement failed.
    var isFailed: Bool
    let style: Style
}

extension Session {
    /// Runs a recorded session at its own time and writes it as a document.
    /// - Parameters:
    ///   - name: A path, or the name of a session.
    ///   - writes: True when the session's statements may write, too.
    /// - Returns: What was written, and which pins could not be read, a line each.
    package func writeReport(of name: String, as form: ReportForm, to path: String, writes: Bool) throws -> String {
        guard let file = environment.locations.notebookFile(name) else {
            throw Refusal(code: .trouble, message: "\(Printable.safe(name)): no session here")
        }
        let notebook = try NotebookFile.read(file)
        let asked = try replaying(notebook, in: store, movesNow: false)
        var options = SessionReplay.Options()
        options.writes = writes
        var replay = SessionReplay(notebook, at: file, by: asked, options)
        replay.keepsProse = true
        try replay.run()
        guard !replay.wasInterrupted else { throw Refusal(code: .interrupted, message: "interrupted") }
        let isRecorded = replay.judged.contains { $0.recorded.machine != nil }
        let title = notebook.title ?? ReportForm.title(of: path)
        let remarks = (isRecorded ? ["against the record: \(replay.summary)"] : []) + replay.pinProblems
        let document = try asked.reportDocument(title: title, remarks: remarks)
        try Files.write(form.text(document), to: path)
        let cells = replay.cells.count { $0.number != nil }
        let problems = replay.pinProblems.map { $0 + "\n" }.joined()
        return problems + "\(cells.counted("cells")) written to \(Printable.safe(path))\n"
    }

    /// The session so far as a document.
    func reportDocument(title: String, remarks: [String] = []) throws -> ReportDocument {
        var heading = title
        var items = cells.items[...]
        if case .note(let note)? = items.first {
            heading =
                Redactor.redact(note).split(whereSeparator: \.isNewline).first.map { String($0.drop { $0 == "#" || $0 == " " }) }
                ?? title
            items = items.dropFirst()
        }
        let rules = try facts().rules
        var basis = [
            "asked at \(TimeText.iso(cells[1]?.clock ?? clockNow))", "zone \(settings.zone.name)", "store \(storeLabel)",
        ]
        if !rules.isEmpty { basis.append("rules \(rules)") }
        if settings.evidence != .default { basis.append("evidence " + settings.evidence.names.joined(separator: "+")) }
        basis += remarks
        var document = ReportDocument(title: heading, basis: basis.joined(separator: " · "))
        var paragraph: [String] = []
        func finish(_ document: inout ReportDocument) {
            if !paragraph.isEmpty { document.parts.append(.prose(paragraph.joined(separator: "\n"))) }
            paragraph = []
        }
        for item in items {
            switch item {
            case .note(let note): paragraph.append(Redactor.redact(note))
            case .cell(let cell):
                finish(&document)
                document.parts.append(.cell(reportCell(cell)))
            }
        }
        finish(&document)
        let answers = document.parts.flatMap { part -> [Answer] in
            guard case .cell(let cell) = part, !cell.isFailed else { return [] }
            return [cell.answer].compactMap { $0 } + cell.parts.map(\.answer)
        }
        if let steps = ReportNextSteps.prose(answers) { document.parts.append(.prose(steps)) }
        return document
    }

    private func reportCell(_ cell: Cell) -> ReportCell {
        let style = Style(
            widthInColumns: ReportCell.widthInColumns, glyphs: .unicode, theme: .plain, zone: cell.zone, now: cell.now)
        return ReportCell(
            number: cell.number, statement: Redactor.redact(cell.text),
            picture: SessionText.output(cell.outcome, role: cell.role, style),
            answer: cell.outcome.result.map { $0.answer.redacted },
            title: cell.outcome.result?.question.map { AnswerPresenter.title($0.query) } ?? "",
            form: cell.outcome.result?.question?.query.form, isComposed: cell.outcome.isComposed, parts: cell.outcome.parts,
            drawings: cell.outcome.drawings?(SVGChart(style)) ?? [],
            remarks: cell.outcome.remarks?(style).map(Redactor.redact) ?? [],
            isFailed: cell.exit != .ok,
            style: style)
    }
}

extension ReportCell {
    /// The width of pictures in documents.
    static let widthInColumns = 100
}

/// The forms of a report.
package enum ReportForm {
    case markdown, html

    /// The form that a name's ending tells; nil when it tells none.
    package init?(path: String) {
        let name = path.lowercased()
        if name.hasSuffix(".md") || name.hasSuffix(".markdown") {
            self = .markdown
        } else if name.hasSuffix(".html") || name.hasSuffix(".htm") {
            self = .html
        } else {
            return nil
        }
    }

    /// The document in this form.
    func text(_ document: ReportDocument) -> String {
        switch self {
        case .markdown: MarkdownReport.text(document)
        case .html: HTMLReport.text(document)
        }
    }

    /// A heading from a file's name.
    static func title(of path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return name.split(separator: ".").first.map(String.init) ?? name
    }
}
