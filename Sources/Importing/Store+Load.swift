import Errors
import LocalStore
import Model

extension Store {
    /// Loads a made-up history: whole traces, one after another, in one transaction, as source `synthetic`.
    ///
    /// Fastest when every trace comes once. `now` is noted as the time of the import.
    @discardableResult
    public func load(
        _ traces: some Sequence<(TraceRecord, [SpanRecord], [EventRecord])>, now: Timestamp, assessor: Assessor = Assessor()
    ) throws(StoreError) -> ImportReport {
        try Importer(self, assessor: assessor).feed("synthetic", format: "synthetic", now: now) { take in
            for (trace, spans, events) in traces {
                try take(.trace(trace))
                for span in spans { try take(.span(span)) }
                for event in events { try take(.event(event)) }
            }
        }
    }
}
