import Model

/// Resolution of times and ranges to instants.
extension Checker {
    /// The limits of ranges, chosen so that local times of all instants fit 64 bits.
    static let earliest = Zone.utc.instant(of: CivilTime(1678, 1, 1))
    static let latest = Zone.utc.instant(of: CivilTime(2262, 1, 1))

    /// The window between the limits.
    static let possible = Window(from: earliest, to: latest)

    mutating func window(_ range: RangeSyntax, span: TextSpan) -> Window? {
        let window: Window?
        switch range {
        case .all: return nil
        case .last(let length):
            guard let length = self.length(length, allowsNames: true) else { return nil }
            window = Window(from: context.now - length, to: context.now)
        case .today:
            window = Window(from: midnight(daysAgo: 0), to: context.now)
        case .yesterday:
            window = Window(from: midnight(daysAgo: 1), to: midnight(daysAgo: 0))
        case .since(let start, let until):
            guard let from = instant(start, allowsBareLength: true) else { return nil }
            guard let until else {
                window = Window(from: from, to: max(context.now, from))
                break
            }
            guard let to = instant(until, after: from) else { return nil }
            window = Window(from: from, to: to)
        case .between(let start, let end):
            // Check both, so that two errors are reported together.
            let from = instant(start), to = instant(end, after: from)
            guard let from, let to else { return nil }
            window = Window(from: from, to: to)
        case .around(let middle, let reach):
            var half: Duration = .minutes(15)
            if let reach {
                guard let length = length(reach) else { return nil }
                half = length
            }
            guard let instant = instant(middle) else { return nil }
            window = Window(from: instant - half, to: instant + half)
        case .onResult(let reference):
            guard let found = self.span(of: reference) else { return nil }
            window = found
        case .on(let name):
            guard let found = calendar(name.text) else {
                report(Mistake.badDay(name))
                return nil
            }
            window = found
        }
        guard let window else { return nil }
        guard window.from >= Checker.earliest, window.to <= Checker.latest else {
            report(Mistake.rangeTooFar(span))
            return nil
        }
        if window.to < window.from { report(Mistake.emptyRange(span)) }
        return window
    }

    /// Sets the baseline window of `vs`. Calendar ranges are compared with the preceding day, week or month, `today` with
    /// yesterday up to the same clock time.
    mutating func versus(_ syntax: VersusSyntax, _ range: RangeSyntax?, _ span: TextSpan) {
        // A comparison that is refused is one all the same: `change` is not blamed for the lack of it.
        query.versus = .previous
        guard let window = query.window else {
            report(Mistake.versusNeedsWindow(span))
            return
        }
        switch syntax {
        case .ago(let name):
            guard let length = length(name, allowsNames: true) else { return }
            query.versus = .ago(length)
            let day = Duration.days(1).inNanoseconds, nanoseconds = length.inNanoseconds
            query.alignsByClock = nanoseconds % day == 0 && nanoseconds / day < 100_000
            query.baseline =
                query.alignsByClock
                ? shifted(window, days: Int(nanoseconds / day)) : Window(from: window.from - length, to: window.to - length)
        case .previous:
            query.versus = .previous
            switch range {
            case .today, .yesterday, .on: query.alignsByClock = true
            default: query.alignsByClock = false
            }
            switch range {
            case .today, .yesterday: query.baseline = shifted(window, days: 1)
            case .on(let name):
                let parts = name.text.split(separator: "-")
                if parts.count == 2, parts[1].uppercased().hasPrefix("W") {
                    query.baseline = shifted(window, days: 7)
                } else if parts.count == 2 {
                    let first = context.zone.civil(window.from)
                    let before = CivilTime(
                        first.month == 1 ? first.year - 1 : first.year, first.month == 1 ? 12 : first.month - 1, 1)
                    query.baseline = Window(from: context.zone.instant(of: before), to: window.from)
                } else {
                    query.baseline = shifted(window, days: 1)
                }
            default: query.baseline = Window(from: window.from - window.length, to: window.from)
            }
        }
    }

    /// Returns the window `days` calendar days earlier, at the same clock times.
    private func shifted(_ window: Window, days: Int) -> Window {
        func earlier(_ instant: Timestamp) -> Timestamp {
            context.zone.instant(of: context.zone.civil(instant).addingDays(-days))
        }
        return Window(from: earlier(window.from), to: max(earlier(window.from), earlier(window.to)))
    }

    /// Resolves a duration; with `allowsNames` also `week`, `day`, `hour`, `month`.
    mutating func length(_ name: Name, allowsNames: Bool = false) -> Duration? {
        if allowsNames {
            switch name.text {
            case "minute": return .minutes(1)
            case "hour": return .hours(1)
            case "day": return .days(1)
            case "week": return .days(7)
            case "month": return .days(30)
            default: break
            }
        }
        if let length = agoLength(name.text), length > .zero { return length }
        report(Mistake.badDuration(name))
        return nil
    }

    /// Resolves an instant. `14:00` is the latest one not after now, or with `after` the first one after that.
    mutating func instant(_ time: TimeSyntax, after: Timestamp? = nil, allowsBareLength: Bool = false) -> Timestamp? {
        let zone = context.zone
        if time.isAgo {
            if let length = agoLength(time.text) { return context.now - length }
        } else if time.text.lowercased() == "now" {
            return context.now
        } else if let instant = TimeText.parse(time.text, zone: zone) {
            return instant
        } else if let clock = CivilTime(clock: time.text) {
            return nearest(clock, after: after)
        } else if let instant = instantInWords(time.text, after: after) {
            return instant
        } else if allowsBareLength, let length = agoLength(time.text) {
            return context.now - length
        }
        report(Mistake.badTime(time))
        return nil
    }

    private func agoLength(_ text: String) -> Duration? {
        if let length = Units.duration(text) { return length }
        guard text.hasSuffix("mo"), let months = Int64(text.dropLast(2)), (1...3000).contains(months) else { return nil }
        return .days(30 * months)
    }

    /// Returns midnight in the zone, this many days before today.
    func midnight(daysAgo: Int) -> Timestamp {
        let today = context.zone.civil(context.now)
        return context.zone.instant(of: CivilTime(today.year, today.month, today.day).addingDays(-daysAgo))
    }

    /// Resolves `2026-11-20`, `2026-11`, `2026-W47`, and days in words, to a window in the zone.
    private func calendar(_ text: String) -> Window? {
        if let day = dayInWords(text) {
            return Window(from: context.zone.instant(of: day), to: context.zone.instant(of: day.addingDays(1)))
        }
        let parts = text.uppercased().split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts.allSatisfy({ $0.utf8.count <= 4 && !$0.hasPrefix("+") }), parts[0].utf8.count == 4,
            let year = Int(parts[0]), (1700...2200).contains(year)
        else { return nil }
        var first: CivilTime, last: CivilTime
        if parts.count == 3, let month = Int(parts[1]), let day = Int(parts[2]) {
            first = CivilTime(year, month, day)
            guard first.isValid else { return nil }
            last = first.addingDays(1)
        } else if parts.count == 2, parts[1].hasPrefix("W"), let week = Int(parts[1].dropFirst()),
            CivilTime.hasWeek(week, isoYear: year)
        {
            first = CivilTime(isoYear: year, week: week)
            last = first.addingDays(7)
        } else if parts.count == 2, let month = Int(parts[1]) {
            first = CivilTime(year, month, 1)
            guard first.isValid else { return nil }
            last = CivilTime(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1)
        } else {
            return nil
        }
        return Window(from: context.zone.instant(of: first), to: context.zone.instant(of: last))
    }

    /// Resolves a bucket width; whole days and weeks follow the calendar.
    mutating func width(_ name: Name) -> BucketWidth? {
        switch name.text {
        case "minute": return .fixed(.minutes(1))
        case "hour": return .fixed(.hours(1))
        case "day": return .days(1)
        case "week": return .weeks(1)
        case "month": return .months(1)
        default: break
        }
        if name.text.hasSuffix("mo"), let months = Int(name.text.dropLast(2)), (1...120).contains(months) {
            return .months(months)
        }
        guard let length = Units.duration(name.text), length > .zero, length <= .days(3660) else {
            report(Mistake.badDuration(name, closest: "5m, 1h, 1d, 1w, 1mo"))
            return nil
        }
        let day: Int64 = 86_400_000_000_000
        let nanoseconds = length.inNanoseconds
        if nanoseconds % (7 * day) == 0 { return .weeks(Int(nanoseconds / (7 * day))) }
        if nanoseconds % day == 0 { return .days(Int(nanoseconds / day)) }
        return .fixed(length)
    }

    /// Returns a width that gives about 60 buckets at most.
    func automaticWidth(for window: Window) -> BucketWidth { BucketWidth.automatic(for: window) }
}

extension BucketWidth {
    /// Returns a width that gives about 60 buckets at most; a day for an unlimited window.
    public static func automatic(for window: Window?) -> BucketWidth {
        guard let window else { return .days(1) }
        let widths: [BucketWidth] = [
            .fixed(.seconds(1)), .fixed(.seconds(5)), .fixed(.seconds(15)), .fixed(.minutes(1)), .fixed(.minutes(5)),
            .fixed(.minutes(15)),
            .fixed(.minutes(30)), .fixed(.hours(1)), .fixed(.hours(3)), .fixed(.hours(6)), .fixed(.hours(12)), .days(1),
            .weeks(1),
        ]
        return widths.first { window.length.inSeconds / $0.approximateLength.inSeconds <= 60 } ?? .months(1)
    }
}

extension CivilTime {
    /// Parses `14:00`, `14:00:30` or `14:00:30.125`.
    init?(clock whole: String) {
        var text = whole, nanosecond: Int?
        if let dot = whole.firstIndex(of: "."), whole.count(where: { $0 == ":" }) == 2 {
            let digits = whole[whole.index(after: dot)...]
            guard (1...9).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
            nanosecond = Int(digits + String(repeating: "0", count: 9 - digits.utf8.count))
            text = String(whole[..<dot])
        }
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { $0.utf8.count <= 2 && $0.allSatisfy({ $0.isASCII && $0.isNumber }) ? Int($0) : nil }
        guard numbers.count == parts.count, (2...3).contains(parts.count), numbers[0] < 24,
            numbers.dropFirst().allSatisfy({ $0 < 60 })
        else { return nil }
        self.init(1970, 1, 1, numbers[0], numbers[1], numbers.count == 3 ? numbers[2] : 0)
        self.nanosecond = nanosecond.map(Int64.init) ?? self.nanosecond
    }

    /// Creates Monday of the ISO week. Week 1 is the one that contains 4 January.
    init(isoYear: Int, week: Int) {
        let fourth = CivilTime.dayNumber(year: isoYear, month: 1, day: 4)
        let monday = fourth - Int64((CivilTime.weekday(ofDay: fourth) + 6) % 7)
        self.init(day: monday + Int64(7 * (week - 1)))
    }

    /// Returns true if the ISO year has the week: 1 to 52, in some years 53.
    static func hasWeek(_ week: Int, isoYear: Int) -> Bool {
        guard (1...53).contains(week) else { return false }
        let monday = CivilTime(isoYear: isoYear, week: week)
        return isoWeek(ofDay: dayNumber(year: monday.year, month: monday.month, day: monday.day)).hasPrefix("\(isoYear)-")
    }

    /// Returns the same time of day this many days later.
    func addingDays(_ days: Int) -> CivilTime {
        let shifted = CivilTime(day: CivilTime.dayNumber(year: year, month: month, day: day) + Int64(days))
        return CivilTime(shifted.year, shifted.month, shifted.day, hour, minute, second, nanosecond: nanosecond)
    }

    /// Returns the ISO week, such as `2026-W47`, of the local day with this number since 1970.
    static func isoWeek(ofDay day: Int64) -> String {
        let monday = day - Int64((weekday(ofDay: day) + 6) % 7)
        let thursday = CivilTime(day: monday + 3)
        let first = dayNumber(year: thursday.year, month: 1, day: 1)
        let week = Int((monday + 3 - first) / 7) + 1
        return "\(thursday.year)-W\(TimeText.two(week))"
    }
}
