/// How protobuf messages stand in a file.
enum MessageFraming: Equatable {
    /// One message and nothing else, such as the body of a request.
    case none
    /// Each message behind its length in four bytes, the highest first, as the Collector's file exporter writes them.
    case fixedLength
    /// Each message behind its length as a varint, as protobuf libraries write delimited messages.
    case varintLength

    /// A recognised file of messages.
    struct Finding {
        let framing: MessageFraming
        let signal: OTLPRequest.Signal
    }

    /// Recognises OTLP messages by their structure in the first bytes of a file; nil for anything else.
    static func recognise(_ bytes: UnsafeBufferPointer<UInt8>) -> Finding? {
        for framing in [MessageFraming.none, .fixedLength, .varintLength] {
            var rest = bytes[...]
            // The first messages of a stream may be empty.
            for _ in 0..<20 {
                guard !rest.isEmpty, let (length, start) = framing.length(of: UnsafeBufferPointer(rebasing: rest)) else { break }
                let message = rest.dropFirst(start).prefix(length)
                if let signal = OTLPSignals.signal(of: UnsafeBufferPointer(rebasing: message), isCut: message.count < length) {
                    return Finding(framing: framing, signal: signal)
                }
                rest = rest.dropFirst(start + length)
            }
        }
        return nil
    }

    /// Returns the length of the message at the start of `bytes` and the offset of its first byte; nil when that is not known.
    func length(of bytes: UnsafeBufferPointer<UInt8>) -> (length: Int, start: Int)? {
        switch self {
        case .none: return (bytes.count, 0)
        case .fixedLength:
            guard bytes.count >= 4 else { return nil }
            return (bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }, 4)
        case .varintLength:
            var reader = WireReader(bytes)
            guard let length = try? reader.varint(), let whole = Int(exactly: length), whole < 1 << 40 else { return nil }
            return (whole, reader.at)
        }
    }
}

/// Tells OTLP's requests apart by the structure of their messages.
enum OTLPSignals {
    /// Returns what a request holds; nil when it is no request, or holds nothing by which to tell.
    static func signal(of message: UnsafeBufferPointer<UInt8>, isCut: Bool) -> OTLPRequest.Signal? {
        for resource in messages(in: message, isCut: isCut, allowed: 1...1) ?? [] where resource.number == 1 {
            guard let scopes = messages(in: resource.bytes, isCut: isCut, allowed: 1...3) else { return nil }
            for scope in scopes where scope.number == 2 {
                guard let items = messages(in: scope.bytes, isCut: isCut, allowed: 1...3) else { return nil }
                for item in items where item.number == 2 {
                    if let signal = signal(ofItem: item.bytes) { return signal }
                }
            }
        }
        return nil
    }

    /// Returns the fields of a message of messages and strings; nil when it is another one.
    private static func messages(
        in message: UnsafeBufferPointer<UInt8>, isCut: Bool, allowed: ClosedRange<Int>
    ) -> [(number: Int, bytes: UnsafeBufferPointer<UInt8>)]? {
        var reader = WireReader(message, isCut: isCut), found: [(Int, UnsafeBufferPointer<UInt8>)] = []
        do throws(WireFault) {
            while let field = try reader.next() {
                // Fields of the past have numbers from 1000.
                guard case .bytes(let bytes) = field.value, allowed.contains(field.number) || field.number >= 1000 else {
                    return nil
                }
                found.append((field.number, bytes))
                // Enough to tell.
                if found.count == 100 { return found }
            }
        } catch {
            return isCut ? found : nil
        }
        return found
    }

    private static func signal(ofItem item: UnsafeBufferPointer<UInt8>) -> OTLPRequest.Signal? {
        var reader = WireReader(item, isCut: true)
        var hasTrace = false, hasSpan = false, hasTime = false, hasName = false, hasData = false
        while let field = try? reader.next() {
            switch (field.number, field.value) {
            case (1, .bytes(let id)) where id.count == 16: (hasTrace, hasName) = (true, true)
            case (1, .bytes): hasName = true
            case (2, .bytes(let id)) where id.count == 8: hasSpan = true
            case (1, .fixed64), (11, .fixed64): hasTime = true
            case (5, .bytes), (7, .bytes), (9, .bytes), (10, .bytes), (11, .bytes): hasData = true
            default: break
            }
        }
        if hasTrace && hasSpan { return .traces }
        if hasTime && !hasName { return .logs }
        return hasName && hasData ? .metrics : nil
    }
}
