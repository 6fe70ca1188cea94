import Glibc

/// Rounds to numbers that a person would write in a rule: few significant digits, and no finer than the measure needs.
struct RoundNumber {
    /// The number of significant digits.
    var digits: Int
    /// The power of ten of the finest step: −2 for shares, which are written in percent; nil for no limit. Numbers below it are
    /// rounded to one digit.
    var unit: Int?
    /// True if only integers make sense.
    var isWhole = false

    /// Returns the smallest such number that is at least `x`.
    func up(from x: Double) -> Double { x < 0 ? 0 - magnitude(-x, isUp: false) : magnitude(x, isUp: true) }

    /// Returns the largest such number that is at most `x`.
    func down(from x: Double) -> Double { x < 0 ? 0 - magnitude(-x, isUp: true) : magnitude(x, isUp: false) }

    private func magnitude(_ x: Double, isUp: Bool) -> Double {
        guard x > 0, x.isFinite else { return x }
        let first = Int(log10(x).rounded(.down))
        var power = first - digits + 1
        if let unit { power = first >= unit ? max(power, unit) : max(power, first) }
        if isWhole { power = max(power, 0) }
        func number(_ n: Double) -> Double { power >= 0 ? n * pow(10, Double(power)) : n / pow(10, Double(-power)) }
        // The quotient may be slightly off: try its neighbours too.
        let near = (x / number(1)).rounded()
        let candidates = (-2...2).map { number(max(near + Double($0), 0)) }
        return isUp ? candidates.first { $0 >= x } ?? x : candidates.last { $0 <= x } ?? x
    }
}
