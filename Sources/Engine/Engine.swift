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
