import TestSupport
import Testing

@Suite("The layout of the repository")
struct LayoutTests {
    @Test("the top level contains only the agreed entries")
    func topLevel() {
        let entries = Set(Repository.files.map { String($0.split(separator: "/")[0]) }.filter { !$0.hasPrefix(".") })
        let allowed: Set<String> = ["Package.swift", "Sources", "Tests", "queries", "sessions", "README.md"]
        #expect(entries.subtracting(allowed) == [])
        // `sessions` may be empty, and git does not track empty folders.
        #expect(allowed.subtracting(entries).subtracting(["sessions"]) == [])
    }

    @Test("no source file has more than 500 lines")
    func length() {
        for path in Repository.code where path != "Package.swift" {
            let count = Repository.lines(path).count - 1
            #expect(count <= 500, "\(path) has \(count) lines")
        }
    }

    @Test("file names are standard terms")
    func names() {
        for path in Repository.files where path.hasPrefix("Sources/") || path.hasPrefix("Tests/") {
            let name = path.split(separator: "/").last ?? ""
            for word in ["Manager", "Helper", "Utils", "Util", "Service", "Handler", "Misc", "Common", "Placeholder"] {
                #expect(!name.contains(word), "\(path)")
            }
        }
    }

    @Test("no file names the machine it was written on")
    func machine() {
        // In pieces, so that this file does not contain them.
        let paths = ["/wo" + "rk/", "/tmp/" + "build", "/ro" + "ot/"]
        for path in Repository.files {
            for machine in paths where Repository.holds(path, machine) { Issue.record("\(path) holds \(machine)") }
        }
    }

    @Test("every test target has its folder, and every test folder its target")
    func targets() {
        let package = Repository.text("Package.swift")
        let folders = Set(
            Repository.files.compactMap { path -> String? in
                let parts = path.split(separator: "/")
                return parts.count > 2 && parts[0] == "Tests" && parts[1] != "Fixtures" ? String(parts[1]) : nil
            })
        for folder in folders {
            let isNamed = package.contains("\"\(folder)\"") || package.contains("Tests/\(folder)")
            #expect(isNamed, "Package.swift has no target for Tests/\(folder)")
        }
        for module in Set(Repository.sources.map({ String($0.split(separator: "/")[1]) })) {
            let isNamed = package.contains("name: \"\(module)\"")
            #expect(isNamed, "Package.swift has no target for Sources/\(module)")
        }
    }

    @Test("every shipped query is a script with one purpose")
    func queries() {
        let scripts = Repository.files.filter { $0.hasPrefix("queries/") }
        #expect(scripts.contains("queries/tour.flq"))
        for script in scripts {
            // Alert rules are Prometheus rule files.
            #expect(script.hasSuffix(script.hasPrefix("queries/alerts/") ? ".yaml" : ".flq"), "\(script)")
            #expect(Repository.text(script).hasPrefix("#"), "\(script) begins by saying what it is for")
        }
    }
}
