import Model
import QueryLanguage
import Render
import Platform

/// `report FILE.md`, `report FILE.html`.
struct ReportStatement: Statement {
    let path: Literal
    let form: ReportForm

    static let entry = StatementEntry(
        "report", "report FILE.md | FILE.html", "write the session as a document", example: "report quota.html",
        reading: .paths, role: .aside, traits: .isLikeProse)

    init(parsing parser: inout Parser) throws(ParseStop) {
        guard let path = parser.words().first else {
            throw parser.stop(
                "missing-path", at: parser.endOfText, "write the report to which file?",
                closest: "report quota.html, report quota.md")
        }
        guard let form = ReportForm(path: path.text) else {
            throw parser.stop(
                "report-form", at: path.span, "a report is Markdown or HTML, by its file extension",
                closest: "\(path.text).md, \(path.text).html")
        }
        self.path = path
        self.form = form
    }

    var effects: StatementEffects { .of(.writesFiles) }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        guard session.cells.count > 0 else {
            throw written.mistake("nothing-to-report", at: path.span, "no statements yet")
        }
        let whole = session.environment.locations.expandingHome(path.text)
        try Files.write(form.text(session.reportDocument(title: ReportForm.title(of: whole))), to: whole)
        return Outcome(.narrated("\(session.cells.count.counted("cells")) written to \(Printable.safe(path.text))"))
    }
}
