/// Where the tests' files lie.
public enum Fixtures {
    /// The root of the repository.
    public static let root: String = {
        let file = #filePath
        return String(file[..<file.range(of: "/Tests/TestSupport/")!])
    }()

    /// The path of a file below `Tests/Fixtures`.
    public static func path(_ name: String) -> String { root + "/Tests/Fixtures/" + name }
}

extension String {
    /// The first place where `part` stands.
    fileprivate func range(of part: String) -> String.Index? {
        indices.first { self[$0...].hasPrefix(part) }
    }
}
