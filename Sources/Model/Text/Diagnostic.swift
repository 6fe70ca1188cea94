/// A range of UTF-8 bytes in a text: `[start, end)`.
public struct TextSpan: Hashable, Sendable {
    /// The offset of the first byte.
    public var start: Int
    /// The offset after the last byte; equal to `start` for a position between two characters.
    public var end: Int

    /// Creates the span `[start, end)`.
    public init(_ start: Int, _ end: Int) {
        self.start = start
        self.end = max(start, end)
    }

    /// Returns the smallest span that covers both.
    public func union(_ other: TextSpan) -> TextSpan { TextSpan(min(start, other.start), max(end, other.end)) }
}

/// An error or warning about the user's text, as a value: collected where it is found, drawn by `DiagnosticRenderer`.
public struct Diagnostic: Hashable, Sendable {
    /// Whether the text is unusable (`error`) or still usable (`warning`).
    public enum Level: Sendable { case error, warning }

    /// A stable id in kebab case, such as `unknown-field`; released ids do not change.
    public var id: String
    public var level: Level
    /// The affected part of the text.
    public var span: TextSpan
    /// One sentence in lower case: what was found and what was expected.
    public var message: String
    /// The closest valid names, formatted (`type`, or `gpt-4o (1,203 calls), gpt-4o-mini (8,114)`); nil if none is close.
    public var closest: String?
    /// The replacement for the span; nil if there is no single correction.
    public var replacement: String?

    /// Creates a diagnostic; an error by default.
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

/// The diagnostics of a text.
public struct Diagnostics: Error, Sendable {
    /// The text to which the spans refer.
    public var text: String
    /// The diagnostics in order of position.
    public var all: [Diagnostic]
    /// The corrected text, complete and valid; nil until `offering` finds one.
    public private(set) var correction: String?

    /// Creates a collection, sorted by position.
    public init(text: String, _ all: [Diagnostic]) {
        self.text = text
        self.all = all.sorted { ($0.span.start, $0.span.end, $0.id) < ($1.span.start, $1.span.end, $1.id) }
    }

    /// The text with every replacement applied, which may contain further errors; nil if an error has no replacement. Removals do not
    /// leave double spaces.
    public var correctedText: String? {
        var bytes = Array(text.utf8)
        var limit = bytes.count, done: TextSpan?
        for diagnostic in all.reversed() where diagnostic.level == .error {
            // Of two mistakes about the same words one is corrected; what is left of the other shows when the result is checked.
            if diagnostic.span == done { continue }
            done = diagnostic.span
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

    /// Returns these diagnostics with a correction that passes `check`, if there is one.
    ///
    /// A correction may reveal another error, which is then corrected too.
    /// - Parameter check: Throws the errors of a text, or any other reason why it would not run.
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
