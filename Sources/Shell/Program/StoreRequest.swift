import Errors
import Glibc
import LocalStore
import Model
import QueryLanguage
import Render
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

extension StoreRequest {
    /// The terminal and the environment, with what the options say of them.
    func surroundings() throws(Refusal) -> Surroundings {
        let environment = Program.environment()
        var surroundings = Surroundings(environment: environment, traits: TerminalTraits(environment: environment))
        if let now {
            guard let time = TimeText.parse(now) else {
                throw Refusal(code: .usage, message: "--now: `\(now)` is no time; write 2026-11-21T14:00:00Z")
            }
            surroundings.pinnedNow = time
        }
        if let width {
            guard (20...400).contains(width) else {
                throw Refusal(code: .usage, message: "--width: \(width) is not between 20 and 400")
            }
            surroundings.width = width
        }
        if usesASCII { surroundings.usesASCII = true }
        return surroundings
    }
}

extension Locations {
    /// What to say where there is no store: which one the demonstration made, or how to make one.
    func adviceOnMissingStore(_ path: String) -> String {
        let missing = "\(Printable.safe("\(StoreError.missing(path: path))"))\n"
        guard path != demoStore, Files.exists(demoStore) else {
            return missing + "`faultline import FILE` makes one from your traces, `faultline demo` one to try things on"
        }
        let demo = Printable.safe(demoStore)
        return missing + "the demo's store is \(demo): add `--store \(demo)`, or set FAULTLINE_STORE to it"
    }

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
        let surroundings = try request.surroundings()
        traits = surroundings.traits
        // All that was typed is looked at before the store is: a mistake touches nothing.
        let zone = try request.zone.map { (name) throws(Refusal) in
            guard let zone = surroundings.locations.zone(named: name) else {
                throw Refusal(code: .usage, message: "--tz: no time zone `\(name)`")
            }
            return zone
        }
        let path = defaultPath ?? surroundings.locations.store(named: request.path)
        if let slash = path.lastIndex(of: "/"), creates { try Files.makeFolder(String(path[..<slash])) }
        guard creates || Files.exists(path) else {
            throw Refusal(code: .trouble, message: surroundings.locations.adviceOnMissingStore(path))
        }
        store = try surroundings.locations.openStore(path, creates: creates)
        interpreter = try Interpreter(store: store, surroundings: surroundings, interrupts: interrupts)
        let named = surroundings.locations.environmentZone
        if let zone = zone ?? named.zone { interpreter.settings.zone = zone }
        if zone == nil, let unknown = named.unknown {
            Output.write("faultline: TZ: no time zone `\(Printable.safe(unknown))`; times are in UTC\n", to: 2)
        }
    }
}
