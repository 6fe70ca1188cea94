// swift-tools-version: 6.1
import PackageDescription

// Release builds link Swift's runtime and libraries statically: finding and loading them takes longer than answering a query.
// The libraries that make up Foundation are listed, because a dependency (Yams) is compiled to link Foundation dynamically.
let staticRuntime: [LinkerSetting] = [
    .unsafeFlags(
        ["-static-stdlib", "-lCoreFoundation", "-l_FoundationICU", "-l_FoundationCollections", "-l_FoundationCShims"],
        .when(platforms: [.linux], configuration: .release))
]

// Targets are in data-flow order; a target depends only on targets above it.
let package = Package(
    name: "faultline",
    products: [
        .executable(name: "faultline", targets: ["faultline"]),
        .executable(name: "faultline-bench", targets: ["faultline-bench"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    ],
    targets: [
        // System C libraries, with header-only shims for what Swift cannot call.
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CEdit", pkgConfig: "libedit", providers: [.apt(["libedit-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        // Shared types: time, telemetry, text and diagnostics, results, rollup shapes.
        .target(name: "Model"),

        // SQLite connections, statements and their cache, authorization, safe probing of files; knows no schema.
        .target(name: "SQLite", dependencies: ["Model", "CSQLite"]),

        // Error detection: evidence, classification, propagation, recovery, redaction, signatures.
        .target(name: "Errors", dependencies: ["Model"]),
        // Bytes and other programs' databases to records: one reader per input format.
        .target(name: "Ingest", dependencies: ["Model", "SQLite", "CSQLite"]),
        // Synthetic records with known incidents, from a seed.
        .target(name: "Synthesis", dependencies: ["Model"]),
        // Text to compiled query: tokens, syntax, checked query, plan; rows to answer.
        .target(name: "QueryLanguage", dependencies: ["Model"]),
        // Numbers to findings: trends, changes, anomalies, intervals.
        .target(name: "Analysis", dependencies: ["Model"]),
        // Alert rules, their evaluation in one pass over history, and notifications.
        .target(name: "Alerts", dependencies: ["Model", "QueryLanguage", .product(name: "Yams", package: "Yams")]),
        // Values to text: tables, charts, diagnostics, exports.
        .target(name: "Render", dependencies: ["Model"]),

        // What every store answers: planned questions, traces, values, histories.
        .target(name: "Engine", dependencies: ["Model", "QueryLanguage"]),
        // The embedded store: schema, migrations, facts and rollups derived from records, queries, state.
        .target(
            name: "LocalStore",
            dependencies: ["Model", "SQLite", "CSQLite", "Errors", "Ingest", "QueryLanguage", "Engine"]),
        // Sources into the embedded store: import, follow, examination.
        .target(name: "Importing", dependencies: ["Model", "SQLite", "Errors", "Ingest", "LocalStore"]),
        // OpenTelemetry over HTTP into the embedded store.
        .target(
            name: "Receiving",
            dependencies: [
                "Model", "Errors", "Ingest", "LocalStore", "Importing", "CZlib", .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
            ]),

        // Operating system services: files, user folders, child processes, clocks, safe terminal output.
        // Not `System`: swift-nio imports a module of that name where it can.
        .target(name: "Platform", dependencies: ["Model", "SQLite", "Errors", "Ingest", "Render"]),
        // Line editor with history and highlighting; pager, progress, confirmations, Ctrl-C.
        .target(name: "Terminal", dependencies: ["Model", "SQLite", "Render", "Platform", "CEdit"]),

        // The scripts in `queries`, embedded in the program.
        .target(name: "ShippedScripts", resources: [.embedInCode("Queries")]),

        // Alert rules on a store: tests on history, tuning, evaluation, watching, delivery. Knows no notebook.
        .target(
            name: "Monitoring",
            dependencies: [
                "Model", "SQLite", "Errors", "QueryLanguage", "Alerts", "Render", "Ingest", "Engine", "LocalStore", "Platform",
            ]),

        // The session and its statements: text in, rendered answers out; recording, replay, reports, the prompt.
        .target(
            name: "Notebook",
            dependencies: [
                "Model", "SQLite", "Errors", "Ingest", "QueryLanguage", "Analysis", "Alerts", "Render", "Engine",
                "LocalStore", "Importing", "Receiving", "Platform", "Terminal", "ShippedScripts", "Monitoring",
            ]),
        // Subcommands to requests; exit codes.
        .target(
            name: "CommandLine",
            dependencies: [
                "Model", "Errors", "Ingest", "Synthesis", "QueryLanguage", "Render", "LocalStore", "Importing", "Platform",
                "Terminal", "Notebook", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        // Executables: the program, and the benchmark.
        .executableTarget(
            name: "faultline",
            dependencies: ["CommandLine"],
            linkerSettings: staticRuntime),
        .executableTarget(
            name: "faultline-bench",
            dependencies: [
                "Model", "Errors", "Ingest", "Synthesis", "QueryLanguage", "Alerts", "Engine", "LocalStore", "Importing",
                "Monitoring",
                "Notebook", "CSQLite",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        // Tests mirror the folders of Sources.
        .target(name: "TestSupport", dependencies: ["Model"], path: "Tests/TestSupport"),
        .testTarget(name: "ModelTests", dependencies: ["Model", "TestSupport"]),
        .testTarget(name: "ErrorsTests", dependencies: ["Errors", "Model", "TestSupport"]),
        .testTarget(name: "IngestTests", dependencies: ["Ingest", "Errors", "Model", "TestSupport"]),
        .testTarget(name: "SynthesisTests", dependencies: ["Synthesis", "Model", "TestSupport"]),
        .testTarget(name: "QueryLanguageTests", dependencies: ["QueryLanguage", "Model", "TestSupport"]),
        .testTarget(name: "RenderTests", dependencies: ["Render", "Model", "TestSupport"]),
        .testTarget(name: "AnalysisTests", dependencies: ["Analysis", "Synthesis", "Model", "TestSupport"]),
        .testTarget(name: "AlertsTests", dependencies: ["Alerts", "QueryLanguage", "Model", "TestSupport"]),
        .testTarget(
            name: "StorageTests",
            dependencies: [
                "Engine", "LocalStore", "Importing", "Receiving", "SQLite", "Errors", "Ingest", "Synthesis", "QueryLanguage",
                "Model",
                "CSQLite",
                "TestSupport",
            ]),
        // Answers over a real store compared with a slow, simple reference implementation.
        .testTarget(
            name: "AnswerTests",
            dependencies: [
                "QueryLanguage", "Engine", "SQLite", "LocalStore", "Importing", "Synthesis", "Errors", "Ingest", "Model",
                "TestSupport",
            ]),

        // Programs run on a pseudo-terminal, and one that prints what the line editor reads.
        .target(name: "CPty", path: "Tests/PtySupport/CPty"),
        .target(name: "PtySupport", dependencies: ["CPty"], path: "Tests/PtySupport/Session"),
        .executableTarget(name: "terminal-probe", dependencies: ["Platform", "Terminal"], path: "Tests/TerminalProbe"),
        .testTarget(
            name: "TerminalTests", dependencies: ["Model", "Platform", "Terminal", "PtySupport", "terminal-probe", "TestSupport"]),

        // Statements through the interpreter, the real program, and the repository's structure rules.
        .testTarget(
            name: "NotebookTests",
            dependencies: [
                "Notebook", "SQLite", "Errors", "Ingest", "Synthesis", "QueryLanguage", "Alerts", "Render", "Engine",
                "LocalStore",
                "Importing", "Monitoring",
                "Platform", "Terminal", "ShippedScripts", "Model", "TestSupport",
            ]),
        .testTarget(
            name: "ToolTests",
            dependencies: ["PtySupport", "TestSupport", "Ingest", "LocalStore", "SQLite", "Model", "faultline"]),
        .testTarget(name: "StructureTests", dependencies: ["TestSupport"]),
    ],
    swiftLanguageModes: [.v6]
)
