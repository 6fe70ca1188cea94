import Model

extension ValueText {
    /// Formats the values of one column consistently: numbers and amounts with the same number of decimals, times with the parts
    /// that the whole column needs.
    ///
    /// Ratios in `counted` columns are followed by n/N and, below 30, their interval, each part aligned. Values of a type other
    /// than the column's are formatted on their own. The result is not padded.
    ///
    /// - Parameter type: The column's type; in a column of changes, numbers are relative differences.
    public func column(_ values: [Value], counted: Bool = false, type: ValueType? = nil) -> [String] {
        if type == .change {
            return values.map { if case .number(let quotient) = $0 { change(quotient) } else { text($0) } }
        }
        let numbers = values.compactMap { if case .number(let x) = $0, x.isFinite { x } else { nil } }
        let amounts = values.compactMap { if case .money(let m) = $0 { m } else { nil } }
        let instants = values.compactMap { if case .time(let t) = $0 { t } else { nil } }
        let ratios = values.compactMap { if case .ratio(let r) = $0 { r } else { nil } }
        let places = numberPlaces(numbers), cents = moneyPlaces(amounts)
        let form = TimeForm(for: instants, style: style)
        let rates = counted ? alignedRates(ratios) : []
        var rate = 0
        var isStopped = false
        return values.enumerated().map { row, value in
            isStopped = isStopped || StopFlag.stops(atRow: row)
            guard !isStopped else { return "" }
            switch value {
            case .number(let x) where x.isFinite:
                return visible(DecimalText.fixed(x, places), x == 0) ?? number(x)
            case .money(let amount):
                return visible(money(amount, places: cents), amount.units == 0)
                    ?? (amount.units < 0 ? "" : "<") + "$0." + String(repeating: "0", count: max(0, cents - 1)) + "1"
            case .time(let instant):
                return form.text(instant, style)
            case .ratio where counted:
                rate += 1
                return rates[rate - 1]
            default:
                return text(value)
            }
        }
    }

    /// Returns the text unless rounding turned a nonzero value into zero.
    private func visible(_ text: String, _ isZero: Bool) -> String? {
        isZero || text.contains { "123456789".contains($0) } ? text : nil
    }

    private func numberPlaces(_ numbers: [Double]) -> Int {
        guard let largest = numbers.map(abs).max(), !numbers.allSatisfy({ $0 == $0.rounded() }) else { return 0 }
        switch largest {
        case 1000...: return 0
        case 100...: return 1
        case 1...: return 2
        default: return DecimalText.places(largest, significant: 3)
        }
    }

    private func moneyPlaces(_ amounts: [Money]) -> Int {
        let sizes = amounts.map { $0.units.magnitude }.filter { $0 > 0 }
        guard let largest = sizes.max(), let smallest = sizes.min() else { return 0 }
        let dollar = UInt64(Money.unitsPerDollar)
        if smallest >= 100 * dollar && largest >= 1000 * dollar { return 0 }
        if largest >= dollar { return 2 }
        return min(8, max(2, DecimalText.places(Double(largest) / Double(dollar), significant: 2) + (largest > smallest ? 1 : 0)))
    }

    private func alignedRates(_ ratios: [Ratio]) -> [String] {
        let parts = ratios.map(rateParts)
        let percents = parts.map { DisplayWidth.of($0.percent) }.max() ?? 0
        let intervals = parts.map { DisplayWidth.of($0.interval ?? "") }.max() ?? 0
        let counts = parts.map { DisplayWidth.of($0.counts) }.max() ?? 0
        return parts.map { part in
            var text = DisplayWidth.pad(part.percent, to: percents, right: true)
            if intervals > 0 {
                let interval = part.interval.map { "(\($0))" } ?? ""
                text += " " + DisplayWidth.pad(interval, to: intervals + 2, right: true)
            }
            return text + " " + DisplayWidth.pad(part.counts, to: counts, right: true)
        }
    }
}
