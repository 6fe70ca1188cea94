import Model

/// The scale of a value axis: from 0 in steps of 1, 2, 2.5 or 5 times a power of ten (durations: clock units).
struct Scale {
    /// Size of a step, above zero.
    let step: Double
    /// Number of steps, at least one.
    let steps: Int
    let type: ValueType

    /// The value at the top.
    var top: Double { step * Double(steps) }

    /// Chooses the scale with the least room above `largest` whose steps fall between rows of `height`; accepts up to a quarter
    /// more room for steps in between, because a single label at the top says little.
    init(to largest: Double, type: ValueType, height: Int) {
        self.type = type
        let largest = largest.isFinite && largest > 0 ? largest : (type == .ratio ? 0.01 : 1)
        var best = (step: Scale.step(atLeast: largest, type), steps: 1), room = best.step * 1.25
        for steps in 2...6 where height % steps == 0 && height / steps >= 2 {
            let step = Scale.step(atLeast: largest / Double(steps), type), top = step * Double(steps)
            // More steps are worth slightly more room.
            if top <= room * 1.001 { (best, room) = ((step, steps), top) }
        }
        (step, steps) = best
    }

    /// Returns the label of step `k`, with as few digits as distinguish the steps.
    func label(_ k: Int, _ style: Style) -> String { Scale.label(step * Double(k), step: step, top: top, type, style) }

    static func label(_ value: Double, step: Double, top: Double, _ type: ValueType, _ style: Style) -> String {
        func decimal(_ x: Double, _ step: Double) -> String {
            DecimalText.trimmed(DecimalText.fixed(x, DecimalText.places(step, significant: 2)))
        }
        switch type {
        case .duration:
            guard value > 0, value < 9e9 else { return "0s" }
            return clockText(value, style)
        case .money: return "$" + short(value, step, top, decimal)
        case .ratio: return decimal(value * 100, step * 100) + "%"
        default: return short(value, step, top, decimal)
        }
    }

    /// Returns a label in the unit chosen by the largest value, so that all labels share it.
    private static func short(_ value: Double, _ step: Double, _ top: Double, _ decimal: (Double, Double) -> String) -> String {
        for (size, letter) in [(1e9, "G"), (1e6, "M"), (1e4, "k")] where top >= size {
            let unit = letter == "k" ? 1000 : size
            return decimal(value / unit, step / unit) + letter
        }
        return decimal(value, step)
    }

    /// Formats a duration in the largest unit that needs no long fraction: `250ms`, `2.5s`, `1m 30s` rather than `90s`.
    private static func clockText(_ seconds: Double, _ style: Style) -> String {
        if seconds < 60 {
            for (size, name) in [(1.0, "s"), (1e-3, "ms"), (1e-6, style.marks.micro + "s")] where seconds >= size * 0.9995 {
                let amount = seconds / size
                return DecimalText.trimmed(DecimalText.fixed(amount, DecimalText.places(amount, significant: 3))) + name
            }
            return DecimalText.trimmed(DecimalText.fixed(seconds * 1e9, 1)) + "ns"
        }
        var rest = Int64(seconds.rounded()), parts: [String] = []
        for (size, name) in [(86_400, "d"), (3600, "h"), (60, "m"), (1, "s")] as [(Int64, String)] where rest >= size {
            parts.append("\(rest / size)\(name)")
            rest %= size
        }
        return parts.prefix(2).joined(separator: " ")
    }

    /// Returns the smallest round step that is at least `least`.
    static func step(atLeast least: Double, _ type: ValueType) -> Double {
        if type == .duration, least > 1 {
            let clock: [Double] = [2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400]
            if let step = clock.first(where: { $0 >= least * 0.999_999 }) { return step }
            return 86_400 * step(atLeast: least / 86_400, .number)
        }
        var power = 1.0
        while power < least && power < 1e300 { power *= 10 }
        while power / 10 >= least && power > 1e-300 { power /= 10 }
        // Now power is the smallest power of ten that is at least `least`.
        let nice = [0.2, 0.25, 0.5, 1].map { $0 * power }.first { $0 >= least * 0.999_999 } ?? power
        guard type == .count else { return nice }
        return max(1, nice == nice.rounded() ? nice : (nice * 2).rounded())
    }
}
