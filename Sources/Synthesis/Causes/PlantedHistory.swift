import Model

/// Calls with a planted cause of failure, from a seed: for proofs that an investigation names the cause, and nothing without one.
public struct PlantedHistory: Sendable {
    /// The fields of each call.
    public static let fields = ["provider", "model", "agent", "release", "environment", "prompt", "host", "user", "region"]

    /// Ascending by time.
    public private(set) var calls: [PlantedCall] = []
    public private(set) var truth: PlantedTruth

    private static let models = [
        ("openai", "gpt-4o"), ("openai", "gpt-4o-mini"), ("openai", "gpt-4.1"), ("anthropic", "claude-sonnet-4"),
        ("anthropic", "claude-haiku-3"), ("gemini", "gemini-2.0-flash"), ("gemini", "gemini-2.5-pro"),
        ("mistral", "mistral-large"),
    ]
    /// Choices per field, the most frequent first; the model stands for the provider as well.
    private static let choices: [String: [String]] = [
        "agent": ["planner", "researcher", "writer", "sql-analyst", "reviewer"],
        "release": ["2.13.0", "2.14.0", "2.12.3"],
        "environment": ["production", "staging"],
        "prompt": ["answer", "summarize", "extract", "classify", "rewrite", "translate"],
        "host": (1...6).map { "node-\($0)" },
        "user": (1...200).map { "u-\($0)" },
        "region": ["eu-west-1", "us-east-1", "ap-south-1"],
    ]
    /// Fields that may hold a cause. Others may only correlate with one.
    private static let causal = ["model", "agent", "release", "prompt", "host", "region"]

    /// Makes a history.
    ///
    /// - Parameters:
    ///   - count: The mean number of calls.
    ///   - baseRate: The probability of failure of any call, in millionths.
    ///   - rate: The probability of failure of a call with the cause, in millionths.
    ///   - onset: The share of the window before the cause begins, in thousandths.
    public init(
        _ cause: PlantedCause, seed: UInt64, count: Int, window: Window, baseRate: Int = 20_000, rate: Int = 250_000,
        onset: Int = 0
    ) {
        var random = RandomSource(seed: seed)
        truth = PlantedTruth(cause: cause)
        let length = window.to.nanoseconds - window.from.nanoseconds
        PlantedHistory.plant(cause, &random, &truth)
        if !truth.values.isEmpty, onset > 0 {
            truth.began = Timestamp(nanoseconds: window.from.nanoseconds + length / 1000 * Int64(onset))
        }
        var times = (0..<count).map { _ in window.from.nanoseconds + Int64(random.below(1 << 30)) * (length >> 30) }
        if cause == .season { times = times.filter { random.chance(PlantedHistory.traffic(at: $0)) } }
        for time in times.sorted() {
            let values = values(&random)
            var chance = baseRate
            if cause == .drift { chance += Int(Int64(baseRate) * ((time - window.from.nanoseconds) >> 10) / (length >> 10)) }
            if has(truth.values, values), truth.began.map({ time >= $0.nanoseconds }) ?? true { chance = rate }
            calls.append(PlantedCall(time: Timestamp(nanoseconds: time), values: values, hasFailed: random.chance(chance)))
        }
    }

    /// The value of a call's field.
    public func value(_ field: String, of call: PlantedCall) -> String {
        call.values[PlantedHistory.fields.firstIndex(of: field)!]
    }

    /// Exchanges the outcomes of calls at random: what remains is chance.
    public mutating func permuteOutcomes(seed: UInt64) {
        var random = RandomSource(seed: seed)
        for place in calls.indices.dropFirst().reversed() {
            let other = random.below(place + 1), outcome = calls[place].hasFailed
            calls[place].hasFailed = calls[other].hasFailed
            calls[other].hasFailed = outcome
        }
    }

    // MARK: Values

    private static func plant(_ cause: PlantedCause, _ random: inout RandomSource, _ truth: inout PlantedTruth) {
        func value(_ field: String) -> String {
            field == "model" ? models[random.below(models.count)].1 : choices[field]![random.below(choices[field]!.count)]
        }
        let first = random.below(causal.count), second = (first + 1 + random.below(causal.count - 1)) % causal.count
        switch cause {
        case .nothing, .drift, .season: break
        case .oneValue: truth.values = [causal[first]: value(causal[first])]
        case .twoValues:
            // Frequent ones, so that they meet often enough to be noticed.
            for field in [causal[first], causal[second]] {
                truth.values[field] = field == "model" ? models[random.below(3)].1 : choices[field]![random.below(2)]
            }
        case .decoy:
            truth.values = [causal[first]: value(causal[first])]
            truth.decoy = [causal[second]: value(causal[second])]
        }
    }

    private func values(_ random: inout RandomSource) -> [String] {
        let model = PlantedHistory.models[min(random.below(8), random.below(8))]
        var values = PlantedHistory.fields.map { field -> String in
            switch field {
            case "provider": return model.0
            case "model": return model.1
            default:
                let choices = PlantedHistory.choices[field]!
                return choices[min(random.below(choices.count), random.below(choices.count))]
            }
        }
        if has(truth.values, values), random.chance(700_000), let (field, value) = truth.decoy.first {
            set(field, value, &values)
        }
        return values
    }

    private func set(_ field: String, _ value: String, _ values: inout [String]) {
        values[PlantedHistory.fields.firstIndex(of: field)!] = value
        if field == "model", let model = PlantedHistory.models.first(where: { $0.1 == value }) { values[0] = model.0 }
    }

    private func has(_ wanted: [String: String], _ values: [String]) -> Bool {
        !wanted.isEmpty && wanted.allSatisfy { values[PlantedHistory.fields.firstIndex(of: $0)!] == $1 }
    }

    /// The traffic relative to its peak, in millionths: less at night and at weekends.
    private static func traffic(at nanoseconds: Int64) -> Int {
        let hour = Int(floorDivide(nanoseconds, 3_600_000_000_000)), ofDay = (hour % 24 + 24) % 24
        let day = ((hour - ofDay) / 24 + 3) % 7
        let byHour = ofDay < 6 ? 200_000 : ofDay < 9 ? 500_000 : ofDay < 18 ? 1_000_000 : 600_000
        return day >= 5 ? byHour / 2 : byHour
    }
}
