/// The scripts of the folder `queries`, which the program carries in itself: they run wherever it is installed.
///
/// A shipped script is named by a path of its own, such as `shipped:/overview.flq`, which leads to no folder of the machine.
public enum ShippedScripts {
    /// Every script, by name; the name is that of its file without `.flq`.
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

    /// The names of the scripts, in alphabetical order.
    public static var names: [String] { files.map(\.name) }

    /// The path of the script with a name; nil when none has it.
    public static func path(of name: String) -> String? {
        files.contains { $0.name == name } ? folder + name + ending : nil
    }

    /// The text of the script at a path; nil for every path but those of shipped scripts.
    public static func text(at path: String) -> String? {
        guard path.hasPrefix(folder), path.hasSuffix(ending) else { return nil }
        let name = path.dropFirst(folder.count).dropLast(ending.count)
        return files.first { $0.name == name }.map { String(decoding: $0.text, as: UTF8.self) }
    }
}
