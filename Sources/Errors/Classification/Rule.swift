import Model

/// One row of the table by which errors are typed.
///
/// A row applies when one of its phrases, codes or classes is found, or, if it has none of them, when the HTTP status
/// fits; and when none of `unless` is found. Of the rows that apply the first in the order of the table wins, and the
/// table is ordered by `strength`, then by place.
public struct Rule: Sendable, Hashable {
    /// How much a match says; the stronger row wins wherever it stands.
    public enum Strength: Int, Sendable, CaseIterable {
        /// Names the cause beyond doubt; beats every wrapper.
        case decisive = 0
        /// Names the cause unless something decisive contradicts.
        case telling = 1
        /// The class of an exception or the generic type of a provider.
        case named = 2
        /// The HTTP status.
        case status = 3
        /// Names a subject; counts only where something else says that there was a failure.
        case mention = 4
        /// Says only that something went wrong.
        case vague = 5
    }

    /// Stable; `theme.what`. Shown by `why` and stored with each error.
    public var id: String
    /// The type of the error; nil for texts that are no error.
    public var type: ErrorType?
    /// The severity; nil for that of the type.
    public var severity: Severity?
    public var strength: Strength
    /// Texts, case folded, blanks folded, on word boundaries. ` … ` is a gap of at most 60 bytes; a `*` at either end lifts
    /// the boundary there, a `^` in front asks for the beginning of the text, a `$` behind for its end.
    public var phrases: [String]
    /// Values of a code, type or status field. In running text they count where they follow such a key; those with an
    /// underscore or inner capitals count anywhere.
    public var codes: [String]
    /// Names of exception classes, without their modules; the spelling counts but for the first letter. A `*` in front lets
    /// the name be the end of a longer one.
    public var classes: [String]
    /// HTTP statuses that the row wants; empty for any.
    public var statuses: [ClosedRange<Int>]
    /// Phrases that forbid the row.
    public var unless: [String]
    /// For rows of benign texts: true when not even a code, class or status in the text makes it an error.
    public var beatsNames: Bool
    /// Where such an error arises; nil for what its type says.
    public var origin: ErrorOrigin?
    /// Texts that this row must classify.
    public var examples: [String]
    /// Texts that this row must not classify.
    public var counterexamples: [String]

    /// Makes a row.
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
