import Model

/// A failure mode of calls: a row in the table of failures.
struct FailureRow: Sendable {
    /// What remains of the failed call.
    enum Shape: Sendable {
        /// No answer.
        case refused
        /// The answer arrived and was charged, but could not be parsed.
        case unreadable
        /// The answer was cut off.
        case brokenStream
        /// The call succeeded without any output or message.
        case empty
    }

    /// The duration of a failed call.
    enum Pace: Sendable {
        /// Rejected immediately: a fraction of a second.
        case quick
        /// After a few seconds.
        case late
        /// After the client's timeout of 30, 60 or 120 seconds.
        case limit
        /// As long as a complete answer.
        case full
    }

    /// The affected providers; empty for all.
    var at: [Provider] = []
    let type: ErrorType
    /// The weight among a provider's failures.
    let weight: Int
    var http: Int?
    var code: String?
    var kind: String?
    var exception: String?
    var pace = Pace.quick
    var shape = Shape.refused
    /// True if embedding calls can fail this way too.
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

    /// True if the same call is likely to succeed shortly after.
    var isTransient: Bool {
        switch type {
        case .rateLimit, .timeout, .serverError, .networkError, .parseError: true
        default: shape != .refused
        }
    }
}

/// The failures that a call can have, by provider and kind of call, for random selection.
struct FailureTable: Sendable {
    /// Kinds of calls with different failures.
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

    /// Draws a row index for a call of this kind, according to the weights.
    func draw(_ provider: Provider, _ call: Call, _ random: inout RandomSource) -> Int {
        let choice = choices[provider.index * Call.allCases.count + call.rawValue]
        return choice.rows[random.index(in: choice.totals)]
    }

    /// Draws a row index of this type among the provider's own rows; nil if it has none.
    func draw(_ provider: Provider, _ type: ErrorType, _ random: inout RandomSource) -> Int? {
        let rows = ofType[provider.index * ErrorType.allCases.count + type.rawValue - 1]
        return rows.isEmpty ? nil : random.pick(rows)
    }
}

extension Provider {
    /// The position in `allCases`.
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
