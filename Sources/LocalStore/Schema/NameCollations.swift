import CSQLite
import Model

/// Collations under which the spellings of one provider, or of one model, are equal: `gemini` is `google`, `openai/gpt-4o` is
/// `gpt-4o`.
enum NameCollations {
    /// The names of the collations.
    static let provider = "provider_name", model = "model_name"

    /// Makes them known to a connection.
    static func register(on handle: OpaquePointer) {
        for (name, canonical) in [(provider, Names.canonicalProvider), (model, Names.canonicalModel)] {
            let names = Unmanaged.passRetained(Names(canonical)).toOpaque()
            sqlite3_create_collation_v2(
                handle, name, SQLITE_UTF8, names,
                { @Sendable names, countA, a, countB, b in
                    guard let names else { return 0 }
                    return Unmanaged<Names>.fromOpaque(names).takeUnretainedValue().compare(
                        UnsafeRawBufferPointer(start: a, count: Int(countA)), UnsafeRawBufferPointer(start: b, count: Int(countB))
                    )
                },
                { @Sendable names in if let names { Unmanaged<Names>.fromOpaque(names).release() } })
        }
    }

    /// The canonical forms of names that were compared; there are few.
    private final class Names {
        private let canonical: (String) -> String
        private var known: [[UInt8]: [UInt8]] = [:]
        private static let most = 10_000

        init(_ canonical: @escaping (String) -> String) { self.canonical = canonical }

        static func canonicalProvider(_ name: String) -> String { ProviderNames.canonical(name) }
        static func canonicalModel(_ name: String) -> String { ProviderNames.split(name).model }

        func compare(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Int32 {
            if a.elementsEqual(b) { return 0 }
            let (first, second) = (form(a), form(b))
            return first == second ? 0 : first.lexicographicallyPrecedes(second) ? -1 : 1
        }

        private func form(_ name: UnsafeRawBufferPointer) -> [UInt8] {
            let bytes = Array(name)
            if let form = known[bytes] { return form }
            if known.count >= Names.most { known.removeAll() }
            let form = Array(canonical(String(decoding: bytes, as: UTF8.self)).utf8)
            known[bytes] = form
            return form
        }
    }
}
