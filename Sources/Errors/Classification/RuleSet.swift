import Model

/// An ordered table of rules. Cheap to make and to ask for its version; a `Classifier` makes it ready for matching.
public struct RuleSet: Sendable {
    /// In the order in which they are tried.
    public let rules: [Rule]
    /// Four hexadecimal digits that change when the table does.
    public let version: String
    /// True for the table that the program comes with, whose matcher is made once.
    let isBuiltIn: Bool
    /// The ids of the user's own rules.
    let own: Set<String>

    /// Makes a set of these rules; sorts them by strength and keeps their order otherwise.
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

    /// This set with the user's own rules, which come before the others of their strength.
    public func adding(_ own: [Rule]) -> RuleSet {
        RuleSet(own + rules, isBuiltIn: false, own: self.own.union(own.map(\.id)))
    }

    /// The rule with this id; nil when there is none.
    public func rule(id: String) -> Rule? { rules.first { $0.id == id } }

    /// The rules that the program comes with.
    public static let builtIn = RuleSet(builtInRules, isBuiltIn: true)

    /// Themes in order: an earlier theme wins over a later one of the same strength.
    static let builtInRules: [Rule] =
        BenignRules.rows + ContextRules.rows + ContentFilterRules.rows + RateLimitRules.rows + QuotaRules.rows
        + RequestRules.rows + CredentialRules.rows + ModelRules.rows + CancellationRules.rows + TimeoutRules.rows
        + ToolRules.rows + ParseRules.rows + ServerRules.rows + NetworkRules.rows + StatusRules.rows + FallbackRules.rows

    /// FNV-1a over everything that decides, the code's own revision included; examples do not count.
    private static func hash(of rules: [Rule]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func mix(_ text: String) {
            for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
            hash = (hash ^ 0xFF) &* 0x0000_0100_0000_01B3
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
        let short = (hash ^ hash >> 16 ^ hash >> 32 ^ hash >> 48) & 0xFFFF
        let digits = String(short, radix: 16)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
