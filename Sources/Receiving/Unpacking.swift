import CZlib

/// Unpacks bodies that were packed by gzip or deflate (zlib).
enum Unpacking {
    /// Why a body cannot be unpacked.
    enum Fault: Error {
        case damaged
        /// Larger than the limit when unpacked.
        case tooLarge
    }

    /// Returns the unpacked bytes, at most `limit` of them. Several members of gzip one behind the other are unpacked all.
    static func unpack(_ packed: [UInt8], limit: Int) throws(Fault) -> [UInt8] {
        var stream = z_stream(), unpacked: [UInt8] = [], fault: Fault?
        guard czlib_inflate_init(&stream) == Z_OK else { throw .damaged }
        defer { inflateEnd(&stream) }
        var packed = packed
        packed.withUnsafeMutableBufferPointer { input in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            do throws(Fault) { unpacked = try inflateAll(&stream, limit: limit) } catch { fault = error }
        }
        if let fault { throw fault }
        return unpacked
    }

    private static func inflateAll(_ stream: inout z_stream, limit: Int) throws(Fault) -> [UInt8] {
        var unpacked: [UInt8] = [], chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            var state: Int32 = Z_OK
            let room = chunk.count
            let made = chunk.withUnsafeMutableBufferPointer { output in
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(room)
                state = inflate(&stream, Z_NO_FLUSH)
                return room - Int(stream.avail_out)
            }
            unpacked += chunk[..<made]
            if unpacked.count > limit { throw .tooLarge }
            switch state {
            case Z_STREAM_END:
                if stream.avail_in == 0 { return unpacked }
                guard inflateReset(&stream) == Z_OK else { throw .damaged }
            // Without output and without input, nothing more will come: the end is missing.
            case Z_OK where made > 0 || stream.avail_in > 0: continue
            default: throw .damaged
            }
        }
    }
}
