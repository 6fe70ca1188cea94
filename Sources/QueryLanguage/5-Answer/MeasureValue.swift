import Model

/// Computes the measures of a group from its partials.
struct MeasureValue {
    var groups: Groups
    let facts: QueryFacts
    /// The number of the noun's rows in each bucket over all groups, before any are removed: the denominators of shares.
    let totals: [Int64]
    /// The values from other queries.
    let foreign: ForeignValues
    /// True if data covers the whole baseline window of `vs`; otherwise differences have no value.
    let hasWholeBaseline: Bool
    /// False if the baseline window has no data.
    let knowsBaseline: Bool
    /// The time covered by each group.
    var lengths: CoveredLengths

    private var query: CheckedQuery { groups.plan.query }

    /// Returns the value of a measure for a group; `missing` if it has none.
    func value(_ measure: Measure, of key: GroupKey) -> Value {
        switch measure {
        case .before where !knowsBaseline: return .missing
        case .over, .before: return foreignValue(measure, key)
        case .change: return change(of: key)
        case .delta: return delta(of: key)
        default: break
        }
        // Outside the coverage of the sources nothing is known, so nothing is zero.
        if let axis = groups.plan.buckets?.axis, !axis.isCovered(key.bucket) { return .missing }
        switch measure {
        case .count: return .count(rows(key))
        case .countWhere(let predicate, _): return .count(integer(.matching(predicate), key) ?? 0)
        case .shareWhere(let predicate, _):
            let (part, whole) = predicate.shareParts
            return ratio(integer(.matching(part), key) ?? 0, whole.map { integer(.matching($0), key) ?? 0 } ?? rows(key))
        case .calls: return .count(calls(key))
        case .errors:
            switch query.noun {
            case .errors: return .count(rows(key))
            case .calls: return .count(integer(.rows, key, .errors) ?? 0)
            case .traces, .failures: return .count(sum(Field(.errors), key) ?? 0)
            case .events: return .missing
            }
        case .errorRate:
            guard facts.keepsSuccesses else { return .missing }
            return ratio(integer(.failedCalls, key) ?? 0, calls(key))
        case .reliability:
            guard facts.keepsSuccesses else { return .missing }
            let calls = calls(key)
            return ratio(calls - (integer(.failedCalls, key) ?? 0), calls)
        case .share: return ratio(rows(key), totals[key.bucket])
        case .aggregate(let aggregate, let field): return self.aggregate(aggregate, field, key)
        case .distinct(let field):
            let count = groups.statistic(of: key) { if case .distinct(field) = $0 { 0 } else { nil } }
            return .count(count?.integer ?? 0)
        case .recovered: return ratio(integer(.recovered, key) ?? 0, rows(key))
        case .recoveryTime: return percentile(.recoveryTime, 50, key).map { .duration(.nanoseconds($0)) } ?? .missing
        case .firstSeen: return time(.least(Field(.time)), key)
        case .lastSeen: return time(.greatest(Field(.time)), key)
        case .perMinute(let inner): return per(60, inner, key)
        case .perSecond(let inner): return per(1, inner, key)
        case .common(let field):
            let stored = groups.statistic(of: key) { if case .common(field) = $0 { 0 } else { nil } }
            return stored.map { FieldCodec.value(field, $0) } ?? .missing
        case .new(let field): return .flag((integer(.matching(.isNew(field)), key) ?? 0) > 0)
        case .sample:
            let stored = groups.statistic(of: key) { if case .sample = $0 { 0 } else { nil } }
            return stored.map { FieldCodec.value(Field(.trace), $0) } ?? .missing
        case .over, .before, .change, .delta: preconditionFailure("foreign measures were looked up above")
        }
    }

    /// Returns the value from another query.
    func foreignValue(_ measure: Measure, _ key: GroupKey) -> Value {
        foreign.value(measure, of: ForeignValues.Key(name: groups.names[key.name], bucket: key.bucket))
    }

    /// Returns the first measure now and in the baseline; nil if one of them has no value or data does not cover the whole
    /// baseline. For groups without rows, sums are 0.
    private func compared(_ key: GroupKey) -> (now: Value, before: Value)? {
        guard hasWholeBaseline, let changed = query.changed else { return nil }
        var now = value(changed, of: key), before = foreignValue(.before(changed), key)
        if changed.isAdditive {
            let name = ForeignValues.Key(name: groups.names[key.name], bucket: key.bucket)
            if now.isMissing, rows(key) == 0 { now = MeasureValue.nothing(before) }
            if before.isMissing, foreign.values[.before(changed)]?[name] == nil { before = MeasureValue.nothing(now) }
        }
        return now.isMissing || before.isMissing ? nil : (now, before)
    }

    /// Returns zero of the same type as a value.
    private static func nothing(_ like: Value) -> Value {
        switch like {
        case .count: .count(0)
        case .money: .money(Money(units: 0))
        case .duration: .duration(.zero)
        default: .missing
        }
    }

    /// Returns the relative change from the baseline: infinite for growth from zero, missing if both are zero.
    private func change(of key: GroupKey) -> Value {
        guard let (now, before) = compared(key), let now = now.magnitude, let before = before.magnitude else { return .missing }
        if before == 0 { return now == 0 ? .missing : .number(now > 0 ? .infinity : -.infinity) }
        return .number((now - before) / before)
    }

    /// Returns the absolute difference from the baseline.
    private func delta(of key: GroupKey) -> Value {
        guard let (now, before) = compared(key) else { return .missing }
        switch (now, before) {
        case (.count(let x), .count(let y)): return .count(x.subtractingStopping(y))
        case (.money(let x), .money(let y)): return .money(Money(units: x.units.subtractingStopping(y.units)))
        case (.duration(let x), .duration(let y)): return .duration(x - y)
        default:
            guard let x = now.magnitude, let y = before.magnitude else { return .missing }
            return .number(x - y)
        }
    }

    private func integer(_ partial: Partial, _ key: GroupKey, _ role: PlannedStatement.Role = .own) -> Int64? {
        groups.partial(partial, of: key, role)?.integer
    }

    /// Returns the sum of a field; nil if there is none, or on overflow.
    private func sum(_ field: Field, _ key: GroupKey) -> Int64? {
        guard let low = integer(.sum(field), key), let high = integer(.carry(field), key) else { return nil }
        let (shifted, overflow) = high.multipliedReportingOverflow(by: 1 << 32)
        let (sum, overflowed) = shifted.addingReportingOverflow(low)
        return overflow || overflowed ? nil : sum
    }

    private func rows(_ key: GroupKey) -> Int64 { integer(.rows, key) ?? 0 }

    private func calls(_ key: GroupKey) -> Int64 {
        switch query.noun {
        case .calls where !groups.has(.calls): rows(key)
        case .calls, .errors: integer(.rows, key, .calls) ?? 0
        case .traces, .failures: sum(Field(.calls), key) ?? 0
        case .events: 0
        }
    }

    private func ratio(_ numerator: Int64, _ denominator: Int64) -> Value {
        Ratio(numerator, of: denominator).map { .ratio($0) } ?? .missing
    }

    private func time(_ partial: Partial, _ key: GroupKey) -> Value {
        integer(partial, key).map { .time(Timestamp(nanoseconds: $0)) } ?? .missing
    }

    private func percentile(_ quantity: PlannedStatement.Quantity, _ percent: Int, _ key: GroupKey) -> Int64? {
        groups.statistic(of: key) { task in
            guard case .percentiles(quantity, let percents) = task else { return nil }
            return percents.firstIndex(of: percent)
        }?.integer
    }

    private func aggregate(_ aggregate: Aggregate, _ field: Field, _ key: GroupKey) -> Value {
        func typed(_ number: Int64?) -> Value { number.map { FieldCodec.value(field.type, $0) } ?? .missing }
        switch aggregate {
        case .sum: return typed((integer(.known(field), key) ?? 0) > 0 ? sum(field, key) : nil)
        case .min: return typed(integer(.least(field), key))
        case .max: return typed(integer(.greatest(field), key))
        case .avg:
            guard let known = integer(.known(field), key), known > 0, let sum = sum(field, key) else { return .missing }
            if field.type == .count { return .number(Double(sum) / Double(known)) }
            // Rounded to the unit, halves away from zero, so that the mean is the same on every machine.
            let (whole, rest) = sum.quotientAndRemainder(dividingBy: known)
            return typed(rest.magnitude >= (known.magnitude + 1) / 2 ? whole + (sum < 0 ? -1 : 1) : whole)
        case .p50, .p90, .p95, .p99: return typed(percentile(.field(field), aggregate.percent!, key))
        }
    }

    /// Divides a count or sum by the length of its bucket or window in units of `seconds`.
    private func per(_ seconds: Double, _ measure: Measure, _ key: GroupKey) -> Value {
        let length = lengths.length(of: key, names: groups.names[key.name])
        guard length > 0 else { return .missing }
        switch value(measure, of: key) {
        case .count(let count): return .number(Double(count) * seconds / length)
        case .money(let money): return Money(dollars: money.dollars * seconds / length).map { .money($0) } ?? .missing
        case .number(let number): return .number(number * seconds / length)
        case .duration(let duration): return .number(duration.inSeconds * seconds / length)
        default: return .missing
        }
    }
}

extension Measure {
    /// True if the combined value of several groups follows from their counts and sums.
    var addsUpOverGroups: Bool {
        switch self {
        case .distinct, .recoveryTime, .common, .sample, .over, .before, .change, .delta: false
        case .aggregate(let aggregate, _): aggregate.percent == nil
        case .perMinute(let inner), .perSecond(let inner): inner.addsUpOverGroups
        default: true
        }
    }
}
