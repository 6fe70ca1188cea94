import Errors
import Model

/// A trace's identity.
struct TraceKey: Hashable {
    var project: String
    var traceID: String

    /// The beginning of the id of a trace that consists of one error event whose source names no trace.
    static let own = "event-"

    /// Returns the id of the trace that an error event without one forms.
    static func own(_ event: EventRecord) -> String { own + event.eventID }

    /// True when the records form such a trace. It is not a row of `traces`: nothing is known of the work that failed.
    func isOwn(spans: Int, events: [EventItem]) -> Bool {
        spans == 0 && events.count == 1 && traceID == TraceKey.own(events[0].record)
    }
}

/// A span on its way into the store, or read back from it without its long texts.
///
/// A class, because a record is large and handed on many times.
final class SpanItem {
    /// Its row; 0 until it has one.
    var row: Int64 = 0
    /// Without the long texts.
    let record: SpanRecord
    /// The long texts; nil when there are none, and when it was read back.
    let content: SpanContent?
    let version: RowVersion
    let hasOutput: Bool
    let inputDigest: Int64?
    /// The source that the store has it from, and what that keeps.
    var source: Int64 = 0
    var habits: SourceHabits = []
    /// How many poorer versions of it the batch brought as well.
    var superseded = 0

    /// Takes a record as a reader made it, and brings it into the form that reading back gives.
    init(_ incoming: consuming SpanRecord) {
        var record = incoming
        if let latency = record.reportedLatency {
            record.reportedLatency = .nanoseconds(latency.inNanoseconds)
            record.completeTimes()
        }
        if record.finishReasons.contains(where: { $0.isEmpty || $0.utf8.contains(0x2C) }) {
            record.finishReasons = record.finishReasons.flatMap { $0.split(separator: ",").map(String.init) }
        }
        if record.tags.contains("") { record.tags.removeAll(where: \.isEmpty) }
        let content = SpanContent(takenFrom: &record)
        var sink = VersionSink()
        record.putColumns(into: &sink)
        content.putColumns(into: &sink)
        version = RowVersion(updatedAt: record.updatedAt?.nanoseconds, richness: sink.richness, digest: sink.digest)
        hasOutput = SpanEvidence.saysSomething(content.output)
        inputDigest = content.input.map { Int64(bitPattern: ContentHash.of($0)) }
        self.content = content.isEmpty ? nil : content
        self.record = record
    }

    /// A span read back from the store.
    init(row: Int64, record: SpanRecord, version: RowVersion, hasOutput: Bool, inputDigest: Int64?, source: Int64) {
        self.row = row
        self.record = record
        content = nil
        self.version = version
        self.hasOutput = hasOutput
        self.inputDigest = inputDigest
        self.source = source
    }

    /// True when what its source keeps may decide what the call is.
    var dependsOnHabits: Bool {
        guard record.kind == .llm, record.end != nil, !record.hasToolCalls else { return false }
        let isCut = record.isStream == true && record.finishReasons.isEmpty && record.outputTokens == nil
        let isOdd = record.finishReasons.contains { !["stop", "end_turn", "STOP", "length"].contains($0) }
        return isCut || !hasOutput && ((record.outputTokens ?? 0) <= 1 || isOdd)
    }

    /// What the assessment needs of it.
    var evidence: SpanEvidence {
        var evidence = SpanEvidence(record)
        evidence.hasOutput = hasOutput
        evidence.keepsOutputs = habits.contains(.outputs)
        evidence.countsOutputTokens = habits.contains(.outputTokens)
        evidence.marksStreamEnds = habits.contains(.streamEnds)
        evidence.inputDigest = inputDigest
        return evidence
    }

    /// The instant of its facts: its end, else its start; nil when it has no time at all.
    var time: Int64? { (record.end ?? record.start)?.nanoseconds }
}

/// An event on its way into the store, or read back from it.
struct EventItem {
    var row: Int64 = 0
    /// How many poorer versions of it the batch brought as well.
    var superseded = 0
    var record: EventRecord
    var version: RowVersion
}

/// Everything a batch brought for one trace.
struct TraceUnit {
    let key: TraceKey
    var record: TraceRecord?
    /// True when the record was derived from an event, so that it does not count as a record of the source.
    private(set) var isRecordDerived = false
    /// How many poorer versions of the record the batch brought as well.
    private(set) var supersededRecords = 0
    var spans: [SpanItem] = []
    var events: [EventItem] = []

    private var spanPlaces = PlacesByID(), eventPlaces = PlacesByID()

    init(key: TraceKey) { self.key = key }

    /// Takes a span; of two versions of one the larger stays. False when it is no better than what was there.
    mutating func add(_ item: SpanItem) -> Bool {
        guard let place = spanPlaces.place(of: item.record.spanID, among: spans, \.record.spanID) else {
            spans.append(item)
            return true
        }
        guard spans[place].version < item.version else { return false }
        let superseded = spans[place].superseded + 1
        spans[place] = item
        spans[place].superseded = superseded
        return true
    }

    /// Takes an event; as for spans.
    mutating func add(_ item: EventItem) -> Bool {
        guard let place = eventPlaces.place(of: item.record.eventID, among: events, \.record.eventID) else {
            events.append(item)
            return true
        }
        guard events[place].version < item.version else { return false }
        let superseded = events[place].superseded + 1
        events[place] = item
        events[place].superseded = superseded
        return true
    }

    /// Takes an error event without a trace, which forms a trace of its own.
    mutating func add(own item: EventItem) -> Bool {
        let event = item.record
        if record == nil, event.session ?? event.user ?? event.service ?? event.environment ?? event.release != nil {
            var trace = TraceRecord(traceID: key.traceID)
            trace.project = key.project
            (trace.session, trace.user, trace.service) = (event.session, event.user, event.service)
            (trace.environment, trace.release) = (event.environment, event.release)
            (record, isRecordDerived) = (trace, true)
        }
        return add(item)
    }

    /// Takes what a source says of the whole trace; as for spans.
    mutating func add(_ trace: TraceRecord) -> Bool {
        if let record {
            guard record.version < trace.version else { return false }
            supersededRecords += 1
        }
        record = trace
        return true
    }
}

/// Finds items of a list that only grows by their ids: a few by looking through them, many by an index.
private struct PlacesByID {
    private var places: [String: Int] = [:]
    private static let few = 16

    mutating func place<Item>(of id: String, among items: [Item], _ idOfItem: (Item) -> String) -> Int? {
        guard items.count > PlacesByID.few else { return items.firstIndex { idOfItem($0) == id } }
        for place in places.count..<items.count { places[idOfItem(items[place])] = place }
        return places[id]
    }
}
