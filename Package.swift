// swift-tools-version: 6.1
import PackageDescription

// A released program has Swift's runtime and libraries in itself: to find and load them takes longer than to answer a question.
// Libraries that Foundation is made of are named, because a package in between (Yams) is compiled to load it.
let runtimeInside: [LinkerSetting] = [
    .unsafeFlags(
        ["-static-stdlib", "-lCoreFoundation", "-l_FoundationICU", "-l_FoundationCollections", "-l_FoundationCShims"],
        .when(platforms: [.linux], configuration: .release))
]

// Targets stand in the order data flows through them; a target depends only on targets above it.
let package = Package(
    name: "faultline",
    products: [
        .executable(name: "faultline", targets: ["faultline"]),
        .executable(name: "faultline-bench", targets: ["faultline-bench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    ],
    targets: [
        // C libraries of the system, with header-only shims for what Swift cannot call.
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CEdit", pkgConfig: "libedit", providers: [.apt(["libedit-dev"])]),

        // The shared nouns: time, telemetry, text and diagnostics, results, the shapes of rollups.
        .target(name: "Model"),

        // What an error is: evidence, classification, propagation, recovery, redaction, signatures.
        .target(name: "Errors", dependencies: ["Model"]),
        // Bytes to records: one reader for each input format.
        .target(name: "Ingest", dependencies: ["Model"]),
        // A seeded, synthetic history with known incidents, as records.
        .target(name: "Synthesis", dependencies: ["Model"]),
        // Text to compiled query: tokens, syntax, checked query, plan, SQL, answer.
        .target(name: "QueryLanguage", dependencies: ["Model"]),
        // Numbers to findings: trends, changes, anomalies, intervals.
        .target(name: "Analysis", dependencies: ["Model"]),
        // Rules, their evaluation in one pass over history, and notices.
        .target(name: "Alerts", dependencies: ["Model", "QueryLanguage", .product(name: "Yams", package: "Yams")]),
        // Values to text: tables, charts, diagnostics, exports.
        .target(name: "Render", dependencies: ["Model"]),

        // Records in, rows out; the only importer of SQLite.
        .target(name: "Storage", dependencies: ["Model", "Errors", "Ingest", "QueryLanguage", "CSQLite"]),

        // What the operating system offers: files, folders of the user, programs, clocks, what may be written to a terminal.
        .target(name: "System", dependencies: ["Model", "Ingest", "Render"]),
        // The line editor, its history and highlighting; pager, progress, questions, Ctrl-C.
        .target(name: "Terminal", dependencies: ["Model", "Ingest", "Render", "System", "CEdit"]),

        // The scripts of the folder `queries`, inside the program.
        .target(name: "ShippedScripts", resources: [.embedInCode("Queries")]),

        // Statements in, printed answers out: interpreter, commands.
        .target(
            name: "Shell",
            dependencies: [
                "Model", "Errors", "Ingest", "Synthesis", "QueryLanguage", "Analysis", "Alerts", "Render", "Storage", "System",
                "Terminal", "ShippedScripts",
            ]),

        // The executables: argument parsing only, and the benchmark.
        .executableTarget(
            name: "faultline",
            dependencies: ["Model", "Shell", "System", .product(name: "ArgumentParser", package: "swift-argument-parser")],
            linkerSettings: runtimeInside),
        .executableTarget(
            name: "faultline-bench",
            dependencies: [
                "Model", "Errors", "Ingest", "Synthesis", "QueryLanguage", "Alerts", "Storage", "Shell", "CSQLite",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        // Tests mirror the folders of the sources.
        .target(name: "TestSupport", dependencies: ["Model"], path: "Tests/TestSupport"),
        .testTarget(name: "ModelTests", dependencies: ["Model", "TestSupport"]),
        .testTarget(name: "ErrorsTests", dependencies: ["Errors", "Model", "TestSupport"]),
        .testTarget(name: "IngestTests", dependencies: ["Ingest", "Model", "TestSupport"]),
        .testTarget(name: "SynthesisTests", dependencies: ["Synthesis", "Model", "TestSupport"]),
        .testTarget(name: "QueryLanguageTests", dependencies: ["QueryLanguage", "Model", "TestSupport"]),
        .testTarget(name: "RenderTests", dependencies: ["Render", "Model", "TestSupport"]),
        .testTarget(name: "AnalysisTests", dependencies: ["Analysis", "Model", "TestSupport"]),
        .testTarget(name: "AlertsTests", dependencies: ["Alerts", "QueryLanguage", "Model", "TestSupport"]),
        .testTarget(
            name: "StorageTests",
            dependencies: ["Storage", "Errors", "Ingest", "Synthesis", "QueryLanguage", "Model", "CSQLite", "TestSupport"]),
        // Answers of the language over a real store against a slow, plain reference.
        .testTarget(
            name: "AnswerTests",
            dependencies: ["QueryLanguage", "Storage", "Synthesis", "Errors", "Ingest", "Model", "TestSupport"]),

        // Programs on a pseudo-terminal, and one that shows what the line editor reads.
        .target(name: "CPty", path: "Tests/PtySupport/CPty"),
        .target(name: "PtySupport", dependencies: ["CPty"], path: "Tests/PtySupport/Session"),
        .executableTarget(name: "terminal-probe", dependencies: ["System", "Terminal"], path: "Tests/TerminalProbe"),
        .testTarget(
            name: "TerminalTests", dependencies: ["Model", "System", "Terminal", "PtySupport", "terminal-probe", "TestSupport"]),

        // Statements through the interpreter, the real program, and the rules that the repository keeps.
        .testTarget(
            name: "ShellTests",
            dependencies: [
                "Shell", "Errors", "Ingest", "Synthesis", "QueryLanguage", "Alerts", "Render", "Storage", "System", "Terminal",
                "ShippedScripts", "Model", "TestSupport",
            ]),
        .testTarget(name: "ToolTests", dependencies: ["PtySupport", "TestSupport", "Storage", "Model", "faultline"]),
        .testTarget(name: "StructureTests", dependencies: ["TestSupport"]),
    ],
    swiftLanguageModes: [.v6]
)
