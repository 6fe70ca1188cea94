import Model
import QueryLanguage

/// Answers planned questions about calls and errors. Only an engine knows where its rows lie.
///
/// Writing, and what belongs to one kind of store alone (its own SQL, imports, repair), is not asked of engines.
public protocol Engine: QueryEngine {
    /// What the engine cannot do is a diagnostic, never a wrong answer.
    var capabilities: Capabilities { get }

    /// What its sources cover, its newest record, and which rules classified its errors. Costs next to nothing.
    func overview() throws -> QueryFacts

    /// True when some row has the value; nil for fields whose values are not listed.
    func contains(_ value: String, in field: FieldID) throws -> Bool?

    /// The values of a field, most frequent first; empty for fields whose values are not listed. The cost does not grow with the
    /// history.
    func values(of field: FieldID) throws -> [KnownValue]

    /// The traces that `prefix` may mean: by trace id, span id or request id, in this order, each by id; at most `limit`.
    func findTraces(prefix: String, limit: Int) throws -> [TraceMatch]

    /// The trace with this id and everything that belongs to it; nil when there is none. Without a project the first project
    /// that has such a trace is meant.
    func trace(_ traceID: String, project: String?) throws -> StoredTrace?

    /// How a statement is answered.
    func explain(_ statement: PlannedStatement) throws -> ExplainedStatement

    /// Runs `body` over one state of the data, where the engine can hold one.
    func snapshot<R>(_ body: () throws -> R) throws -> R

    /// Runs `body` over one state of the data with bounded memory, for an answer that may be as long as the data.
    func boundedSnapshot<R>(_ body: (any Engine) throws -> R) throws -> R

    // MARK: Counters of alert rules

    /// The names behind the ids of counted calls and errors.
    func counterNames() throws -> CounterNames

    /// The errors up to an instant, this included, that have some of the evidence and were not passed on by others.
    func countedErrors(until end: Timestamp, evidence: Evidence, withOutcomes: Bool) throws -> CountedErrors

    /// Calls up to an instant by whole minutes, ascending. The minute in which the instant lies is whole unless it is the
    /// minute's first instant.
    func countedCalls(until end: Timestamp, by keys: CallKeys, _ take: (CountedCalls) -> Void) throws

    /// Calls up to an instant, this included, one by one, ascending.
    func countedCallTimes(
        until end: Timestamp, _ take: (Timestamp, (model: Int64, agent: Int64, deployment: Int64)) -> Void) throws

    /// Fallbacks from one model to another up to an instant, ascending: the events about them, and in traces without any the
    /// calls that name the model they replace.
    func countedFallbacks(until end: Timestamp, _ take: (Timestamp, _ from: String?, _ to: String?) -> Void) throws

    // MARK: Changes of the data

    /// The newest records.
    func newestArrival() throws -> ArrivalMark

    /// The earliest error or call of an interval, both ends included, that arrived after these records; nil when none did.
    func firstLateRow(after mark: ArrivalMark, from: Timestamp, to: Timestamp) throws -> Timestamp?

    /// A number that differs when the data changed since it was last asked for.
    func changeMark() throws -> Int64

    /// An order-free hash over the content of all rows of a scope: what sources reported, not what classification made of it.
    func fingerprint(of scope: DataScope) throws -> UInt64

    /// Stops the statement that runs now, from any thread; nothing happens when nothing runs.
    func interrupt()
}

extension Engine {
    /// A snapshot, for engines whose memory does not depend on the answer.
    public func boundedSnapshot<R>(_ body: (any Engine) throws -> R) throws -> R { try snapshot { try body(self) } }
}

/// What an engine can do besides answering questions.
public struct Capabilities: Hashable, Sendable {
    /// Several questions are answered from one state of the data, whatever is written meanwhile.
    public var holdsSnapshots: Bool
    /// A running question can be stopped.
    public var stopsQuestions: Bool

    /// Makes capabilities; all of them unless told otherwise.
    public init(holdsSnapshots: Bool = true, stopsQuestions: Bool = true) {
        (self.holdsSnapshots, self.stopsQuestions) = (holdsSnapshots, stopsQuestions)
    }
}
