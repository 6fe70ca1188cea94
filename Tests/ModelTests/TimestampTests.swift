import Model
import TestSupport
import Testing

@Suite("Instants, lengths and windows")
struct TimestampTests {
    let first = Timestamp(nanoseconds: .min), last = Timestamp(nanoseconds: .max), zero = Timestamp(nanoseconds: 0)

    @Test("sums are clamped to the representable range")
    func ends() {
        #expect(last + .seconds(1) == last)
        #expect(first + .seconds(-1) == first)
        #expect(first - .seconds(1) == first)
        #expect(last - .seconds(-1) == last)
        #expect(zero - .seconds(Int64.min) == last)
        #expect(zero + .seconds(Int64.max) == last)
        #expect(zero - .nanoseconds(Int64.min) == last)
        #expect(Timestamp(nanoseconds: -1) - .nanoseconds(Int64.min) == last)
        #expect(zero + .seconds(5) - .seconds(5) == zero)
        #expect(Timestamp(seconds: .max) == last)
        #expect(Timestamp(seconds: .min) == first)
    }

    @Test("the distance between any two instants has the right sign and size")
    func distance() {
        #expect(last - first > .days(200 * 365))
        #expect(first - last < .days(-200 * 365))
        #expect((last - first).inNanoseconds == .max)
        let half = Duration.nanoseconds(Int64.max)
        #expect(last - first == half + half + Duration.nanoseconds(1))
        var random = SeededGenerator(seed: 15)
        for _ in 0..<5000 {
            let a = Timestamp(nanoseconds: Int64(bitPattern: random.next())),
                b = Timestamp(nanoseconds: Int64(bitPattern: random.next()))
            #expect((a < b) == (a - b < .zero))
            let exact = Duration.nanoseconds(a.nanoseconds) - Duration.nanoseconds(b.nanoseconds)
            #expect(a - b == exact)
        }
    }

    @Test("lengths are clamped to the representable range")
    func lengths() {
        #expect(Duration.seconds(Int64.max).inNanoseconds == .max)
        #expect(Duration.seconds(Int64.min).inNanoseconds == .min)
        #expect(Duration.nanoseconds(Int64.max).inNanoseconds == .max)
        #expect(Duration.nanoseconds(Int64.min).inNanoseconds == .min)
        #expect((Duration.nanoseconds(Int64.max) + .nanoseconds(1)).inNanoseconds == .max)
        #expect((Duration.nanoseconds(Int64.min) - .nanoseconds(1)).inNanoseconds == .min)
        for make in [Duration.minutes, Duration.hours, Duration.days] {
            #expect(make(.max).inNanoseconds == .max)
            #expect(make(.min).inNanoseconds == .min)
            #expect(make(0) == .zero)
        }
        #expect(Duration.minutes(90) == .seconds(5400) && Duration.hours(-1) == .seconds(-3600) && Duration.days(2) == .hours(48))
        #expect(Duration.milliseconds(1500).inSeconds == 1.5)
        #expect(Duration.nanoseconds(-1).inSeconds == -1e-9)
    }

    @Test("windows include their first instant and exclude their end")
    func windows() {
        let window = Window(from: Timestamp(seconds: 10), to: Timestamp(seconds: 20))
        #expect(window.contains(window.from) && !window.contains(window.to) && !window.isEmpty)
        #expect(window.length == .seconds(10))
        let backwards = Window(from: window.to, to: window.from)
        #expect(backwards.isEmpty && backwards.length == .zero && !backwards.contains(Timestamp(seconds: 15)))
        #expect(Window(from: first, to: last).length.inNanoseconds == .max)
    }

    @Test("an intersection contains exactly what both contain")
    func intersections() {
        var random = SeededGenerator(seed: 16)
        func instant() -> Timestamp { Timestamp(seconds: Int64.random(in: 0...12, using: &random)) }
        for _ in 0..<3000 {
            let a = Window(from: instant(), to: instant()), b = Window(from: instant(), to: instant())
            let both = a.intersection(b)
            #expect(both == b.intersection(a) || (both.isEmpty && b.intersection(a).isEmpty))
            for second in Int64(0)...12 {
                let time = Timestamp(seconds: second)
                #expect(both.contains(time) == (a.contains(time) && b.contains(time)), "\(a) and \(b)")
            }
        }
    }

    @Test("division rounds toward the past")
    func division() {
        #expect([-7, -6, -1, 0, 1, 6, 7].map { floorDivide($0, 3) } == [-3, -2, -1, 0, 0, 2, 2])
        #expect(floorDivide(7, -3) == -3 && floorDivide(-7, -3) == 2)
        #expect(floorDivide(.min, 1_000_000_000) == -9_223_372_037 && floorDivide(.max, 1_000_000_000) == 9_223_372_036)
        var random = SeededGenerator(seed: 17)
        for _ in 0..<5000 {
            let a = Int64(bitPattern: random.next()), b = Int64.random(in: 1...1_000_000, using: &random)
            let quotient = floorDivide(a, b)
            #expect(quotient == Int64((Double(a) / Double(b)).rounded(.down)) || abs(a) > 1 << 50)
            let rest = a &- quotient &* b
            #expect(0 <= rest && rest < b)
        }
    }
}
