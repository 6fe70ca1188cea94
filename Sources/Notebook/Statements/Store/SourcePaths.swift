import Importing
import Ingest
import Model
import QueryLanguage
import Platform

/// The sources that `import` and `follow` name, and how they are read.
package struct SourcePaths {
    let paths: [Literal]
    /// The zone of local times that name none, as it was written.
    private let zone: Literal?
    /// What columns of a log mean.
    private let columns: ColumnMap?
    /// The window before now that is read from a web API.
    private let window: Duration?

    /// - Parameter statement: The word that the example begins with.
    init(parsing parser: inout Parser, _ statement: String, _ question: String, example: String) throws(ParseStop) {
        var words = parser.words()
        guard !words.isEmpty else { throw parser.stop("missing-path", at: parser.endOfText, question, closest: example) }
        zone = SourcePaths.take("--tz", from: &words)
        var columns: ColumnMap?
        if var written = SourcePaths.take("--map", from: &words) {
            // Statements are split at commas: what follows belongs to the mapping as long as it is one.
            while let place = words.firstIndex(where: {
                !$0.isQuoted && $0.text.contains("=") && (try? ColumnMap($0.text)) != nil
            }) {
                written.text += "," + words.remove(at: place).text
            }
            do throws(ColumnMap.Fault) { columns = try ColumnMap(written.text) } catch {
                throw parser.stop(
                    "unknown-mapping", at: written.span, error.description, closest: "--map provider=vendor,latency=took_ms")
            }
        }
        let last = SourcePaths.takeLast(from: &words)
        guard !words.isEmpty else {
            throw parser.stop(
                "missing-path", at: parser.endOfText, "which files?",
                closest: "\(statement) --tz Europe/Berlin \"traces.jsonl\"")
        }
        if let last {
            guard SourcePaths.window(last.text) != nil else {
                throw parser.stop(
                    "expected-duration", at: last.span, "`last` needs a duration", closest: "last 48h")
            }
            guard words.contains(where: { LangfuseAddress.isAddress($0.text) }) else {
                throw parser.stop(
                    "window-of-files", at: last.span, "`last` is for a Langfuse server; files are read whole",
                    closest: "\(statement) langfuse://cloud.langfuse.com last \(last.text)")
            }
        }
        window = last.flatMap { SourcePaths.window($0.text) }
        (paths, self.columns) = (words, columns)
    }

    /// Returns the length of a window that `--last` names; nil for anything that is not a duration above zero.
    package static func window(_ text: String) -> Duration? {
        Units.duration(text).flatMap { $0 > .zero ? $0 : nil }
    }

    /// Takes `--last DURATION` or `last DURATION` out of the words.
    private static func takeLast(from words: inout [Literal]) -> Literal? {
        if let option = take("--last", from: &words) { return option }
        guard let place = words.firstIndex(where: { !$0.isQuoted && $0.text.lowercased() == "last" }),
            place + 1 < words.count, !words[place + 1].isQuoted, Units.duration(words[place + 1].text) != nil
        else { return nil }
        words.remove(at: place)
        return words.remove(at: place)
    }

    /// Takes an option with its value, `--name VALUE` or `--name=VALUE`, out of the words.
    private static func take(_ name: String, from words: inout [Literal]) -> Literal? {
        let place = words.firstIndex { word in
            let text = word.text.lowercased()
            return !word.isQuoted && (text == name || text.hasPrefix(name + "="))
        }
        guard let place else { return nil }
        var option = words.remove(at: place)
        if option.text.count > name.count {
            option.text = String(option.text.dropFirst(name.count + 1))
        } else if place < words.count {
            option = words.remove(at: place)
        } else {
            option.text = ""
        }
        return option
    }

    /// How the sources are read: as the statement says, else as was said before.
    func options(in session: Session, as written: StatementText) throws(Diagnostics) -> ReadingOptions {
        guard let named = zone else { return session.readingOptions(columns: columns, window: window) }
        if let zone = session.environment.locations.zone(named: named.text) {
            return session.readingOptions(zone: zone, columns: columns, window: window)
        }
        throw written.mistake(
            "unknown-zone", at: named.span, named.text.isEmpty ? "`--tz` without a zone" : "no time zone `\(named.text)`",
            closest: "UTC, Europe/Berlin, America/New_York")
    }
}
