import Glibc
import Ingest
import Model
import SQLite

/// Gets pages of web APIs by the system's `curl`. URL and keys pass through its input, never the command line.
///
/// Redirects are not followed: they would carry the keys to another host.
public struct CurlClient: WebClient {
    private let folder: String
    private let environment: [String: String]
    private let patience: Int

    /// Creates a client.
    /// - Parameters:
    ///   - folder: The folder of the unnamed files that hold requests and answers.
    ///   - patience: Seconds for a whole request.
    public init(folder: String, environment: [String: String], patience: Int = 60) {
        self.folder = folder
        self.environment = environment
        self.patience = patience
    }

    /// Returns the configuration of a request whose answer goes to descriptor 3.
    package static func configuration(_ request: WebRequest, patience: Int) -> String {
        """
        url = \(CurlAnswer.quoted(request.url))
        user = \(CurlAnswer.quoted(request.user + ":" + request.password))
        header = "Accept: application/json"
        output = "/dev/fd/3"

        """ + CurlAnswer.settings(patience: patience)
    }

    public func get(_ request: WebRequest) throws -> WebResponse {
        let body: Int32, child: ChildProcess
        do {
            body = try ChildProcess.unnamedFile(in: folder)
        } catch {
            throw WebFailure("\(error)", isTransient: false)
        }
        defer { close(body) }
        do {
            child = try ChildProcess(
                "curl", CurlAnswer.arguments, input: CurlClient.configuration(request, patience: patience), folder: folder,
                environment: environment, inheriting: body)
        } catch {
            throw WebFailure("\(error)", isTransient: false)
        }
        while !child.hasEnded() {
            if StopFlag.isRaised || child.age > .seconds(Int64(2 * patience)) { child.end() }
            usleep(2000)
        }
        try StopFlag.check()
        let answer = CurlAnswer(child.capturedOutput, at: Clock.now())
        if child.wasKilled { throw WebFailure("no answer within \(2 * patience)s") }
        guard child.code == 0, let status = answer.status else {
            throw WebFailure(answer.message ?? "curl ended with code \(child.code ?? -1)")
        }
        return WebResponse(status: status, retryAfter: answer.retryAfter, body: try CurlClient.bytes(of: body))
    }

    private static func bytes(of descriptor: Int32) throws(WebFailure) -> [UInt8] {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw WebFailure("the answer cannot be read") }
        guard status.st_size <= limit else {
            throw WebFailure("the answer is larger than \(limit >> 20) MB", isTransient: false)
        }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size)), done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress! + done, $0.count - done, off_t(done)) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw WebFailure("the answer cannot be read") }
            done += count
        }
        return bytes
    }

    /// The largest answer that is read.
    private static let limit: Int64 = 256 << 20
}
