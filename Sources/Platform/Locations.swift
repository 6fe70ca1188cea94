import Glibc
import Model

/// Paths of files and folders, as the environment sets them.
public struct Locations: Sendable {
    package let environment: [String: String]

    /// Reads the environment.
    public init(environment: [String: String]) { self.environment = environment }

    private func variable(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// The user's data folder: `$XDG_DATA_HOME/faultline`, else `~/.local/share/faultline`.
    public var data: String {
        if let data = variable("XDG_DATA_HOME") { return data + "/faultline" }
        return (variable("HOME") ?? ".") + "/.local/share/faultline"
    }

    /// The user's configuration folder: `$XDG_CONFIG_HOME/faultline`, else `~/.config/faultline`.
    public var configuration: String {
        if let folder = variable("XDG_CONFIG_HOME") { return folder + "/faultline" }
        return (variable("HOME") ?? ".") + "/.config/faultline"
    }

    /// The file of the user's classification rules: `$FAULTLINE_RULES`, else `rules.yaml` in the configuration folder.
    public var classificationRules: String { variable("FAULTLINE_RULES") ?? configuration + "/rules.yaml" }

    /// The path of the store: `--store`, else `$FAULTLINE_STORE`, else `store.db` in the data folder.
    public func store(named path: String?) -> String { path ?? variable("FAULTLINE_STORE") ?? data + "/store.db" }

    /// The path of the demo store.
    public var demoStore: String { data + "/demo.db" }

    /// The path of the prompt's history for a store.
    public static func history(besideStore path: String) -> String { path + ".history" }

    /// The folder for sessions that the environment sets; nil when it sets none.
    package var namedSessions: String? { variable("FAULTLINE_SESSIONS") }

    /// The path with a leading `~` replaced by the home folder.
    package func expandingHome(_ path: String) -> String {
        guard path == "~" || path.hasPrefix("~/"), let home = variable("HOME") else { return path }
        return home + path.dropFirst()
    }

    /// Returns the time zone with this name from the system's zone files; nil when there is none.
    public func zone(named name: String) -> Zone? {
        if ["utc", "z", "gmt"].contains(name.lowercased()) { return .utc }
        // The name is a path below the zone folder and must not leave it.
        let isName = !name.isEmpty && !name.hasPrefix("/") && !name.split(separator: "/").contains("..")
        guard isName,
            name.unicodeScalars.allSatisfy({ $0.properties.isAlphabetic || "0123456789/_+-".unicodeScalars.contains($0) })
        else { return nil }
        // A `right/` zone, which counts leap seconds, has the same rules, and the plain zone's file reaches further into the
        // future.
        let files = name.hasPrefix("right/") ? [String(name.dropFirst(6)), name] : [name]
        for folder in [variable("TZDIR"), "/usr/share/zoneinfo", "/usr/lib/zoneinfo"].compactMap({ $0 }) {
            for file in files {
                if let bytes = try? Files.bytes(of: folder + "/" + file, limit: 1 << 20), let zone = Zone(name: name, file: bytes)
                {
                    return zone
                }
            }
        }
        return nil
    }

    /// Returns the time zone with this name, or the one of a POSIX rule such as `CET-1CEST,M3.5.0,M10.5.0/3`, which `TZ` may
    /// hold.
    package func zone(pinned name: String) -> Zone? { zone(named: name) ?? Zone(posix: name) }

    /// The time zone in `TZ`: a name, with or without a leading colon, the path of a zone file, or a POSIX rule. Both are nil
    /// when `TZ` is unset; `unknown` is its text when that is not a zone.
    package var environmentZone: (zone: Zone?, unknown: String?) {
        guard let text = variable("TZ") else { return (nil, nil) }
        var name = text.hasPrefix(":") ? String(text.dropFirst()) : text
        for folder in ["/usr/share/zoneinfo/", "/usr/lib/zoneinfo/"] where name.hasPrefix(folder) {
            name = String(name.dropFirst(folder.count))
        }
        let zone = zone(pinned: name)
        return (zone, zone == nil ? text : nil)
    }

    /// Existing folders with this name: first the one set in the environment (such as `FAULTLINE_QUERIES`), then the one in the
    /// working directory, then those beside and above the program.
    package func folders(named name: String) -> [String] {
        var folders = [name]
        if let named = variable("FAULTLINE_" + name.uppercased()) { folders.insert(named, at: 0) }
        var buffer = [CChar](repeating: 0, count: 4096)
        let length = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        if length > 0 {
            var folder = String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)[...]
            for _ in 0..<5 {
                guard let slash = folder.lastIndex(of: "/") else { break }
                folder = folder[..<slash]
                folders.append(folder + "/" + name)
            }
        }
        return folders.filter(Files.isFolder)
    }
}
