import Errors
import Ingest

/// A line that `classify` reads.
enum ErrorTextLine {
    /// The text and fields of the line; nil when it begins as a JSON object but is none with `text`.
    static func read(_ line: Substring) -> ErrorText? {
        guard line.drop(while: \.isWhitespace).first == "{" else { return ErrorText(text: String(line)) }
        guard let members = FlatObject.members(of: line), let text = members["text"] ?? members["message"] else { return nil }
        return ErrorText(
            text: text, httpStatus: members["http_status"].flatMap { Int($0) }, exceptionClass: members["exception_class"],
            code: members["code"],
            providerType: members["error_type"])
    }
}
