/// The scripts in `queries`, embedded in the program, so that they run wherever it is installed.
///
/// A shipped script has a path such as `shipped:/overview.flq`, which does not exist in the file system.
public enum ShippedScripts {
    /// All scripts by name: the file name without `.flq`.
    private static let files: [(name: String, text: [UInt8])] = [
        ("anthropic", PackageResources.anthropic_flq),
        ("daily", PackageResources.daily_flq),
        ("gemini", PackageResources.gemini_flq),
        ("incident", PackageResources.incident_flq),
        ("models", PackageResources.models_flq),
        ("monthly", PackageResources.monthly_flq),
        ("openai", PackageResources.openai_flq),
        ("overview", PackageResources.overview_flq),
        ("patterns", PackageResources.patterns_flq),
        ("recovery", PackageResources.recovery_flq),
        ("tour", PackageResources.tour_flq),
        ("trends", PackageResources.trends_flq),
        ("weekly", PackageResources.weekly_flq),
    ]

    private static let folder = "shipped:/", ending = ".flq"

    /// The names of the scripts, sorted.
    public static var names: [String] { files.map(\.name) }

    /// Returns the path of a script; nil when there is none with this name.
    public static func path(of name: String) -> String? {
        files.contains { $0.name == name } ? folder + name + ending : nil
    }

    /// Returns the text of a shipped script; nil for any other path.
    public static func text(at path: String) -> String? {
        guard path.hasPrefix(folder), path.hasSuffix(ending) else { return nil }
        let name = path.dropFirst(folder.count).dropLast(ending.count)
        return files.first { $0.name == name }.map { String(decoding: $0.text, as: UTF8.self) }
    }
}
