/// Messages spread over numbered attribute names, such as `llm.input_messages.0.message.content`.
struct FlattenedMessages {
    private enum Part { case role, text, toolName, toolArguments, noise }

    private struct Piece {
        let index: Int
        let part: Part
        let value: AttributeValue
    }

    private var inputs: [Piece] = []
    private var outputs: [Piece] = []
    private(set) var finishReasons: [String] = []

    var hasInput: Bool { !inputs.isEmpty }
    var hasOutput: Bool { !outputs.isEmpty }
    /// True when the answer calls a tool.
    var asksForTools: Bool { outputs.contains { $0.part == .toolName } }

    private static let prefixes: [(prefix: StaticString, isOutput: Bool)] = [
        ("llm.input_messages.", false), ("llm.output_messages.", true), ("gen_ai.prompt.", false), ("gen_ai.completion.", true),
        ("llm.prompts.", false), ("llm.completions.", true), ("llm.choices.", true), ("embedding.embeddings.", false),
    ]

    mutating func reset() {
        inputs.removeAll(keepingCapacity: true)
        outputs.removeAll(keepingCapacity: true)
        finishReasons.removeAll(keepingCapacity: true)
    }

    /// Takes an attribute that belongs to a message; returns false for others, and for parts without text.
    mutating func take(_ key: JSONKey, _ value: AttributeValue) -> Bool {
        guard key.count > 12, let row = FlattenedMessages.prefixes.first(where: { key.hasPrefix($0.prefix) }) else {
            return false
        }
        var at = row.prefix.utf8CodeUnitCount, index = 0
        while at < key.count, let digit = key.start[at] as UInt8?, digit >= 0x30 && digit <= 0x39, index < 100_000 {
            index = index * 10 + Int(digit - 0x30)
            at += 1
        }
        guard at < key.count, key.start[at] == 0x2E else { return false }
        let rest = UnsafeBufferPointer(start: key.start + at + 1, count: key.count - at - 1)
        guard let part = FlattenedMessages.part(rest) else {
            guard ends(rest, "finish_reason"), let reason = value.text else { return false }
            if row.isOutput { finishReasons.append(reason) }
            return true
        }
        if part == .noise { return true }
        if row.isOutput {
            outputs.append(Piece(index: index, part: part, value: value))
        } else {
            inputs.append(Piece(index: index, part: part, value: value))
        }
        return true
    }

    private static func part(_ rest: UnsafeBufferPointer<UInt8>) -> Part? {
        if ends(rest, "role") { return .role }
        if ends(rest, "content") || ends(rest, "text") { return .text }
        if ends(rest, "function.name") || ends(rest, "tool_call.name") || (starts(rest, "tool_calls.") && ends(rest, ".name")) {
            return .toolName
        }
        if ends(rest, ".arguments") { return .toolArguments }
        // A vector of a thousand numbers says nothing about a failure.
        if ends(rest, "embedding.vector") || ends(rest, "message_content.type") { return .noise }
        return nil
    }

    /// The input: one line `role: text` per message, in order; nil when there is no text.
    var inputText: String? { FlattenedMessages.render(inputs, withRoles: true) }

    /// The answer, without roles; nil when it is empty.
    var outputText: String? { FlattenedMessages.render(outputs, withRoles: false) }

    private static func render(_ pieces: [Piece], withRoles: Bool) -> String? {
        guard !pieces.isEmpty else { return nil }
        // Attributes may come in any order; the pieces of one message keep theirs.
        let isOrdered = zip(pieces, pieces.dropFirst()).allSatisfy { $0.index <= $1.index }
        let ordered =
            isOrdered
            ? pieces : pieces.enumerated().sorted { ($0.element.index, $0.offset) < ($1.element.index, $1.offset) }.map(\.element)
        var text = TranscriptText()
        var from = 0
        while from < ordered.count {
            let message = ordered[from...].prefix { $0.index == ordered[from].index }
            let role = withRoles ? message.first { $0.part == .role }?.value.text : nil
            text.begin(role: role)
            for piece in message {
                switch piece.part {
                case .text: text.add(piece.value)
                case .toolName: text.addTool(piece.value.text ?? "")
                case .toolArguments: text.addArguments(piece.value.text ?? "")
                case .role, .noise: break
                }
            }
            from = message.endIndex
        }
        return text.text
    }
}

private func ends(_ bytes: UnsafeBufferPointer<UInt8>, _ tail: StaticString) -> Bool {
    let length = tail.utf8CodeUnitCount
    guard bytes.count >= length, let start = bytes.baseAddress else { return false }
    return JSONKey(start: start + bytes.count - length, count: length) == tail
}

private func starts(_ bytes: UnsafeBufferPointer<UInt8>, _ head: StaticString) -> Bool {
    guard let start = bytes.baseAddress else { return false }
    return JSONKey(start: start, count: bytes.count).hasPrefix(head)
}
