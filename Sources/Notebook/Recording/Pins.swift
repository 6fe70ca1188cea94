import Model
import QueryLanguage
import Render
import Platform

/// Everything besides the data that an answer depends on, as `#@ now … · tz UTC · width 80` says it.
struct Pins: Hashable, Sendable {
    /// The instant that counts as now.
    var now: Timestamp?
    /// The name of the zone.
    var zone: String?
    /// The width of pictures.
    var width: Int?
    /// A label of the store it was asked of; tells readers, and changes nothing.
    var store: String?
    /// The version of the rules that classified the errors.
    var rules: String?
    /// The evidence that counts; nil for the default.
    var evidence: [String]?
    /// The default window of statements, `all` for everything; nil for the default.
    var range: String?
    /// The form of answers that name none.
    var form: String?
    /// True for pictures of ASCII characters alone.
    var usesASCII = false
    /// What could not be read, as written: `now nonsense`.
    private(set) var unread: [String] = []

    init() {}

    /// Reads a line; what it does not know is kept in `unread`. Nil when nothing is pinned.
    init?(_ line: String) {
        guard line.hasPrefix("#@") else { return nil }
        for part in line.dropFirst(2).split(separator: "·") {
            let words = part.split(whereSeparator: \.isWhitespace).map(String.init)
            guard words.count > 1 else { continue }
            switch words[0] {
            case "now":
                now = TimeText.parse(words.dropFirst().joined(separator: " "))
                if now == nil { unread.append(words.joined(separator: " ")) }
            case "tz": zone = words[1]
            case "width":
                width = Int(words[1]).flatMap { (20...400).contains($0) ? $0 : nil }
                if width == nil { unread.append(words.joined(separator: " ")) }
            case "store": store = words.dropFirst().joined(separator: " ")
            case "rules": rules = words[1]
            case "detect": evidence = Array(words.dropFirst())
            case "range": range = words[1]
            case "form": form = words[1]
            case "glyphs": usesASCII = words[1] == "ascii"
            default: unread.append(words.joined(separator: " "))
            }
        }
        if self == Pins() { return nil }
    }

    /// The line, without its end.
    var text: String {
        var parts: [String] = []
        if let now { parts.append("now " + TimeText.iso(now)) }
        if let zone { parts.append("tz " + zone) }
        if let width { parts.append("width \(width)") }
        if let store { parts.append("store " + store) }
        if let rules { parts.append("rules " + rules) }
        if let evidence { parts.append("detect " + evidence.joined(separator: " ")) }
        if let range { parts.append("range " + range) }
        if let form { parts.append("form " + form) }
        if usesASCII { parts.append("glyphs ascii") }
        return "#@ " + parts.joined(separator: " · ")
    }

    /// The pins of a session that begins with these settings.
    init(_ settings: Settings, now: Timestamp, store: String, rules: String) {
        self.now = now
        zone = settings.zone.name
        width = Pins.widthOfFiles
        self.store = store
        if !rules.isEmpty { self.rules = rules }
        if settings.evidence != .default { evidence = settings.evidence.names }
        if settings.range != Settings().range { range = settings.value(of: "range") }
        form = settings.form
    }

    /// How wide pictures are in files, whatever the terminal is.
    static let widthOfFiles = 80
}

extension Session {
    /// Takes over what the pins say, but now where it is to move on.
    /// - Returns: The pins that mean nothing here, as written; they are left out.
    func apply(_ pins: Pins, keepsNow: Bool = false) -> [String] {
        var unknown = pins.unread
        if let now = pins.now, !keepsNow { clock.pinned = now }
        if let name = pins.zone {
            if let zone = environment.locations.zone(pinned: name) { settings.zone = zone } else { unknown.append("tz \(name)") }
        }
        if let names = pins.evidence {
            let found = Evidence.named.filter { names.contains($0.name) }
            unknown += names.filter { name in !found.contains { $0.name == name } }.map { "detect \($0)" }
            if !found.isEmpty { settings.evidence = found.reduce(into: []) { $0.formUnion($1.bit) } }
        }
        if let range = pins.range {
            if range == "all" {
                settings.range = nil
            } else if let length = Units.duration(range), length > .zero {
                settings.range = length
            } else {
                unknown.append("range \(range)")
            }
        }
        if let form = pins.form {
            if AnswerForms.names.contains(form) { settings.form = form } else { unknown.append("form \(form)") }
        }
        return unknown
    }

    /// A name of the store that tells nothing of the machine.
    var storeLabel: String {
        if (try? store.meta("demo")) ?? nil != nil { return "demo" }
        let name = store.path.split(separator: "/").last.map(String.init) ?? "store"
        let label = name.hasSuffix(".db") ? String(name.dropLast(3)) : name
        return String(label.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "_" })
    }
}
