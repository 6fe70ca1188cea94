import Model
import Testing

@testable import Render

@Suite("Tables and bars")
struct TableTests {
    static let total: [Value] = [.missing, .count(2096), .missing, .missing]
    let bars = BarChart(title: "errors by type", table: Scenes.byType, foldedGroups: 4, total: total)

    @Test("bars follow the numbers; zero draws nothing, the smallest value one eighth")
    func barsUnicode() {
        expectPicture(
            bars.lines(Scenes.style()),
            #"""
            errors by type: 9 groups, 2,096 in total, largest rate_limit 1,412 (67.4%).
            type              count  share                    error_rate
            rate_limit        1,412  67.4%    3.4%          1,412/41,022  ██████████████████
            timeout             540  25.8%    1.3%            540/41,022  ██████▉
            (none)              101   4.8%   41.7% (19–68%)         5/12  █▎
            content_filter        3  0.14%                             –  ▏
            parse_error           0     0%      0%              0/41,022
            other (4 groups)     40   1.9%  0.098%             40/41,022  ▌
            total             2,096
            """#)
    }

    @Test("bars in ASCII")
    func barsASCII() {
        expectPicture(
            bars.lines(Scenes.style(80, .ascii)),
            #"""
            errors by type: 9 groups, 2,096 in total, largest rate_limit 1,412 (67.4%).
            type              count  share                    error_rate
            rate_limit        1,412  67.4%    3.4%          1,412/41,022  ##################
            timeout             540  25.8%    1.3%            540/41,022  #######
            (none)              101   4.8%   41.7% (19-68%)         5/12  #
            content_filter        3  0.14%                             -  #
            parse_error           0     0%      0%              0/41,022
            other (4 groups)     40   1.9%  0.098%             40/41,022  #
            total             2,096
            """#)
    }

    @Test("columns that do not fit are omitted with a note, never silently")
    func barsNarrow() {
        expectPicture(
            bars.lines(Scenes.style(44)),
            #"""
            errors by type: 9 groups, 2,096 in total,
            largest rate_limit 1,412 (67.4%).
            type              count  share
            rate_limit        1,412  67.4%  ████████████
            timeout             540  25.8%  ████▋
            (none)              101   4.8%  ▉
            content_filter        3  0.14%  ▏
            parse_error           0     0%
            other (4 groups)     40   1.9%  ▍
            total             2,096
            1 column does not fit: error_rate
            """#)
    }

    @Test("a listing truncates long text")
    func listingWide() {
        expectPicture(
            TableRenderer(Scenes.style(120)).lines(Scenes.listing),
            #"""
                       time  severity  type            model              latency    cost  message
            21 Nov 13:59:58  ERROR     timeout         gpt-4o-2024-08-06    30.0s  <$0.01  Request timed out after 30s waiting for …
            21 Nov 13:59:01  WARNING   rate_limit      claude-sonnet-4      212ms       –  429 Too many requests⏎retry-after: 12 ␛[…
            20 Nov 09:00:00  CRITICAL  authentication  –                     3.0s  $12.34  Incorrect API key provided
            """#)
    }

    @Test("a message without room gets a line of its own")
    func listingFolded() {
        expectPicture(
            TableRenderer(Scenes.style(80)).lines(Scenes.listing),
            #"""
                       time  severity  type            model              latency    cost
              message
            21 Nov 13:59:58  ERROR     timeout         gpt-4o-2024-08-06    30.0s  <$0.01
              Request timed out after 30s waiting for https://api.example.com/v1/chat/compl…
            21 Nov 13:59:01  WARNING   rate_limit      claude-sonnet-4      212ms       –
              429 Too many requests⏎retry-after: 12 ␛[31mred␛[0m 日本語のメッセージ 👨👩👧 é
            20 Nov 09:00:00  CRITICAL  authentication  –                     3.0s  $12.34
              Incorrect API key provided
            """#)
        expectPicture(
            TableRenderer(Scenes.style(80, .ascii)).lines(Scenes.listing),
            #"""
                       time  severity  type            model              latency    cost
              message
            21 Nov 13:59:58  ERROR     timeout         gpt-4o-2024-08-06    30.0s  <$0.01
              Request timed out after 30s waiting for https://api.example.com/v1/chat/compl~
            21 Nov 13:59:01  WARNING   rate_limit      claude-sonnet-4      212ms       -
              429 Too many requests\nretry-after: 12 \x1b[31mred\x1b[0m \u{65e5}\u{672c}\u{~
            20 Nov 09:00:00  CRITICAL  authentication  -                     3.0s  $12.34
              Incorrect API key provided
            """#)
    }

    @Test("a narrow listing keeps its row numbers and its message")
    func listingNarrow() {
        var options = TableOptions()
        options.numbersRows = true
        expectPicture(
            TableRenderer(Scenes.style(40)).lines(Scenes.listing, options),
            #"""
            #             time  severity  type
              message
            1  21 Nov 13:59:58  ERROR     timeout
              Request timed out after 30s waiting f…
            2  21 Nov 13:59:01  WARNING   rate_limit
              429 Too many requests⏎retry-after: 12…
            3  20 Nov 09:00:00  CRITICAL  authentic…
              Incorrect API key provided
            3 columns do not fit: model, latency,
              cost
            """#)
    }

    @Test("a table without rows says so")
    func empty() {
        let table = ResultTable(columns: [.init("type", .text)], rows: [])
        #expect(TableRenderer(Scenes.style()).lines(table) == ["no rows"])
        #expect(TableRenderer(Scenes.style()).lines(ResultTable(columns: [], rows: [])) == ["no rows"])
        #expect(BarChart(title: "errors by type", table: table).summary(Scenes.style()) == "errors by type: no rows.")
    }

    @Test("rows shorter than the header have missing values")
    func ragged() {
        let table = ResultTable(columns: [.init("a", .text), .init("b", .count)], rows: [[.text("x")]])
        #expect(TableRenderer(Scenes.style()).lines(table) == ["a  b", "x  –"])
    }

    @Test("severity is coloured only in the colour theme")
    func colour() {
        let table = ResultTable(columns: [.init("severity", .text)], rows: [[.text("CRITICAL")]])
        let style = Style(theme: .colour)
        #expect(TableRenderer(style).lines(table) == ["\u{1B}[1mseverity\u{1B}[0m", "\u{1B}[1;31mCRITICAL\u{1B}[0m"])
    }

    @Test("bars have eighths: none for zero, one for almost nothing, all for the maximum")
    func eighths() {
        let marks = Marks.unicode
        #expect(marks.bar(0, width: 4) == "")
        #expect(marks.bar(nil, width: 4) == "")
        #expect(marks.bar(-1, width: 4) == "")
        #expect(marks.bar(1e-9, width: 4) == "▏")
        #expect(marks.bar(0.5, width: 4) == "██")
        #expect(marks.bar(0.53125, width: 4) == "██▏")
        #expect(marks.bar(1, width: 4) == "████")
        #expect(marks.bar(7, width: 4) == "████")
        #expect(Marks.ascii.bar(1e-9, width: 4) == "#")
    }
}
