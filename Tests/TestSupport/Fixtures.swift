import Glibc

/// Locations of the tests' files.
public enum Fixtures {
    /// The root of the repository.
    public static let root: String = {
        let file = #filePath
        return String(file[..<file.range(of: "/Tests/TestSupport/")!])
    }()

    /// Returns the path of a file below `Tests/Fixtures`.
    public static func path(_ name: String) -> String { root + "/Tests/Fixtures/" + name }

    /// Returns the text of a file below `Tests/Fixtures`; "" when it does not exist.
    public static func text(_ name: String) -> String {
        guard let file = fopen(path(name), "rb") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        while case let byte = getc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension String {
    /// Returns the first occurrence of `part`.
    fileprivate func range(of part: String) -> String.Index? {
        indices.first { self[$0...].hasPrefix(part) }
    }
}
