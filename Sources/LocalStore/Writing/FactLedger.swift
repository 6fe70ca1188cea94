import SQLite

/// Puts facts into the store and takes them out again, and keeps the rollups in step.
struct FactLedger {
    let statements: RecordStatements
    let dictionaries: Dictionaries
    var deltas = RollupDeltas()
    private var days = DayPacker()

    /// Rows of rollups held in memory before they are written.
    private static let heldRows = 120_000

    /// Begins without changes.
    init(statements: RecordStatements, dictionaries: Dictionaries) {
        (self.statements, self.dictionaries) = (statements, dictionaries)
    }

    /// Adds facts that the store does not hold.
    mutating func add(_ call: CallFact) throws(SQLError) {
        // Never in place of another: a fact that is there already would be counted twice.
        var row = statements.putCall.row(isNew: true)
        call.core.putColumns(into: &row)
        try row.run()
        note(call, sign: 1)
    }

    mutating func add(_ error: ErrorFact) throws(SQLError) {
        var row = statements.putError.row(isNew: true)
        error.putColumns(into: &row)
        try row.run()
        note(error, sign: 1)
    }

    /// Takes a fact out; `identity` is the hash of its project, trace id and span id.
    mutating func remove(_ core: FactCore, identity: UInt64) throws(SQLError) {
        var call = CallFact(core: core)
        call.seal(try names(core, identity))
        note(call, sign: -1)
        statements.dropCall.bind(core.scope)
        statements.dropCall.bind(core.t)
        statements.dropCall.bind(core.id)
        try statements.dropCall.run()
    }

    mutating func remove(_ error: ErrorFact, identity: UInt64) throws(SQLError) {
        var error = error
        error.seal(try names(error.core, identity), messageHash: try dictionaries.message.hash(of: error.message))
        note(error, sign: -1)
        statements.dropError.bind(error.core.t)
        statements.dropError.bind(error.core.scope)
        statements.dropError.bind(error.core.id)
        try statements.dropError.run()
    }

    private mutating func note(_ call: CallFact, sign: Int64) {
        deltas.add(call, sign: sign)
        if call.core.scope == 0 { days.noteCall(at: call.core.t) }
    }

    private mutating func note(_ error: ErrorFact, sign: Int64) {
        deltas.add(error, sign: sign)
        days.noteError(at: error.core.t)
    }

    private func names(_ core: FactCore, _ identity: UInt64) throws(SQLError) -> FactNames {
        FactNames(
            identity: identity, model: try dictionaries.model.hash(of: core.model),
            agent: try dictionaries.agent.hash(of: core.agent), operation: try dictionaries.operation.hash(of: core.operation),
            deployment: try dictionaries.deployment.hash(of: core.deployment))
    }

    /// The fact of the span at `row`, whose time is `t`; nil when it has none.
    func call(row: Int64, at t: Int64) throws(SQLError) -> FactCore? {
        statements.readCall.bind(t)
        statements.readCall.bind(row)
        defer { statements.readCall.reset() }
        return try statements.readCall.step() ? FactCore(statements.readCall) : nil
    }

    /// The errors of a trace.
    func errors(ofTrace row: Int64) throws(SQLError) -> [ErrorFact] { try errors(statements.errorsOfTrace, [row]) }

    /// The errors of an event that belongs to no trace.
    func errors(ofEvent row: Int64, at t: Int64) throws(SQLError) -> [ErrorFact] {
        try errors(statements.errorsOfEvent, [t, row])
    }

    private func errors(_ statement: Statement, _ values: [Int64]) throws(SQLError) -> [ErrorFact] {
        for value in values { statement.bind(value) }
        defer { statement.reset() }
        var errors: [ErrorFact] = []
        while try statement.step() { errors.append(ErrorFact(statement)) }
        return errors
    }

    /// Writes the rollups' changes when many are held; or all of them, and the packed days, which ends a change.
    mutating func flush(to connection: Connection, all: Bool) throws(SQLError) {
        if all || deltas.count > FactLedger.heldRows { try deltas.flush(to: connection) }
        if all { try days.pack(on: connection) }
    }
}
