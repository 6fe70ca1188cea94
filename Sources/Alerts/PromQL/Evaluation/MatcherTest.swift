import Model

/// Which values a matcher takes: those that read as written, and those that users call so as well.
///
/// A provider is known by all its names (`gemini` is google), an error type also by the class that it belongs to
/// (`auth_error` takes authentication and permission), a severity in either case, and `openai/gpt-4o` is the model `gpt-4o` of
/// openai. A value that is written in full is taken as Prometheus takes it; other names count only where a word, or a part of a
/// pattern between `|`, is no name of the label itself.
struct MatcherTest {
    /// One word, or one part of a pattern.
    private struct Alternative {
        var takes: (String) -> Bool
        /// The provider that a model's name names as well; nil when it names none.
        var provider: String?
    }

    private let alternatives: [Alternative]
    private let isDenial: Bool

    init(_ matcher: Matcher) {
        let label = matcher.label, value = matcher.value
        isDenial = matcher.kind == .notEqual || matcher.kind == .matchesNot
        switch matcher.kind {
        case .equal, .notEqual: alternatives = [MatcherTest.word(value, label)]
        case .matches, .matchesNot:
            // The parser refused what is no pattern.
            guard let pattern = try? Pattern(value) else {
                alternatives = []
                return
            }
            alternatives =
                [Alternative(takes: { pattern.matchesWhole($0) })]
                + MatcherTest.parts(of: value).compactMap { MatcherTest.part($0, label) }
        }
    }

    /// True when a model is taken only together with its provider.
    var asksForProvider: Bool { alternatives.contains { $0.provider != nil } }

    /// Whether it takes a value of its label; a missing one is "". `provider` is that of the model; nil when it is
    /// unknown, where everything is taken that may be.
    func takes(_ text: String, provider: String? = nil) -> Bool {
        let isTaken = alternatives.contains { alternative in
            guard alternative.takes(text) else { return false }
            guard let wanted = alternative.provider else { return true }
            // Of an unknown provider neither can be excluded: that it is the one, and that it is another.
            guard let provider else { return !isDenial }
            return ProviderNames.canonical(provider) == wanted
        }
        return isTaken != isDenial
    }

    /// Whether it takes any model of a provider.
    func takesModels(of provider: String) -> Bool {
        isDenial || alternatives.contains { $0.provider == nil || $0.provider == ProviderNames.canonical(provider) }
    }

    // MARK: Words

    private static func word(_ value: String, _ label: Label) -> Alternative {
        if label == .model {
            let (providers, model) = ProviderNames.providersInFront(of: value)
            if model != value { return Alternative(takes: { $0 == model || $0 == value }, provider: providers.last) }
        }
        let meaning = meaning(of: value, label)
        return Alternative(takes: { $0 == value || meaning?($0) == true })
    }

    /// What a word means beside itself; nil when it is only itself.
    private static func meaning(of word: String, _ label: Label) -> ((String) -> Bool)? {
        switch label {
        case .provider:
            if word.isEmpty { return nil }
            let canonical = ProviderNames.canonical(word)
            return { ProviderNames.canonical($0) == canonical }
        case .errorType:
            let folded = word.lowercased()
            if ErrorType(name: folded) != nil { return { $0 == folded } }
            guard let named = ErrorClass(rawValue: folded) else { return nil }
            return { ErrorType(name: $0)?.errorClass == named }
        case .severity:
            let folded = word.lowercased()
            return { $0.lowercased() == folded }
        case .agent, .environment, .fallback, .model, .primary, .service, .statusCode: return nil
        }
    }

    // MARK: Patterns

    /// What one part of a pattern means beside what it matches; nil when it means nothing else.
    private static func part(_ part: String, _ label: Label) -> Alternative? {
        if isWord(part) { return word(part.replacing("\\", with: ""), label) }
        // `gemini.*` matches no name of a provider, and one by which google is known.
        guard let pattern = try? Pattern(part) else { return nil }
        switch label {
        case .provider:
            guard let known = ProviderNames.meant(by: { pattern.matchesWhole($0) }) else { return nil }
            return Alternative(takes: { ProviderNames.canonical($0) == known })
        case .errorType:
            guard !ErrorType.allCases.contains(where: { pattern.matchesWhole($0.name) }) else { return nil }
            let classes = ErrorClass.allCases.filter { pattern.matchesWhole($0.rawValue) }
            if classes.isEmpty { return nil }
            return Alternative(takes: { ErrorType(name: $0).map { classes.contains($0.errorClass) } == true })
        default: return nil
        }
    }

    /// The parts between the `|` of a pattern that nothing encloses, or that anchors or one pair of parentheses enclose as a whole.
    private static func parts(of pattern: String) -> [String] {
        var text = Substring(pattern)
        if text.hasPrefix("^") { text.removeFirst() }
        if text.hasSuffix("$"), !text.hasSuffix("\\$") { text.removeLast() }
        let opening = ["(?:", "("].first(where: text.hasPrefix)
        if let opening, text.hasSuffix(")"), !text.dropFirst(opening.count).dropLast().contains(where: { "()".contains($0) }) {
            text = text.dropFirst(opening.count).dropLast()
        }
        return text.contains(where: { "()[]".contains($0) }) ? [] : text.split(separator: "|").map(String.init)
    }

    /// True for what stands for itself alone; a dot may be escaped or not.
    private static func isWord(_ part: String) -> Bool {
        part.replacing("\\.", with: ".").replacing("\\-", with: "-").replacing("\\/", with: "/")
            .allSatisfy { $0.isLetter || $0.isNumber || "_.-/:".contains($0) }
    }
}

extension Matcher {
    /// Whether it takes a value of its label, whatever its provider; a missing one is "".
    func accepts(_ text: String) -> Bool { MatcherTest(self).takes(text) }

    /// Whether it takes any model of a provider.
    func acceptsModels(of provider: String) -> Bool { MatcherTest(self).takesModels(of: provider) }

    /// The labels that it reads.
    var labels: Set<Label> { label == .model && MatcherTest(self).asksForProvider ? [.model, .provider] : [label] }
}
