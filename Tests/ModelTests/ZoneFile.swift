import Model

/// A compiled zone file built for tests, which must not depend on the machine's files.
struct ZoneFile {
    var name = "Test/Zone"
    /// Offsets in seconds east of UTC; the first applies before the first transition.
    var offsets: [Int32]
    /// Seconds since 1970 and the index in `offsets`.
    var transitions: [(Int64, UInt8)] = []
    var footer = ""

    /// The file of version 2: an empty 32-bit block, the 64-bit block, the footer (RFC 8536 section 3).
    var bytes: [UInt8] {
        func number<N: FixedWidthInteger>(_ value: N) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
        func header(times: Int, types: Int) -> [UInt8] {
            let counts = [0, 0, 0, times, types, 4].flatMap { number(Int32($0)) }
            return Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15) + counts
        }
        var bytes = header(times: 0, types: 1) + [0, 0, 0, 0, 0, 0] + Array("UTC\0".utf8)
        bytes += header(times: transitions.count, types: offsets.count)
        bytes += transitions.flatMap { number($0.0) }
        bytes += transitions.map(\.1)
        bytes += offsets.flatMap { number($0) + [0, 0] }
        return bytes + Array("LMT\0\n\(footer)\n".utf8)
    }

    var zone: Zone? { Zone(name: name, file: bytes) }

    // Zones whose current rules begin in 2007 or earlier: one transition to standard time, then the footer.
    private static func rules(_ name: String, _ offset: Int32, _ footer: String) -> ZoneFile {
        ZoneFile(name: name, offsets: [offset - 754, offset], transitions: [(1_167_609_600, 1)], footer: footer)
    }

    static let berlin = rules("Europe/Berlin", 3600, "CET-1CEST,M3.5.0,M10.5.0/3")
    static let newYork = rules("America/New_York", -18_000, "EST5EDT,M3.2.0,M11.1.0")
    static let sydney = rules("Australia/Sydney", 39_600, "AEST-10AEDT,M10.1.0,M4.1.0/3")
    static let lordHowe = rules("Australia/Lord_Howe", 39_600, "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0")
    static let dublin = rules("Europe/Dublin", 0, "IST-1GMT0,M10.5.0,M3.5.0/1")
    static let nuuk = rules("America/Nuuk", -7200, "<-02>2<-01>,M3.5.0/-1,M10.5.0/0")
    static let santiago = rules("America/Santiago", -10_800, "<-04>4<-03>,M9.1.6/24,M4.1.6/24")
    static let cairo = rules("Africa/Cairo", 7200, "EET-2EEST,M4.5.5/0,M10.5.4/24")
    static let kolkata = rules("Asia/Kolkata", 19_800, "IST-5:30")
    static let all = [berlin, newYork, sydney, lordHowe, dublin, nuuk, santiago, cairo, kolkata]
}
