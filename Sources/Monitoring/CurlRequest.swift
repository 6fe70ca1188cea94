import Model
import Platform

/// A message posted by the system's `curl`: the configuration that curl reads from its input, and the outcome.
///
/// A message counts as delivered when the receiver answered with a status of 2xx, whatever happened to the answer's content. Redirects
/// are not followed: they would turn the message into another request, or carry it to another host.
package enum CurlRequest {
    package static let arguments = CurlAnswer.arguments

    /// Returns the address, headers and body; the process list shows none of them.
    /// - Parameter patience: Seconds for the whole request, half of them for the connection.
    package static func configuration(_ target: String, body: String, patience: Int) -> String {
        """
        url = \(CurlAnswer.quoted(target))
        header = "Content-Type: application/json"
        header = "Expect:"
        data-raw = \(CurlAnswer.quoted(body))
        output = "/dev/null"

        """ + CurlAnswer.settings(patience: patience)
    }

    /// The outcome of a request.
    package struct Outcome: Equatable {
        /// False when curl was killed before it wrote anything.
        var isKnown = true
        /// The reason why it was not delivered; nil when it was.
        var problem: String?
        /// The time for which the receiver asks to be left alone.
        var retryAfter: Duration?
    }

    /// Parses the output of curl: the headers of the answers, then its own message.
    /// - Parameter now: The time from which a date in `Retry-After` is measured.
    package static func outcome(_ output: String, code: Int32, at now: Timestamp) -> Outcome {
        let answer = CurlAnswer(output, at: now)
        guard let status = answer.status, let name = answer.statusLine else {
            return Outcome(isKnown: answer.message != nil, problem: answer.message ?? "curl ended with code \(code)")
        }
        switch status {
        case 200..<300: return Outcome()
        case 300..<400: return Outcome(problem: name + ", a redirect, which is not followed")
        default: return Outcome(problem: name, retryAfter: answer.retryAfter)
        }
    }
}
