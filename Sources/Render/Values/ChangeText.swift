import Model

/// The difference between a value and its baseline.
struct Difference {
    /// The difference, formatted for the type: `+25.0%`, `+1.2 pp`, `×4.2`.
    let text: String
    /// True for an increase, false for a decrease, nil when unchanged.
    let isUp: Bool?

    /// The text without its sign, for use after an arrow: `25.0%`, `1.2 pp`.
    var withoutSign: String { text.hasPrefix("+") || text.hasPrefix("-") ? String(text.dropFirst()) : text }
}

extension ValueText {
    /// Formats a relative difference with its sign: `+12.4%`, `-3.0%`, `0%`; from fourfold on as a factor, `×4.2`.
    public func change(_ quotient: Double) -> String {
        // An increase from zero.
        if quotient == .infinity { return "new" }
        guard quotient.isFinite else { return (quotient > 0 ? "+" : "") + percent(quotient) }
        if quotient >= 3 { return style.marks.times + number(quotient + 1) }
        return (quotient > 0 ? "+" : "") + percent(quotient)
    }

    /// Formats the difference of two percentages in percentage points, with its sign: `+1.2 pp`, `-0.04 pp`.
    public func points(_ difference: Double) -> String {
        guard difference.isFinite else { return style.marks.missing }
        if difference == 0 { return "0 pp" }
        let points = difference * 100
        let places = abs(points) >= 1 ? 1 : max(1, min(6, DecimalText.places(points, significant: 2)))
        return (difference > 0 ? "+" : "") + DecimalText.fixed(points, places) + " pp"
    }

    /// Formats a half-open bin `[lower, upper)`; a missing bound leaves that side open.
    func range(_ lower: Value, _ upper: Value) -> String {
        switch (lower.isMissing, upper.isMissing) {
        case (false, false): text(lower) + style.marks.until + text(upper)
        case (false, true): "from " + text(lower)
        case (true, false): "below " + text(upper)
        case (true, true): style.marks.missing
        }
    }

    /// Returns the difference between `value` and `before`: percentage points for ratios, relative for other numbers. Nil when
    /// either is missing or not a number, or when `before` is zero.
    func difference(_ value: Value, _ before: Value) -> Difference? {
        switch (value, before) {
        case (.text, _), (_, .text), (.time, _), (.flag, _), (.range, _): return nil
        case (.ratio(let now), .ratio(let then)):
            let difference = now.quotient - then.quotient
            return Difference(text: points(difference), isUp: difference == 0 ? nil : difference > 0)
        default:
            guard let now = value.magnitude, let then = before.magnitude, then > 0, (now / then).isFinite else { return nil }
            return Difference(text: change(now / then - 1), isUp: now == then ? nil : now > then)
        }
    }
}
