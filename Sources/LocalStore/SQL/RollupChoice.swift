import Model
import QueryLanguage

/// Where the rows of an interval come from.
struct Layer: Hashable, Sendable {
    /// nil: the facts themselves.
    var rollup: Rollup?
    /// The interval in nanoseconds; nil is open.
    var from: Int64?
    var to: Int64?
}

/// The cheapest exact sources of a statement's numbers: the intervals of its window, each from the coarsest rollup that knows all
/// that is asked, the edges from finer ones and from the facts.
struct RollupChoice {
    private let statement: PlannedStatement

    init(_ statement: PlannedStatement) { self.statement = statement }

    private var scope: StatementScope { statement.scope }

    /// The sources of partials.
    var layers: [Layer] {
        let open = Layer(rollup: nil, from: scope.window?.from.nanoseconds, to: scope.window?.to.nanoseconds)
        let family: Rollup.Facts
        switch statement.relation {
        case .errors: family = .errors
        case .calls: family = .calls
        case .traces, .events: return [open]
        }
        guard case .partials(let partials) = statement.task, scope.evidence == .default,
            !(scope.coversEveryKind && statement.relation == .calls)
        else { return [open] }
        var needed: Set<Rollup.Dimension> = family == .errors ? [.scope] : []
        var fields = statement.predicate.fields.union(statement.keys)
        for partial in partials {
            switch partial {
            case .rows, .failedCalls: break
            case .recovered:
                guard scope.knownUntil == nil else { return [open] }
                needed.insert(.recovery)
            case .matching(let predicate): fields.formUnion(predicate.fields)
            case .sum(let field), .carry(let field), .known(let field):
                guard Rollup.column(summing: field) != nil else { return [open] }
            case .least, .greatest: return [open]
            }
        }
        for field in fields where !field.isOfCalendar {
            // Rollups know what recovered by now, not by an instant of the past.
            guard let dimension = Rollup.dimension(of: field), dimension != .recovery || scope.knownUntil == nil else {
                return [open]
            }
            needed.insert(dimension)
        }
        let isCalendar = fields.contains(where: \.isOfCalendar)
        return RollupChoice.cover(
            scope.window, with: usable(family, needed, within: statement.buckets, isCalendar: isCalendar))
    }

    /// Counts of latency cells for the window, when they can stand for ranking the latency of every call: keys and conditions on
    /// models alone, no buckets. Empty when every row must be ranked.
    var cellLayers: [Layer] {
        guard case .percentiles(.field(Field(.latency)), _) = statement.task, statement.relation == .calls,
            statement.buckets == nil, !scope.coversEveryKind
        else { return [] }
        let fields = statement.predicate.fields.union(statement.keys)
        guard fields.allSatisfy({ Rollup.dimension(of: $0) == .model }) else { return [] }
        let layers = RollupChoice.cover(scope.window, with: usable(.latencies, [.model, .cell], within: nil, isCalendar: false))
        return layers.contains { $0.rollup != nil } ? layers : []
    }

    /// True when its numbers cost next to nothing: rollups know them, or the window is short.
    var isCheap: Bool {
        layers.contains { $0.rollup != nil }
            || (scope.window.map { $0.length <= .hours(2) } ?? false)
                && statement.predicate.fields.allSatisfy { Rollup.dimension(of: $0) != nil }
    }

    /// The rollups that know the dimensions and whose buckets the query never cuts, coarsest first, one for each width.
    private func usable(
        _ family: Rollup.Facts, _ needed: Set<Rollup.Dimension>, within buckets: Buckets?, isCalendar: Bool
    ) -> [Rollup] {
        let seconds = Array(Set(scope.offsets.map(\.seconds)))
        let changes = scope.offsets.dropFirst().map(\.from.nanoseconds)
        var usable: [Rollup] = []
        for rollup in Rollup.all where rollup.facts == family && needed.allSatisfy(rollup.dimensions.contains) {
            let width = rollup.widthInNanoseconds
            if let buckets, !buckets.contains(widthOf: width, offsets: seconds) { continue }
            // A bucket in which clocks change has no one local time.
            if buckets != nil || isCalendar, !changes.allSatisfy({ $0 % width == 0 }) { continue }
            if isCalendar, rollup.widthInSeconds > 3600 || !seconds.allSatisfy({ $0 % rollup.widthInSeconds == 0 }) { continue }
            // Of equal widths the one with the fewest dimensions has the fewest rows.
            if let index = usable.firstIndex(where: { $0.widthInSeconds == rollup.widthInSeconds }) {
                if rollup.dimensions.count < usable[index].dimensions.count { usable[index] = rollup }
            } else {
                usable.append(rollup)
            }
        }
        return usable.sorted { $0.widthInSeconds > $1.widthInSeconds }
    }

    /// Cuts a window into whole buckets of the coarsest rollup and, at the edges, of the finer ones; what is left is facts.
    static func cover(_ window: Window?, with rollups: [Rollup]) -> [Layer] {
        cover(window?.from.nanoseconds, window?.to.nanoseconds, rollups[...])
    }

    private static func cover(_ from: Int64?, _ to: Int64?, _ rollups: ArraySlice<Rollup>) -> [Layer] {
        if let from, let to, from >= to { return [] }
        guard let rollup = rollups.first else { return [Layer(rollup: nil, from: from, to: to)] }
        let width = rollup.widthInNanoseconds, finer = rollups.dropFirst()
        let first = from.map { $0.ceiledStopping(to: width) }, last = to.map { $0.flooredStopping(to: width) }
        // At the ends of time there is no whole bucket.
        guard first.map({ $0 % width == 0 }) ?? true, last.map({ $0 % width == 0 }) ?? true else { return cover(from, to, finer) }
        if let first, let last, first >= last { return cover(from, to, finer) }
        var layers: [Layer] = []
        if let from, let first { layers += cover(from, first, finer) }
        layers.append(Layer(rollup: rollup, from: first, to: last))
        if let to, let last { layers += cover(last, to, finer) }
        return layers
    }
}

extension Rollup {
    /// The dimension that determines the field; nil when none does.
    static func dimension(of field: Field) -> Dimension? {
        switch field.id {
        case .model, .provider: .model
        case .agent: .agent
        case .type, .class: .type
        case .signature: .signature
        case .recovered: .recovery
        default: nil
        }
    }

    /// The column of rollups that sums the field; nil when none does.
    static func column(summing field: Field) -> String? {
        switch field.id {
        case .latency: "lat"
        case .cost: "cost"
        case .inputTokens: "tin"
        case .outputTokens: "tout"
        case .tokens: "tok"
        default: nil
        }
    }
}

extension CheckedPredicate {
    /// True when some of it is about the errors or calls of a trace.
    var hasRowConditions: Bool {
        switch self {
        case .someRow: true
        case .not(let inner): inner.hasRowConditions
        case .and(let parts), .or(let parts): parts.contains(where: \.hasRowConditions)
        default: false
        }
    }
}
