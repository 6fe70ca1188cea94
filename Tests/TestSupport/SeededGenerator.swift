/// A random number generator with the same sequence for the same seed on every machine (SplitMix64).
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Creates a generator; equal seeds give equal sequences.
    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

extension SeededGenerator {
    /// Returns one of the choices, which must not be empty.
    public mutating func pick<C: Collection>(_ choices: C) -> C.Element {
        choices[choices.index(choices.startIndex, offsetBy: Int(next() % UInt64(choices.count)))]
    }

    /// Returns true with this probability in per cent.
    public mutating func chance(_ percent: UInt64) -> Bool { next() % 100 < percent }
}

extension SeededGenerator {
    /// A condition of the query language without mistakes, nested at most so deep.
    public mutating func condition(depth: Int) -> String {
        if depth > 0, chance(60) {
            let left = condition(depth: depth - 1), right = condition(depth: depth - 1)
            switch next() % 4 {
            case 0: return "\(left) and \(right)"
            case 1: return "(\(left) or \(right))"
            case 2: return "not (\(left))"
            default: return "\(left) or \(right)"
            }
        }
        return pick([
            "model = gpt-4o", "model != a, b", "provider in (openai, anthropic)", "model = gpt*", "status = 5xx",
            "status = 429, 500",
            "type = timeout, rate_limit", "class != auth_error", "severity >= ERROR", "latency > 1.5s", "latency <= 200ms",
            "cost > $0.02", "input_tokens < 10k", "output_tokens = 0", "failed", "not recovered", "fallback = no",
            "user is missing",
            "session is present", "message has \"it's 50% \\\"off\\\"\"", "signature has x", "tag = vip", "metadata.a.b = 7",
            "metadata.n > 3", "hour in (9, 10)", "weekday >= thu", "day = 2026-11-20", "month != 2026-10", "week = 2026-W47",
            "agent = (none)", "evidence = explicit, slow", "origin != gateway", "outcome = recovered", "finish = length",
            "request_id = \"'; DROP TABLE err; --\"", "time > 14:00", "attempts >= 2", "retries > 0", "ttft > 2s", "kind = tool",
            "trace = 3f2a*", "release = 1.10", "environment = \"prod uction\"", "name = chat*",
        ])
    }
}
