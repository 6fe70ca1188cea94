import Model
import TestSupport
import Testing

@Suite struct PatternTests {
    private static let cases: [(pattern: String, finds: [String], not: [String])] = [
        ("rate.?limit", ["rate limit", "a ratelimit b", "rate_limit"], ["rate  limit", ""]),
        ("^gpt-4", ["gpt-4o"], ["a gpt-4"]), ("mini$", ["gpt-4o-mini"], ["mini!"]), ("^$", [""], ["a"]),
        ("(?i)timeout", ["TimeOut"], ["time out"]), ("a{2,3}b", ["aab", "xaaab"], ["ab"]), ("(ab|cd)+e", ["ababcde"], ["abc"]),
        ("[a-c-]x", ["-x", "bx"], ["dx"]), ("[^0-9]", ["1a"], ["123"]), ("\\d{3}", ["a 429 b"], ["42"]),
        ("\\bkey\\b", ["a key!", "key"], ["monkey", "keys"]), ("日.語", ["日本語"], ["日語"]), ("a/b", ["xa/b"], ["ab"]),
        ("(?i)É", ["é"], ["e"]), ("x*", ["", "y"], []), ("a.b", ["a.b", "a\tb"], ["a\nb"]), ("(?s)a.b", ["a\nb"], []),
        ("(?m)^b$", ["a\nb\nc"], ["a b"]), ("{x}", ["a{x}"], ["x"]), ("[]a]", ["]", "a"], ["b"]),
        ("(a*)*b", ["b", "aab"], ["a"]),
    ]

    @Test("patterns match the expected texts")
    func finds() throws {
        for (text, finds, not) in PatternTests.cases {
            let pattern = try Pattern(text)
            for subject in finds { #expect(pattern.matches(subject), "\(text) in \(subject)") }
            for subject in not { #expect(!pattern.matches(subject), "\(text) in \(subject)") }
        }
    }

    @Test("a whole-text match leaves nothing over")
    func whole() throws {
        #expect(try Pattern("a|ab").matchesWhole("ab"))
        #expect(try Pattern("a.*").matchesWhole("abc") && !Pattern("b").matchesWhole("abc"))
        #expect(try Pattern("").matchesWhole("") && !Pattern("").matchesWhole("a"))
    }

    @Test(
        "the whole text matches by RE2's rules",
        arguments: [
            ("", "", true), ("a", "a", true), ("a", "ab", false), ("a|b", "b", true), ("a|ab", "ab", true), ("a*", "aaa", true),
            ("a+?b?", "aab", true), ("(ab)*", "abab", true), ("(ab)*", "aba", false), ("5..", "503", true), ("5..", "5", false),
            ("[45]\\d{2}", "429", true), ("[^a-c]", "d", true), ("[^a-c]", "b", false), ("[[:alpha:]_]+", "a_b", true),
            ("[[:^digit:]]", "5", false), ("x{2,3}", "xx", true), ("x{2,3}", "xxxx", false), ("x{2}", "xx", true),
            ("x{,2}", "x{,2}", true), ("(?i)OpenAI", "openai", true), ("(?i:A)b", "ab", true), ("(?i:A)b", "aB", false),
            ("(?i)[a-z]+É", "ABé", true), ("(?i)[^é]", "É", false), ("gpt-4o.*", "gpt-4o-mini", true), (".*", "a\nb", false),
            ("(?s).*", "a\nb", true), ("\\.", ".", true), ("\\x41\\x{42}", "AB", true), ("\\Qa.b\\E", "a.b", true),
            ("\\Qa.b", "axb", false), ("\\bfoo\\b", "foo", true), ("^a$", "a", true), ("é.", "éü", true), ("a||b", "", true),
            ("[]a]", "]", true), ("[a-]", "-", true), ("(a*)*", "aaa", true), ("(?:a|b)+c", "abac", true),
            ("\\w\\W\\s\\S\\D", "a- xy", true), ("\\Aa\\z", "a", true), ("(?P<n>a)(?<m>b)", "ab", true),
        ])
    func wholeByRules(pattern: String, text: String, matches: Bool) throws {
        #expect(try Pattern(pattern).matchesWhole(text) == matches)
    }

    @Test(
        "what is not RE2's, or has no bound, is refused",
        arguments: [
            "(", ")", "[", "a**", "*", "a{3,2}", "a{1001}", "(?<a", "(?<>a)", "\\", "\\p{L}", "[z-a]", "(?=a)", "(?<!a)",
            "[[:x:]]",
            "(((a{100}){100}){100})", String(repeating: "(", count: 5000),
        ])
    func refused(pattern: String) { #expect(throws: Pattern.Mistake.self) { try Pattern(pattern) } }

    @Test("repetitions inside each other take linear time")
    func nested() throws {
        #expect(try !Pattern("(a|a|a)*b").matchesWhole(String(repeating: "a", count: 2000)))
        #expect(try !Pattern("(a*)*b").matches(String(repeating: "a", count: 2000)))
    }

    @Test(
        "matches are replaced as Go replaces them",
        arguments: [
            ("a(x*)b", "-ab-axxb-", "T", "-T-T-"), ("a(x*)b", "-ab-axxb-", "$1", "--xx-"), ("a(x*)b", "-ab-axxb-", "$1W", "---"),
            ("a(x*)b", "-ab-axxb-", "${1}W", "-W-xxW-"), ("(?P<n>.)b", "ab", "<${n}>", "<a>"), ("x*", "abc", "-", "-a-b-c-"),
            ("b*", "abc", "-", "-a-c-"), ("a+", "baaac", "$$", "b$c"), ("z", "abc", "-", "abc"),
            ("(.*):.*", "host:80", "$1", "host"),
            ("a+?", "aaa", "-", "---"), ("(?U)a+", "aaa", "-", "---"), ("(?U)a+?", "aaa", "-", "-"), ("x*", "日本", "-", "-日-本-"),
            ("(a)|b", "b", "<$1>", "<>"), ("a", "a", "$", "$"), ("a", "a", "${1", "${1"), ("a", "a", "$9", ""),
            ("(a|ab)(c|bcd)", "abcd", "$1,$2", "a,bcd"),
        ])
    func replacing(pattern: String, text: String, template: String, expected: String) throws {
        #expect(try Pattern(pattern).replacing(text, with: template) == expected)
    }

    @Test("an error has its position in the pattern")
    func mistakes() {
        for (text, start) in [
            ("a(b", 1), ("a)b", 1), ("[a-", 0), ("x{3,1}", 1), ("*a", 0), ("a\\1", 1), ("(?=a)", 0), ("a\\", 1), ("a**", 0),
        ] {
            do throws(Pattern.Mistake) {
                _ = try Pattern(text)
                Issue.record("\(text) was read")
            } catch {
                #expect(error.start == start && error.end > start && error.end <= text.utf8.count, "\(text): \(error)")
            }
        }
    }

    /// Matches a tree of letters, choices and repetitions against the text from `at` on, by exhaustive search.
    private indirect enum Tree {
        case letter(Character), either(Tree, Tree), both(Tree, Tree), many(Tree)

        var text: String {
            switch self {
            case .letter(let letter): String(letter)
            case .either(let a, let b): "(\(a.text)|\(b.text))"
            case .both(let a, let b): a.text + b.text
            case .many(let inner): "(\(inner.text))*"
            }
        }

        func ends(_ text: [Character], _ at: Int) -> Set<Int> {
            switch self {
            case .letter(let letter): return at < text.count && text[at] == letter ? [at + 1] : []
            case .either(let a, let b): return a.ends(text, at).union(b.ends(text, at))
            case .both(let a, let b): return a.ends(text, at).reduce(into: []) { $0.formUnion(b.ends(text, $1)) }
            case .many(let inner):
                var found: Set<Int> = [at], waiting = [at]
                while let next = waiting.popLast() {
                    for end in inner.ends(text, next) where found.insert(end).inserted { waiting.append(end) }
                }
                return found
            }
        }
    }

    private func tree(_ random: inout SeededGenerator, _ depth: Int) -> Tree {
        switch depth == 0 ? 0 : random.next() % 4 {
        case 0: .letter(random.next() % 2 == 0 ? "a" : "b")
        case 1: .either(tree(&random, depth - 1), tree(&random, depth - 1))
        case 2: .both(tree(&random, depth - 1), tree(&random, depth - 1))
        default: .many(tree(&random, depth - 1))
        }
    }

    @Test("random patterns agree with exhaustive search")
    func random() throws {
        for seed in UInt64(0)..<400 {
            var random = SeededGenerator(seed: seed)
            let tree = tree(&random, 4)
            let pattern = try Pattern(tree.text)
            for _ in 0..<6 {
                let text = (0..<random.next() % 9).map { _ in random.next() % 2 == 0 ? "a" : "b" as Character }
                let finds = (0...text.count).contains { !tree.ends(text, $0).isEmpty }
                #expect(pattern.matches(String(text)) == finds, "seed \(seed): \(tree.text) in \(String(text))")
                #expect(
                    pattern.matchesWhole(String(text)) == tree.ends(text, 0).contains(text.count),
                    "seed \(seed): \(tree.text) is \(String(text))")
            }
        }
    }
}
