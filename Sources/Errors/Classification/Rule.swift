import Model

/// A classification rule: one row of the ordered table that assigns error types.
///
/// A row matches when one of its phrases, codes or classes is found, or, if it has none, when the HTTP status fits; and when no
/// phrase of `unless` is found. Of the matching rows, the first in the table wins; the table is ordered by `strength`, then by
/// position.
public struct Rule: Sendable, Hashable {
    /// How much a match says; the stronger row wins wherever it is in the table.
    public enum Strength: Int, Sendable, CaseIterable {
        /// States the cause; overrides every wrapper.
        case decisive = 0
        /// States the cause unless something decisive contradicts it.
        case telling = 1
        /// An exception class or a provider's generic error type.
        case named = 2
        /// The HTTP status.
        case status = 3
        /// Mentions a subject; counts only when something else reports a failure.
        case mention = 4
        /// Says what a cause came wrapped in, such as a stream that broke off; counts when no cause is given.
        case wrapper = 5
        /// Says only that something went wrong.
        case vague = 6
    }

    /// A stable id, `theme.what`. Shown by `why` and stored with each error.
    public var id: String
    /// The type of the error; nil for texts that are not errors.
    public var type: ErrorType?
    /// The severity; nil for the type's severity.
    public var severity: Severity?
    public var strength: Strength
    /// Case-insensitive phrases on word boundaries, with blanks collapsed. ` … ` is a gap of at most 60 bytes; `*` at either end
    /// drops the boundary there, a leading `^` anchors to the start of the text, a trailing `$` to its end.
    public var phrases: [String]
    /// Values of a code, type or status field. In running text, they count after such a key; those with an underscore or inner
    /// capitals count anywhere.
    public var codes: [String]
    /// Names of exception classes without modules; case-sensitive except for the first letter. A leading `*` also matches the end
    /// of a longer name.
    public var classes: [String]
    /// Required HTTP statuses; empty for any.
    public var statuses: [ClosedRange<Int>]
    /// Phrases that exclude the row.
    public var unless: [String]
    /// For benign rows: true when a code, class or status in the text does not make it an error.
    public var beatsNames: Bool
    /// The origin of such an error; nil for the type's origin.
    public var origin: ErrorOrigin?
    /// Texts that this row must match.
    public var examples: [String]
    /// Texts that this row must not match.
    public var counterexamples: [String]

    /// Creates a row.
    public init(
        _ id: String, _ type: ErrorType?, _ strength: Strength = .decisive, severity: Severity? = nil, phrases: [String] = [],
        codes: [String] = [], classes: [String] = [], statuses: [ClosedRange<Int>] = [], unless: [String] = [],
        beatsNames: Bool = false,
        origin: ErrorOrigin? = nil, examples: [String], not counterexamples: [String] = []
    ) {
        self.id = id
        self.type = type
        self.strength = strength
        self.severity = severity
        self.phrases = phrases
        self.codes = codes
        self.classes = classes
        self.statuses = statuses
        self.unless = unless
        self.beatsNames = beatsNames
        self.origin = origin
        self.examples = examples
        self.counterexamples = counterexamples
    }
}
