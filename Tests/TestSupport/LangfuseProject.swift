import Model
import Synchronization

/// A Langfuse project that answers requests of the public API: pages by number and by cursor, filtered by time, newest first.
public final class LangfuseProject: Sendable {
    /// A row of a list as the API gives it.
    public struct Row: Sendable {
        public var id: String
        public var time: Timestamp
        public var json: String

        public init(id: String, time: Timestamp, json: String) { (self.id, self.time, self.json) = (id, time, json) }

        /// Reads a recorded row; `member` is the name of its time.
        public init(_ json: String, time member: String) {
            func value(_ name: String) -> String {
                let mark = "\"\(name)\":\""
                var at = json.startIndex
                while at < json.endIndex, !json[at...].hasPrefix(mark) { at = json.index(after: at) }
                return String(json[at...].dropFirst(mark.count).prefix { $0 != "\"" })
            }
            self.init(id: value("id"), time: TimeText.parse(value(member)) ?? Timestamp(seconds: 0), json: json)
        }
    }

    /// An answer to a request.
    public struct Answer: Sendable {
        public var status: Int
        public var headers: String
        public var body: String

        public init(_ status: Int, headers: String = "", body: String = "{}") {
            (self.status, self.headers, self.body) = (status, headers, body)
        }

        /// The whole answer as bytes of HTTP.
        public var http: String {
            "HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\(headers)\r\n\(body)"
        }
    }

    private struct State {
        var observations: [Row] = []
        var traces: [Row] = []
        var requests: [String] = []
        var trouble: @Sendable (_ number: Int, _ target: String) -> Answer? = { _, _ in nil }
        var after: @Sendable (_ number: Int, _ project: LangfuseProject) -> Void = { _, _ in }
    }

    private let state: Mutex<State>
    private let hasCursors: Bool

    /// Creates a project.
    /// - Parameter hasCursors: True for a server with `/api/public/v2/observations`.
    public init(hasCursors: Bool, observations: [Row] = [], traces: [Row] = []) {
        self.hasCursors = hasCursors
        var state = State()
        (state.observations, state.traces) = (observations, traces)
        self.state = Mutex(state)
    }

    /// The targets of all requests so far: path and query.
    public var requests: [String] { state.withLock { $0.requests } }

    /// Sets what is answered instead; requests are counted from 1.
    public func fail(_ trouble: @escaping @Sendable (_ number: Int, _ target: String) -> Answer?) {
        state.withLock { $0.trouble = trouble }
    }

    /// Sets what happens after a request was answered.
    public func after(_ body: @escaping @Sendable (_ number: Int, _ project: LangfuseProject) -> Void) {
        state.withLock { $0.after = body }
    }

    /// Changes the observations.
    public func change(_ body: (inout [Row]) -> Void) { state.withLock { body(&$0.observations) } }

    /// Returns an observation of a generation in the shape of the API.
    public static func generation(_ number: Int, at time: Timestamp, error: String? = nil, isOpen: Bool = false) -> Row {
        let id = "obs-\(number)", end = isOpen ? "null" : "\"\(TimeText.iso(time + .milliseconds(300)))\""
        let state = error.map { #""level":"ERROR","statusMessage":"\#($0)""# } ?? #""level":"DEFAULT","statusMessage":null"#
        let updated = TimeText.iso(time + .milliseconds(isOpen ? 1 : 400))
        return Row(
            id: id, time: time,
            json: #"{"id":"\#(id)","traceId":"trace-\#(number)","projectId":"p","type":"GENERATION","name":"answer","#
                + #""startTime":"\#(TimeText.iso(time))","endTime":\#(end),"model":"gpt-4o","input":"hi","output":"ho","#
                + #""usageDetails":{"input":3,"output":4,"total":7},\#(state),"parentObservationId":null,"updatedAt":"\#(updated)"}"#
        )
    }

    /// Answers a request for a target such as `/api/public/traces?page=1`.
    public func answer(_ target: String) -> Answer {
        let number = state.withLock { state in
            state.requests.append(target)
            return state.requests.count
        }
        let trouble = state.withLock { $0.trouble }
        let answer = trouble(number, target) ?? list(target)
        let after = state.withLock { $0.after }
        after(number, self)
        return answer
    }

    private func list(_ target: String) -> Answer {
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        var query: [String: String] = [:]
        for pair in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1).map(String.init)
            query[sides[0]] = sides.count > 1 ? sides[1] : ""
        }
        let (observations, traces) = state.withLock { ($0.observations, $0.traces) }
        switch parts[0] {
        case "/api/public/v2/observations" where hasCursors: return byCursor(observations, query)
        case "/api/public/observations": return byPage(observations, query, "fromStartTime", "toStartTime")
        case "/api/public/traces": return byPage(traces, query, "fromTimestamp", "toTimestamp")
        case "/api/public/v2/scores" where hasCursors, "/api/public/scores":
            return byPage([], query, "fromTimestamp", "toTimestamp")
        default: return Answer(404, body: "<html>not found</html>")
        }
    }

    private func rows(_ all: [Row], _ query: [String: String], _ from: String, _ to: String) -> [Row] {
        let from = query[from].flatMap { TimeText.parse($0) }, to = query[to].flatMap { TimeText.parse($0) }
        return all.filter { row in (from.map { $0 <= row.time } ?? true) && (to.map { row.time < $0 } ?? true) }
            .sorted { ($1.time, $1.id) < ($0.time, $0.id) }
    }

    private func byPage(_ all: [Row], _ query: [String: String], _ from: String, _ to: String) -> Answer {
        let rows = rows(all, query, from, to), limit = Int(query["limit"] ?? "") ?? 50, page = Int(query["page"] ?? "") ?? 1
        guard limit <= 100 else { return Answer(400, body: #"{"message":"Invalid request data"}"#) }
        let data = rows.dropFirst((page - 1) * limit).prefix(limit).map(\.json).joined(separator: ",")
        let pages = (rows.count + limit - 1) / limit
        let meta = #"{"page":\#(page),"limit":\#(limit),"totalItems":\#(rows.count),"totalPages":\#(pages)}"#
        return Answer(200, body: #"{"data":[\#(data)],"meta":\#(meta)}"#)
    }

    private func byCursor(_ all: [Row], _ query: [String: String]) -> Answer {
        let limit = Int(query["limit"] ?? "") ?? 50
        var rows = rows(all, query, "fromStartTime", "toStartTime")
        if let cursor = query["cursor"]?.split(separator: "~"), cursor.count == 2, let time = Int64(cursor[0]) {
            rows = rows.filter { ($0.time, $0.id) < (Timestamp(nanoseconds: time), String(cursor[1])) }
        }
        let page = rows.prefix(limit), last = page.last.map { "\($0.time.nanoseconds)~\($0.id)" } ?? ""
        let meta = rows.count > limit ? #"{"cursor":"\#(last)"}"# : "{}"
        return Answer(200, body: #"{"data":[\#(page.map(\.json).joined(separator: ","))],"meta":\#(meta)}"#)
    }
}
