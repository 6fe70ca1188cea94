import Model

/// The fallback and retry events of a trace, for finding those between two calls that concern them.
struct Turns {
    /// The subject of an event: its span (or the parent), or a parent, which may be none.
    private enum Named: Hashable {
        case nobody
        case owner(String)
        case parent(String?)
    }

    /// The failed model of an event, without its date.
    private enum FailedModel: Hashable {
        case none, any
        case named(String)
    }

    private struct Key: Hashable {
        let named: Named
        let model: FailedModel
    }

    /// Event times by subject and model, ascending.
    private var times: [Key: [Timestamp]] = [:]
    /// The last event time for each model, nil for events without one.
    private var last: [String?: Timestamp] = [:]
    private var lastOfAll: Timestamp?
    private let names = UndatedNames()

    var isEmpty: Bool

    init(_ events: [EventEvidence]) {
        let turns = events.filter { $0.kind == .fallback || $0.kind == .retry }
        isEmpty = turns.isEmpty
        for turn in turns.sorted(by: EventJoin.isBefore) {
            guard let time = turn.time else { continue }
            let model = turn.model.map(names.undated)
            last[model] = time
            lastOfAll = time
            var named: [Named] = [.parent(turn.parentID)]
            if let owner = turn.spanID ?? turn.parentID { named.append(.owner(owner)) } else { named.append(.nobody) }
            for name in named {
                times[Key(named: name, model: model.map(FailedModel.named) ?? .none), default: []].append(time)
                if model != nil { times[Key(named: name, model: .any), default: []].append(time) }
            }
        }
    }

    /// Returns true when an event at `time` or later concerns the model or none; without a model, any event does.
    func isTurn(of model: String?, from time: Timestamp) -> Bool {
        guard let model else { return lastOfAll.map { $0 >= time } ?? false }
        return [nil, names.undated(model)].contains { last[$0].map { $0 >= time } ?? false }
    }

    /// Returns true when an event between two instants concerns the failed call or its possible successor.
    func isTurn(from failed: SpanEvidence, to span: SpanEvidence, between first: Timestamp, and end: Timestamp) -> Bool {
        var named = [Named.nobody, .parent(failed.parentID), .owner(failed.spanID), .owner(span.spanID)]
        if let parent = failed.parentID { named.append(.owner(parent)) }
        // Any event may concern a call without a model.
        let models = [.none, failed.model.map { FailedModel.named(names.undated($0)) } ?? .any]
        return named.contains { name in
            models.contains { model in
                guard let times = times[Key(named: name, model: model)] else { return false }
                let next = times.partitioningIndex { $0 >= first }
                return next < times.count && times[next] <= end
            }
        }
    }
}

/// Model names without dates, each parsed once.
private final class UndatedNames {
    private var known: [String: String] = [:]

    func undated(_ name: String) -> String { known.setDefault(known[name] ?? Operation.undated(name), for: name) }
}
