import Model
import TestSupport
import Testing

@Suite("Identifiers, money, ratios, error types")
struct TelemetryTests {
    @Test(
        "hexadecimal ids have one canonical form",
        arguments: [
            ("0AF7651916CD43DD8448EB211C80319C", "0af7651916cd43dd8448eb211c80319c"),
            ("0af76519-16cd-43dd-8448-eb211c80319c", "0af7651916cd43dd8448eb211c80319c"),
            ("0x0af7651916cd43dd", "0af7651916cd43dd"), ("0X0AF7651916CD43DD", "0af7651916cd43dd"),
            ("  0af7651916cd43dd \n", "0af7651916cd43dd"), ("0af7651916cd43dd", "0af7651916cd43dd"), ("abc", "abc"),
        ])
    func hexadecimal(_ id: String, _ normal: String) { #expect(Identifier.normalise(id) == normal) }

    @Test(
        "ids chosen by people keep their spelling",
        arguments: [
            "run-7", "Checkout", "ABC", "A-1", "order 12", "0xZZ", "trace_0AF7651916CD43DD", "日本", "", "-", "0x", "g0000000",
        ])
    func chosen(_ id: String) { #expect(Identifier.normalise(id) == id) }

    @Test("white space around an id is removed, and a blank id becomes empty")
    func blanks() {
        #expect(Identifier.normalise(" run-7\t") == "run-7")
        #expect(Identifier.normalise(" \n") == "")
    }

    @Test("a canonical id is unchanged")
    func idempotent() {
        var random = SeededGenerator(seed: 18)
        let letters = Array("0123456789abcdefABCDEF-x gZ")
        for _ in 0..<10_000 {
            let id = String((0..<Int.random(in: 0...20, using: &random)).map { _ in letters.randomElement(using: &random)! })
            let normal = Identifier.normalise(id)
            #expect(Identifier.normalise(normal) == normal, "‘\(id)’")
        }
    }

    @Test("money is exact, and an invalid amount is nil")
    func money() {
        #expect(Money(dollars: 0.1)?.units == 10_000_000)
        #expect(Money(dollars: 0.000_000_01)?.units == 1)
        #expect(Money(dollars: -2.5)?.units == -250_000_000)
        #expect(Money(dollars: 0.000_000_004)?.units == 0)
        #expect(
            (0..<10).reduce(Money(units: 0)) { sum, _ in Money(units: sum.units + (Money(dollars: 0.1)?.units ?? 0)) }
                == Money(dollars: 1))
        for value in [Double.nan, .infinity, -.infinity, 1e300, 9.3e10, -9.3e10] { #expect(Money(dollars: value) == nil) }
        #expect(Money(units: 150_000_000).dollars == 1.5 && Money(units: -1) < Money(units: 0))
        var random = SeededGenerator(seed: 19)
        for _ in 0..<5000 {
            let money = Money(units: Int64.random(in: -1_000_000_000_000...1_000_000_000_000, using: &random))
            #expect(Money(dollars: money.dollars) == money)
        }
    }

    @Test("a ratio over nothing has no value")
    func ratio() {
        #expect(Ratio(0, of: 0) == nil && Ratio(1, of: 0) == nil && Ratio(1, of: -1) == nil)
        #expect(Ratio(0, of: 3)?.quotient == 0 && Ratio(1, of: 4)?.quotient == 0.25)
    }

    @Test("error types are found by name, and stored numbers do not change")
    func errorTypes() {
        #expect(ErrorType.allCases.map(\.rawValue) == Array(1...15))
        for type in ErrorType.allCases {
            #expect(ErrorType(name: type.name) == type && !type.meaning.isEmpty)
        }
        #expect(Set(ErrorType.allCases.map(\.name)).count == ErrorType.allCases.count && ErrorType(name: "none") == nil)
        #expect(Severity.info < .warning && Severity.warning < .error && Severity.error < .critical)
        #expect(Severity.allCases.map(\.name) == ["INFO", "WARNING", "ERROR", "CRITICAL"])
    }

    @Test("each kind of evidence is a separate bit, and the default omits the weak ones")
    func evidence() {
        let bits = Evidence.named.map(\.bit.rawValue)
        #expect(bits.allSatisfy { $0.nonzeroBitCount == 1 } && Set(bits).count == bits.count)
        #expect(Evidence.default.names == ["explicit", "event", "field", "stream", "empty"])
    }

    @Test("values have a magnitude, missing values have none")
    func values() {
        #expect(Value.duration(.milliseconds(1500)).magnitude == 1.5 && Value.money(Money(units: 50_000_000)).magnitude == 0.5)
        #expect(Value.missing.magnitude == nil && Value.text("7").magnitude == nil && Value.flag(true).magnitude == 1)
        #expect(Value.missing.isMissing && !Value.count(0).isMissing && !Value.text("").isMissing)
    }

    @Test("kinds and origins have the names of their cases")
    func names() {
        for kind in SpanKind.allCases { #expect(kind.name == String(describing: kind)) }
        for origin in ErrorOrigin.allCases { #expect(origin.name == String(describing: origin)) }
    }
}
