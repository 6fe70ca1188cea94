import Model

/// An interval labelled by a person as an incident.
public struct LabelledIncident: Hashable, Sendable {
    /// The first and the last instant, both inclusive.
    public var from: Timestamp, to: Timestamp
    /// A description; "" if none was given.
    public var text: String

    /// Creates an incident.
    public init(from: Timestamp, to: Timestamp, text: String = "") {
        self.from = from
        self.to = max(from, to)
        self.text = text
    }
}

/// The agreement of firings with labelled incidents.
public struct IncidentScore: Hashable, Sendable {
    /// For each incident, in the given order, the delay until the first overlapping firing: zero if it was already firing at the
    /// start, nil if none overlaps.
    public var delays: [Duration?]
    /// The number of firings that overlap no incident.
    public var falseFirings: Int
    /// Total firing time outside all incidents; concurrent alerts count once.
    public var noise: Duration

    /// The number of incidents that some firing overlaps, and of those that none does.
    public var hits: Int { delays.count { $0 != nil } }
    public var misses: Int { delays.count { $0 == nil } }

    /// Compares firings, as intervals `[from, to)`, with incidents.
    init(_ firings: [Window], _ incidents: [LabelledIncident]) {
        func overlaps(_ firing: Window, _ incident: LabelledIncident) -> Bool {
            firing.from <= incident.to && firing.to > incident.from
        }
        delays = incidents.map { incident in
            firings.filter { overlaps($0, incident) }.map { max($0.from - incident.from, .zero) }.min()
        }
        falseFirings = firings.count { firing in !incidents.contains { overlaps(firing, $0) } }
        // Subtract the incidents from the firings.
        var quiet = Duration.zero
        let covered = IncidentScore.joined(incidents.map { Window(from: $0.from, to: $0.to) })
        for firing in IncidentScore.joined(firings) {
            quiet += firing.length
            for incident in covered { quiet -= firing.intersection(incident).length }
        }
        noise = quiet
    }

    /// Sorts windows and merges those that touch.
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
    /// Scores the rule's firings against incidents.
    public func score(_ incidents: [LabelledIncident]) -> IncidentScore {
        IncidentScore(
            alerts.flatMap(\.firings).map { Window(from: $0.from, to: $0.resolvedAt ?? grid.end + grid.step) }, incidents)
    }
}
