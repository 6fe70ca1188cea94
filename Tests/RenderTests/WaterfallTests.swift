import Model
import Testing

@testable import Render

@Suite("Waterfalls and cards")
struct WaterfallTests {
    @Test("a message is shown whole, and a length as the source reports it")
    func wholeMessage() {
        let words = (1...120).map { "word\($0)" }.joined(separator: " ")
        let start = Scenes.trace[0].start ?? Timestamp(seconds: 0)
        let row = WaterfallRow(
            depth: 0, title: "chat", isCall: true, start: start, end: start + .seconds(2), latency: .milliseconds(2174),
            mark: .failed, error: "timeout: " + words)
        for width in [40, 80, 200] {
            let lines = Waterfall([row]).lines(Scenes.style(width))
            let text = lines.joined(separator: " ").split(separator: " ").joined(separator: " ")
            #expect(text.contains(words), "\(lines)")
            #expect(text.contains("2.2s"), "\(lines)")
        }
    }

    @Test("a trace with retries, a fallback, an unfinished span and a span without times")
    func trace() {
        expectPicture(
            Waterfall(Scenes.trace).lines(Scenes.style()),
            #"""
            9 spans over 9.2s, 2 failed, 2 propagated, 1 unfinished, 2 retries or fallbacks;
            first failure: chat gpt-4o at +340ms.
                                                 0s               5s
            ↑ checkout-agent · agent             ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━      9.2s
            ├ ✓ retrieve policy · retriever      ━━                                   315ms
            ├ ↑ plan · chain                      ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━      8.8s
            │ ├ ✗ chat gpt-4o · llm gpt-4o        ████                                900ms
            │ │     rate_limit: 429 Rate limit reached for gpt-4o in organization org-x on
            │ │     tokens per min (TPM): Limit 30000.
            │ ├ ✗ chat gpt-4o · llm gpt-4o               █████████████████◆            5.0s
            │ │     ↻ retry of chat gpt-4o, attempt 2
            │ │     ◆ +7.4s fallback to claude-sonnet-4
            │ │     timeout: Request timed out.
            │ └ ✓ chat claude-sonnet-4 · llm cl…                          ███████      1.6s
            │       ↻ fallback from gpt-4o
            ├ ✓ audit · tool                                                    │        0s
            ├ … notify · tool                                                   ╍    no end
            └ ? no times at all                                                    no times
            █ model call   ━ other span   ╍ end unknown   ◆ event   ✗ failed
            ↑ propagated from below
            """#)
        expectPicture(
            Waterfall(Scenes.trace).lines(Scenes.style(80, .ascii)),
            #"""
            9 spans over 9.2s, 2 failed, 2 propagated, 1 unfinished, 2 retries or fallbacks;
            first failure: chat gpt-4o at +340ms.
                                                 0s               5s
            ^ checkout-agent - agent             ================================      9.2s
            | + retrieve policy - retriever      ==                                   315ms
            | ^ plan - chain                      ===============================      8.8s
            | | x chat gpt-4o - llm gpt-4o        ####                                900ms
            | |     rate_limit: 429 Rate limit reached for gpt-4o in organization org-x on
            | |     tokens per min (TPM): Limit 30000.
            | | x chat gpt-4o - llm gpt-4o               #################*            5.0s
            | |     @ retry of chat gpt-4o, attempt 2
            | |     * +7.4s fallback to claude-sonnet-4
            | |     timeout: Request timed out.
            | ` + chat claude-sonnet-4 - llm cl~                          #######      1.6s
            |       @ fallback from gpt-4o
            | + audit - tool                                                    |        0s
            | ~ notify - tool                                                   ~    no end
            ` ? no times at all                                                    no times
            # model call   = other span   ~ end unknown   * event   x failed
            ^ propagated from below
            """#)
        expectPicture(
            Waterfall(Scenes.trace).lines(Scenes.style(120)),
            #"""
            9 spans over 9.2s, 2 failed, 2 propagated, 1 unfinished, 2 retries or fallbacks; first failure: chat gpt-4o at +340ms.
                                                             0s           2s           4s          6s           8s
            ↑ checkout-agent · agent                         ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━      9.2s
            ├ ✓ retrieve policy · retriever                  ━━━                                                              315ms
            ├ ↑ plan · chain                                   ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━      8.8s
            │ ├ ✗ chat gpt-4o · llm gpt-4o                     ███████                                                        900ms
            │ │     rate_limit: 429 Rate limit reached for gpt-4o in organization org-x on tokens per min (TPM): Limit 30000.
            │ ├ ✗ chat gpt-4o · llm gpt-4o                                  █████████████████████████████████◆                 5.0s
            │ │     ↻ retry of chat gpt-4o, attempt 2
            │ │     ◆ +7.4s fallback to claude-sonnet-4
            │ │     timeout: Request timed out.
            │ └ ✓ chat claude-sonnet-4 · llm claude-sonnet-4                                                 ████████████      1.6s
            │       ↻ fallback from gpt-4o
            ├ ✓ audit · tool                                                                                            │        0s
            ├ … notify · tool                                                                                           ╍    no end
            └ ? no times at all                                                                                            no times
            █ model call   ━ other span   ╍ end unknown   ◆ event   ✗ failed   ↑ propagated from below
            """#)
    }

    @Test("a trace without times is drawn as a tree")
    func withoutTimes() {
        let rows = [WaterfallRow(depth: 0, title: "root", mark: .failed, error: "boom"), WaterfallRow(depth: 1, title: "child")]
        expectPicture(
            Waterfall(rows).lines(Scenes.style()),
            #"""
            2 spans, no times, 1 failed; first failure: root.
            ✗ root
            │   boom
            └ ? child
            """#)
    }

    @Test("of a thousand spans, the failed one and its ancestors are kept, and the rest is counted")
    func thousand() {
        let root = WaterfallRow(depth: 0, title: "root", start: Scenes.now, end: Scenes.now + .seconds(1000), mark: .propagated)
        let rows =
            [root]
            + (1..<1000).map { index in
                WaterfallRow(
                    depth: 1 + index % 3, title: "span \(index)", isCall: true, start: Scenes.now + .seconds(index),
                    end: Scenes.now + .seconds(index + 5), mark: index == 700 ? .failed : .succeeded,
                    error: index == 700 ? "timeout" : nil)
            }
        expectPicture(
            Waterfall(rows, mostRows: 6).lines(Scenes.style()),
            #"""
            1,000 spans over 16m 44s, 1 failed, 1 propagated; first failure: span 700 at
            +11m 40s.
                           0s              5m              10m             15m
            ↑ root         ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━   16m 40s
            │ └ ✓ span 1   █                                                           5.0s
            │   └ ✓ span 2 █                                                           5.0s
            ├ ✓ span 3     █                                                           5.0s
            ⋮ 695 spans
            └ ✓ span 699                                        █                      5.0s
              └ ✗ span 700                                      █                      5.0s
                    timeout
            ⋮ 299 spans
            6 of 1,000 spans shown
            █ model call   ━ other span   ✗ failed   ↑ propagated from below
            """#)
        #expect(Waterfall(rows, mostRows: 1000).chosen().count == 1000)
    }

    @Test("levels that do not fit in the tree are counted")
    func deep() {
        let lines = Waterfall((0..<30).map { WaterfallRow(depth: $0, title: "level \($0)", mark: .succeeded) }).picture(
            Scenes.style(40))
        #expect(lines[0] == "✓ level 0")
        #expect(lines[4] == "      ├ ✓ level 4" || lines[4] == "        ├ ✓ level 4")
        #expect(lines.last?.hasSuffix("✓ +25 level 29") == true)
    }

    @Test("times at the limits of a timestamp do not trap")
    func extremes() {
        let rows = [
            WaterfallRow(depth: 0, title: "a", start: Timestamp(nanoseconds: .min), end: Timestamp(nanoseconds: .max)),
            WaterfallRow(depth: -3, title: "b", start: Timestamp(nanoseconds: .max), end: Timestamp(nanoseconds: .min)),
            WaterfallRow(
                depth: .max, title: "c", end: Timestamp(nanoseconds: 0), events: [.init(Timestamp(nanoseconds: .max), "x")]),
        ]
        #expect(Waterfall(rows).lines(Scenes.style()).count > 4)
        #expect(Waterfall([]).lines(Scenes.style()) == ["No spans."])
    }

    @Test("cards flow by width in even rows")
    func cards() {
        let cards = Cards([
            .init("calls", "41,022", note: "+3.1%"), .init("errors", "1,203", note: "+12.0%", noteRole: .bad),
            .init("error rate", "2.9%", note: "1,203/41,022"), .init("critical", "3"), .init("avg latency", "1.2s"),
            .init("p95 latency", "12.3s"), .init("cost of failed calls", "$12.34"),
        ])
        expectPicture(
            cards.lines(Scenes.style(80)),
            #"""
            calls          errors         error rate              critical
            41,022         1,203          2.9%                    3
            +3.1%          +12.0%         1,203/41,022

            avg latency    p95 latency    cost of failed calls
            1.2s           12.3s          $12.34
            """#)
        expectPicture(
            cards.lines(Scenes.style(40)),
            #"""
            calls                   errors
            41,022                  1,203
            +3.1%                   +12.0%

            error rate              critical
            2.9%                    3
            1,203/41,022

            avg latency             p95 latency
            1.2s                    12.3s

            cost of failed calls
            $12.34
            """#)
    }
}
