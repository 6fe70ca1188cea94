import Errors
import Glibc
import Model
import QueryLanguage
import Render
import Storage
import System
import Terminal

/// What the command line says of the store and of how answers are drawn.
public struct StoreRequest: Sendable {
    let path: String?
    let now: String?
    let zone: String?
    let width: Int?
    let usesASCII: Bool

    /// Takes over the options as typed.
    public init(path: String?, now: String?, zone: String?, width: Int?, usesASCII: Bool) {
        self.path = path
        self.now = now
        self.zone = zone
        self.width = width
        self.usesASCII = usesASCII
    }
}

extension Locations {
    /// Opens a store; one of an older version is brought to this one's by the user's own classification rules.
    func openStore(_ path: String, creates: Bool = false) throws(StoreError) -> Store {
        try Store.open(path: path, create: creates) {
            // Rules with mistakes count for nothing until they are right, here as everywhere; the built-in ones do.
            Assessor(rules: (try? RuleBook.read(classificationRules))?.rules ?? .builtIn)
        }
    }
}

/// A request that cannot be met: the exit code and what to say.
struct Refusal: Error {
    let code: ExitCode
    let message: String
}

/// A store, opened, with all that surrounds it.
struct OpenStore {
    let store: Store
    let interpreter: Interpreter
    let traits: TerminalTraits

    /// Opens the store that the request names, makes it when it may, and reads the other options.
    init(_ request: StoreRequest, defaultPath: String? = nil, creates: Bool, interrupts: Interrupts?) throws {
        let environment = Program.environment()
        traits = TerminalTraits(environment: environment)
        var surroundings = Surroundings(environment: environment, traits: traits)
        if let text = request.now {
            guard let now = TimeText.parse(text) else {
                throw Refusal(code: .usage, message: "--now: `\(text)` is no time; write 2026-11-21T14:00:00Z")
            }
            surroundings.pinnedNow = now
        }
        if let width = request.width {
            guard (20...400).contains(width) else {
                throw Refusal(code: .usage, message: "--width: \(width) is not between 20 and 400")
            }
            surroundings.width = width
        }
        if request.usesASCII { surroundings.usesASCII = true }
        // All that was typed is looked at before the store is: a mistake touches nothing.
        let zone = try request.zone.map { (name) throws(Refusal) in
            guard let zone = surroundings.locations.zone(named: name) else {
                throw Refusal(code: .usage, message: "--tz: no time zone `\(name)`")
            }
            return zone
        }
        let path = defaultPath ?? surroundings.locations.store(named: request.path)
        if let slash = path.lastIndex(of: "/"), creates { try Files.makeFolder(String(path[..<slash])) }
        store = try surroundings.locations.openStore(path, creates: creates)
        interpreter = try Interpreter(store: store, surroundings: surroundings, interrupts: interrupts)
        let named = surroundings.locations.environmentZone
        if let zone = zone ?? named.zone { interpreter.settings.zone = zone }
        if zone == nil, let unknown = named.unknown {
            Output.write("faultline: TZ: no time zone `\(Printable.safe(unknown))`; times are in UTC\n", to: 2)
        }
    }
}
