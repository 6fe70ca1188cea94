import Glibc
import Importing
import LocalStore
import Model
import QueryLanguage
import Receiving
import Render
import Platform

/// `listen [ADDRESS]`.
struct ListenStatement: Statement {
    let address: ListenAddress
    /// When it ends by itself; nil for never.
    var duration: Duration?

    static let entry = StatementEntry(
        "listen", "listen [ADDRESS]",
        "receive what OpenTelemetry SDKs and collectors send over HTTP (OTLP), at 127.0.0.1:4318 by default",
        example: "listen 127.0.0.1:4318", reading: .words, role: .machine, traits: .isLikeProse)

    init(_ address: ListenAddress, for duration: Duration? = nil) { (self.address, self.duration) = (address, duration) }

    init(parsing parser: inout Parser) throws(ParseStop) {
        let words = parser.words()
        if words.count > 1 {
            throw parser.stop("extra-words", at: words[1].span, "one address at a time", closest: "listen \(words[0].text)")
        }
        guard let word = words.first else {
            address = .standard
            return
        }
        address = try ListenStatement.address(word, &parser)
    }

    /// The address that a word names.
    static func address(_ word: Literal, _ parser: inout Parser) throws(ParseStop) -> ListenAddress {
        do throws(ListenAddress.Fault) { return try ListenAddress(word.text) } catch {
            throw parser.stop("unknown-address", at: word.span, error.description, closest: "listen 127.0.0.1:4318")
        }
    }

    var effects: StatementEffects { .of(.changesStore) }

    func run(in session: Session, as written: StatementText) throws -> Outcome {
        Outcome(try session.listen(at: address, for: duration))
    }
}

/// Sources that come by themselves.
extension Session {
    /// Receives beside the prompt where there is one, else until Ctrl-C or for so long.
    func listen(at address: ListenAddress, for duration: Duration? = nil) throws -> Reply {
        guard rights.writesFiles else { return .narrated("nothing is received in a replay") }
        if let receivers = console.receivers {
            if receivers.contains(address.source) { return .narrated("\(address.source) is received already") }
            let address = try receivers.start(address)
            return .narrated(
                (ReceiverText.start(address, store: store.path)
                    + ["until this notebook ends, or `unfollow \(address.source)`"]).joined(separator: "\n"))
        }
        let receivers = RunningReceivers(
            store: store.path, locations: environment.locations, pinnedNow: clock.pinned
        ) { Output.write($0, to: 2) }
        // What asks a program to end ends this one as Ctrl-C does: what it took is stored.
        signal(SIGTERM) { _ in kill(getpid(), SIGINT) }
        defer { signal(SIGTERM, SIG_DFL) }
        let started = try receivers.start(address), end = duration.map { Clock.ticks() + $0 }
        var opening = Reply(ReceiverText.start(started, store: store.path))
        opening.isDrawn = true
        console.emit.map { $0(opening) } ?? Output.write(opening)
        while !StopFlag.isRaised, end.map({ Clock.ticks() < $0 }) ?? true {
            usleep(50_000)
            console.progress?.show(ReceiverText.sum(receivers.totals(started.source)))
        }
        console.progress?.clear()
        let totals = try receivers.stop(started.source)
        return Reply([ReceiverText.sum(totals)])
    }

    /// Ends a receiver of this process; what it received. Nil when no receiver runs. Throws when another process has it.
    func stopReceiving(_ source: StoreSource) throws -> ReceiverTotals? {
        if let receivers = console.receivers, receivers.contains(source.path) { return try receivers.stop(source.path) }
        guard ReceivedSource.isReceived(source.path), let mark = source.following?.state, ProcessIdentity.isRunning(mark) else {
            return nil
        }
        throw ReceivedElsewhere(source: source.path, process: String(mark.prefix { $0 != ":" }))
    }
}

/// Another process receives, and only it can end that.
struct ReceivedElsewhere: Error, CustomStringConvertible {
    let source: String
    let process: String

    var description: String { "\(source): process \(process) receives there; end it with Ctrl-C or `kill \(process)`" }
}

/// What is said of receivers.
enum ReceiverText {
    /// Where it receives, and what to set where programs send.
    static func start(_ address: ListenAddress, store: String) -> [String] {
        var lines = [
            "receiving OTLP over HTTP at \(address.endpoint) into \(Printable.safe(store))",
            "where your program runs: export OTEL_EXPORTER_OTLP_ENDPOINT=\(endpoint(address)) OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf",
        ]
        if !address.isLoopback { lines.append("every machine that reaches \(address) can add records to the store") }
        return lines
    }

    /// An address for clients: all addresses of the machine are none that one could send to.
    private static func endpoint(_ address: ListenAddress) -> String {
        ["0.0.0.0", "::"].contains(address.host) ? "http://HOST:\(address.port)" : address.endpoint
    }

    /// `received 1,200 records in 3 requests, 1,150 new`
    static func sum(_ totals: ReceiverTotals) -> String {
        var parts = ["received \(totals.records.counted("records")) in \(totals.requests.counted("requests"))"]
        if totals.records > 0 { parts.append("\(totals.new.grouped) new") }
        if totals.rejected > 0 { parts.append("\(totals.rejected.grouped) not storable") }
        if totals.refused > 0 { parts.append("\(totals.refused.counted("requests")) refused") }
        return parts.joined(separator: ", ")
    }

    /// The state of a receiver's source.
    static func state(_ following: StoreSource.Following) -> String {
        if let mark = following.state, ProcessIdentity.isRunning(mark) { return "receiving" }
        return "not receiving: its process was ended"
    }
}
