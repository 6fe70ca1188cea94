import Model

/// Converts the JSON of a request or answer to plain text: message lists of OpenAI, Anthropic, Gemini and the GenAI conventions
/// become a conversation, anything else is kept as is.
struct MessageText {
    /// The text; nil when it is empty, as for an answer without content.
    var text: String? { transcript.text }
    /// True when a message calls a tool.
    private(set) var asksForTools = false
    private(set) var finishReasons: [String] = []
    private var transcript = TranscriptText()
    private let withRoles: Bool

    /// Reads a value; with `withRoles`, each message starts with its role.
    init(_ value: AttributeValue, withRoles: Bool) {
        self.withRoles = withRoles
        guard value.form == .plain else {
            transcript.add(value)
            return
        }
        var isRead = false
        value.withParsed { json in
            if json.isString {
                // Langfuse's exports quote plain text twice.
                guard value.slice.isString, let text = json.filledText else { return }
                transcript.add(text)
                isRead = true
                return
            }
            if MessageText.isConversation(json) {
                add(json, role: nil, depth: 0)
                isRead = true
            }
        }
        if !isRead { transcript.add(value) }
    }

    private static let marks: [StaticString] = [
        "role", "message.role", "parts", "choices", "candidates", "messages", "tool_calls",
    ]

    /// Returns true for an object that is a message or contains messages, and for a list that starts with one.
    private static func isConversation(_ json: JSONSlice, depth: Int = 0) -> Bool {
        var found = false
        if json.isArray, depth < 2 {
            var isFirst = true
            json.forEachElement { element in
                if isFirst { found = isConversation(element, depth: depth + 1) }
                isFirst = false
            }
        } else if json.isObject {
            var type: String?
            var hasText = false
            json.forEachMember { key, value in
                if marks.contains(where: { key == $0 }) { found = found || !value.isNull }
                if key == "type" { type = value.string }
                if key == "text" || key == "content" { hasText = true }
                if key == "message" { found = found || value.isObject }
            }
            if hasText, let type { found = found || ["text", "output_text", "message", "tool_use", "reasoning"].contains(type) }
        }
        return found
    }

    private mutating func add(_ json: JSONSlice, role: String?, depth: Int) {
        guard depth < 12 else { return }
        if json.isString {
            if let text = json.filledText { transcript.add(text) }
        } else if json.isArray {
            json.forEachElement { add($0, role: role, depth: depth + 1) }
        } else if json.isObject {
            addObject(json, depth: depth)
        }
    }

    /// Adds the members with content, in the order in which they are written.
    private mutating func addObject(_ json: JSONSlice, depth: Int) {
        var role: String?, type: String?, name: String?
        var arguments: JSONSlice?
        var contents: [JSONSlice] = []
        var tools: JSONSlice?
        json.forEachMember { key, value in
            switch key {
            case "role", "message.role": role = value.filledText
            case "type": type = value.filledText
            case "name": name = value.filledText
            case "arguments", "input", "args": arguments = value
            case "function", "functionCall", "function_call", "tool_call": if value.isObject { tools = value }
            case "tool_calls", "message.tool_calls": if value.isArray && !value.isVoid { tools = value }
            case "finish_reason", "stop_reason", "finishReason":
                if let reason = value.filledText { finishReasons.append(reason) }
            case "content", "message.content", "parts", "text", "choices", "candidates", "messages", "message", "refusal",
                "result",
                "response", "output", "contents", "thinking":
                if !value.isVoid { contents.append(value) }
            case "system": if value.isString { contents.insert(value, at: 0) }
            default: break
            }
        }
        if role != nil { transcript.begin(role: withRoles ? role : nil) }
        let isToolCall = type.map { ["tool_call", "tool_use", "function_call", "function"].contains($0) } ?? false
        if let name, isToolCall || (arguments != nil && contents.isEmpty && tools == nil) {
            asksForTools = true
            transcript.addTool(name)
            if let arguments, !arguments.isVoid {
                var writer = JSONWriter()
                writer.value(arguments)
                transcript.addArguments(arguments.isString ? arguments.text ?? "" : String(decoding: writer.bytes, as: UTF8.self))
            }
            return
        }
        for content in contents { add(content, role: role, depth: depth + 1) }
        if let tools {
            asksForTools = true
            add(tools, role: role, depth: depth + 1)
        }
    }
}
