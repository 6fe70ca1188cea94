/// A time zone: its name and the instants at which its UTC offset changes.
///
/// Parsed from the system's compiled zone files (RFC 8536), independent of the process environment. Equality and hashing use
/// the name and the rules.
public struct Zone: Hashable, Sendable {
    /// The name by which it was requested, such as `Europe/Berlin` or `UTC`.
    public let name: String
    /// The starts of new offsets in seconds since 1970, ascending.
    private let transitions: [Int64]
    /// Offsets in seconds east of UTC: before the first transition, then after each.
    private let offsets: [Int64]

    /// Coordinated Universal Time.
    public static let utc = Zone(name: "UTC", transitions: [], offsets: [0])

    private init(name: String, transitions: [Int64], offsets: [Int64]) {
        self.name = name
        self.transitions = transitions
        self.offsets = offsets
    }

    /// Returns the offset at `instant` in seconds east of UTC.
    public func offset(at instant: Timestamp) -> Int64 {
        offset(atSecond: floorDivide(instant.nanoseconds, 1_000_000_000))
    }

    private func offset(atSecond second: Int64) -> Int64 { offsets[place(ofSecond: second)] }

    /// Returns the index of the offset in force.
    private func place(ofSecond second: Int64) -> Int {
        transitions.partitioningIndex { $0 > second }
    }

    /// Splits `window` into parts with a constant offset, in order; each with its offset in seconds east of UTC.
    public func offsets(in window: Window) -> [(from: Timestamp, offset: Int64)] {
        var parts = [(from: window.from, offset: offset(at: window.from))]
        for (index, second) in transitions.enumerated() {
            let instant = Timestamp(seconds: second)
            if instant > window.from && instant < window.to { parts.append((instant, offsets[index + 1])) }
        }
        return parts
    }

    /// Returns the civil time of `instant` in this zone, clamped to the representable range.
    public func civil(_ instant: Timestamp) -> CivilTime {
        CivilTime(localNanoseconds: (instant + .seconds(offset(at: instant))).nanoseconds)
    }

    /// Returns the instant at which clocks in this zone show `civil`.
    ///
    /// A time skipped by a clock change gives the instant equally far after the change; a time that occurs twice gives the
    /// earlier instant.
    public func instant(of civil: CivilTime) -> Timestamp {
        let local = civil.localSeconds, reach: Int64 = 26 * 3600
        // The offset in force is one of those around the local time; the earlier instant has the larger offset.
        let first = place(ofSecond: local - reach), last = place(ofSecond: local + reach)
        for candidate in Set(offsets[first...last]).sorted(by: >) where offset(atSecond: local - candidate) == candidate {
            return Timestamp(seconds: local - candidate) + .nanoseconds(civil.nanosecond)
        }
        // No clock shows this time: find the change that skips it.
        let gap = (first..<last).first { place in
            local - offsets[place] >= transitions[place] && local - offsets[place + 1] < transitions[place]
        }
        return Timestamp(seconds: local - offsets[gap ?? first]) + .nanoseconds(civil.nanosecond)
    }

    /// Parses the compiled zone file of the zone `name`; nil if the bytes are invalid.
    ///
    /// Only the 64-bit block of version 2 and later is read. Files under `right/` include leap seconds in their times; they are
    /// removed. Rules after the last transition (the footer) are expanded into transitions up to the year 2100.
    public init?(name: String, file: [UInt8]) {
        guard file.count > 44, file.starts(with: [0x54, 0x5A, 0x69, 0x66]), file[4] >= 0x32 else { return nil }
        func number(_ at: Int, _ width: Int) -> Int64? {
            guard at >= 0, at + width <= file.count else { return nil }
            var value: Int64 = file[at] & 0x80 != 0 ? -1 : 0
            for byte in file[at..<at + width] { value = value << 8 | Int64(byte) }
            return value
        }
        func counts(_ header: Int) -> [Int]? {
            let found = (0..<6).compactMap { number(header + 20 + 4 * $0, 4).map(Int.init) }
            return found.count == 6 && found.allSatisfy { $0 >= 0 && $0 < 1 << 20 } ? found : nil
        }
        // Order of the counts: UT indicators, standard indicators, leap seconds, times, types, characters.
        guard let first = counts(0) else { return nil }
        let header = 44 + first[3] * 5 + first[4] * 6 + first[5] + first[2] * 8 + first[1] + first[0]
        guard let second = counts(header), second[4] > 0 else { return nil }
        let times = header + 44, kinds = times + second[3] * 8, types = kinds + second[3]
        let footer = types + second[4] * 6 + second[5] + second[2] * 12 + second[1] + second[0]
        guard footer <= file.count else { return nil }
        var offsetOfType: [Int64] = []
        for index in 0..<second[4] {
            // RFC 8536 section 3.2: more than -25 and less than 26 hours.
            guard let offset = number(types + 6 * index, 4), abs(offset) < 26 * 3600 else { return nil }
            offsetOfType.append(offset)
        }
        // For each leap second, the time from which it applies in the file's own count, and the total so far.
        let leaps = (0..<second[2]).compactMap { index -> (from: Int64, count: Int64)? in
            let at = types + second[4] * 6 + second[5] + 12 * index
            guard let from = number(at, 8), let count = number(at + 8, 4) else { return nil }
            return (from, count)
        }
        var transitions: [Int64] = [], offsets = [offsetOfType[0]]
        for index in 0..<second[3] {
            guard let counted = number(times + 8 * index, 8) else { return nil }
            let time = counted.subtractingStopping(leaps.last { $0.from <= counted }?.count ?? 0)
            let kind = Int(file[kinds + index])
            guard kind < offsetOfType.count, transitions.last.map({ $0 < time }) ?? true else { return nil }
            transitions.append(time)
            offsets.append(offsetOfType[kind])
        }
        if footer < file.count, let rule = PosixZoneRule(String(decoding: file[footer...], as: UTF8.self)) {
            let last = transitions.last ?? .min
            for (time, offset) in rule.transitions(years: 1970...2100) where time > last {
                transitions.append(time)
                offsets.append(offset)
            }
            if second[3] == 0 && !rule.hasDaylightSaving { offsets = [rule.standard] }
        }
        self.init(name: name, transitions: transitions, offsets: offsets)
    }
}

extension Zone {
    /// Creates a zone from a POSIX `TZ` rule such as `CET-1CEST,M3.5.0,M10.5.0/3`, whose offsets are west of UTC; nil for any other
    /// text.
    public init?(posix text: String) {
        guard let rule = PosixZoneRule(text) else { return nil }
        let changes = rule.transitions(years: 1970...2100)
        self.init(name: text, transitions: changes.map(\.0), offsets: [rule.standard] + changes.map(\.1))
    }
}

/// The rule in the footer of a zone file, such as `CET-1CEST,M3.5.0,M10.5.0/3` (POSIX TZ; RFC 8536 section 3.3).
struct PosixZoneRule {
    let standard: Int64
    private let daylight: Int64
    private let changes: [Change]
    var hasDaylightSaving: Bool { changes.count == 2 }

    /// `Mm.w.d/time`: day d (0 is Sunday) of week w (5 is the last) of month m, `seconds` after local midnight.
    private struct Change { let month: Int, week: Int, weekday: Int, seconds: Int64 }

    init?(_ footer: String) {
        var rest = Substring(footer.filter { !$0.isNewline })
        func name() -> Bool {
            if rest.first == "<" {
                guard let close = rest.firstIndex(of: ">") else { return false }
                rest = rest[rest.index(after: close)...]
                return true
            }
            let start = rest.startIndex
            rest = rest.drop(while: \.isLetter)
            return rest.startIndex > start
        }
        func clock() -> Int64? {
            var sign: Int64 = 1
            if rest.first == "-" || rest.first == "+" { sign = rest.removeFirst() == "-" ? -1 : 1 }
            var total: Int64 = 0, unit: Int64 = 3600, any = false
            while unit > 0 {
                let digits = rest.prefix(while: \.isNumber)
                guard let value = Int64(digits) else { break }
                // RFC 8536 allows hours up to 167 in changes; anything above is invalid.
                guard value <= 167 else { return nil }
                any = true
                total += value * unit
                rest = rest.dropFirst(digits.count)
                unit /= 60
                if rest.first == ":" { rest.removeFirst() } else { break }
            }
            return any ? sign * total : nil
        }
        guard name(), let west = clock() else { return nil }
        standard = -west
        guard !rest.isEmpty, name() else {
            daylight = standard
            changes = []
            return
        }
        if rest.first == "," {
            daylight = standard + 3600
        } else {
            guard let west = clock() else { return nil }
            daylight = -west
        }
        var found: [Change] = []
        while rest.first == "," {
            rest.removeFirst()
            guard rest.first == "M" else { return nil }
            rest.removeFirst()
            let parts = rest.prefix(while: { $0.isNumber || $0 == "." }).split(separator: ".").compactMap { Int($0) }
            guard parts.count == 3, 1...12 ~= parts[0], 1...5 ~= parts[1], 0...6 ~= parts[2] else { return nil }
            rest = rest.drop(while: { $0.isNumber || $0 == "." })
            var seconds: Int64 = 7200
            if rest.first == "/" {
                rest.removeFirst()
                guard let time = clock() else { return nil }
                seconds = time
            }
            found.append(Change(month: parts[0], week: parts[1], weekday: parts[2], seconds: seconds))
        }
        guard found.count == 2 else { return nil }
        changes = found
    }

    /// Returns the transitions in these years, in order: the time in seconds since 1970, and the offset from then on.
    func transitions(years: ClosedRange<Int>) -> [(Int64, Int64)] {
        guard hasDaylightSaving else { return [] }
        func second(_ change: Change, _ year: Int, offset: Int64) -> Int64 {
            let first = CivilTime.dayNumber(year: year, month: change.month, day: 1)
            var day = first + Int64((change.weekday - CivilTime.weekday(ofDay: first) + 7) % 7) + Int64(change.week - 1) * 7
            let length = CivilTime.daysInMonth(year: year, month: change.month)
            while day >= first + Int64(length) { day -= 7 }
            return day * 86_400 + change.seconds - offset
        }
        return years.flatMap { year in
            [
                (second(changes[0], year, offset: standard), daylight),
                (second(changes[1], year, offset: daylight), standard),
            ]
        }.sorted { $0.0 < $1.0 }
    }
}
