import Glibc
import Model
import Render
import TestSupport

@testable import QueryLanguage
@testable import Notebook

/// What a statement is checked against where no store is asked.
enum PlainContext {
    static let now = Timestamp(seconds: 1_795_269_900)
    static let coverage = Window(from: Timestamp(seconds: 1_790_812_800), to: Timestamp(seconds: 1_795_269_630))
    static let facts = QueryFacts(coverage: coverage, newest: coverage.to, keepsSuccesses: true, rules: "3f9a")

    /// A context in which `$1` is a small result by type.
    static let context: CheckContext = {
        var context = CheckContext(now: now, coverage: coverage)
        var query = CheckedQuery(noun: .errors)
        query.keys = [Field(.type)]
        query.measures = [.count]
        query.window = Window(from: now - .hours(24), to: now)
        let table = ResultTable(
            columns: [ResultColumn("type", .text), ResultColumn("count", .count)],
            rows: [[.text("timeout"), .count(3)], [.text("rate_limit"), .count(1)]])
        context.results = [
            1: ResultSource(
                query: query,
                answer: Answer(table: table, shape: .groups(keys: 1), receipt: Receipt(window: query.window, zone: .utc)))
        ]
        context.lastResult = 1
        context.forms = AnswerForms.all
        return context
    }()

    /// Values that `$name` stands for.
    static let bindings: Bindings = ["model": [Literal(text: "gpt-4o", span: TextSpan(0, 0), isQuoted: false)]]

    /// Everything that is wrong with a statement, from parser and checker together, in order of place.
    static func mistakes(_ text: String, catalog: (any ValueCatalog)? = nil) -> Diagnostics {
        let parsed = Statements.parse(text, bindings: bindings), found = parsed.written.mistakes
        do throws(Diagnostics) {
            switch parsed.statement {
            case let trend as TrendStatement:
                _ = try QueryCompiler().compileTrend(
                    trend.syntax, method: trend.method, text: text, mistakes: found, context: context, facts: facts,
                    catalog: catalog)
            case let compare as CompareStatement:
                _ = try QueryCompiler().compileComparison(
                    compare.field, compare.values, compare.syntax, text: text, mistakes: found, context: context,
                    facts: facts, catalog: catalog)
            case let asOf as AsOfStatement:
                if let time = asOf.time { _ = try QueryCompiler().instant(time, text: text, context: context) }
                return Diagnostics(text: text, found)
            case let statement?:
                if let rule = rule(of: statement) {
                    _ = try QueryCompiler().compileRule(
                        rule, text: text, mistakes: found, context: context, catalog: catalog)
                } else if let syntax = query(of: statement) {
                    _ = try QueryCompiler().compile(
                        syntax, text: text, mistakes: found, context: context, facts: facts, catalog: catalog)
                } else {
                    return Diagnostics(text: text, found)
                }
            case nil: return Diagnostics(text: text, found)
            }
            return Diagnostics(text: text, [])
        } catch {
            return error
        }
    }

    private static func query(of statement: any Statement) -> QuerySyntax? {
        switch statement {
        case let statement as QueryStatement: statement.syntax
        case let statement as ExplainStatement: statement.syntax
        case let statement as SummaryStatement: statement.syntax
        default: nil
        }
    }

    private static func rule(of statement: any Statement) -> RuleSyntax? {
        switch statement {
        case let statement as AlertStatement: if case .create(_, let rule) = statement.verb { rule } else { nil }
        case let statement as AlertTestStatement: if case .rule(let rule) = statement.trial.subject { rule } else { nil }
        default: nil
        }
    }
}

/// A catalog with a few models and providers.
struct SmallCatalog: ValueCatalog {
    static let values: [FieldID: [KnownValue]] = [
        .model: [
            KnownValue("gpt-4o-mini", 8114), KnownValue("gpt-4o", 1203), KnownValue("claude-sonnet-4", 900),
            KnownValue("grosses modell", 3),
        ],
        .provider: [KnownValue("openai", 9317), KnownValue("anthropic", 900), KnownValue("gemini", 12)],
    ]

    func contains(_ value: String, in field: FieldID) -> Bool? {
        SmallCatalog.values[field]?.contains { $0.value == value }
    }
    func values(of field: FieldID) -> [KnownValue] { SmallCatalog.values[field] ?? [] }
}
