import Testing
import TestSupport

/// The allowed imports. A module imports only those below it; data flows the other way.
enum ImportTable {
    /// The program's own modules that each module may import; modules not listed import none.
    static let modules: [String: Set<String>] = [
        "Model": [],
        "Errors": ["Model"],
        "SQLite": ["Model", "CSQLite"],
        "Ingest": ["Model", "SQLite", "CSQLite"],
        "Synthesis": ["Model"],
        "QueryLanguage": ["Model"],
        "Analysis": ["Model"],
        "Alerts": ["Model", "QueryLanguage", "Yams"],
        "Render": ["Model"],
        "Engine": ["Model", "QueryLanguage"],
        "LocalStore": ["Model", "SQLite", "CSQLite", "Errors", "Ingest", "QueryLanguage", "Engine"],
        "Importing": ["Model", "SQLite", "Errors", "Ingest", "LocalStore"],
        "Receiving": [
            "Model", "Errors", "Ingest", "LocalStore", "Importing", "CZlib", "NIOCore", "NIOPosix", "NIOHTTP1",
        ],
        "Platform": ["Model", "SQLite", "Errors", "Ingest", "Render"],
        "Terminal": ["Model", "SQLite", "Render", "Platform", "CEdit"],
        "ShippedScripts": [],
        "Monitoring": [
            "Model", "SQLite", "Errors", "QueryLanguage", "Alerts", "Render", "Ingest", "Engine", "LocalStore", "Platform",
        ],
        "Notebook": [
            "Model", "Errors", "Ingest", "QueryLanguage", "Analysis", "Alerts", "Render", "Engine", "LocalStore",
            "Importing", "Receiving",
            "SQLite", "Platform", "Terminal", "ShippedScripts", "Monitoring",
        ],
        "CommandLine": [
            "Model", "Errors", "Ingest", "Synthesis", "QueryLanguage", "Render", "LocalStore", "Importing", "Platform",
            "Terminal",
            "Notebook", "ArgumentParser",
        ],
        "faultline": ["CommandLine"],
        "faultline-bench": [
            "Model", "Errors", "Ingest", "Synthesis", "QueryLanguage", "Alerts", "Engine", "LocalStore", "Importing",
            "Monitoring",
            "Notebook",
            "CSQLite",
            "ArgumentParser",
        ],
    ]

    /// Modules of the toolchain, which may be imported everywhere.
    static let system: Set<String> = ["Glibc", "Synchronization"]

    /// System C libraries, and the only places that may import them.
    static let places: [String: [String]] = [
        "CSQLite": ["Sources/SQLite/", "Sources/Ingest/Databases/", "Sources/LocalStore/", "Sources/faultline-bench/"],
        "CEdit": ["Sources/Terminal/"],
        "ArgumentParser": ["Sources/CommandLine/", "Sources/faultline-bench/"],
        "Yams": ["Sources/Alerts/"],
        "CZlib": ["Sources/Receiving/"],
        "NIOCore": ["Sources/Receiving/"], "NIOPosix": ["Sources/Receiving/"], "NIOHTTP1": ["Sources/Receiving/"],
    ]
}

@Suite("Imports")
struct ImportTests {
    /// Returns the modules that a file imports, with their lines.
    private func imports(_ path: String) -> [(module: String, line: Int)] {
        Repository.lines(path).enumerated().compactMap { index, line in
            var words = line.split(separator: " ").map(String.init)
            while let first = words.first, first.hasPrefix("@") || ["public", "package", "internal", "private"].contains(first) {
                words.removeFirst()
            }
            guard words.first == "import", words.count > 1 else { return nil }
            // `import struct Module.Name` imports a module, too.
            let name =
                ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"].contains(words[1])
                ? words.last ?? "" : words[1]
            return (String(name.split(separator: ".")[0]), index + 1)
        }
    }

    @Test("files are opened raw only where no open database can be affected")
    func descriptors() {
        // POSIX drops a process's locks on a file when any descriptor of it is closed: see `OpenDatabases`.
        let places: Set<String> = [
            "Sources/SQLite/OpenDatabases.swift", "Sources/SQLite/Connection.swift",
            "Sources/Ingest/Databases/SourceDatabase.swift", "Sources/Platform/Files.swift", "Sources/Platform/Waiting.swift",
            "Sources/Platform/ChildProcess.swift", "Sources/Monitoring/Sender.swift",
            "Sources/Monitoring/DeliveryLock.swift", "Sources/Terminal/LineHistory.swift",
        ]
        for path in Repository.sources where !path.hasPrefix("Sources/faultline-bench/") {
            for (number, line) in Repository.lines(path).enumerated() {
                let isRaw = ["O_RDONLY", "O_WRONLY", "O_RDWR", "fopen(", "creat("].contains { line.contains($0) }
                let isOfChild = line.contains("posix_spawn_file_actions")
                #expect(!isRaw || isOfChild || places.contains(path), "\(path):\(number + 1)")
            }
        }
    }

    @Test("every module imports only modules below it")
    func direction() {
        for path in Repository.sources {
            let module = String(path.split(separator: "/")[1])
            guard let allowed = ImportTable.modules[module] else {
                Issue.record("\(path): the table of imports does not know the module \(module)")
                continue
            }
            for (name, line) in imports(path) where !ImportTable.system.contains(name) {
                #expect(allowed.contains(name), "\(path):\(line) imports \(name)")
            }
        }
    }

    @Test("each system library is imported in one place")
    func libraries() {
        for path in Repository.sources {
            for (name, line) in imports(path) {
                guard let places = ImportTable.places[name] else { continue }
                #expect(places.contains { path.hasPrefix($0) }, "\(path):\(line) imports \(name)")
            }
        }
    }

    @Test("no file imports Foundation")
    func foundation() {
        for path in Repository.code {
            for (name, line) in imports(path) { #expect(!name.hasPrefix("Foundation"), "\(path):\(line) imports \(name)") }
        }
    }

    @Test("the package declares exactly the dependencies in the table")
    func package() {
        // Each target's declaration, however it is wrapped.
        let words = Repository.text("Package.swift").split { $0 == "\n" || $0 == " " }.joined(separator: " ")
        let declarations = words.replacing("arget( name:", with: "arget(name:").split(separator: "arget(name: ")
        for (module, allowed) in ImportTable.modules where !allowed.isEmpty {
            guard let declaration = declarations.dropFirst().first(where: { $0.hasPrefix("\"\(module)\"") }) else {
                Issue.record("Package.swift has no target \(module)")
                continue
            }
            let list = declaration.split(separator: "dependencies: [").dropFirst().first ?? ""
            let names = list.prefix { $0 != "]" }.split(separator: "\"", omittingEmptySubsequences: false).enumerated().filter {
                $0.offset % 2 == 1
            }.map {
                String($0.element)
            }
            for name in names where !["swift-argument-parser", "swift-nio"].contains(name) {
                #expect(allowed.contains(name), "Package.swift: \(module) depends on \(name)")
            }
        }
    }
}
