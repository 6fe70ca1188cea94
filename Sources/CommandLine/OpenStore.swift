import Errors
import Glibc
import LocalStore
import Model
import Notebook
import Render
import Platform
import Terminal

/// What the command line says of the store and of how answers are drawn.
struct StoreRequest: Sendable {
    let path: String?
    let now: String?
    let zone: String?
    let width: Int?
    let usesASCII: Bool

    /// Takes over the options as typed.
    init(path: String?, now: String?, zone: String?, width: Int?, usesASCII: Bool) {
        self.path = path
        self.now = now
        self.zone = zone
        self.width = width
        self.usesASCII = usesASCII
    }
}

extension StoreRequest {
    /// The terminal and the environment, with what the options say of them.
    func environment() throws(Refusal) -> SessionEnvironment {
        let variables = Program.environment()
        var environment = SessionEnvironment(variables: variables, traits: TerminalTraits(environment: variables))
        if let now {
            guard let time = TimeText.parse(now) else {
                throw Refusal(code: .usage, message: "--now: `\(now)` is not a time; write 2026-11-21T14:00:00Z")
            }
            environment.pinnedNow = time
        }
        if let width {
            guard (20...400).contains(width) else {
                throw Refusal(code: .usage, message: "--width: \(width) is not between 20 and 400")
            }
            environment.width = width
        }
        if usesASCII { environment.usesASCII = true }
        return environment
    }
}

extension Locations {
    /// What to say where there is no store: which one the demonstration made, or how to make one.
    func adviceOnMissingStore(_ path: String) -> String {
        let missing = "\(Printable.safe("\(StoreError.missing(path: path))"))\n"
        guard path != demoStore, Files.exists(demoStore) else {
            return missing + "`faultline import FILE` creates one from your traces, `faultline demo` creates one to try"
        }
        let demo = Printable.safe(demoStore)
        return missing + "the demo's store is \(demo): add `--store \(demo)`, or set FAULTLINE_STORE to it"
    }
}

/// A store, opened, with all that surrounds it.
struct OpenStore {
    let store: Store
    let session: Session
    let traits: TerminalTraits

    /// Opens the store that the request names, makes it when it may, and reads the other options.
    init(_ request: StoreRequest, defaultPath: String? = nil, creates: Bool, interrupts: Interrupts?) throws {
        let environment = try request.environment()
        traits = environment.traits
        // All that was typed is looked at before the store is: a mistake touches nothing.
        let zone = try request.zone.map { (name) throws(Refusal) in
            guard let zone = environment.locations.zone(named: name) else {
                throw Refusal(code: .usage, message: "--tz: unknown time zone `\(name)`")
            }
            return zone
        }
        let path = defaultPath ?? environment.locations.store(named: request.path)
        if let slash = path.lastIndex(of: "/"), creates { try Files.makeFolder(String(path[..<slash])) }
        guard creates || Files.exists(path) else {
            throw Refusal(code: .trouble, message: environment.locations.adviceOnMissingStore(path))
        }
        store = try environment.locations.openStore(path, creates: creates)
        session = try Session(store: store, environment: environment, interrupts: interrupts)
        let named = environment.locations.environmentZone
        if let zone = zone ?? named.zone { session.settings.zone = zone }
        if zone == nil, let unknown = named.unknown {
            Output.write("faultline: TZ: unknown time zone `\(Printable.safe(unknown))`; times are in UTC\n", to: 2)
        }
    }
}
