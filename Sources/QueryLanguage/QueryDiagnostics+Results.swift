import Model

/// Errors in references to results and in baselines.
extension Mistake {
    package static func noResultYet(_ span: TextSpan) -> Diagnostic {
        Diagnostic("no-result", at: span, "no result yet", closest: "errors by type last 24h")
    }

    package static func unknownResult(_ span: TextSpan, cell: Int, known: [Int]) -> Diagnostic {
        Diagnostic(
            "no-result", at: span, "no result `$\(cell)`",
            closest: known.isEmpty ? nil : known.suffix(5).map { "$\($0)" }.joined(separator: ", "))
    }

    package static func unknownRow(_ reference: ResultReference, rows: Int) -> Diagnostic {
        Diagnostic(
            "no-row", at: reference.span,
            "the result has \(rows == 0 ? "no rows" : rows == 1 ? "one row" : rows.counted("rows"))")
    }

    package static func rowWithoutTime(_ reference: ResultReference) -> Diagnostic {
        Diagnostic(
            "no-row-time", at: reference.span, "the row has no time",
            closest: "show first_seen, last_seen; every 1h")
    }

    package static func noColumn(_ reference: ResultReference, field: String, columns: [String]) -> Diagnostic {
        Diagnostic(
            "no-column", at: reference.span, "the result has no column `\(field)`",
            closest: columns.prefix(8).joined(separator: ", "))
    }
}
