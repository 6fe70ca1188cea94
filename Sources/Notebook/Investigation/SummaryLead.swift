import Analysis
import Model
import QueryLanguage
import Render

/// The sentences that a summary begins with: what stands out of the errors of its window, beside what is usual.
struct SummaryLead {
    let overview: SeriesOverview
    private let axis: TimeAxis
    private let values: [Double?]

    /// How many weeks before are looked at.
    static let weeks = 4

    /// The questions about the same hours of the weeks before, the nearest first; none for all of the store, and where buckets are
    /// longer than days, which have no hour of the week.
    static func questions(_ timeline: CheckedQuery) -> [CheckedQuery] {
        guard let window = timeline.window, let bucket = timeline.bucket, bucket.hasPlaceInWeek else { return [] }
        return (1...weeks).map { week in
            var question = timeline
            question.window = Window(
                from: window.from.weeksBefore(week, in: timeline.zone), to: window.to.weeksBefore(week, in: timeline.zone))
            return question
        }
    }

    /// - Parameters:
    ///   - timeline: One row a bucket, the count in column 1.
    ///   - weeks: The answers to `questions`.
    init?(_ timeline: Answer, weeks: [Answer]) {
        guard case .series(let axis) = timeline.shape else { return nil }
        self.axis = axis
        let own = SummaryLead.counts(timeline, on: axis)
        values = axis.starts.map { own[SummaryLead.place($0, axis.zone, week: 0)] ?? nil }
        let before = weeks.enumerated().map { index, answer -> [Double?] in
            guard case .series(let its) = answer.shape else { return [] }
            let counts = SummaryLead.counts(answer, on: its, week: index + 1)
            return axis.starts.map { counts[SummaryLead.place($0, axis.zone, week: 0)] ?? nil }
        }
        overview = SeriesOverview(
            values: values, isPartial: axis.starts.indices.map(axis.isPartial), weeks: before,
            season: TrendAnalysis.season(of: axis))
    }

    /// The count of each bucket by its place on the calendar, moved on by a number of weeks; nil where data does not cover all of the
    /// part that was asked for.
    private static func counts(_ answer: Answer, on axis: TimeAxis, week: Int = 0) -> [Int64: Double?] {
        var counts: [Int64: Double?] = [:]
        let places = Dictionary(zip(axis.starts, axis.starts.indices)) { first, _ in first }
        for row in answer.table.rows {
            guard case .time(let start) = row[0], let index = places[start] else { continue }
            let asked = axis.bucket(index).intersection(axis.window)
            let isCovered =
                week == 0
                ? axis.isCovered(index)
                : axis.coverage.map { $0.intersection(asked) == asked } == true
                    && !axis.gaps.contains { !$0.intersection(asked).isEmpty }
            counts[place(start, axis.zone, week: week)] = isCovered ? row[1].magnitude : .some(nil)
        }
        return counts
    }

    /// What the clock of the zone shows, in seconds.
    private static func place(_ start: Timestamp, _ zone: Zone, week: Int) -> Int64 {
        zone.civil(start).localSeconds + Int64(week) * 7 * 86_400
    }

    // MARK: Sentences

    /// What stands out, how many errors are usual, and where they go.
    ///
    /// - Parameter change: The relative change of the number of errors against the window before; nil where it is not known.
    func sentences(_ change: Double?, _ style: Style) -> [String] {
        let sentences = [standing(style), usualTotal(style), direction(change, style)].compactMap { $0 }
        // Errors that are too few in each bucket to stand out may still be too many together: then their number comes first.
        return overview.peak == nil && overview.totalStandsOut && sentences.count > 1
            ? [sentences[1], sentences[0]] + sentences.dropFirst(2) : sentences
    }

    private func standing(_ style: Style) -> String? {
        let text = ValueText(style)
        guard let highest = overview.highest else { return nil }
        guard let peak = overview.peak else {
            let isJudged = overview.basis != .nothing && !overview.totalStandsOut
            let beginning = isJudged ? "nothing stands out: highest" : "highest"
            var sentence = "\(beginning) \(count(highest, text)) in \(axis.width) \(place(highest, style))"
            if let usual = overview.usual[highest] { sentence += ", usual \(text.number(rounded(usual))) \(hour)" }
            return sentence
        }
        var sentence = "peak \(count(peak, text)) in \(axis.width) \(place(peak, style))"
        let usual = overview.usual[peak] ?? 0, value = values[peak] ?? 0
        sentence +=
            usual >= 1
            ? ", \(text.number(rounded(value / usual))) times the usual \(text.number(rounded(usual))) \(hour)"
            : ", where fewer than 1 is usual \(hour)"
        if overview.goesOn { sentence += overview.outstanding.last == peak ? "; it goes on" : "; still going on" }
        return sentence
    }

    /// What the usual count is that of.
    private var hour: String {
        switch overview.basis {
        case .weeks: axis.starts.count > 1 && axis.bucket(0).length > .hours(22) ? "on this weekday" : "at this hour of the week"
        case .otherBuckets, .nothing: "of the window"
        }
    }

    private func usualTotal(_ style: Style) -> String? {
        guard case .weeks(let weeks) = overview.basis, let usual = overview.usualTotal, axis.window.length < .days(8) else {
            return nil
        }
        let text = ValueText(style), change = usual > 0 ? " (\(text.change(overview.total / usual - 1)))" : ""
        return "\(Int64(overview.total).counted("errors")), usual \(text.number(rounded(usual))) in these hours of the week"
            + "\(change), by the median of \(weeks.counted("weeks")) before"
    }

    private func direction(_ change: Double?, _ style: Style) -> String? {
        guard !overview.test.isEmpty, !overview.test.hasSuffix("too few values"), overview.highest != nil else { return nil }
        var basis = "within the window"
        if case .weeks = overview.basis { basis = "against the same hours of earlier weeks" }
        let apart = overview.direction == .stable && overview.peak != nil ? " apart from what stands out" : ""
        var sentence = "trend \(basis): \(overview.direction.rawValue)\(apart) (\(overview.test))"
        switch (overview.direction, change) {
        case (.decreasing, let change?) where change > 0: sentence += ", but more than in the window before"
        case (.increasing, let change?) where change < 0: sentence += ", but fewer than in the window before"
        default: break
        }
        return sentence
    }

    private func count(_ bucket: Int, _ text: ValueText) -> String {
        text.count(Int64((values[bucket] ?? 0).rounded())) + axis.partialWord(bucket)
    }

    private func place(_ bucket: Int, _ style: Style) -> String { axis.placeInWords(bucket, style) }

    /// One digit after the point below ten, none above.
    private func rounded(_ value: Double) -> Double { value < 10 ? (value * 10).rounded() / 10 : value.rounded() }
}

extension BucketWidth {
    /// True when a bucket lies at the same place of every week.
    fileprivate var hasPlaceInWeek: Bool {
        switch self {
        case .fixed(let length): length <= .hours(12)
        case .days(let days): days == 1
        case .weeks, .months: false
        }
    }
}

extension Timestamp {
    /// The same time of the same weekday, a number of weeks earlier by the calendar of a zone.
    fileprivate func weeksBefore(_ weeks: Int, in zone: Zone) -> Timestamp {
        let earlier = self - .days(Int64(7 * weeks))
        return earlier + .seconds(zone.offset(at: self) - zone.offset(at: earlier))
    }
}
