import Model

/// An ordered table of classification rules. Cheap to create; a `Classifier` prepares it for matching.
public struct RuleSet: Sendable {
    /// The rules in evaluation order.
    public let rules: [Rule]
    /// Four hexadecimal digits that change with the table.
    public let version: String
    /// True for the built-in table, whose matcher is created once.
    let isBuiltIn: Bool
    /// Ids of the user's rules.
    let own: Set<String>

    /// Creates a set; sorts the rules by strength and otherwise keeps their order.
    public init(rules: [Rule]) { self.init(rules, isBuiltIn: false) }

    private init(_ rules: [Rule], isBuiltIn: Bool, own: Set<String> = []) {
        var ordered: [Rule] = []
        ordered.reserveCapacity(rules.count)
        for strength in Rule.Strength.allCases { ordered += rules.filter { $0.strength == strength } }
        self.rules = ordered
        version = RuleSet.hash(of: ordered)
        self.isBuiltIn = isBuiltIn
        self.own = own
    }

    /// Returns this set with the user's rules, which precede other rules of the same strength.
    public func adding(_ own: [Rule]) -> RuleSet {
        RuleSet(own + rules, isBuiltIn: false, own: self.own.union(own.map(\.id)))
    }

    /// Returns the rule with this id; nil when there is none.
    public func rule(id: String) -> Rule? { rules.first { $0.id == id } }

    /// The built-in rules.
    public static let builtIn = RuleSet(builtInRules, isBuiltIn: true)

    /// Rules by theme; within a strength, an earlier theme wins.
    static let builtInRules: [Rule] =
        BenignRules.rows + ContextRules.rows + ContentFilterRules.rows + RateLimitRules.rows + QuotaRules.rows
        + RequestRules.rows + CredentialRules.rows + ModelRules.rows + CancellationRules.rows + TimeoutRules.rows
        + ToolRules.rows + ParseRules.rows + ServerRules.rows + NetworkRules.rows + StatusRules.rows + FallbackRules.rows

    /// Returns the FNV-1a hash of everything that affects the result, including the revision of the code, but not the examples.
    private static func hash(of rules: [Rule]) -> String {
        var all = FNV1a()
        func mix(_ text: String) {
            all.add(text)
            all.add(0xFF as UInt8)
        }
        mix("assessment \(Assessor.revision)")
        for rule in rules {
            mix(rule.id)
            mix(
                "\(rule.type?.rawValue ?? 0) \(rule.severity?.rawValue ?? -1) \(rule.strength.rawValue) \(rule.statuses) \(rule.beatsNames)"
            )
            for part in [rule.phrases, rule.codes, rule.classes, rule.unless] {
                part.forEach(mix)
                mix("")
            }
        }
        let hash = all.value, short = (hash ^ hash >> 16 ^ hash >> 32 ^ hash >> 48) & 0xFFFF
        let digits = String(short, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
