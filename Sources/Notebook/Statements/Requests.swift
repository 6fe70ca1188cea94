import Model
import QueryLanguage
import Receiving
import Render
import Platform

/// Statements that a subcommand asks for: made of its words, with the text that mistakes are shown in.
extension ParsedStatement {
    /// `doctor`, or `doctor rebuild`.
    package static func doctor(rebuilds: Bool) -> ParsedStatement {
        ParsedStatement(DoctorStatement(rebuilds: rebuilds), text: "doctor")
    }

    /// `alert check`.
    package static var alertCheck: ParsedStatement { ParsedStatement(AlertStatement(verb: .check), text: "alert check") }

    /// `alert list`.
    package static var alertList: ParsedStatement { ParsedStatement(AlertStatement(verb: .list), text: "alert list") }

    /// `alert load FILE`.
    package static func alertLoad(_ file: String) -> ParsedStatement {
        let words = TypedWords("alert load", [file])
        return ParsedStatement(AlertStatement(verb: .load(words.literals[0])), text: words.text)
    }

    /// `replay FILE…`.
    package static func replay(_ files: [String], _ options: SessionReplay.Options) -> ParsedStatement {
        ParsedStatement(ReplayStatement(files: files, options: options), text: "replay")
    }

    /// `sessions`, or `sessions --recover`; with a number, that session alone.
    package static func sessions(recovers: Bool, number: Int64?) -> ParsedStatement {
        ParsedStatement(SessionsStatement(verb: recovers ? .recover(number) : .list), text: "sessions")
    }

    /// `sources`.
    package static var sources: ParsedStatement { ParsedStatement(SourcesStatement(), text: "sources") }

    /// `listen ADDRESS`, which ends by itself after a time such as `10m` when one is given.
    package static func listen(at address: String?, for duration: String?) throws(Refusal) -> ParsedStatement {
        let place: ListenAddress
        do throws(ListenAddress.Fault) { place = try ListenAddress(address ?? "") } catch {
            throw Refusal(code: .usage, message: error.description)
        }
        let time = duration.flatMap(Units.duration)
        guard duration == nil || time.map({ $0 > .zero }) == true else {
            throw Refusal(code: .usage, message: "--for: `\(duration ?? "")` is no duration; write 10m")
        }
        return ParsedStatement(ListenStatement(place, for: time), text: "listen")
    }

    /// True for a word that `follow` takes for an address at which to receive.
    package static func isAddress(_ word: String) -> Bool { FollowStatement.isAddress(word) }

    /// `unfollow SOURCE…`.
    package static func unfollow(_ sources: [String]) -> ParsedStatement {
        let words = TypedWords("unfollow", sources)
        return ParsedStatement(UnfollowStatement(sources: words.literals), text: words.text)
    }

    /// `forget SOURCE`.
    package static func forget(source: String, isConfirmed: Bool) -> ParsedStatement {
        let words = TypedWords("forget", [source])
        return ParsedStatement(ForgetStatement(.source(words.literals[0]), isConfirmed: isConfirmed), text: words.text)
    }

    /// `forget before TIME`.
    package static func forget(before time: String, isConfirmed: Bool) -> ParsedStatement {
        let lead = "forget before ", (instant, mistakes) = Parser.time(of: time, at: lead.utf8.count)
        guard let instant, mistakes.isEmpty else {
            let written = StatementText(text: lead + time, mistakes: mistakes)
            return ParsedStatement(statement: nil, type: ForgetStatement.self, written: written)
        }
        return ParsedStatement(ForgetStatement(.before(instant), isConfirmed: isConfirmed), text: lead + time)
    }

    /// `export QUERY` or `export metrics`, with the path and the form beside the words.
    /// - Throws: A refusal when there is no such form.
    package static func export(_ words: [String], to path: String?, format: String?) throws(Refusal) -> ParsedStatement {
        var parsed = Statements.parse((["export"] + words).joined(separator: " "))
        guard var export = parsed.statement as? ExportStatement else { return parsed }
        if let format {
            var refusal = ExportFormat(rawValue: format) != nil ? nil : "unknown export format `\(format)`"
            if case .metrics = export.subject { refusal = "metrics are always OpenMetrics" }
            if let refusal { throw Refusal(code: .usage, message: "--format: \(refusal)") }
        }
        let end = parsed.written.end
        export.form = format.map { Name($0, end) }
        if let path { export.path = Literal(text: path, span: end, isQuoted: true) }
        parsed.statement = export
        return parsed
    }
}

/// Words of the command line as they would be typed behind a statement, so that carets have something to point at.
private struct TypedWords {
    private(set) var text: String
    private(set) var literals: [Literal] = []

    /// - Parameter name: The words of the statement.
    init(_ name: String, _ words: [String]) {
        text = name
        for word in words {
            let start = text.utf8.count + 1
            text += " \"" + word + "\""
            literals.append(Literal(text: word, span: TextSpan(start, text.utf8.count), isQuoted: true))
        }
    }
}
