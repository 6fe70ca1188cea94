import Model
import Testing

@testable import Monitoring
@testable import Notebook

@Suite("what curl says of a request")
struct CurlRequestTests {
    private let now = Timestamp(seconds: 1_795_269_600)

    private func outcome(_ said: String, code: Int32 = 0) -> CurlRequest.Outcome {
        CurlRequest.outcome(said.replacing("\n", with: "\r\n"), code: code, at: now)
    }

    @Test("a status of 2xx is a delivery, whatever happens to the content; every other one is none")
    func statuses() {
        #expect(outcome("HTTP/1.1 200 OK\nServer: x\n\n").problem == nil)
        #expect(outcome("HTTP/2 202 \n\n").problem == nil)
        #expect(
            outcome("HTTP/1.1 200 OK\nContent-Length: 9\n\ncurl: (18) transfer closed with 6 bytes remaining to read\n", code: 18)
                .problem == nil)
        #expect(outcome("HTTP/1.1 100 Continue\n\nHTTP/1.1 500 Oops\n\n").problem == "HTTP 500 Oops")
        #expect(outcome("HTTP/1.1 404 Not Found\n\n").problem == "HTTP 404 Not Found")
        for status in [300, 301, 302, 303, 304, 307, 308] {
            #expect(
                outcome("HTTP/1.1 \(status) Elsewhere\nLocation: http://h/\n\n").problem?.hasPrefix("HTTP \(status) ") == true)
        }
        // Headers that break off are no answer.
        #expect(
            outcome("HTTP/1.1 200 OK\nServer: x\ncurl: (56) Recv failure: Connection reset by peer\n", code: 56).problem
                == "Recv failure: Connection reset by peer")
        #expect(
            outcome("HTTP/1.1 100 Continue\n\ncurl: (52) Empty reply from server\n", code: 52).problem
                == "Empty reply from server")
    }

    @Test("curl's reason is shown without its code and its advice")
    func reasons() {
        let certificate = """
            curl: (60) SSL certificate problem: self-signed certificate
            More details here: https://curl.se/docs/sslcerts.html

            curl failed to verify the legitimacy of the server and therefore could not
            establish a secure connection to it. To learn more about this situation and
            how to fix it, please visit the web page mentioned above.

            """
        #expect(outcome(certificate, code: 60).problem == "SSL certificate problem: self-signed certificate")
        #expect(
            outcome("curl: (6) Could not resolve host: hooks.invalid\n", code: 6).problem
                == "Could not resolve host: hooks.invalid")
        #expect(
            outcome("curl: (60) SSL: no alternative name matches; try --insecure\n", code: 60).problem
                == "SSL: no alternative name matches")
        #expect(outcome("", code: 2) == CurlRequest.Outcome(isKnown: false, problem: "curl ended with code 2"))
    }

    @Test("Retry-After is seconds or a date")
    func retryAfter() {
        func wait(_ text: String) -> Duration? { outcome("HTTP/1.1 503 Busy\nretry-after: \(text)\n\n").retryAfter }
        #expect(wait("120") == .seconds(120))
        #expect(wait("99999999999") == .hours(24))
        #expect(wait("Sat, 21 Nov 2026 14:05:00 GMT") == .minutes(5))
        #expect(wait("Sat, 21 Nov 2026 13:05:00 GMT") == nil)
        for nonsense in ["", "-5", "soon", "Sat, 99 Nov 2026 14:05:00 GMT", "a b c d e f"] { #expect(wait(nonsense) == nil) }
    }

    @Test("no option of the command line names the receiver, and curl neither globs nor follows redirects")
    func configuration() {
        let text = CurlRequest.configuration("http://h/?a=\"b\"", body: "x\ny\\", patience: 10)
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.contains(#"url = "http://h/?a=\"b\"""#) && lines.contains(#"data-raw = "x\ny\\""#), "\(text)")
        #expect(lines.contains("globoff") && !lines.contains { $0.hasPrefix("location") })
        #expect(CurlRequest.arguments == ["-q", "--config", "-"])
    }
}
