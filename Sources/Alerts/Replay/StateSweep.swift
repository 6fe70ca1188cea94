import Model

/// One firing, in instants of a grid.
struct FiringSpan {
    /// When the condition began to hold, in nanoseconds.
    var activeAt: Int64
    /// The first evaluation that fires; −1 if it was already firing before the grid.
    var from: Int
    /// The first evaluation that no longer fires; nil if still firing at the end.
    var to: Int?
    /// The worst value while firing, and the value at the first firing evaluation.
    var peak: Double, first: Double
}

/// Computes the states of all alerts of a rule over a grid from the changes of their conditions.
///
/// It visits changes only; the instants at which `for` or `keep` expire in between are computed.
struct StateSweep {
    let grid: Grid
    let hold: Int64, keep: Int64
    /// Instants at which the rule failed; states do not change there.
    let failures: FailureSpans
    /// True if small values are worse.
    let isBelow: Bool

    /// The current state of one alert.
    private struct Track {
        var value = Double.absent
        /// The first instant of the current value.
        var since = 0
        var activeAt: Int64?
        var firing: FiringSpan?
        var keepSince: Int64?
    }

    /// Returns the firings of each alert and the final states.
    ///
    /// - Parameters:
    ///   - changes: Changes by instant; the condition is true while the value is not absent.
    ///   - initial: The states before the start of the grid.
    func run(_ changes: [Change], alerts: Int, initial: [AlertState]) -> (firings: [[FiringSpan]], states: [AlertState]) {
        var tracks = [Track](repeating: Track(), count: alerts)
        for (index, state) in initial.enumerated() where index < alerts {
            tracks[index].activeAt = state.activeAt?.nanoseconds
            tracks[index].keepSince = state.keepSince?.nanoseconds
            if state.isFiring {
                tracks[index].firing = FiringSpan(
                    activeAt: state.activeAt?.nanoseconds ?? 0, from: -1, to: nil, peak: .absent, first: .absent)
            }
        }
        var firings = [[FiringSpan]](repeating: [], count: alerts)
        for change in changes {
            let alert = Int(change.series)
            close(&tracks[alert], at: Int(change.instant), &firings[alert])
            tracks[alert].value = change.value
            tracks[alert].since = Int(change.instant)
        }
        var states: [AlertState] = []
        for alert in 0..<alerts {
            close(&tracks[alert], at: grid.count, &firings[alert])
            let track = tracks[alert]
            if let firing = track.firing { firings[alert].append(firing) }
            states.append(
                AlertState(
                    activeAt: track.activeAt.map(Timestamp.init(nanoseconds:)),
                    firingFrom: track.firing.map {
                        $0.from < 0 ? initial[alert].firingFrom ?? grid.start : grid.instant($0.from)
                    },
                    keepSince: track.keepSince.map(Timestamp.init(nanoseconds:))))
        }
        return (firings, states)
    }

    /// Advances from the last change to `end`, exclusive.
    private func close(_ track: inout Track, at end: Int, _ firings: inout [FiringSpan]) {
        let start = failures.firstHealthy(track.since)
        guard start < end else { return }
        if !track.value.isAbsent {
            track.keepSince = nil
            let activeAt = track.activeAt ?? grid.instant(start).nanoseconds
            track.activeAt = activeAt
            if track.firing == nil {
                let due = max(Int64(start), grid.first(atOrAfter: activeAt, plus: hold))
                guard due < Int64(end) else { return }
                let fires = failures.firstHealthy(Int(due))
                guard fires < end else { return }
                track.firing = FiringSpan(activeAt: activeAt, from: fires, to: nil, peak: track.value, first: track.value)
            } else if let peak = track.firing?.peak, peak.isAbsent || (isBelow ? track.value < peak : track.value > peak) {
                track.firing?.peak = track.value
            }
            return
        }
        guard var firing = track.firing else {
            track.activeAt = nil
            return
        }
        let since = track.keepSince ?? grid.instant(start).nanoseconds
        track.keepSince = since
        let due = max(Int64(start), grid.first(atOrAfter: since, plus: keep))
        guard due < Int64(end) else { return }
        let resolves = failures.firstHealthy(Int(due))
        guard resolves < end else { return }
        firing.to = resolves
        firings.append(firing)
        track.firing = nil
        track.activeAt = nil
        track.keepSince = nil
    }
}
