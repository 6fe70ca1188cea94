import Model
import Render

/// Data drawn by the chart tests.
enum Scenes {
    static func at(_ text: String) -> Timestamp { TimeText.parse(text) ?? Timestamp(seconds: 0) }

    static let now = at("2026-11-21T14:05:00Z")

    static func style(_ width: Int = 80, _ glyphs: GlyphSet = .unicode, zone: Zone = .utc) -> Style {
        Style(widthInColumns: width, glyphs: glyphs, zone: zone, now: now)
    }

    /// Europe/Berlin from a rule alone: a zone file with one type and a footer with the rule (RFC 8536).
    static let berlin: Zone = {
        func header(_ types: UInt8, _ characters: UInt8) -> [UInt8] {
            Array("TZif2".utf8) + [UInt8](repeating: 0, count: 15 + 16) + [0, 0, 0, types, 0, 0, 0, characters]
        }
        let type: [UInt8] = [0, 0, 0x0E, 0x10, 0, 0]
        let footer = "\nCET-1CEST,M3.5.0,M10.5.0/3\n"
        let bytes = header(1, 4) + type + Array("CET\0".utf8) + header(1, 4) + type + Array("CET\0".utf8) + Array(footer.utf8)
        return Zone(name: "Europe/Berlin", file: bytes) ?? .utc
    }()

    static func axis(
        from: String, count: Int, each: Duration, width: String, window: Window? = nil, coverage: Window? = nil, zone: Zone = .utc
    ) -> TimeAxis {
        let starts = (0..<count).map { at(from) + .nanoseconds(each.inNanoseconds * Int64($0)) }
        let end = at(from) + .nanoseconds(each.inNanoseconds * Int64(count))
        let whole = Window(from: starts.first ?? end, to: end)
        return TimeAxis(
            starts: starts, end: end, width: width, window: window ?? whole,
            coverage: coverage ?? Window(from: whole.from, to: whole.to),
            zone: zone)
    }

    /// Calendar days of a zone, of any length.
    static func days(_ zone: Zone, from year: Int, _ month: Int, _ day: Int, count: Int) -> TimeAxis {
        let first = CivilTime.dayNumber(year: year, month: month, day: day)
        let starts = (0...count).map { offset in
            zone.instant(of: CivilTime(localNanoseconds: (first + Int64(offset)) * 86_400_000_000_000))
        }
        let window = Window(from: starts[0], to: starts[count])
        return TimeAxis(
            starts: Array(starts.dropLast()), end: starts[count], width: "1d", window: window, coverage: window, zone: zone)
    }

    static let day = axis(from: "2026-11-20T14:00:00Z", count: 24, each: .hours(1), width: "1h")
    static let errors: [Double?] = [3, 4, 2, 0, 0, 1, 7, 12, 25, 14, 4, 3, 2, 1, 0, 0, 0, 5, 30, 96, 88, 60, 31, 24]

    static func ratio(_ n: Int64, _ of: Int64) -> Value { Ratio(n, of: of).map { .ratio($0) } ?? .missing }

    static let byType = ResultTable(
        columns: [.init("type", .text), .init("count", .count), .init("share", .ratio), .init("error_rate", .ratio)],
        rows: [
            [.text("rate_limit"), .count(1412), ratio(1412, 2096), ratio(1412, 41_022)],
            [.text("timeout"), .count(540), ratio(540, 2096), ratio(540, 41_022)],
            [.missing, .count(101), ratio(101, 2096), ratio(5, 12)],
            [.text("content_filter"), .count(3), ratio(3, 2096), .missing],
            [.text("parse_error"), .count(0), ratio(0, 2096), ratio(0, 41_022)],
            [.text("other"), .count(40), ratio(40, 2096), ratio(40, 41_022)],
        ])

    static let listing = ResultTable(
        columns: [
            .init("time", .time), .init("severity", .text), .init("type", .text), .init("model", .text),
            .init("latency", .duration),
            .init("cost", .money), .init("message", .text),
        ],
        rows: [
            [
                .time(at("2026-11-21T13:59:58Z")), .text("ERROR"), .text("timeout"), .text("gpt-4o-2024-08-06"),
                .duration(.milliseconds(30_012)), .money(Money(units: 420_000)),
                .text("Request timed out after 30s waiting for https://api.example.com/v1/chat/completions (attempt 3 of 3)"),
            ],
            [
                .time(at("2026-11-21T13:59:01Z")), .text("WARNING"), .text("rate_limit"), .text("claude-sonnet-4"),
                .duration(.milliseconds(212)), .missing,
                .text("429 Too many requests\nretry-after: 12 \u{1B}[31mred\u{1B}[0m 日本語のメッセージ 👨‍👩‍👧 e\u{301}"),
            ],
            [
                .time(at("2026-11-20T09:00:00Z")), .text("CRITICAL"), .text("authentication"), .missing, .duration(.seconds(3)),
                .money(Money(units: 1_234_000_000)), .text("Incorrect API key provided"),
            ],
        ])

    static let trace: [WaterfallRow] = {
        func ms(_ n: Int64) -> Timestamp { now + .milliseconds(n) }
        return [
            WaterfallRow(depth: 0, title: "checkout-agent", detail: "agent", start: ms(0), end: ms(9200), mark: .propagated),
            WaterfallRow(depth: 1, title: "retrieve policy", detail: "retriever", start: ms(5), end: ms(320), mark: .succeeded),
            WaterfallRow(depth: 1, title: "plan", detail: "chain", start: ms(330), end: ms(9100), mark: .propagated),
            WaterfallRow(
                depth: 2, title: "chat gpt-4o", detail: "llm gpt-4o", isCall: true, start: ms(340), end: ms(1240), mark: .failed,
                error: "rate_limit: 429 Rate limit reached for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000."
            ),
            WaterfallRow(
                depth: 2, title: "chat gpt-4o", detail: "llm gpt-4o", isCall: true, start: ms(2400), end: ms(7400), mark: .failed,
                error: "timeout: Request timed out.", lineage: "retry of chat gpt-4o, attempt 2",
                events: [.init(ms(7400), "fallback to claude-sonnet-4")]),
            WaterfallRow(
                depth: 2, title: "chat claude-sonnet-4", detail: "llm claude-sonnet-4", isCall: true, start: ms(7450),
                end: ms(9050),
                mark: .succeeded, lineage: "fallback from gpt-4o"),
            WaterfallRow(depth: 1, title: "audit", detail: "tool", start: ms(9100), end: ms(9100), mark: .succeeded),
            WaterfallRow(depth: 1, title: "notify", detail: "tool", start: ms(9150), mark: .unfinished),
            WaterfallRow(depth: 1, title: "no times at all"),
        ]
    }()

    static let stacked = StackedColumns(
        axis: axis(from: "2026-11-21T08:00:00Z", count: 6, each: .hours(1), width: "1h"),
        series: [
            .init("rate_limit", [4, 10, 40, 20, 0, 1]), .init("timeout", [2, 3, 30, 10, 0, nil]),
            .init("server_error", [1, 1, 10, 10, 0, 0]),
        ],
        rest: .init("other", [1, 2, 0, 0, 0, 0]), foldedGroups: 3, name: "errors by type", heightInRows: 8)

    static let mistakes = Diagnostics(
        text: "errors by tpye last 24h where model=gpt4o",
        [
            Diagnostic(
                "unknown-field", at: TextSpan(10, 14), "no field `tpye` to group by", closest: "type", replacement: "type"),
            Diagnostic(
                "no-value", at: TextSpan(36, 41), "no call has model `gpt4o` in the last 24h",
                closest: "gpt-4o (1,203 calls), gpt-4o-mini (8,114)", replacement: "gpt-4o"),
        ])

    static let receipt: Receipt = {
        var receipt = Receipt(window: Window(from: at("2026-11-20T14:05:00Z"), to: now), zone: .utc)
        receipt.errors = 1203
        receipt.calls = 41_022
        receipt.newest = at("2026-11-21T14:04:58Z")
        receipt.found = 1203
        receipt.isCut = true
        receipt.rules = "3f9a"
        return receipt
    }()

    /// Text that tries to break lines, colours, text direction and widths.
    static let hostile: [String] = [
        "\u{1B}[2J\u{1B}]0;title\u{7}", "a\rb\nc\td", "\u{202E}gnp.exe\u{202C}", "日本語テキスト", "👨‍👩‍👧‍👦🇩🇪❤️1️⃣👍🏽",
        "e\u{301}\u{302}\u{303}\u{304}\u{305}",
        "\u{301}\u{301}", "\u{200B}\u{FEFF}\u{AD}", "\u{9B}31m", "مرحبا שלום", "한글 ᄒ\u{1161}\u{11AB}", "", " ", "\u{0}",
        "e\u{E0041}", "ﷺ", "\u{10FFFF}",
        "กำ\u{E4A}", String(repeating: "\u{300}", count: 500), String(repeating: "x", count: 600), "=1+1", "|*`<b>",
    ]
}
