import Errors

/// The throughput of error classification on one core.
struct ClassificationFigures {
    var messages = 0
    /// Mean length in bytes.
    var length = 0.0
    /// Messages per second of CPU time: best and median of the runs.
    var best = 0.0
    var median = 0.0
}

/// Classifies many messages in a fixed order: the examples of all classification rules, each with several values in its variable
/// parts.
struct ClassificationMeasurement {
    private static let runs = 9
    private static let messagesOfRun = 100_000

    func run() -> ClassificationFigures {
        Terminal.note("classification")
        let texts = ClassificationMeasurement.texts().map { ErrorText(text: $0) }
        let classifier = Classifier()
        var rates: [Double] = [], found = 0
        for _ in 0..<ClassificationMeasurement.runs {
            let start = Clocks.processor()
            for index in 0..<ClassificationMeasurement.messagesOfRun where classifier.classify(texts[index % texts.count]) != nil
            {
                found += 1
            }
            rates.append(Double(ClassificationMeasurement.messagesOfRun) / (Clocks.processor() - start))
        }
        precondition(found > 0, "the examples of rules are errors")
        let bytes = texts.reduce(0) { $0 + $1.text.utf8.count }
        return ClassificationFigures(
            messages: ClassificationMeasurement.messagesOfRun, length: Double(bytes) / Double(texts.count),
            best: rates.max() ?? .nan, median: rates.median)
    }

    /// Returns examples in the forms that clients write: wrapped in a status, class or body, each with different numbers.
    private static func texts() -> [String] {
        let examples = RuleSet.builtIn.rules.flatMap(\.examples)
        return (0..<8).flatMap { round in
            examples.enumerated().map { index, example in
                let id = "req_\(1_000_003 * (index + 7) + round)"
                switch (index + round) % 4 {
                case 0: return example
                case 1: return "\(example) (request id: \(id), attempt \(round) of 8)"
                case 2:
                    return
                        "{\"type\":\"error\",\"error\":{\"type\":\"api_error\",\"message\":\"\(example)\"},\"request_id\":\"\(id)\"}"
                default:
                    return "Traceback (most recent call last)\n  File \"/app/run.py\", line \(index), in call\n\(example) [\(id)]"
                }
            }
        }
    }
}
