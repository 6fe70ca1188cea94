import Glibc
import Model

/// Reads the times of log lines, which are spelled in more ways than those of exports.
enum LogTime {
    /// A text that is nothing but a time in one of the spellings of log lines.
    static func whole(_ text: String) -> Timestamp? {
        var text = text
        return text.withUTF8 { bytes in
            guard let (time, length) = LogTime.prefix(bytes), bytes[length...].allSatisfy(FormatSniffer.isBlank) else {
                return nil
            }
            return time
        }
    }

    /// The day that times without a date or without a year lie at or before; the last change of the file that is read.
    @TaskLocal static var lastDay: Timestamp?

    /// The time at the beginning of a line and its length in bytes; nil when none stands there.
    ///
    /// Reads ISO dates with `-` or `/`, a blank, `T` or `:` before the time of day, a fraction after `.` or `,`, and a zone;
    /// `30/Nov/2026:09:00:00 +0000`, `Nov 30 09:00:00`, `11-30 09:00:00`, `09:00:00`.
    static func prefix(_ line: UnsafeBufferPointer<UInt8>) -> (time: Timestamp, length: Int)? {
        var scan = Scan(line)
        if let civil = scan.isoDate() ?? scan.namedDate() { return scan.finish(civil) }
        guard let last = lastDay ?? TimeText.parse("2100-01-01T00:00:00Z") else { return nil }
        if let civil = scan.dateWithoutYear(before: last) { return scan.finish(civil) }
        return scan.timeOfDay(before: last)
    }

    private struct Scan {
        let bytes: UnsafeBufferPointer<UInt8>
        var at = 0

        init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

        mutating func digits(_ width: ClosedRange<Int>) -> Int? {
            var value = 0, count = 0
            while count < width.upperBound, at < bytes.count, bytes[at] >= 0x30, bytes[at] <= 0x39 {
                value = value * 10 + Int(bytes[at] - 0x30)
                at += 1
                count += 1
            }
            return width.contains(count) ? value : nil
        }

        mutating func take(_ some: String) -> Bool {
            guard at < bytes.count, some.utf8.contains(bytes[at]) else { return false }
            at += 1
            return true
        }

        private static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

        mutating func month() -> Int? {
            guard at + 3 <= bytes.count else { return nil }
            let word = String(decoding: bytes[at..<at + 3], as: UTF8.self).lowercased()
            guard let month = Scan.months.firstIndex(of: word) else { return nil }
            at += 3
            return month + 1
        }

        /// `2026-11-30` or `2026/11/30`, and the mark before the time of day.
        mutating func isoDate() -> CivilTime? {
            let start = at
            guard let year = digits(4...4), take("-/"), let month = digits(1...2), take("-/"), let day = digits(1...2),
                take("T t:_")
            else {
                at = start
                return nil
            }
            while take(" ") {}
            return CivilTime(year, month, day)
        }

        /// `30/Nov/2026:` or `30 Nov 2026 `.
        mutating func namedDate() -> CivilTime? {
            let start = at
            guard let day = digits(1...2), take("/ -"), let month = month(), take("/ -"), let year = digits(4...4), take(": T")
            else {
                at = start
                return nil
            }
            return CivilTime(year, month, day)
        }

        /// `Nov 30 ` or `11-30 `, in the year in which it lies last before `last`.
        mutating func dateWithoutYear(before last: Timestamp) -> CivilTime? {
            let start = at
            var found: (month: Int, day: Int)?
            if let month = month(), take(" ") {
                while take(" ") {}
                if let day = digits(1...2), take(" ") { found = (month, day) }
            } else {
                at = start
                if let month = digits(2...2), take("-/"), let day = digits(2...2), take(" T") { found = (month, day) }
            }
            guard let found, (1...12).contains(found.month), (1...31).contains(found.day) else {
                at = start
                return nil
            }
            let now = Zone.utc.civil(last + .seconds(86_400))
            let isLater = (found.month, found.day) > (now.month, now.day)
            return CivilTime(isLater ? now.year - 1 : now.year, found.month, found.day)
        }

        /// `09:00:00`, on the last day on which it lies before `last`.
        mutating func timeOfDay(before last: Timestamp) -> (time: Timestamp, length: Int)? {
            let day = Zone.utc.civil(last)
            guard let found = finish(CivilTime(day.year, day.month, day.day)) else { return nil }
            return (found.time > last + .seconds(60) ? found.time - .seconds(86_400) : found.time, found.length)
        }

        /// Reads the time of day and the zone behind a date.
        mutating func finish(_ date: CivilTime) -> (time: Timestamp, length: Int)? {
            var civil = date
            guard let hour = digits(2...2), take(":"), let minute = digits(2...2) else { return nil }
            (civil.hour, civil.minute) = (hour, minute)
            guard take(":"), let second = digits(2...2) else { return nil }
            civil.second = second
            if at + 1 < bytes.count, bytes[at] == 0x2E || bytes[at] == 0x2C, bytes[at + 1] >= 0x30, bytes[at + 1] <= 0x39 {
                at += 1
                var scale: Int64 = 100_000_000
                while at < bytes.count, bytes[at] >= 0x30, bytes[at] <= 0x39 {
                    civil.nanosecond += Int64(bytes[at] - 0x30) * scale
                    scale /= 10
                    at += 1
                }
            }
            guard civil.isValid else { return nil }
            let end = at
            if let offset = zone() { return (Zone.utc.instant(of: civil) - .seconds(offset), at) }
            at = end
            return (TimeValue.localZone.instant(of: civil), at)
        }

        /// Seconds east of Greenwich of `Z`, ` UTC`, `+01:00`, ` +0100`; nil when no zone follows.
        private mutating func zone() -> Int64? {
            if take("Zz") { return 0 }
            let start = at
            _ = take(" ")
            if at + 3 <= bytes.count, bytes[at..<at + 3].elementsEqual("UTC".utf8) || bytes[at..<at + 3].elementsEqual("GMT".utf8)
            {
                at += 3
                return 0
            }
            let isWest = at < bytes.count && bytes[at] == 0x2D
            guard take("+-"), let hours = digits(2...2), hours < 24 else {
                at = start
                return nil
            }
            _ = take(":")
            guard let minutes = digits(2...2), minutes < 60 else {
                at = start
                return nil
            }
            return Int64(hours * 3600 + minutes * 60) * (isWest ? -1 : 1)
        }
    }
}
