import Model
import Notebook

/// Measurements of one completion: milliseconds of CPU time, first with an empty cache, then repeated.
struct CompletionFigures {
    let text: String
    var candidates = 0
    var first = 0.0, again = 0.0
}

/// Completes statements on a store, each with a new completer.
struct CompletionMeasurement {
    /// Maximum time to complete, in milliseconds.
    static let aim = 50.0

    private let history: BenchHistory

    init(_ history: BenchHistory) { self.history = history }

    private static let texts = [
        "", "er", "errors ", "errors by ", "calls show p9", "errors where ", "errors where model = ", "errors where provider = o",
        "errors where agent in (", "errors where name = ", "errors where environment = ", "errors where release = ",
        "errors where user = ", "errors where session = ", "errors where status = ", "errors where code = ",
        "errors by provider, type every 1h last 7d where model = gpt-4o and ",
    ]

    func run() -> [CompletionFigures] {
        Terminal.note("completion")
        return CompletionMeasurement.texts.map { text in
            var figures = CompletionFigures(text: text), first: [Double] = [], again: [Double] = []
            for _ in 0..<5 {
                let completer = Completer(history.store)
                func measure() -> Double {
                    let start = Clocks.processor()
                    figures.candidates = completer.completion(of: text, cursorByte: text.utf8.count).candidates.count
                    return (Clocks.processor() - start) * 1000
                }
                first.append(measure())
                again.append(measure())
            }
            (figures.first, figures.again) = (first.median, again.median)
            return figures
        }
    }
}
