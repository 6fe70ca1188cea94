import Model

/// Something that goes wrong for a while: when, what it looks like, and which calls it touches.
public struct Incident: Sendable, Hashable {
    /// A short name, such as `anthropic-outage-40m`.
    public let name: String
    /// From the first call touched to the first instant after it.
    public let window: Window
    /// One sentence for people.
    public let summary: String
    /// The type of the errors it causes.
    public let type: ErrorType
    /// The provider touched; nil for every one.
    public let provider: String?
    /// The model touched; nil for every one.
    public let model: String?
    /// The agent touched; nil for every one.
    public let agent: String?
    /// True when it goes back to announced work.
    public let isPlanned: Bool
    let effect: Effect

    /// What an incident does to the calls it touches.
    struct Effect: Sendable, Hashable {
        /// Probability that a call fails, in millionths, at the start and at the end of the window.
        var failure: ClosedRange<Int>
        /// Factor on the latency at the end of the window, in thousandths; it grows evenly from 1000.
        var latencyPerMille = 1000
        /// Factor on the number of calls of all kinds while it lasts, in thousandths.
        var trafficPerMille = 1000
        /// The agent that causes the additional calls.
        var crowd: String?
    }

    /// True when a call of this provider, model and agent that starts at `instant` is touched.
    public func touches(provider: String?, model: String?, agent: String?, at instant: Timestamp) -> Bool {
        window.contains(instant) && (self.provider == nil || self.provider == provider)
            && (self.model == nil || self.model == model) && (self.agent == nil || self.agent == agent)
    }

    /// How far the window has passed at `instant`, in thousandths.
    func progress(at instant: Timestamp) -> Int {
        let length = max(window.length.inNanoseconds / 1000, 1)
        return Int(min(max((instant - window.from).inNanoseconds / length, 0), 1000))
    }
}

/// A row of the table of incidents: what happens, and where in a history of 30 days.
struct IncidentRow {
    let name: String, summary: String, type: ErrorType
    var provider: String?, model: String?, agent: String?
    var isPlanned = false
    /// Minutes before the end of a history of 30 days or more; less, in proportion, in a shorter one.
    let minutesBeforeEnd: Int64
    let lengthInMinutes: Int64
    /// Minute of the UTC day at which it starts, on a working day if there is one near; nil to start where it falls.
    var minuteOfDay: Int64?
    /// Days that a history must have for it to fit.
    var minimumDays = 2
    let effect: Incident.Effect

    static let all: [IncidentRow] = [
        IncidentRow(
            name: "gemini-latency-creep", summary: "gemini-2.5-pro grows slower for days until requests time out.",
            type: .timeout, provider: "google", model: "gemini-2.5-pro", minutesBeforeEnd: 25 * 1440, lengthInMinutes: 36 * 60,
            minuteOfDay: 8 * 60, effect: .init(failure: 2_000...350_000, latencyPerMille: 7000)),
        IncidentRow(
            name: "openai-quota-exhausted", summary: "The OpenAI account runs out of credit until somebody tops it up.",
            type: .quotaExceeded, provider: "openai", minutesBeforeEnd: 18 * 1440, lengthInMinutes: 95,
            minuteOfDay: 13 * 60 + 25, effect: .init(failure: 940_000...960_000)),
        IncidentRow(
            name: "azure-key-rotation", summary: "A planned rotation of the Azure key leaves the services with the old one.",
            type: .authentication, provider: "azure", isPlanned: true, minutesBeforeEnd: 11 * 1440, lengthInMinutes: 150,
            minuteOfDay: 16 * 60, effect: .init(failure: 980_000...980_000)),
        IncidentRow(
            name: "anthropic-outage-40m", summary: "Anthropic answers with 529 and 5xx for 40 minutes.",
            type: .serverError, provider: "anthropic", minutesBeforeEnd: 6 * 1440, lengthInMinutes: 40,
            minuteOfDay: 14 * 60 + 10, minimumDays: 1, effect: .init(failure: 900_000...900_000)),
        IncidentRow(
            name: "release-2-14-context-length",
            summary: "Release 2.14.0 sends whole contracts instead of excerpts; 2.14.1 puts it right.",
            type: .contextLength, agent: "contract-analyzer", minutesBeforeEnd: 34 * 60, lengthInMinutes: 26 * 60,
            effect: .init(failure: 380_000...380_000)),
        IncidentRow(
            name: "gpt-4o-rate-limit-spike",
            summary: "A bulk job of support-chat drives gpt-4o into its limit of tokens per minute.",
            type: .rateLimit, provider: "openai", model: "gpt-4o", minutesBeforeEnd: 170, lengthInMinutes: 50,
            minimumDays: 1,
            effect: .init(failure: 420_000...420_000, trafficPerMille: 5000, crowd: "support-chat")),
    ]

    /// The incidents of a history of this length, in order of time.
    static func place(days: Int, end: Timestamp) -> [Incident] {
        let rows = all.filter { $0.minimumDays <= days }
        return rows.map { $0.placed(days: Int64(days), end: end) }.sorted {
            ($0.window.from, $0.name) < ($1.window.from, $1.name)
        }
    }

    private func placed(days: Int64, end: Timestamp) -> Incident {
        // Shorter in a short history, so that it does not become one incident; 40 minutes fit into any.
        let perDay: Int64 = lengthInMinutes > 600 ? 72 : 24
        let length = Duration.minutes(min(lengthInMinutes, max(days * perDay, 40)))
        let nominal = end - .minutes(min(minutesBeforeEnd, max(minutesBeforeEnd * days / 30, min(minutesBeforeEnd, 170))))
        var from = min(max(nominal, end - .days(days)), end - length)
        if let minuteOfDay {
            from = IncidentRow.workingHour(minuteOfDay, near: from, in: Window(from: end - .days(days), to: end - length))
        }
        return Incident(
            name: name, window: Window(from: from, to: from + length), summary: summary, type: type, provider: provider,
            model: model,
            agent: agent, isPlanned: isPlanned, effect: effect)
    }

    /// The instant nearest to `nominal` at which it is `minute` of a day; a working day before any other day.
    private static func workingHour(_ minute: Int64, near nominal: Timestamp, in window: Window) -> Timestamp {
        let day = floorDivide(nominal.nanoseconds, 86_400_000_000_000)
        let near = [0, -1, 1, -2, 2, -3, 3].map { day + $0 }.filter {
            window.contains(Timestamp(seconds: $0 * 86_400 + minute * 60))
        }
        let working = near.first { (1...5).contains(CivilTime.weekday(ofDay: $0)) }
        guard let day = working ?? near.first else { return nominal }
        return Timestamp(seconds: day * 86_400 + minute * 60)
    }
}
