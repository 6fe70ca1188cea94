import Model

/// Properties shared by all spans of a trace.
struct TraceContext {
    let traceID: String
    let start: Timestamp
    /// The load in thousandths of the mean.
    let load: Int
    let environment: String
    let release: String?
    let tags: [String]
    let user: String?
    let session: String?

    init(
        _ agent: Agent, traceID: String, start: Timestamp, load: Int, releases: ReleaseCalendar, seed: UInt64,
        random: inout RandomSource
    ) {
        self.traceID = traceID
        self.start = start
        self.load = load
        let isStaging = agent.isStagingOnly || random.chance(90_000)
        environment = isStaging ? "staging" : "production"
        release = agent.style == .events ? nil : releases.release(at: start)
        tags = agent.tags
        guard agent.hasUsers else {
            user = nil
            session = nil
            return
        }
        // The product of two uniform numbers: few users are heavy users.
        let person = random.below(500) * random.below(500) / 500
        user = "user-\(1000 + person)"
        let visit = UInt64(bitPattern: start.nanoseconds / 3_600_000_000_000) << 16 | UInt64(person)
        session = random.chance(850_000) ? "s-" + RandomText.digits(SplitMix64.mixed(visit ^ seed)).prefix(12) : nil
    }
}

/// The deployed releases over time: a new one every few days, plus those of the incidents.
struct ReleaseCalendar: Sendable {
    private let changes: [(from: Timestamp, name: String)]

    init(_ plan: HistoryPlan) {
        let broken = plan.incidents.first { $0.name.hasPrefix("release-2-14") }?.window
        let turn = broken?.from ?? plan.end
        var changes: [(from: Timestamp, name: String)] = []
        // Backward from 2.13.x, at most four days apart.
        let step = Duration.nanoseconds(
            Swift.min(Duration.days(4).inNanoseconds, Duration.days(Int64(plan.days)).inNanoseconds / 5))
        for index in 0..<7 {
            changes.append((turn - .nanoseconds(step.inNanoseconds * Int64(index + 1)), "2.13.\(6 - index)"))
        }
        changes.append((.init(nanoseconds: .min), "2.12.9"))
        changes.reverse()
        if let broken {
            changes.append((broken.from, "2.14.0"))
            changes.append((broken.to, "2.14.1"))
        }
        self.changes = changes
    }

    /// Returns the release deployed at `instant`.
    func release(at instant: Timestamp) -> String {
        var name = changes[0].name
        for change in changes where change.from <= instant { name = change.name }
        return name
    }
}
