import Errors
import Ingest
import Model
import Notebook
import Render
import Platform

extension Program {
    /// Reads texts, one per line, and says which type of error each reports.
    ///
    /// A line that begins with `{` is JSON with `text` and, if known, `http_status`, `exception_class`, `code`; any other line
    /// is a text itself. Texts about no error have the type `not_an_error`.
    static func classify(_ file: String?, format: String) -> ExitCode {
        guarded {
            guard format == "table" || ExportFormat(rawValue: format) != nil else {
                throw Refusal(
                    code: .usage,
                    message: "--format: unknown format `\(format)`; expected table, csv, tsv, json, ndjson, markdown")
            }
            let text = try file.map { try Files.text(of: $0) } ?? readStandardInput()
            let book = try RuleBook.read(Locations(environment: environment()).classificationRules)
            guard book.mistakes.isEmpty else { throw RuleFileTrouble(book) }
            let classifier = Classifier(rules: book.rules)
            var rows: [[Value]] = []
            var exit = ExitCode.ok
            let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
            for (number, line) in lines.enumerated() {
                guard !line.allSatisfy(\.isWhitespace) else { continue }
                guard let error = ErrorTextLine.read(line) else {
                    Output.write("\(file ?? "standard input"):\(number + 1): no JSON object with `text`\n", to: 2)
                    exit = .wrong
                    continue
                }
                rows.append(row(error, classifier.classify(error)))
            }
            let columns = ["type", "severity", "rule", "matched", "text"].map { ResultColumn($0, .text) }
            let table = ResultTable(columns: columns, rows: rows)
            let environment = environment()
            let traits = TerminalTraits(environment: environment)
            let style = Style(
                widthInColumns: traits.width, glyphs: traits.isUTF8 ? .unicode : .ascii,
                theme: traits.usesColor ? .colour : .plain)
            let reply =
                ExportFormat(rawValue: format).map { Reply(data: $0.text(table, style: style)) }
                ?? Reply(TableRenderer(style).lines(table))
            Output.write(reply)
            return exit
        }
    }

    private static func row(_ error: ErrorText, _ found: Classification?) -> [Value] {
        guard let found else { return [.text("not_an_error"), .missing, .missing, .missing, .text(Redactor.redact(error.text))] }
        return [
            .text(found.type.name), .text(found.severity.name), .text(found.rule),
            matched(error, found).map { .text($0) } ?? .missing,
            .text(Redactor.redact(error.text)),
        ]
    }

    /// The characters that the rule matched.
    private static func matched(_ error: ErrorText, _ found: Classification) -> String? {
        guard let range = found.matched, let field = found.field, let source = error.value(of: field) else { return nil }
        let bytes = Array(source.utf8)
        guard range.lowerBound >= 0, range.upperBound <= bytes.count else { return nil }
        return Redactor.redact(String(decoding: bytes[range], as: UTF8.self))
    }
}
