extension Question {
    /// The agent in the questions about failures, a text that many of its failures contain, and one that few contain.
    static let agent = "contract-analyzer"
    static let frequentText = "context length"
    static let rareText = "timed out"

    private static let day: Int64 = 24, week: Int64 = 168, month: Int64 = 720

    /// The typical questions that the language can express.
    static let all: [Question] = [
        Question(
            id: "2a", title: "errors by type, 24 h", wording: .statement("errors by type last 24h"), hours: day, total: "count",
            byHand: [FactsSQL.errorsByType, FactsSQL.callCount],
            raw: [RawSQL.errorsByType(.throughTraces), RawSQL.callCount(.throughTraces)]),
        Question(
            id: "2b", title: "errors by type, 30 d", wording: .statement("errors by type last 30d"), hours: month, total: "count",
            byHand: [FactsSQL.errorsByType, FactsSQL.callCount], raw: [RawSQL.errorsByType(.scan), RawSQL.callCount(.scan)]),
        Question(
            id: "3", title: "errors by type and hour, 7 d", wording: .statement("errors by type every 1h last 7d"), hours: week,
            total: "count", byHand: [FactsSQL.errorsByTypeAndHour, FactsSQL.callCount],
            raw: [RawSQL.errorsByTypeAndHour(.throughTraces)]),
        Question(
            id: "4", title: "calls by model: rate, average, p95, cost, 30 d",
            wording: .statement("calls by model show error_rate, avg(latency), p95(latency), cost last 30d"), hours: month,
            total: "p95(latency)", byHand: [FactsSQL.latencyByModel, FactsSQL.callsByModel],
            raw: [RawSQL.latencyByModel, RawSQL.callsByModel]),
        Question(
            id: "5", title: "errors by weekday and hour, 30 d", wording: .statement("errors by weekday, hour last 30d"),
            hours: month, total: "count",
            byHand: [FactsSQL.weekdaysAndHours],
            raw: [RawSQL.errorsByWeekdayAndHour]),
        Question(
            id: "6", title: "one trace by id", wording: .trace, hours: month, total: nil, byHand: FactsSQL.trace,
            raw: RawSQL.trace),
        Question(
            id: "7a", title: "failures of an agent with a frequent text, newest 50",
            wording: .statement("failures last 30d where agent = \(agent) and message has \"\(frequentText)\""), hours: month,
            total: nil, byHand: [FactsSQL.failures], raw: [RawSQL.failures]),
        Question(
            id: "7b", title: "failures of an agent with a rare text",
            wording: .statement("failures last 30d where agent = \(agent) and message has \"\(rareText)\""), hours: month,
            total: nil, byHand: [FactsSQL.failures], raw: [RawSQL.failures]),
        Question(
            id: "8", title: "errors by signature, top 20, 30 d",
            wording: .statement("errors by signature show count, share, error_rate top 20 last 30d"),
            hours: month, total: "count", byHand: [FactsSQL.errorsBySignature, FactsSQL.callCount], raw: [RawSQL.errorsByMessage]),
        Question(
            id: "8b", title: "the same with new, first, last, models, sample",
            wording: .statement("errors by signature top 20 last 30d"),
            hours: month, total: "count", byHand: [FactsSQL.signaturesInFull, FactsSQL.callCount], raw: [RawSQL.errorsByMessage]),
        Question(
            id: "9", title: "error rate by provider and 5 min, 24 h",
            wording: .statement("calls by provider every 5m show error_rate last 24h"), hours: day, total: "error_rate",
            byHand: [FactsSQL.rateByProvider], raw: [RawSQL.rateByProvider]),
        Question(
            id: "10", title: "errors by provider, recovered, 30 d",
            wording: .statement("errors by provider show count, recovered last 30d"), hours: month, total: "count",
            byHand: [FactsSQL.recoveredByProvider, FactsSQL.callCount], raw: [RawSQL.recoveredByProvider]),
        Question(
            id: "11", title: "errors by hour, 30 d", wording: .statement("errors every 1h last 30d"), hours: month,
            total: "count",
            byHand: [FactsSQL.errorsByHour, FactsSQL.callCount], raw: [RawSQL.errorsByHour]),
    ]
}
