import Model

/// Builds the plain text of a conversation, one paragraph per message.
struct TranscriptText {
    private var bytes: [UInt8] = []
    private var pendingRole: String?
    private var needsBreak = false

    /// The text; nil when it is empty.
    var text: String? { bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self) }

    /// Starts a message; its role is written with its first text.
    mutating func begin(role: String?) {
        pendingRole = role
        needsBreak = !bytes.isEmpty
    }

    mutating func add(_ text: String) {
        guard !text.isEmpty else { return }
        open()
        bytes.append(contentsOf: text.utf8)
        needsBreak = true
    }

    mutating func add(_ value: AttributeValue) {
        if let text = value.text {
            add(text)
        } else if !value.isVoid {
            var writer = JSONWriter()
            value.write(to: &writer)
            add(String(decoding: writer.bytes, as: UTF8.self))
        }
    }

    /// Adds a tool call: `[name` … `]`.
    mutating func addTool(_ name: String) {
        open()
        bytes.append(contentsOf: "[tool \(name)]".utf8)
        needsBreak = true
    }

    /// Adds the arguments of the last tool call, inside its brackets.
    mutating func addArguments(_ arguments: String) {
        guard !arguments.isEmpty else { return }
        if bytes.last == 0x5D {
            bytes.removeLast()
            bytes.append(contentsOf: " \(arguments)]".utf8)
        } else {
            add(arguments)
        }
    }

    private mutating func open() {
        if needsBreak { bytes.append(0x0A) }
        needsBreak = false
        if let role = pendingRole {
            bytes.append(contentsOf: role.utf8)
            bytes.append(contentsOf: [0x3A, 0x20])
            pendingRole = nil
        }
    }
}
