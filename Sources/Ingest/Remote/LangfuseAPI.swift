import Model

/// A list of Langfuse's public API.
public enum LangfuseList: Sendable, CaseIterable {
    /// Observations by cursor: Langfuse Cloud and recent servers. Their rows name user, session and tags themselves.
    case observationsByCursor
    /// Observations by page number, on every server.
    case observations
    case traces
    case scores
    /// Scores on servers older than `/api/public/v2/scores`.
    case oldScores

    /// The path on the server.
    public var path: String {
        switch self {
        case .observationsByCursor: "/api/public/v2/observations"
        case .observations: "/api/public/observations"
        case .traces: "/api/public/traces"
        case .scores: "/api/public/v2/scores"
        case .oldScores: "/api/public/scores"
        }
    }

    /// True when the answer tells where the next page begins, so that rows that come or go meanwhile move no others.
    public var hasCursor: Bool { self == .observationsByCursor }

    /// Rows of a page.
    public var pageSize: Int { hasCursor ? 200 : 100 }

    /// Returns the URL of a page with the rows in `from..<to`.
    public func url(_ address: LangfuseAddress, from: Timestamp, to: Timestamp, at place: LangfusePage.Place) -> String {
        let (begin, end) =
            switch self {
            case .observationsByCursor, .observations: ("fromStartTime", "toStartTime")
            case .traces, .scores, .oldScores: ("fromTimestamp", "toTimestamp")
            }
        var url = "\(address.base)\(path)?limit=\(pageSize)&\(begin)=\(TimeText.iso(from))&\(end)=\(TimeText.iso(to))"
        if hasCursor { url += "&fields=\(LangfuseList.fields)&expandMetadata=\(LangfuseList.metadata)" }
        switch place {
        case .page(let number): url += "&page=\(number)"
        case .cursor(let cursor): url += "&cursor=" + LangfuseList.encoded(cursor)
        case .start: url += hasCursor ? "" : "&page=1"
        }
        return url
    }

    /// All groups of fields.
    private static let fields = "core,basic,time,io,metadata,model,usage,prompt,metrics,trace_context"

    /// Members of metadata that are read and may be longer than the 200 characters to which the server cuts all others.
    private static let metadata =
        "attributes,resourceAttributes,scope,error,errors,exception,error_message,error_type,error_details,failure,message,"
        + "stack,stacktrace,traceback,reason"

    private static func encoded(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            let isPlain = byte < 0x80 && (scalar.properties.isAlphabetic || "0123456789-_.~".unicodeScalars.contains(scalar))
            encoded += isPlain ? String(scalar) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
        return encoded
    }
}

/// One page of a list.
public struct LangfusePage: Sendable {
    /// A place in a list.
    public enum Place: Sendable, Hashable {
        case start
        /// From 1.
        case page(Int)
        case cursor(String)
    }

    /// The ids of its rows.
    public private(set) var ids: [String] = []
    /// The number of rows in the whole list, where the server says it.
    public private(set) var total: Int?
    /// The place of the next page; nil after the last one.
    public private(set) var next: Place?
    /// The page on one line.
    public let line: [UInt8]

    /// Parses an answer; nil when it is not a page of a list.
    /// - Parameter place: The place of this page.
    public init?(_ body: [UInt8], of list: LangfuseList, at place: Place) {
        // Line feeds between members are only blanks; in texts they are escaped.
        line = body.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 }
        var isPage = false, cursor: String?, pages: Int?, ids: [String] = [], total: Int?
        line.withUnsafeBufferPointer { bytes in
            var reader = JSONCursor(bytes)
            guard let value = try? reader.skipValue(), (try? reader.expectEnd()) != nil, value.isObject else { return }
            guard let data = value.member("data"), data.isArray else { return }
            isPage = true
            data.forEachElement { ids.append($0.member("id")?.text ?? "") }
            guard let meta = value.member("meta") else { return }
            cursor = (meta.member("cursor") ?? meta.member("nextCursor"))?.filledText
            pages = meta.member("totalPages")?.int.map { Int(clamping: $0) }
            total = meta.member("totalItems")?.int.map { Int(clamping: $0) }
        }
        guard isPage else { return nil }
        (self.ids, self.total) = (ids, total)
        if list.hasCursor {
            next = cursor.map { .cursor($0) }
        } else {
            let number = if case .page(let number) = place { number } else { 1 }
            let hasMore = pages.map { number < $0 } ?? (ids.count >= list.pageSize)
            next = hasMore && !ids.isEmpty ? .page(number + 1) : nil
        }
    }
}
