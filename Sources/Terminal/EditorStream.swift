import CEdit
import Glibc
import Render

/// The stream through which libedit and the line editor draw: it passes cursor movements and colours, and filters control
/// sequences out of the text being edited.
///
/// That text may come from data: a completed value, a recalled or pasted statement. libedit escapes control characters itself,
/// but sends bidirectional and invisible characters unchanged.
final class EditorStream {
    private let descriptor: Int32
    private var filter = EditorFilter()

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    /// Opens a stream that writes to a descriptor and closes it with the stream; nil when the system refuses.
    static func open(_ descriptor: Int32) -> UnsafeMutablePointer<FILE>? {
        let stream = Unmanaged.passRetained(EditorStream(descriptor))
        let opened = cedit_open_stream(
            stream.toOpaque(),
            { cookie, bytes, count in
                guard let cookie, let bytes else { return 0 }
                let stream = Unmanaged<EditorStream>.fromOpaque(cookie).takeUnretainedValue()
                return stream.write(UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
            },
            { cookie in
                guard let cookie else { return 0 }
                return Glibc.close(Unmanaged<EditorStream>.fromOpaque(cookie).takeRetainedValue().descriptor)
            })
        if opened == nil { stream.release() }
        return opened
    }

    private func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        let passed = filter.passed(bytes)
        var sent = 0
        while sent < passed.count {
            let count = passed[sent...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }
}

/// Filters a byte stream for a terminal that is drawn on; a sequence may arrive in pieces.
struct EditorFilter {
    private enum State { case text, escape, sequence, charset }

    private var state = State.text
    /// An incomplete escape sequence or character.
    private var held: [UInt8] = []

    /// Longest sequence that passes; those of libedit and the editor are shorter.
    private static let longestSequence = 32

    mutating func passed(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        for byte in bytes { take(byte, &out) }
        return out
    }

    private mutating func take(_ byte: UInt8, _ out: inout [UInt8]) {
        switch state {
        case .text: takeText(byte, &out)
        case .escape:
            switch byte {
            case 0x5B: (state, held) = (.sequence, held + [byte])
            case 0x28, 0x29: (state, held) = (.charset, held + [byte])
            // Save and restore cursor, keypad, index, reverse index.
            case 0x37, 0x38, 0x3D, 0x3E, 0x44, 0x45, 0x4D: finish(held + [byte], &out)
            // Terminal strings (title, clipboard, device control) and anything else: the escape is dropped.
            default: drop(byte, &out)
            }
        case .charset: finish(held + [byte], &out)
        case .sequence:
            if byte >= 0x20, byte < 0x40, held.count < EditorFilter.longestSequence { held.append(byte); return }
            if byte >= 0x40, byte < 0x7F { finish(held + [byte], &out) } else { drop(byte, &out) }
        }
    }

    private mutating func finish(_ sequence: [UInt8], _ out: inout [UInt8]) {
        out += sequence
        (state, held) = (.text, [])
    }

    private mutating func drop(_ byte: UInt8, _ out: inout [UInt8]) {
        (state, held) = (.text, [])
        takeText(byte, &out)
    }

    private mutating func takeText(_ byte: UInt8, _ out: inout [UInt8]) {
        if byte < 0x80 {
            if !held.isEmpty { out.append(0x3F) }
            held = []
            switch byte {
            case 0x1B: (state, held) = (.escape, [byte])
            // Printable ASCII, the controls that move within a line, and the bell.
            case 0x07, 0x08, 0x09, 0x0A, 0x0D, 0x20...0x7E: out.append(byte)
            default: break
            }
            return
        }
        held.append(byte)
        guard held.count >= EditorFilter.length(held[0]) else { return }
        defer { held = [] }
        guard let text = String(validating: held, as: UTF8.self), let scalar = text.unicodeScalars.first,
            text.unicodeScalars.count == 1
        else { return out.append(0x3F) }
        if !scalar.steersTerminal { return out += held }
        // libedit has reserved the character's width.
        if cedit_width(wchar_t(bitPattern: scalar.value)) > 0 { out.append(0x3F) }
    }

    /// Returns the length in bytes of the character with this first byte.
    private static func length(_ first: UInt8) -> Int { first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1 }
}
