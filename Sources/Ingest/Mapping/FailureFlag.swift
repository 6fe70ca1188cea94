/// Attributes that say by a truth value, or by a word, whether what the span did succeeded.
enum FailureFlag {
    /// What is found among the attributes of a span.
    enum Finding {
        /// It failed; the attribute that says so, as `mcp.tool.result.is_error: true`.
        case failed(String)
        /// An attribute that looks like a failure and is not understood.
        case unclear(name: String, word: String)
    }

    /// Parts of names before a flag that do not change of what it speaks.
    private static let transparent: Set<Substring> = [
        "gen_ai", "ai", "llm", "tool", "mcp", "call", "request", "response", "result", "agent", "operation", "execution", "span",
        "step", "task", "workflow", "job", "function", "rpc", "chain", "run", "invocation", "model", "completion", "traceloop",
        "app",
        "toolcall", "tool_call", "tools", "langfuse", "observation", "metadata", "outcome", "langsmith", "output",
    ]

    /// Looks at one attribute; nil when it is no flag, or says that all went well.
    static func finding(_ key: JSONKey, _ value: AttributeValue) -> Finding? {
        guard key.count < 80, let last = key.bytes.last, isEnd(last), value.form == .plain, let kind = kind(key) else {
            return nil
        }
        let name = key.text
        let parts = name.lowercased().split(separator: ".")
        let isPlain = parts.dropLast().allSatisfy(transparent.contains)
        guard let text = value.text else { return nil }
        let hasFailed: Bool
        switch kind {
        case .success: hasFailed = value.bool == false
        case .failure: hasFailed = value.bool == true
        case .outcome:
            let ending = LogWords.ending(text)
            if ending == .unknown { return parts.count == 1 ? .unclear(name: name, word: text) : nil }
            hasFailed = ending == .badly
        }
        guard hasFailed else { return nil }
        return isPlain ? .failed("\(name): \(text)") : kind == .outcome ? nil : .unclear(name: name, word: text)
    }

    private enum Kind { case success, failure, outcome }

    /// The last letters of the names below: most attributes are done by this.
    private static func isEnd(_ byte: UInt8) -> Bool {
        byte == 0x73 || byte == 0x6B || byte == 0x72 || byte == 0x64 || byte == 0x65 || byte == 0x6C
    }

    private static let names: [(name: StaticString, kind: Kind)] = [
        ("success", .success), ("ok", .success), ("succeeded", .success), ("is_success", .success), ("successful", .success),
        ("is_error", .failure), ("isError", .failure), ("has_error", .failure), ("failed", .failure), ("is_failed", .failure),
        ("errored", .failure), ("outcome", .outcome),
    ]

    private static func kind(_ key: JSONKey) -> Kind? {
        for row in names where key.hasSuffix(row.name) {
            let before = key.count - row.name.utf8CodeUnitCount - 1
            if before < 0 || key.start[before] == 0x2E { return row.kind }
        }
        return nil
    }

    /// What a tool's result says of its failure: `isError` of the Model Context Protocol, `is_error` of Anthropic's results, the
    /// status of LangChain's tool messages. Nil when it says nothing.
    static func inResult(_ value: AttributeValue) -> String? {
        var found: String?
        value.withParsed { json in
            guard json.isObject else { return }
            for place in [json, json.member("result"), json.member("kwargs"), json.member("output")] {
                guard let place, place.isObject else { continue }
                let flag = place.member("isError") ?? place.member("is_error")
                let isMessage = place.member("tool_call_id") != nil || place.member("type")?.string == "tool"
                let hasFailed = flag?.bool == true || isMessage && place.member("status")?.string == "error"
                if hasFailed { found = text(of: place) ?? "the tool's result says isError" }
            }
        }
        return found
    }

    /// The texts of a result, in order.
    private static func text(of result: JSONSlice) -> String? {
        guard let content = result.member("content") ?? result.member("error") ?? result.member("message") else { return nil }
        if let text = content.filledText { return text }
        var texts: [String] = []
        content.forEachElement { if let text = $0.member("text")?.filledText ?? $0.filledText { texts.append(text) } }
        return texts.isEmpty ? content.member("message")?.filledText : texts.joined(separator: "\n")
    }
}

extension JSONKey {
    fileprivate func hasSuffix(_ suffix: StaticString) -> Bool {
        let length = suffix.utf8CodeUnitCount
        return count >= length && JSONKey(start: start + count - length, count: length) == suffix
    }
}

extension AttributeSet {
    /// True when a flag among what no field takes says that something failed.
    var saysFailure: Bool {
        leftovers.contains { key, value in
            if case .failed? = FailureFlag.finding(key, value) { return true }
            return false
        }
    }
}
