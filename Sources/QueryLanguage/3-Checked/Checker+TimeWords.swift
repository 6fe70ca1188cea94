import Model

/// Resolution of times in words: `20 Nov 14:00`, `yesterday 14:00`, `last monday`, `noon`, and of seconds since 1970.
extension Checker {
    /// Resolves a time in words; nil for other texts.
    ///
    /// A day without a year, and a weekday, is the latest one that is not after now; without a time of day it is its midnight.
    func instantInWords(_ text: String, after: Timestamp?) -> Timestamp? {
        if let epoch = Checker.epoch(text) { return epoch }
        var words = text.lowercased().split(separator: " ").map(String.init)
        guard let last = words.last else { return nil }
        var clock: CivilTime?
        switch last {
        case "midnight": clock = CivilTime(clock: "00:00")
        case "noon": clock = CivilTime(clock: "12:00")
        default: clock = last.contains(":") ? CivilTime(clock: last) : nil
        }
        if clock != nil { words.removeLast() }
        guard !words.isEmpty else { return clock.map { nearest($0, after: after) } }
        guard var day = dayInWords(words.joined(separator: " ")) else { return nil }
        if let clock {
            (day.hour, day.minute, day.second, day.nanosecond) = (clock.hour, clock.minute, clock.second, clock.nanosecond)
        }
        return context.zone.instant(of: day)
    }

    /// The latest time of day that is not after now, or the first one after `after`.
    func nearest(_ clock: CivilTime, after: Timestamp?) -> Timestamp {
        // The day of the anchor in the zone, then a day later or earlier as needed.
        let anchor = after ?? context.now
        var civil = context.zone.civil(anchor)
        (civil.hour, civil.minute, civil.second, civil.nanosecond) = (clock.hour, clock.minute, clock.second, clock.nanosecond)
        let candidate = context.zone.instant(of: civil)
        if after != nil { return candidate > anchor ? candidate : context.zone.instant(of: civil.addingDays(1)) }
        return candidate <= anchor ? candidate : context.zone.instant(of: civil.addingDays(-1))
    }

    /// Seconds or milliseconds since 1970: ten or thirteen digits.
    private static func epoch(_ text: String) -> Timestamp? {
        guard text.utf8.count == 10 || text.utf8.count == 13, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int64(text)
        else { return nil }
        return Timestamp(nanoseconds: number * (text.utf8.count == 10 ? 1_000_000_000 : 1_000_000))
    }

    /// Resolves a day in words to its midnight on the zone's calendar; nil for other texts and for days that do not exist.
    func dayInWords(_ text: String) -> CivilTime? {
        let today = context.zone.civil(context.now), start = CivilTime(today.year, today.month, today.day)
        var words = text.lowercased().split(separator: " ").map(String.init)
        switch words.first {
        case "today" where words.count == 1: return start
        case "yesterday" where words.count == 1: return start.addingDays(-1)
        default: break
        }
        let isLast = words.first == "last"
        if isLast { words.removeFirst() }
        if words.count == 1, let weekday = Parser.weekday(words[0]) {
            let number = CivilTime.dayNumber(year: start.year, month: start.month, day: start.day)
            // Counted from Monday here, from Sunday there.
            let back = ((CivilTime.weekday(ofDay: number) + 6) % 7 - weekday + 7) % 7
            return start.addingDays(-(isLast && back == 0 ? 7 : back))
        }
        guard !isLast, words.count == 2 || words.count == 3, let day = Int(words[0]), let month = Parser.month(words[1]) else {
            return nil
        }
        if words.count == 3 {
            guard let year = Int(words[2]), (1700...2200).contains(year) else { return nil }
            let civil = CivilTime(year, month, day)
            return civil.isValid ? civil : nil
        }
        // 29 February is in a leap year, up to eight years back.
        for year in stride(from: start.year, through: start.year - 8, by: -1) {
            let civil = CivilTime(year, month, day)
            if civil.isValid, (year, month, day) <= (start.year, start.month, start.day) { return civil }
        }
        return nil
    }
}
