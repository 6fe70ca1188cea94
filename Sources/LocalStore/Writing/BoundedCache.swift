/// A dictionary that forgets what was not used for long: at most `limit` entries.
///
/// Two generations: a full young one becomes the old one, and what is found in the old one moves back to the young. Close to
/// least-recently-used, at the cost of one lookup more.
struct BoundedCache<Key: Hashable, Value> {
    private let half: Int
    private var young: [Key: Value] = [:]
    private var old: [Key: Value] = [:]

    init(limit: Int) { half = max(1, limit / 2) }

    /// How many entries it holds.
    var count: Int { young.count + old.count }

    /// The value kept for `key`, marked as used; nil when there is none.
    mutating func value(_ key: Key) -> Value? {
        if let value = young[key] { return value }
        guard let value = old.removeValue(forKey: key) else { return nil }
        keep(value, for: key)
        return value
    }

    /// Keeps a value.
    mutating func keep(_ value: Value, for key: Key) {
        if young.count >= half {
            old = young
            young = [:]
        }
        young[key] = value
    }

    mutating func removeAll() {
        young = [:]
        old = [:]
    }
}
