import Model

/// The format of a listing's times: only the parts that distinguish them or cannot be inferred.
struct TimeForm {
    var showsYear = false
    var showsDate = true
    var showsClock = true
    var showsSeconds = false
    /// Digits of fractional seconds: 0 or 3.
    var fraction = 0
    /// True when a clock change falls among the times, so that a clock time alone could be ambiguous.
    var showsOffset = false

    static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Returns the abbreviated name of a month 1...12; "?" for anything else.
    static func month(_ number: Int) -> String { (1...12).contains(number) ? months[number - 1] : "?" }

    /// Chooses the format for times that are shown together.
    ///
    /// - Parameter isExact: Shows seconds even when all are zero.
    init(for instants: [Timestamp], style: Style, isExact: Bool = false) {
        guard let first = instants.min(), let last = instants.max() else { return }
        let from = style.zone.civil(first), to = style.zone.civil(last)
        showsYear = from.year != to.year || !style.isPresent(year: from.year)
        let civils = instants.map { style.zone.civil($0) }
        let isDaily = !isExact && instants.count > 1 && civils.allSatisfy { $0.hour == 0 && $0.minute == 0 && $0.second == 0 }
        showsClock = !isDaily
        showsSeconds = isExact || civils.contains { $0.second != 0 || $0.nanosecond != 0 }
        let isShort = instants.count > 1 && last - first < .seconds(60)
        fraction = isShort && civils.contains { $0.nanosecond >= 1_000_000 } ? 3 : 0
        showsOffset = showsClock && first < last && style.zone.offsets(in: Window(from: first, to: last)).count > 1
    }

    func text(_ instant: Timestamp, _ style: Style) -> String {
        let civil = style.zone.civil(instant)
        var parts: [String] = []
        if showsDate { parts.append(TimeForm.date(civil, withYear: showsYear)) }
        if showsClock {
            var clock = TimeForm.clock(civil)
            if showsSeconds { clock += ":" + TimeText.two(civil.second) }
            if fraction > 0 { clock += "." + DecimalText.padded(civil.nanosecond / 1_000_000, 3) }
            if showsOffset { clock += TimeForm.offset(style.zone.offset(at: instant)) }
            parts.append(clock)
        }
        return parts.joined(separator: " ")
    }

    /// Returns `20 Nov`, or `2026-11-20` with the year.
    static func date(_ civil: CivilTime, withYear: Bool) -> String {
        withYear ? TimeText.date(civil) : "\(civil.day) \(month(civil.month))"
    }

    /// Returns `14:05`.
    static func clock(_ civil: CivilTime) -> String { TimeText.two(civil.hour) + ":" + TimeText.two(civil.minute) }

    /// Returns an offset in seconds east of UTC as `+02` or `+05:30`.
    static func offset(_ seconds: Int64) -> String {
        let minutes = Int(seconds.magnitude / 60)
        return (seconds < 0 ? "-" : "+") + TimeText.two(minutes / 60)
            + (minutes % 60 == 0 ? "" : ":" + TimeText.two(minutes % 60))
    }
}

extension ValueText {
    /// Returns a window in the style's zone, `20 Nov 14:05 – 21 Nov 14:05 UTC`; the date appears once when both ends are on the
    /// same day.
    func window(_ window: Window) -> String {
        let from = style.zone.civil(window.from), to = style.zone.civil(window.to)
        var form = TimeForm(for: [window.from, window.to], style: style)
        form.showsDate = true
        form.showsClock = true
        form.fraction = 0
        let first = form.text(window.from, style)
        form.showsDate = (from.year, from.month, from.day) != (to.year, to.month, to.day)
        return "\(first) \(style.marks.dash) \(form.text(window.to, style)) \(style.safe(style.zone.name))"
    }
}
