import Model
import Testing

@testable import Render

@Suite("SVG charts")
struct SVGTests {
    let chart = SVGChart(Scenes.style())

    /// Returns the element names in closing order; nil when elements do not balance or an attribute lacks quotes.
    static func elements(_ svg: String) -> [String]? {
        var open: [String] = [], closed: [String] = []
        for part in svg.split(separator: "<").dropFirst(svg.hasPrefix("<") ? 0 : 1) {
            let halves = part.split(separator: ">", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2, !halves[1].contains(">") else { return nil }
            let tag = halves[0], name = String(tag.prefix { $0 != " " && $0 != "/" })
            guard tag.filter({ $0 == "\"" }).count % 2 == 0 else { return nil }
            if tag.hasPrefix("/") {
                guard open.popLast() == String(tag.dropFirst()) else { return nil }
                closed.append(String(tag.dropFirst()))
            } else if tag.hasSuffix("/") {
                closed.append(name)
            } else {
                open.append(name)
            }
        }
        return open.isEmpty ? closed : nil
    }

    @Test("a small column chart, complete")
    func columns() {
        let axis = Scenes.axis(from: "2026-11-21T08:00:00Z", count: 3, each: .hours(1), width: "1h")
        let answer = Scenes.answer(
            [.init("time", .time), .init("count", .count)],
            [[.time(axis.starts[0]), .count(4)], [.time(axis.starts[1]), .count(0)], [.time(axis.starts[2]), .missing]],
            .series(axis))
        var chart = chart
        chart.widthInPixels = 300
        chart.heightInRows = 4
        expectPicture(
            chart.pictures(answer, title: "errors").flatMap { $0.split(separator: "\n").map(String.init) },
            """
            <svg xmlns="http://www.w3.org/2000/svg" class="fl-chart" viewBox="0 0 300 118" width="300" height="118" role="img" aria-labelledby="fl-c524ec18-t fl-c524ec18-d" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="12">
            <title id="fl-c524ec18-t">errors</title>
            <desc id="fl-c524ec18-d">4 errors in 3 buckets of 1h, peak 4 at 08:00 on 21 Nov, no value in 1.</desc>
            <rect x="199.1" y="10" width="88.9" height="72" class="fl-gap" fill="currentColor" fill-opacity="0.06"><title>no value</title></rect>
            <text x="243.5" y="74" text-anchor="middle" class="fl-dim" fill="currentColor" fill-opacity="0.7">no value</text>
            <text x="13.2" y="86" text-anchor="end" class="fl-dim" fill="currentColor" fill-opacity="0.7">0</text>
            <line x1="21.2" y1="46" x2="288" y2="46" class="fl-grid fl-line" stroke="currentColor" stroke-opacity="0.15" stroke-width="1"/>
            <text x="13.2" y="50" text-anchor="end" class="fl-dim" fill="currentColor" fill-opacity="0.7">2</text>
            <line x1="21.2" y1="10" x2="288" y2="10" class="fl-grid fl-line" stroke="currentColor" stroke-opacity="0.15" stroke-width="1"/>
            <text x="13.2" y="14" text-anchor="end" class="fl-dim" fill="currentColor" fill-opacity="0.7">4</text>
            <line x1="21.2" y1="82" x2="288" y2="82" class="fl-axis fl-line" stroke="currentColor" stroke-opacity="0.6" stroke-width="1"/>
            <line x1="21.2" y1="82" x2="21.2" y2="86" class="fl-axis fl-line" stroke="currentColor" stroke-opacity="0.6" stroke-width="1"/>
            <line x1="110.1" y1="82" x2="110.1" y2="86" class="fl-axis fl-line" stroke="currentColor" stroke-opacity="0.6" stroke-width="1"/>
            <line x1="199.1" y1="82" x2="199.1" y2="86" class="fl-axis fl-line" stroke="currentColor" stroke-opacity="0.6" stroke-width="1"/>
            <text x="21.2" y="99" text-anchor="start" class="fl-dim" fill="currentColor" fill-opacity="0.7">08:00</text>
            <text x="110.1" y="99" text-anchor="start" class="fl-dim" fill="currentColor" fill-opacity="0.7">09:00</text>
            <text x="199.1" y="99" text-anchor="start" class="fl-dim" fill="currentColor" fill-opacity="0.7">10:00</text>
            <text x="21.2" y="114" text-anchor="start" class="fl-dim" fill="currentColor" fill-opacity="0.7">21 Nov</text>
            <text x="288" y="114" text-anchor="end" class="fl-dim" fill="currentColor" fill-opacity="0.7">UTC</text>
            <rect x="30.1" y="10" width="71.1" height="72" class="fl-accent" fill="currentColor" fill-opacity="0.8"><title>4 at 08:00 on 21 Nov</title></rect>
            </svg>
            """)
    }

    @Test("a firing chart has its threshold and, below, a strip per series in which height distinguishes states")
    func firings() throws {
        let svg = try #require(chart.picture(Scenes.firing))
        #expect(Self.elements(svg)?.last == "svg")
        #expect(svg.contains(SVGCanvas.escaped(Scenes.firing.summary(Scenes.style(200)), Scenes.style())))
        #expect(svg.contains(">count &gt; 5</text>") && svg.contains(">firing</text>") && svg.contains(">pending</text>"))
        for series in Scenes.firing.series { #expect(svg.contains(">\(series.name)</text>"), "\(series.name)") }
        func heights(_ word: String) -> Set<Substring> {
            Set(
                svg.split(separator: "\n").filter { $0.contains("<title>\(word) ") }.compactMap { line in
                    line.firstRange(of: "height=\"").map { line[$0.upperBound...].prefix { $0 != "\"" } }
                })
        }
        #expect(heights("firing") == ["10"] && heights("pending") == ["6"])
        var runs = 0
        for series in Scenes.firing.series {
            for (index, state) in series.states.enumerated() where state == .firing {
                runs += index == 0 || series.states[index - 1] != .firing ? 1 : 0
            }
        }
        #expect(svg.split(separator: "\n").count { $0.contains("<title>firing ") } == runs)
    }

    @Test("a step curve shows its steps, the aim and the chosen threshold")
    func steps() throws {
        let svg = try #require(chart.picture(Scenes.curve))
        #expect(Self.elements(svg)?.last == "svg")
        #expect(svg.contains(">aim 4</text>") && svg.contains(">chosen 10</text>"))
        #expect(svg.contains(SVGCanvas.escaped(Scenes.curve.summary(Scenes.style(200)), Scenes.style())))
        let line = try #require(svg.split(separator: "\n").first { $0.hasPrefix("<polyline") })
        let points = try #require(line.split(separator: "\"").dropFirst().first).split(separator: " ")
        // The curve is flat up to the next threshold: a corner between any two points.
        #expect(points.count == 2 * Scenes.curve.points.count - 1)
        #expect(chart.picture(StepCurve(name: "x", type: .count, points: [])) == nil)
        #expect(chart.picture(StepCurve(name: "x", type: .count, points: [.init(3, firings: 1)])).map(Self.elements) != nil)
    }

    static let all: [(String, Answer, String?)] = [
        ("columns", Scenes.series, nil), ("before", Scenes.seriesBefore, nil), ("line", Scenes.series, "line"),
        ("lines before", Scenes.seriesBefore, "line"), ("stack", Scenes.groupedSeries, nil),
        ("lines", Scenes.groupedSeries, "line"), ("over time", Scenes.groupedSeries, "heatmap"), ("week", Scenes.week, nil),
        ("matrix", Scenes.byTwo, nil), ("two fields", Scenes.byTwo, "heatmap"), ("histogram", Scenes.bins, nil),
        ("bars", Scenes.bins, "bars"), ("scatter", Scenes.points, "scatter"),
    ]

    @Test("every image is well formed, has a title and description, and shows its values without colour")
    func wellFormed() {
        for (name, answer, form) in Self.all {
            let pictures = chart.pictures(answer, title: "errors & <more>", form: form)
            #expect(!pictures.isEmpty, "\(name)")
            let sentence = AnswerRenderer(Scenes.style(400)).lines(answer, title: "errors & <more>", form: form)[0]
            for svg in pictures {
                #expect(Self.elements(svg)?.last == "svg", "\(name)")
                #expect(svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"fl-chart\" viewBox=\"0 0 760 "))
                #expect(svg.contains("role=\"img\"") && !svg.contains("<script") && !svg.contains("href"))
                // Here a line is drawn with separate buckets, so only the start is the same.
                let described = SVGCanvas.escaped(String(sentence.prefix(40)), Scenes.style())
                #expect(svg.contains("<desc id=\"") && svg.contains(described), "\(name): \(sentence)")
                #expect(!svg.contains("nan") && !svg.contains("inf\"") && !svg.contains("@ID@"), "\(name)")
            }
        }
    }

    @Test("a trend shows its moving average, its level change, and anomalies with their expected range")
    func trend() {
        var answer = Scenes.series
        answer.trend = Scenes.trend
        let svg = chart.pictures(answer, title: "errors").first ?? ""
        #expect(svg.contains(">moving average of 6</text>") && svg.contains(">level changed</text>"))
        #expect(svg.contains("<title>96 at 09:00 on 21 Nov, expected 0 – 28.3</title>"))
        #expect(svg.contains("<title>3 at 14:00 on 20 Nov, partial</title>"))
        #expect(svg.split(separator: "class=\"fl-anomaly\"").count == 7)
    }

    @Test("axis labels match the terminal's")
    func sameAxes() {
        for (answer, form) in [(Scenes.series, nil), (Scenes.groupedSeries, nil), (Scenes.series, "line")] as [(Answer, String?)]
        {
            let svg = chart.pictures(answer, title: "errors", form: form).first ?? ""
            let lines = AnswerRenderer(Scenes.style(110)).lines(answer, title: "errors", form: form)
            let labels = lines.compactMap { line in line.contains("┤") ? line.split(separator: " ").first.map(String.init) : nil }
            #expect(!labels.isEmpty && labels.allSatisfy { svg.contains(">\($0)</text>") }, "\(labels)")
            let base = lines.firstIndex { $0.contains("┼") } ?? 0
            let times = lines[base + 1].split(separator: " ").map(String.init)
            #expect(times.count > 5 && times.allSatisfy { svg.contains(">\($0)</text>") }, "\(times)")
        }
    }

    @Test("zero draws nothing, a bucket without data is marked, and a partial one looks different")
    func gaps() {
        let axis = Scenes.axis(
            from: "2026-11-21T00:00:00Z", count: 6, each: .hours(1), width: "1h",
            coverage: Window(from: Scenes.at("2026-11-21T02:30:00Z"), to: Scenes.at("2026-11-21T06:00:00Z")))
        let chart = ColumnChart(axis: axis, values: [9, 9, 3, 0, nil, 5], type: .count, name: "errors")
        let svg = self.chart.draw(chart) ?? ""
        #expect(svg.contains("<title>no data</title>") && svg.contains("<title>no value</title>"))
        #expect(svg.contains("<title>3 at 02:00 on 21 Nov, partial</title>") && svg.contains("partial bucket"))
        #expect(
            !svg.contains("<title>9 at") && !svg.contains("<title>0 at") && svg.contains("<title>5 at 05:00 on 21 Nov</title>"))
    }

    @Test("stacked groups differ by hatching, lines by dashes")
    func withoutColour() {
        let stack = chart.pictures(Scenes.groupedSeries, title: "errors by type").first ?? ""
        #expect(stack.split(separator: "<pattern id=").count == 3)
        let lines = chart.pictures(Scenes.groupedSeries, title: "errors by type", form: "line").first ?? ""
        #expect(lines.contains("stroke-dasharray=\"7 3\"") && lines.contains("stroke-dasharray=\"2 3\""))
        // Pattern ids on one page differ.
        let other = chart.pictures(Scenes.groupedSeries, title: "errors by kind").first ?? ""
        let id = { (svg: String) in svg.split(separator: "<pattern id=\"")[1].prefix { $0 != "-" || $0 == "f" } }
        #expect(stack.contains("fill=\"url(#fl-") && stack != other && id(stack).count > 0)
    }

    @Test("text from data is never markup or a control sequence")
    func hostile() {
        let rows = (Scenes.hostile + ["</text><script>alert(1)</script>", "\" onload=\"x", "@ID@-p1", "a&b'c"]).map {
            [Value.text($0), .count(3)]
        }
        let answer = Scenes.answer([.init("message", .text), .init("count", .count)], rows, .groups(keys: 1))
        let svg = chart.pictures(answer, title: "errors </title> by \"message\"").first ?? ""
        #expect(Self.elements(svg)?.last == "svg")
        #expect(!svg.contains("<script") && !svg.contains("onload=\"") && svg.contains("&lt;script&gt;"))
        let isClean = svg.unicodeScalars.allSatisfy { $0 == "\n" || ($0.value >= 0x20 && !(0x202A...0x202E).contains($0.value)) }
        #expect(isClean)
    }

    @Test("for any data, every image is well formed and contains no NaN or infinity")
    func sweep() {
        for seed in 0..<5 as Range<UInt64> {
            for (place, answer) in ChartSweepTests.answers(seed).enumerated() {
                let forms = PictureForm.all
                let form = forms[(place + Int(seed)) % forms.count].form.name
                for svg in chart.pictures(answer, title: Scenes.hostile[Int(seed)], form: form) {
                    let isWhole = Self.elements(svg)?.last == "svg" && !svg.contains("=\"nan") && !svg.contains("=\"inf")
                    #expect(isWhole, "seed \(seed), answer \(place) as \(form)")
                }
            }
        }
        // Tables, cards and sparklines have no image.
        #expect(
            chart.pictures(Scenes.points, title: "calls") == [] && chart.pictures(Scenes.series, title: "x", form: "spark") == [])
    }

    @Test("one stylesheet covers light and dark pages and every class used")
    func stylesheet() {
        let css = SVGChart.stylesheet
        #expect(css.contains("@media (prefers-color-scheme: dark)"))
        for ink in ["accent", "anomaly", "on", "average.fl-line", "before.fl-line", "threshold.fl-line"]
            + (0..<6).map({ "s\($0)" })
            + (0..<4).map({ "h\($0)" })
        {
            #expect(css.contains(".fl-\(ink)"), "\(ink)")
        }
        #expect(css.filter { $0 == "{" }.count == css.filter { $0 == "}" }.count)
    }
}
