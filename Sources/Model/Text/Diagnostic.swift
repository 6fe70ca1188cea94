/// A stretch of a text, in UTF-8 bytes from its beginning: `[start, end)`.
public struct TextSpan: Hashable, Sendable {
    /// Byte offset of the first byte.
    public var start: Int
    /// Byte offset after the last byte; equal to `start` for a point between two characters.
    public var end: Int

    /// Makes the span `[start, end)`.
    public init(_ start: Int, _ end: Int) {
        self.start = start
        self.end = max(start, end)
    }

    /// The smallest span that covers both.
    public func union(_ other: TextSpan) -> TextSpan { TextSpan(min(start, other.start), max(end, other.end)) }
}

/// A mistake in the user's text, as a value: collected where it is found, drawn in one place (`DiagnosticRenderer`).
public struct Diagnostic: Hashable, Sendable {
    /// Whether the text can be used in spite of it.
    public enum Level: Sendable { case error, warning }

    /// Stable and kebab-case, such as `unknown-field`; released ids do not change.
    public var id: String
    public var level: Level
    /// Where in the text.
    public var span: TextSpan
    /// One lower-case sentence: what was found, what was expected.
    public var message: String
    /// What stands closest, already worded (`type`, or `gpt-4o (1,203 calls), gpt-4o-mini (8,114)`); nil when nothing does.
    public var closest: String?
    /// What to write instead of the span; nil when there is no one correction.
    public var replacement: String?

    /// Makes a diagnostic; an error unless said otherwise.
    public init(
        _ id: String, at span: TextSpan, _ message: String, closest: String? = nil, replacement: String? = nil,
        level: Level = .error
    ) {
        self.id = id
        self.level = level
        self.span = span
        self.message = message
        self.closest = closest
        self.replacement = replacement
    }
}

/// The mistakes found in one text, with the text.
public struct Diagnostics: Error, Sendable {
    /// The text that the spans point into.
    public var text: String
    /// In order of their place in the text.
    public var all: [Diagnostic]
    /// The corrected text, whole and runnable; nil until `offering` found one.
    public private(set) var correction: String?

    /// Makes a set of mistakes; sorts them by place.
    public init(text: String, _ all: [Diagnostic]) {
        self.text = text
        self.all = all.sorted { ($0.span.start, $0.span.end, $0.id) < ($1.span.start, $1.span.end, $1.id) }
    }

    /// The text with every replacement made, which may hold further mistakes; nil when an error offers none. What is taken out leaves no
    /// doubled blanks.
    public var correctedText: String? {
        var bytes = Array(text.utf8)
        var limit = bytes.count
        for diagnostic in all.reversed() where diagnostic.level == .error {
            guard let replacement = diagnostic.replacement, diagnostic.span.end <= limit else { return nil }
            var start = diagnostic.span.start
            if replacement.isEmpty, diagnostic.span.end == bytes.count || bytes[diagnostic.span.end] == 0x20 {
                while start > 0, bytes[start - 1] == 0x20 { start -= 1 }
            }
            bytes.replaceSubrange(start..<diagnostic.span.end, with: replacement.utf8)
            limit = start
        }
        let corrected = String(decoding: bytes, as: UTF8.self)
        return corrected == text ? nil : corrected
    }

    /// The same mistakes with a correction that `check` finds nothing wrong with, where there is one.
    ///
    /// A correction may uncover another mistake, which is then corrected as well.
    /// - Parameter check: Throws the further mistakes of a text, or any other reason why it would not run.
    public func offering(_ check: (String) throws -> Void) -> Diagnostics {
        var offered = self, found = self, tried: Set<String> = [text]
        while tried.count < 9, let corrected = found.correctedText, tried.insert(corrected).inserted {
            do {
                try check(corrected)
                offered.correction = corrected
                return offered
            } catch let further as Diagnostics {
                guard further.text == corrected else { return offered }
                found = further
            } catch {
                return offered
            }
        }
        return offered
    }
}
