import Model

extension OTLPRequest {
    /// Counts the data points of a request for metrics.
    static func metrics(_ body: [UInt8], _ encoding: Encoding) throws(Fault) -> Content {
        var result: Result<Int, Fault> = .success(0)
        body.withUnsafeBufferPointer { bytes in
            switch encoding {
            case .protobuf:
                do throws(WireFault) { result = .success(try points(bytes, level: 0)) } catch {
                    result = .failure(Fault(description: "broken protobuf: \(error.reason.rawValue)"))
                }
            case .json:
                var cursor = JSONCursor(bytes)
                do throws(JSONFault) {
                    let value = try cursor.skipValue()
                    try cursor.expectEnd()
                    result = .success(points(value, level: 0))
                } catch {
                    result = .failure(Fault(description: "broken JSON: \(error.reason.rawValue) at byte \(error.offset + 1)"))
                }
            }
        }
        var content = Content()
        content.rejected = try result.get()
        content.reason = "metrics are not stored; OTEL_METRICS_EXPORTER=none stops sending them"
        return content
    }

    /// Fields that lead from a request through its resources, scopes, metrics and their data to the data points.
    private static let path: [Set<Int>] = [[1], [2], [2], [5, 7, 9, 10, 11], [1]]

    private static func points(_ message: UnsafeBufferPointer<UInt8>, level: Int) throws(WireFault) -> Int {
        var reader = WireReader(message), count = 0
        while let field = try reader.next() {
            guard path[level].contains(field.number), case .bytes(let bytes) = field.value else { continue }
            count += level == path.count - 1 ? 1 : try points(bytes, level: level + 1)
        }
        return count
    }

    private static let names: [Set<String>] = [
        ["resourceMetrics"], ["scopeMetrics"], ["metrics"],
        ["gauge", "sum", "histogram", "exponentialHistogram", "summary"], ["dataPoints"],
    ]

    private static func points(_ value: JSONSlice, level: Int) -> Int {
        var count = 0
        value.forEachMember { key, member in
            guard names[level].contains(key.text) else { return }
            let isLast = level == names.count - 1
            guard member.isArray else {
                if !isLast { count += points(member, level: level + 1) }
                return
            }
            member.forEachElement { count += isLast ? 1 : points($0, level: level + 1) }
        }
        return count
    }
}
