import Model
import TestSupport
import Testing

@testable import QueryLanguage

@Suite struct UnitTests {
    @Test("durations have units, in any case, and add up")
    func durations() {
        let expected: [(String, Int64?)] = [
            ("200ms", 200_000_000), ("1.5s", 1_500_000_000), ("2m", 120_000_000_000), ("1h30m", 5_400_000_000_000),
            ("24H", 86_400_000_000_000), ("7d", 604_800_000_000_000), ("2w", 1_209_600_000_000_000), ("0s", 0),
            ("1_000us", 1_000_000),
            ("5min", 300_000_000_000), ("3sec", 3_000_000_000), ("1hr", 3_600_000_000_000), ("7µs", 7000), ("1ns", 1),
            ("1792867545500000000ns", 1_792_867_545_500_000_000), (".5s", 500_000_000), ("1d12h", 129_600_000_000_000),
            ("", nil), ("5", nil), ("m", nil), ("5x", nil), ("1.5ns", nil), ("1..5s", nil), ("-5m", nil), ("5 m", nil),
            ("1mo", nil),
            ("999999w", nil), ("99999999999999999999s", nil), ("292y", nil), ("1h30", nil), ("٣m", nil),
        ]
        for (text, nanoseconds) in expected {
            #expect(Units.duration(text)?.inNanoseconds == nanoseconds, "\(text)")
        }
    }

    @Test("counts accept suffixes for thousands and millions and must be integers")
    func counts() {
        let expected: [(String, Int64?)] = [
            ("0", 0), ("10k", 10_000), ("1.5M", 1_500_000), ("1_000", 1000), ("2G", 2_000_000_000), ("3B", 3_000_000_000),
            ("1.5", nil), ("1.0", 1), ("1.2345k", nil), ("k", nil), ("-1", nil), ("1m", nil), ("", nil),
            ("9999999999999999999", nil),
            ("2000000000000000000", nil), ("1e3", nil), ("0.5k", 500),
        ]
        for (text, count) in expected { #expect(Units.count(text) == count, "\(text)") }
    }

    @Test("a share is the double closest to the literal, with and without a percent sign")
    func ratios() {
        #expect(Units.ratio("5%") == 0.05)
        #expect(Units.ratio("0.05") == 0.05)
        // 0.7 / 100 and 0.007 are different doubles, and 7 of 1,000 must equal 0.7%.
        for thousandths in 1...999 {
            #expect(Units.ratio("\(thousandths / 10).\(thousandths % 10)%") == Double(thousandths) / 1000, "\(thousandths)")
        }
        for text in ["", "%", "a%", "5%%", "1e5%", "nan", "inf", "-"] { #expect(Units.ratio(text) == nil, "\(text)") }
    }

    @Test("amounts are exact to 10⁻⁸ dollars")
    func money() {
        #expect(Units.money("0.02")?.units == 2_000_000)
        #expect(Units.money("1_000.5")?.units == 100_050_000_000)
        #expect(Units.money("1e300") == nil)
        #expect(Units.money("0x10") == nil)
        #expect(Units.money("nan") == nil)
    }

    @Test("a duration is printed with its largest units and parses to itself")
    func spelling() {
        for (nanoseconds, text) in [
            (0, "0s"), (90 * 60_000_000_000, "1h30m"), (604_800_000_000_000, "1w"), (8 * 86_400_000_000_000, "8d"),
            (1_500_000_000, "1s500ms"), (-5_000_000_000, "-5s"), (1, "1ns"),
        ] as [(Int64, String)] {
            #expect(Units.spelling(.nanoseconds(nanoseconds)) == text)
        }
        for seed in UInt64(0)..<2000 {
            var random = SeededGenerator(seed: seed)
            let length = Int64(random.next() >> (1 + random.next() % 60)) % 9_000_000_000_000_000_000
            #expect(Units.duration(Units.spelling(.nanoseconds(length)))?.inNanoseconds == length, "seed \(seed)")
        }
        #expect(Units.spelling(.nanoseconds(Int64.min)).hasPrefix("-"))
    }

    @Test("a measure has one canonical name, whichever synonym was used")
    func measureNames() throws {
        for (text, name) in [
            ("count", "count"), ("count(*)", "count"), ("rate", "error_rate"), ("P95(Latency)", "p95(latency)"),
            ("mean(latency_seconds)", "avg(latency)"), ("median(ttft)", "p50(ttft)"), ("sum(cost_usd)", "cost"), ("cost", "cost"),
            ("sum(tokens)", "tokens"), ("distinct(trace_id)", "traces"), ("distinct(user)", "users"), ("sessions", "sessions"),
            ("distinct(error_type)", "distinct(type)"), ("per_minute(sum(tokens))", "per_minute(tokens)"),
            ("count(status_code>=500 and not recovered)", "count(status >= 500 and not recovered)"),
            ("share( (model=a or model=b) and latency>30s )", "share((model = a or model = b) and latency > 30s)"),
            ("count(model=\"it's \\\"x\\\"\")", "count(model = \"it's \\\"x\\\"\")"), ("count(cost>$0.5)", "count(cost > $0.5)"),
            ("count(model = a, (none))", "count(model in (a, (none)))"), ("max(output_tokens)", "max(output_tokens)"),
        ] {
            let query = try compile("errors show \(text) by provider").query
            #expect(query.measures.map(\.name) == [name], "\(text)")
            // The name parses to the measure.
            #expect(try compile("errors show \(name) by provider").query.measures == query.measures, "\(name)")
        }
    }
}
