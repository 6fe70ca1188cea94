import Model
import TestSupport
import Testing

@testable import LocalStore
@testable import QueryLanguage

@Suite("Choice of rollups")
struct RollupChoiceTests {
    @Test("the layers of a plan cover the window exactly once, in order, in whole buckets of their rollups")
    func layers() throws {
        let texts = [
            "errors by type", "calls by model", "calls by agent show count, cost", "errors by signature",
            "calls show p95(latency) by model",
            "errors every 1h", "calls by model every 5m", "errors by type every 1d", "calls by hour", "errors by type, agent",
            "errors",
            "calls by model, agent", "errors show recovered by provider", "calls by user", "traces",
            "errors show count, error_rate",
        ]
        for seed in UInt64(0)..<600 {
            var random = SeededGenerator(seed: seed)
            let zone = random.pick([Zone.utc, Zones.berlin])
            let unit = random.pick([1, 60, 3600, 86_400] as [Int64]) * 1_000_000_000
            let from = (1_774_600_000_000_000_000 + Int64(random.next() % 2_000_000_000_000_000)) / unit * unit
            let length =
                Int64(random.next() % UInt64(random.pick([1, 60, 3600, 86_400, 864_000] as [Int64]) * 2_000_000_000)) / unit
                * unit
            let context = CheckContext(now: now, zone: zone, coverage: coverage)
            let window =
                "from \(TimeText.iso(Timestamp(nanoseconds: from))) to \(TimeText.iso(Timestamp(nanoseconds: from + length)))"
            let text = "\(random.pick(texts)) \(window)"
            for statement in try compile(text, context).statements {
                let choice = RollupChoice(statement)
                for layers in [choice.layers, choice.cellLayers] where !layers.isEmpty {
                    #expect(layers.first?.from == from || length == 0, "seed \(seed): \(text)")
                    #expect(layers.last?.to == from + length || length == 0, "seed \(seed): \(text)")
                    for (a, b) in zip(layers, layers.dropFirst()) { #expect(a.to == b.from, "seed \(seed): \(text)") }
                    for layer in layers {
                        let width = layer.rollup?.widthInNanoseconds ?? 1
                        let isWhole = (layer.from ?? 0) % width == 0 && (layer.to ?? 0) % width == 0
                        #expect(isWhole && (layer.from ?? 0) <= (layer.to ?? 0), "seed \(seed): \(text)")
                        #expect(length == 0 || layer.from != layer.to, "seed \(seed): \(text)")
                    }
                }
                if choice.layers.isEmpty { #expect(length == 0, "seed \(seed): \(text)") }
            }
        }
    }

    @Test("plans cover times before 1970")
    func beforeEpoch() throws {
        let query = try compile("calls by model from 1969-12-30T22:17 to 1970-01-02T01:30")
        let layers = RollupChoice(query.statements[0]).layers
        #expect(layers.first?.from == -92_580_000_000_000 && layers.last?.to == 91_800_000_000_000)
        for (a, b) in zip(layers, layers.dropFirst()) { #expect(a.to == b.from) }
        #expect(!query.statements[0].scope.isAfterEpoch)
    }

    // MARK: Recorded plans

    private func time(_ nanoseconds: Int64?) -> String { nanoseconds.map { TimeText.iso(Timestamp(nanoseconds: $0)) } ?? "…" }

    private func described(_ statement: PlannedStatement) -> String {
        let relation =
            switch statement.relation {
            case .errors: "errors"
            case .calls: "calls"
            case .traces(let failedOnly): failedOnly ? "failures" : "traces"
            case .events: "events"
            }
        let task =
            switch statement.task {
            case .partials(let partials):
                partials.filter { if case .carry = $0 { false } else { true } }.map(described).joined(separator: ", ")
            case .percentiles(.field(let field), let percents): "percentiles \(percents) of \(field.name)"
            case .percentiles(.recoveryTime, let percents): "percentiles \(percents) of recovery"
            case .distinct(let field): "distinct \(field.name)"
            case .common(let field): "common \(field.name)"
            case .sample: "sample"
            case .listing(let columns, _, let limit):
                "listing of \(columns.map(\.name).joined(separator: ", "))\(limit.map { ", \($0) rows" } ?? "")"
                    + (SQLCompiler.walk(statement) != nil ? ", walked" : "")
            }
        let keys = statement.keys.map(\.name) + (statement.buckets != nil ? ["bucket"] : [])
        var lines = ["\(statement.role) \(relation)\(keys.isEmpty ? "" : " by " + keys.joined(separator: ", ")): \(task)"]
        func add(_ layers: [Layer], _ kind: String) {
            for layer in layers {
                lines.append("    \(time(layer.from)) \(time(layer.to)) \(kind)\(layer.rollup?.name ?? "facts")")
            }
        }
        add(RollupChoice(statement).layers, "")
        add(RollupChoice(statement).cellLayers, "cells of ")
        return lines.joined(separator: "\n")
    }

    private func described(_ partial: Partial) -> String {
        switch partial {
        case .rows: "rows"
        case .failedCalls: "failed calls"
        case .recovered: "recovered"
        case .matching: "matching"
        case .sum(let field), .carry(let field): "sum \(field.name)"
        case .known(let field): "known \(field.name)"
        case .least(let field): "least \(field.name)"
        case .greatest(let field): "greatest \(field.name)"
        }
    }

    @Test(
        "plans of typical queries are as recorded",
        arguments: ["queries/plans.txt", "queries/plans-berlin.txt"])
    func golden(file: String) throws {
        let zone = file.contains("berlin") ? Zones.berlin : Zone.utc
        let context = CheckContext(now: now, zone: zone, coverage: coverage)
        var text: [String] = []
        let recorded = Fixtures.text(file).split(separator: "\n").filter { $0.hasPrefix("> ") }
        for statement in recorded.map({ String($0.dropFirst(2)) }) {
            let asked = try compile(statement, context).statements.filter { !$0.isOptional || RollupChoice($0).isCheap }
            text.append((["> " + statement] + asked.map(described)).joined(separator: "\n") + "\n")
        }
        #expect(text.count >= 10)
        expectGolden(text.joined(separator: "\n"), file)
    }
}
