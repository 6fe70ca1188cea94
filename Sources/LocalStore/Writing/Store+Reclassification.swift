import Errors
import Model
import SQLite

/// What a change of the rules does to the errors of a store.
public struct Reclassification: Sendable, Equatable {
    /// Errors of one type that became another.
    public struct Move: Sendable, Hashable {
        public var from: ErrorType
        public var to: ErrorType
        public var count: Int
    }

    /// Largest first, then in the order of the types.
    public var moves: [Move] = []
    /// Errors that keep their type but have it from another rule, or with another severity, code or origin.
    public var otherwiseChanged = 0
    /// Errors that were looked at: all with any evidence.
    public var errors = 0

    /// Errors whose type changed.
    public var moved: Int { moves.reduce(0) { $0 + $1.count } }
}

extension Store {
    /// Types all errors anew from what the store holds, in one transaction; nothing is imported again.
    ///
    /// The result equals a rebuild with the same rules: facts, rollups, traces and the full-text index. With `keeps` false the
    /// change is computed and taken back.
    public func reclassify(
        with assessor: Assessor, keeps: Bool = true
    ) throws(StoreError) -> Reclassification {
        try StoreError.about(path) {
            let connection = try writer()
            var result = Reclassification()
            do {
                try connection.transaction {
                    let session = try ImportSession(on: connection, assessor: assessor)
                    if keeps { try session.noteRules(assessor.classifier.rules.version, anew: true) }
                    result = try session.reclassify()
                    if !keeps { throw TakenBack() }
                }
            } catch is TakenBack {}
            if keeps { try tidy(after: result.moved) }
            return result
        }
    }

    /// Ends a transaction whose change was only looked at.
    private struct TakenBack: Error {}
}

extension ImportSession {
    /// What errors were and became, while they are typed anew.
    struct Moves {
        var counts: [Reclassification.Move: Int] = [:]
        var otherwiseChanged = 0
        var errors = 0

        mutating func note(_ before: ErrorFact, _ after: ErrorFact) {
            guard before.type != after.type else {
                otherwiseChanged += 1
                return
            }
            let from = ErrorType(rawValue: Int(before.type)) ?? .unknown, to = ErrorType(rawValue: Int(after.type)) ?? .unknown
            counts[Reclassification.Move(from: from, to: to, count: 0), default: 0] += 1
        }
    }

    /// Assesses anew what has errors; everything else does not depend on rules.
    func reclassify() throws -> Reclassification {
        moves = Moves()
        moves?.errors = Int(try connection.integer("SELECT count(*) FROM err") ?? 0)
        let page = "SELECT DISTINCT trace FROM err WHERE trace > ? ORDER BY trace LIMIT 500"
        try reassessTraces(page)
        try reclassifyLoneEvents()
        try ledger.flush(to: connection, all: true)
        var result = Reclassification()
        result.errors = moves?.errors ?? 0
        result.otherwiseChanged = moves?.otherwiseChanged ?? 0
        result.moves = (moves?.counts ?? [:]).map { Reclassification.Move(from: $0.from, to: $0.to, count: $1) }
            .sorted { ($1.count, $0.from.rawValue, $0.to.rawValue) < ($0.count, $1.from.rawValue, $1.to.rawValue) }
        moves = nil
        return result
    }

    private func reclassifyLoneEvents() throws(SQLError) {
        try eachLoneEvent { item, project throws(SQLError) in
            guard let t = item.record.time?.nanoseconds else { return }
            let identity = FactNames.identity(project: project, trace: nil, id: item.record.eventID)
            let before = try ledger.errors(ofEvent: item.row, at: t)
            let after = try builder.facts(ofLone: item, project: project)
            guard !before.isEmpty || !after.isEmpty else { return }
            if before.count == after.count, zip(before, after).allSatisfy({ $0.isSame(as: $1) }) { return }
            for (old, new) in zip(before, after) { moves?.note(old, new) }
            for fact in before { try ledger.remove(fact, identity: identity) }
            for fact in after { try ledger.add(fact) }
        }
    }
}
