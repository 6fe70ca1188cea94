import Model
import Synthesis
import TestSupport
import Testing

@testable import Analysis

@Suite("Contrast of selected rows with others")
struct ContrastTests {
    private func planted(_ cause: PlantedCause, _ seed: UInt64) -> PlantedHistory {
        PlantedHistory(cause, seed: seed, count: 3000, window: hourOfProofs)
    }

    /// At most 5% of the seeds may fail; which did is printed.
    private func prove(_ what: String, _ holds: (UInt64) -> String?) {
        let failures = (1...provenSeeds).compactMap { seed in holds(seed).map { "seed \(seed): \($0)" } }
        print(
            "\(what): \(provenSeeds - UInt64(failures.count)) of \(provenSeeds) seeds", failures.prefix(6).joined(separator: "; ")
        )
        #expect(Double(failures.count) <= 0.05 * Double(provenSeeds), "\(what): \(failures.joined(separator: "; "))")
    }

    @Test("one planted value is the first finding")
    func oneValue() {
        prove("one value is first") { seed in
            let history = planted(.oneValue, seed), contrast = Contrast(history.table)
            guard let first = contrast.findings.first else { return "no finding of \(history.causes)" }
            let named = Set([first.value].map(history.text) + first.same.map(history.text))
            return named.isSuperset(of: history.causes) ? nil : "\(named) instead of \(history.causes)"
        }
    }

    @Test("two values that fail only together are the first two findings, and called a combination")
    func twoValues() {
        var combinations = 0
        prove("two values are first") { seed in
            let history = PlantedHistory(.twoValues, seed: seed, count: 6000, window: hourOfProofs, rate: 500_000)
            let contrast = Contrast(history.table)
            if let pair = contrast.together, pair == (0, 1) { combinations += 1 }
            let named = Set(contrast.findings.prefix(2).flatMap { [$0.value] + $0.same }.map(history.text))
            return named.isSuperset(of: history.causes) ? nil : "\(named) instead of \(history.causes)"
        }
        print("named as a combination: \(combinations) of \(provenSeeds) seeds")
        #expect(Double(combinations) >= 0.9 * Double(provenSeeds))
    }

    @Test("a value that correlates with the cause does not come first, and is no finding of its own")
    func decoy() {
        prove("the cause is before its decoy") { seed in
            let history = planted(.decoy, seed), contrast = Contrast(history.table)
            guard let first = contrast.findings.first else { return "no finding" }
            let named = Set(([first.value] + first.same).map(history.text))
            return named.isSuperset(of: history.causes) ? nil : "\(named) instead of \(history.causes)"
        }
        prove("one cause is one finding") { seed in
            let history = planted(.decoy, seed), contrast = Contrast(history.table)
            return contrast.findings.count == 1
                ? nil : "\(contrast.findings.map { history.text($0.value) }), planted \(history.truth)"
        }
    }

    @Test("nothing stands out when outcomes are exchanged at random, nor when all calls fail alike")
    func nothing() {
        prove("permuted outcomes give no finding") { seed in
            var history = planted(.oneValue, seed)
            history.permuteOutcomes(seed: seed &+ 1000)
            let found = Contrast(history.table).findings
            return found.isEmpty ? nil : "\(found.map { history.text($0.value) })"
        }
        for cause in [PlantedCause.nothing, .drift, .season] {
            prove("\(cause) gives no finding") { seed in
                let history = planted(cause, seed), found = Contrast(history.table).findings
                return found.isEmpty ? nil : "\(found.map { history.text($0.value) })"
            }
        }
    }

    @Test("counts are those of counting the rows one by one")
    func counts() {
        for seed in 1...6 as ClosedRange<UInt64> {
            let history = planted(.decoy, seed)
            let contrast = Contrast(history.table)
            for finding in contrast.findings + contrast.findings.flatMap(\.dependents) {
                let field = finding.value.dimension, name = history.names(field)[Int(finding.value.code)]
                let with = history.calls.filter { $0.values[field] == name }
                #expect(finding.selected == with.count { $0.hasFailed })
                #expect(finding.others == with.count { !$0.hasFailed })
            }
            #expect(contrast.selected == history.calls.count { $0.hasFailed })
        }
    }

    @Test("values with the same rows are one finding, and the one known beforehand stands for them")
    func same() {
        let codes: [Int32] = (0..<400).map { $0 < 40 ? 1 : 0 }
        let selected: [UInt8] = (0..<400).map { $0 < 30 || $0 % 40 == 0 ? 1 : 0 }
        let table = ContrastTable(
            isSelected: selected,
            dimensions: [
                .init(name: "finish", rank: .trait, codes: codes, count: 2), .init(name: "model", codes: codes, count: 2),
                .init(name: "agent", codes: codes, count: 2),
            ])
        let found = Contrast(table).findings
        #expect(found.count == 1)
        #expect(found.first?.value == .init(dimension: 1, code: 1))
        #expect(found.first?.same.map(\.dimension) == [0, 2])
    }

    @Test("a tag counts in every set that contains it")
    func sets() {
        // Sets: {}, {a}, {b}, {a, b}; rows with tag b fail.
        let codes: [Int32] = (0..<800).map { Int32($0 % 4) }
        let selected: [UInt8] = codes.enumerated().map { ($1 == 2 || $1 == 3) && $0 % 3 == 0 ? 1 : 0 }
        let table = ContrastTable(
            isSelected: selected, dimensions: [.init(name: "tag", codes: codes, count: 4, members: [[], [0], [1], [0, 1]])])
        let found = Contrast(table).findings
        #expect(found.map(\.value.code) == [1])
        #expect(found.first?.selected == Int64(selected.count { $0 == 1 }))
        #expect(found.first.map { $0.selected + $0.others } == 400)
    }

    @Test("rows without a value of a column take no part in its test")
    func missing() {
        // Only failed calls have the column: it says nothing about why they failed.
        let codes: [Int32] = (0..<600).map { $0 < 60 ? 0 : -1 }
        let selected: [UInt8] = (0..<600).map { $0 < 60 ? 1 : 0 }
        let contrast = Contrast(ContrastTable(isSelected: selected, dimensions: [.init(name: "host", codes: codes, count: 1)]))
        #expect(contrast.findings.isEmpty)
        #expect(contrast.compared == 0)
    }
}
