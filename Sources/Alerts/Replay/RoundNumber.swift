import Glibc

/// Numbers that a person would write into a rule: few significant digits, and no finer than what is measured asks for.
struct RoundNumber {
    /// How many digits may differ from zero.
    var digits: Int
    /// The power of ten below which steps are not finer: -2 for shares, which are written in per cent. Numbers below it have one
    /// digit; nil for no such power.
    var unit: Int?
    /// True when only whole numbers make sense.
    var isWhole = false

    /// The smallest such number that is not less.
    func up(from x: Double) -> Double { x < 0 ? 0 - magnitude(-x, isUp: false) : magnitude(x, isUp: true) }

    /// The largest such number that is not more.
    func down(from x: Double) -> Double { x < 0 ? 0 - magnitude(-x, isUp: true) : magnitude(x, isUp: false) }

    private func magnitude(_ x: Double, isUp: Bool) -> Double {
        guard x > 0, x.isFinite else { return x }
        let first = Int(log10(x).rounded(.down))
        var power = first - digits + 1
        if let unit { power = first >= unit ? max(power, unit) : max(power, first) }
        if isWhole { power = max(power, 0) }
        func number(_ n: Double) -> Double { power >= 0 ? n * pow(10, Double(power)) : n / pow(10, Double(-power)) }
        // The quotient may be off by a little: its neighbours are looked at as well.
        let near = (x / number(1)).rounded()
        let candidates = (-2...2).map { number(max(near + Double($0), 0)) }
        return isUp ? candidates.first { $0 >= x } ?? x : candidates.last { $0 <= x } ?? x
    }
}
