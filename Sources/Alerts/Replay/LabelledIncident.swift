import Model

/// A stretch of time in which something was wrong, as a person says.
public struct LabelledIncident: Hashable, Sendable {
    /// Both ends are part of it.
    public var from: Timestamp, to: Timestamp
    /// What happened; "" when nobody said.
    public var text: String

    /// Makes an incident.
    public init(from: Timestamp, to: Timestamp, text: String = "") {
        self.from = from
        self.to = max(from, to)
        self.text = text
    }
}

/// How firings agree with incidents.
public struct IncidentScore: Hashable, Sendable {
    /// For each incident, in the order given, how long after its beginning the first firing came that overlaps it: zero when it
    /// fired already, nil when none did.
    public var delays: [Duration?]
    /// Firings that overlap no incident.
    public var falseFirings: Int
    /// How long something fired outside of all incidents; several alerts at once count once.
    public var noise: Duration

    /// Incidents that some firing overlaps, and those that none does.
    public var hits: Int { delays.count { $0 != nil } }
    public var misses: Int { delays.count { $0 == nil } }

    /// Compares the stretches `[from, to)` of firings with incidents.
    init(_ firings: [Window], _ incidents: [LabelledIncident]) {
        func overlaps(_ firing: Window, _ incident: LabelledIncident) -> Bool {
            firing.from <= incident.to && firing.to > incident.from
        }
        delays = incidents.map { incident in
            firings.filter { overlaps($0, incident) }.map { max($0.from - incident.from, .zero) }.min()
        }
        falseFirings = firings.count { firing in !incidents.contains { overlaps(firing, $0) } }
        // What is left of the firings' stretches when those of the incidents are taken away.
        var quiet = Duration.zero
        let covered = IncidentScore.joined(incidents.map { Window(from: $0.from, to: $0.to) })
        for firing in IncidentScore.joined(firings) {
            quiet += firing.length
            for incident in covered { quiet -= firing.intersection(incident).length }
        }
        noise = quiet
    }

    /// The stretches in order, those that touch made one.
    private static func joined(_ windows: [Window]) -> [Window] {
        var result: [Window] = []
        for window in windows.sorted(by: { ($0.from, $0.to) < ($1.from, $1.to) }) {
            if let last = result.last, window.from <= last.to {
                result[result.count - 1].to = max(last.to, window.to)
            } else {
                result.append(window)
            }
        }
        return result
    }
}

extension RuleReplay {
    /// How the rule's firings agree with incidents.
    public func score(_ incidents: [LabelledIncident]) -> IncidentScore {
        IncidentScore(
            alerts.flatMap(\.firings).map { Window(from: $0.from, to: $0.resolvedAt ?? grid.end + grid.step) }, incidents)
    }
}
