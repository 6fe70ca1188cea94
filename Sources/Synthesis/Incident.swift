import Model

/// A simulated incident: when it happens, its effect, and the calls that it affects.
public struct Incident: Sendable, Hashable {
    /// A short name, such as `anthropic-outage-40m`.
    public let name: String
    /// From the first affected call to the first instant after the incident.
    public let window: Window
    /// A one-sentence description.
    public let summary: String
    /// The type of the errors that it causes.
    public let type: ErrorType
    /// The affected provider; nil for all.
    public let provider: String?
    /// The affected model; nil for all.
    public let model: String?
    /// The affected agent; nil for all.
    public let agent: String?
    /// True if planned maintenance caused it.
    public let isPlanned: Bool
    let effect: Effect

    /// The effect on affected calls.
    struct Effect: Sendable, Hashable {
        /// The failure probability of a call in millionths, at the start and at the end of the window.
        var failure: ClosedRange<Int>
        /// The latency factor at the end of the window, in thousandths; it grows linearly from 1000.
        var latencyPerMille = 1000
        /// The factor on the number of all calls during the incident, in thousandths.
        var trafficPerMille = 1000
        /// The agent that makes the additional calls.
        var crowd: String?
    }

    /// Returns true if the incident affects a call of this provider, model and agent that starts at `instant`.
    public func touches(provider: String?, model: String?, agent: String?, at instant: Timestamp) -> Bool {
        window.contains(instant) && (self.provider == nil || self.provider == provider)
            && (self.model == nil || self.model == model) && (self.agent == nil || self.agent == agent)
    }

    /// Returns the elapsed part of the window at `instant`, in thousandths.
    func progress(at instant: Timestamp) -> Int {
        let length = max(window.length.inNanoseconds / 1000, 1)
        return Int(min(max((instant - window.from).inNanoseconds / length, 0), 1000))
    }
}

/// A row in the table of incidents: its effect and its position in a history of 30 days.
struct IncidentRow {
    let name: String, summary: String, type: ErrorType
    var provider: String?, model: String?, agent: String?
    var isPlanned = false
    /// Minutes before the end of a history of 30 days or more; proportionally less in a shorter one.
    let minutesBeforeEnd: Int64
    let lengthInMinutes: Int64
    /// The minute of the UTC day at which it starts, on a nearby working day if possible; nil for no adjustment.
    var minuteOfDay: Int64?
    /// The minimum length of a history that contains it, in days.
    var minimumDays = 2
    let effect: Incident.Effect

    static let all: [IncidentRow] = [
        IncidentRow(
            name: "gemini-latency-creep", summary: "gemini-2.5-pro slows down for days until requests time out.",
            type: .timeout, provider: "google", model: "gemini-2.5-pro", minutesBeforeEnd: 25 * 1440, lengthInMinutes: 36 * 60,
            minuteOfDay: 8 * 60, effect: .init(failure: 2_000...350_000, latencyPerMille: 7000)),
        IncidentRow(
            name: "openai-quota-exhausted", summary: "The OpenAI account runs out of credit until it is topped up.",
            type: .quotaExceeded, provider: "openai", minutesBeforeEnd: 18 * 1440, lengthInMinutes: 95,
            minuteOfDay: 13 * 60 + 25, effect: .init(failure: 940_000...960_000)),
        IncidentRow(
            name: "azure-key-rotation", summary: "A planned rotation of the Azure key leaves services with the old key.",
            type: .authentication, provider: "azure", isPlanned: true, minutesBeforeEnd: 11 * 1440, lengthInMinutes: 150,
            minuteOfDay: 16 * 60, effect: .init(failure: 980_000...980_000)),
        IncidentRow(
            name: "anthropic-outage-40m", summary: "Anthropic responds with 529 and other 5xx errors for 40 minutes.",
            type: .serverError, provider: "anthropic", minutesBeforeEnd: 6 * 1440, lengthInMinutes: 40,
            minuteOfDay: 14 * 60 + 10, minimumDays: 1, effect: .init(failure: 900_000...900_000)),
        IncidentRow(
            name: "release-2-14-context-length",
            summary: "Release 2.14.0 sends whole contracts instead of excerpts; 2.14.1 fixes it.",
            type: .contextLength, agent: "contract-analyzer", minutesBeforeEnd: 34 * 60, lengthInMinutes: 26 * 60,
            effect: .init(failure: 380_000...380_000)),
        IncidentRow(
            name: "gpt-4o-rate-limit-spike",
            summary: "A bulk job of support-chat drives gpt-4o to its token limit per minute.",
            type: .rateLimit, provider: "openai", model: "gpt-4o", minutesBeforeEnd: 170, lengthInMinutes: 50,
            minimumDays: 1,
            effect: .init(failure: 420_000...420_000, trafficPerMille: 5000, crowd: "support-chat")),
    ]

    /// Returns the incidents of a history of this length, in order of time.
    static func place(days: Int, end: Timestamp) -> [Incident] {
        let rows = all.filter { $0.minimumDays <= days }
        return rows.map { $0.placed(days: Int64(days), end: end) }.sorted {
            ($0.window.from, $0.name) < ($1.window.from, $1.name)
        }
    }

    private func placed(days: Int64, end: Timestamp) -> Incident {
        // Shortened in a short history, so that incidents do not fill it; 40 minutes always fit.
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

    /// Returns the time nearest to `nominal` at `minute` of a day, preferring working days.
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
