import Alerts
import LocalStore
import Model
import Render

extension IncidentEntry {
    /// The incident as replays take it.
    package var labelled: LabelledIncident { LabelledIncident(from: window.from, to: window.to, text: text) }
}

extension IncidentScore {
    /// The figures in one sentence.
    package func sentence(_ style: Style) -> String {
        let text = ValueText(style), known = delays.compactMap { $0 }.sorted()
        var sentence = "incidents: \(hits) of \(delays.count) found"
        if let longest = known.last {
            sentence +=
                ", detected after \(text.duration(known[(known.count - 1) / 2])) (median), \(text.duration(longest)) at most"
        }
        if misses > 0 { sentence += "; \(misses) missed" }
        return sentence
            + "; \(text.duration(noise)) of noise outside incidents, \(falseFirings) firing\(falseFirings == 1 ? "" : "s") in none"
    }
}
