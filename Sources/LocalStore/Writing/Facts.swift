import Model
import SQLite

/// What the tables `call` and `err` have in common: one span or lone event, its dictionary rows and its measures.
struct FactCore: Equatable {
    var scope: Int64
    var t: Int64
    /// The row of the span; of the event in scope 2.
    var id: Int64
    var trace: Int64?
    var model: Int64
    var agent: Int64
    var operation: Int64
    var deployment: Int64
    var latency: Int64?
    var cost: Int64?
    var inputTokens: Int64?
    var outputTokens: Int64?
    var tokens: Int64?
    var evidence: Int64

    /// True when it counts as an error unless a statement says otherwise.
    var countsByDefault: Bool { evidence & Int64(Evidence.default.rawValue) != 0 }

    /// The columns in the order of `call`.
    static let callColumns = [
        "scope", "t", "id", "trace", "model", "agent", "operation", "deployment", "lat", "cost", "tin", "tout", "tok", "evidence",
    ]

    /// Puts the columns in the order of `callColumns`.
    func putColumns(into sink: inout StatementSink) {
        sink.put(scope as Int64?)
        sink.put(t as Int64?)
        sink.put(id as Int64?)
        sink.put(trace)
        sink.put(model as Int64?)
        sink.put(agent as Int64?)
        sink.put(operation as Int64?)
        sink.put(deployment as Int64?)
        sink.put(latency)
        sink.put(cost)
        sink.put(inputTokens)
        sink.put(outputTokens)
        sink.put(tokens)
        sink.put(evidence as Int64?)
    }

    /// Reads the columns `callColumns` of a row.
    init(_ row: Statement) {
        self.init(
            scope: row.integer(0), t: row.integer(1), id: row.integer(2), trace: row.optionalInteger(3), model: row.integer(4),
            agent: row.integer(5), operation: row.integer(6), deployment: row.integer(7), latency: row.optionalInteger(8),
            cost: row.optionalInteger(9), inputTokens: row.optionalInteger(10), outputTokens: row.optionalInteger(11),
            tokens: row.optionalInteger(12), evidence: row.integer(13))
    }

    init(
        scope: Int64, t: Int64, id: Int64, trace: Int64?, model: Int64, agent: Int64, operation: Int64, deployment: Int64,
        latency: Int64?, cost: Int64?, inputTokens: Int64?, outputTokens: Int64?, tokens: Int64?, evidence: Int64
    ) {
        self.scope = scope
        self.t = t
        self.id = id
        self.trace = trace
        self.model = model
        self.agent = agent
        self.operation = operation
        self.deployment = deployment
        self.latency = latency
        self.cost = cost
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.tokens = tokens
        self.evidence = evidence
    }
}

/// A row of `call`.
struct CallFact: Equatable {
    var core: FactCore
    /// The hash of the content, of names and never of row ids: 36 bits, so that millions add up without overflow.
    var digest: Int64 = 0
}

/// A row of `err`.
struct ErrorFact: Equatable {
    var core: FactCore
    var type: Int64
    var severity: Int64
    var status: Int64?
    var code: String?
    var origin: Int64
    var attempts: Int64?
    var recovery: Int64
    var recoveredAt: Int64?
    var settledAt: Int64?
    var signature: Int64
    var message: Int64
    var rule: String
    /// As for `CallFact`.
    var digest: Int64 = 0

    /// The columns of `err` behind `FactCore.callColumns`.
    static let columns = [
        "type", "severity", "status", "code", "origin", "attempts", "recovery", "recovered_at", "settled_at", "signature",
        "message", "rule",
    ]

    /// Puts the columns in the order of `FactCore.callColumns` and `columns`.
    func putColumns(into sink: inout StatementSink) {
        core.putColumns(into: &sink)
        sink.put(type as Int64?)
        sink.put(severity as Int64?)
        sink.put(status)
        sink.put(code)
        sink.put(origin as Int64?)
        sink.put(attempts)
        sink.put(recovery as Int64?)
        sink.put(recoveredAt)
        sink.put(settledAt)
        sink.put(signature as Int64?)
        sink.put(message as Int64?)
        sink.put(rule)
    }

    /// Reads the columns `FactCore.callColumns` and `columns` of a row.
    init(_ row: Statement) {
        self.init(
            core: FactCore(row), type: row.integer(14), severity: row.integer(15), status: row.optionalInteger(16),
            code: row.text(17), origin: row.integer(18), attempts: row.optionalInteger(19), recovery: row.integer(20),
            recoveredAt: row.optionalInteger(21), settledAt: row.optionalInteger(22), signature: row.integer(23),
            message: row.integer(24), rule: row.text(25) ?? "")
    }

    init(
        core: FactCore, type: Int64, severity: Int64, status: Int64?, code: String?, origin: Int64, attempts: Int64?,
        recovery: Int64, recoveredAt: Int64?, settledAt: Int64?, signature: Int64, message: Int64, rule: String
    ) {
        self.core = core
        self.type = type
        self.severity = severity
        self.status = status
        self.code = code
        self.origin = origin
        self.attempts = attempts
        self.recovery = recovery
        self.recoveredAt = recoveredAt
        self.settledAt = settledAt
        self.signature = signature
        self.message = message
        self.rule = rule
    }
}

/// The hashes of the names behind a fact's dictionary rows and identity.
struct FactNames {
    /// Of project, trace id and span or event id.
    var identity: UInt64
    var model: UInt64
    var agent: UInt64
    var operation: UInt64
    var deployment: UInt64

    /// The identity's hash.
    static func identity(project: String, trace: String?, id: String) -> UInt64 {
        var hash = ContentHash()
        hash.add(project as String?)
        hash.add(trace)
        hash.add(id as String?)
        return hash.value
    }
}

extension FactCore {
    fileprivate func hash(_ names: FactNames) -> ContentHash {
        var hash = ContentHash()
        hash.add(names.identity)
        hash.add(names.model ^ names.agent &* 3)
        hash.add(names.operation ^ names.deployment &* 3)
        hash.add(t)
        hash.add(scope << 32 | evidence)
        hash.add(latency)
        hash.add(cost)
        hash.add(inputTokens)
        hash.add(outputTokens)
        hash.add(tokens)
        return hash
    }
}

/// Sums of this many bits add up to 2⁶³ only beyond 10⁸ facts of one bucket.
private let digestBits: UInt64 = 36

extension CallFact {
    mutating func seal(_ names: FactNames) { digest = Int64(core.hash(names).value >> (64 - digestBits)) }
}

extension ErrorFact {
    /// `messageHash` is that of the dictionary row. What classification says (type, severity, origin, signature, rule) is left
    /// out: a digest tells whether the data is the same, not whether it is still read in the same way.
    mutating func seal(_ names: FactNames, messageHash: UInt64) {
        var hash = core.hash(names)
        hash.add(recovery)
        hash.add(status)
        hash.add(code)
        hash.add(attempts)
        hash.add(recoveredAt)
        hash.add(settledAt)
        hash.add(messageHash)
        digest = Int64(hash.value >> (64 - digestBits))
    }
}
