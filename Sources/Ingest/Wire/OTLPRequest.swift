import Model

/// The body of an OTLP request, as SDKs and collectors send it.
public enum OTLPRequest {
    /// What a request holds.
    public enum Signal: String, Sendable, CaseIterable {
        case traces, logs, metrics
    }

    /// How its body is written.
    public enum Encoding: Sendable {
        case protobuf, json
    }

    /// What was read from a body.
    public struct Content: Sendable {
        /// In the order of the body.
        public var records: [Record] = []
        /// Spans, log records or data points that cannot be stored.
        public var rejected = 0
        /// Why the first of them cannot.
        public var reason: String?
        /// What the user should know, though nothing was lost.
        public var notices: [String] = []
    }

    /// A body that cannot be read; nothing of it counts.
    public struct Fault: Error, Hashable, CustomStringConvertible {
        public let description: String
    }

    /// Reads a whole body. Metrics are counted and not read: they hold neither calls nor errors.
    public static func read(_ body: [UInt8], _ signal: Signal, _ encoding: Encoding) throws(Fault) -> Content {
        if signal == .metrics { return try metrics(body, encoding) }
        let json: [UInt8]
        switch encoding {
        case .json: json = body
        case .protobuf: json = try transcoded(body, signal == .traces ? .traces : .logs)
        }
        guard !json.isEmpty else { throw Fault(description: "the body is empty") }
        var content = Content(), failure: Fault?
        json.withUnsafeBufferPointer { bytes in
            do throws(Fault) {
                try check(bytes, holds: signal)
                content = try read(bytes)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return content
    }

    private static func transcoded(_ body: [UInt8], _ schema: OTLPSchema) throws(Fault) -> [UInt8] {
        var transcoder = OTLPTranscoder(), result: Result<[UInt8], WireFault> = .success([])
        body.withUnsafeBufferPointer { bytes in
            do throws(WireFault) { result = .success(try transcoder.json(of: bytes, schema)) } catch { result = .failure(error) }
        }
        switch result {
        case .success(let json): return json
        case .failure(let fault): throw Fault(description: "broken protobuf: \(fault.reason.rawValue)")
        }
    }

    /// Checks that JSON is a whole object, and that it holds what it was sent as.
    private static func check(_ json: UnsafeBufferPointer<UInt8>, holds signal: Signal) throws(Fault) {
        var cursor = JSONCursor(json), other: String?
        do throws(JSONFault) {
            guard try cursor.enterObject() else { throw JSONFault(reason: .unexpected, offset: cursor.at) }
            while let key = try cursor.nextKey() {
                _ = try cursor.skipValue()
                for (name, held) in [("resourceSpans", Signal.traces), ("resourceLogs", .logs), ("resourceMetrics", .metrics)]
                where key.text == name && held != signal {
                    other = name
                }
            }
            try cursor.expectEnd()
        } catch {
            throw Fault(description: "broken JSON: \(error.reason.rawValue) at byte \(error.offset + 1)")
        }
        if let other { throw Fault(description: "a request for \(signal.rawValue) holds `\(other)`") }
    }

    private static func read(_ json: UnsafeBufferPointer<UInt8>) throws(Fault) -> Content {
        var content = Content(), reader = OTLPReader(isBare: false)
        var cursor = JSONCursor(json), lines = LineCounter(json, line: 1, isSingle: true)
        do {
            var records: [Record] = [], problems: [String] = [], notices: [String] = []
            try withoutActuallyEscaping({ (record: consuming Record, _: Int) in records.append(record) }) { record in
                try withoutActuallyEscaping({ (problem: RecordProblem) in problems.append(problem.what) }) { problem in
                    try withoutActuallyEscaping({ (notice: RecordProblem) in notices.append(notice.what) }) { notice in
                        let sink = RecordSink(path: "", record: record, problem: problem, notice: notice)
                        try reader.read(&cursor, lines: &lines, sink: sink)
                        sink.unclear.report(to: sink)
                    }
                }
            }
            content.records = records
            (content.rejected, content.reason, content.notices) = (problems.count, problems.first, notices)
            return content
        } catch let fault as JSONFault {
            throw Fault(description: "broken JSON: \(fault.reason.rawValue) at byte \(fault.offset + 1)")
        } catch {
            throw Fault(description: "\(error)")
        }
    }
}
