import Model

/// A way in which a call fails: a row of the table of failures.
struct FailureRow: Sendable {
    /// What is left of the call.
    enum Shape: Sendable {
        /// No answer.
        case refused
        /// The answer came and was paid for, but its reader gave up.
        case unreadable
        /// The answer broke off.
        case brokenStream
        /// The call ended well without any output, and without a message.
        case empty
    }

    /// How long it takes.
    enum Pace: Sendable {
        /// Refused at the door: a fraction of a second.
        case quick
        /// After a few seconds of trying.
        case late
        /// After the client's limit of 30, 60 or 120 seconds.
        case limit
        /// As long as an answer.
        case full
    }

    /// The providers it happens at; empty for all.
    var at: [Provider] = []
    let type: ErrorType
    /// Share among the failures of a provider.
    let weight: Int
    var http: Int?
    var code: String?
    var kind: String?
    var exception: String?
    var pace = Pace.quick
    var shape = Shape.refused
    /// True when embedding models can fail so too.
    var embeds = true
    let text: Template

    init(
        _ type: ErrorType, _ at: [Provider], _ weight: Int, http: Int? = nil, code: String? = nil, kind: String? = nil,
        exception: String? = nil, pace: Pace = .quick, shape: Shape = .refused, embeds: Bool = true, _ text: String
    ) {
        self.type = type
        self.at = at
        self.weight = weight
        self.http = http
        self.code = code
        self.kind = kind
        self.exception = exception
        self.pace = pace
        self.shape = shape
        self.embeds = embeds
        self.text = Template(text)
    }

    /// True when the same call may well succeed a moment later.
    var isTransient: Bool {
        switch type {
        case .rateLimit, .timeout, .serverError, .networkError, .parseError: true
        default: shape != .refused
        }
    }
}

/// The rows that can befall a call, by provider and kind of call, for drawing one.
struct FailureTable: Sendable {
    /// The kinds of calls that fail differently.
    enum Call: Int, CaseIterable, Sendable { case answer, stream, embedding }

    private struct Choice: Sendable {
        var rows: [Int] = []
        var totals: [Int] = []
    }

    private let choices: [Choice]
    private let ofType: [[Int]]

    static let shared = FailureTable()

    private init() {
        var choices: [Choice] = [], ofType: [[Int]] = []
        for provider in Provider.allCases {
            for call in Call.allCases {
                var choice = Choice(), total = 0
                for (index, row) in FailureRow.all.enumerated() where row.at.isEmpty || row.at.contains(provider) {
                    if row.shape == .brokenStream && call != .stream { continue }
                    if !row.embeds && call == .embedding { continue }
                    total += row.weight
                    choice.rows.append(index)
                    choice.totals.append(total)
                }
                choices.append(choice)
            }
            for type in ErrorType.allCases {
                ofType.append(
                    FailureRow.all.indices.filter {
                        let row = FailureRow.all[$0]
                        return row.type == type && row.at.contains(provider) && row.shape == .refused
                    })
            }
        }
        self.choices = choices
        self.ofType = ofType
    }

    /// Draws the index of a row for a call of this kind, as often as its weight says.
    func draw(_ provider: Provider, _ call: Call, _ random: inout RandomSource) -> Int {
        let choice = choices[provider.index * Call.allCases.count + call.rawValue]
        return choice.rows[random.index(in: choice.totals)]
    }

    /// Draws the index of a row of this type that is the provider's own; nil when it has none.
    func draw(_ provider: Provider, _ type: ErrorType, _ random: inout RandomSource) -> Int? {
        let rows = ofType[provider.index * ErrorType.allCases.count + type.rawValue - 1]
        return rows.isEmpty ? nil : random.pick(rows)
    }
}

extension Provider {
    /// The place among all providers.
    var index: Int {
        switch self {
        case .openai: 0
        case .anthropic: 1
        case .google: 2
        case .mistral: 3
        case .groq: 4
        case .azure: 5
        }
    }
}
