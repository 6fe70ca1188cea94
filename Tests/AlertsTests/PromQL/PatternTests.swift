import Testing

@testable import Alerts

@Suite("Patterns")
struct PatternTests {
    @Test(
        "a pattern matches the whole text",
        arguments: [
            ("", "", true), ("a", "a", true), ("a", "ab", false), ("a|b", "b", true), ("a|ab", "ab", true), ("a*", "aaa", true),
            ("a+?b?", "aab", true),
            ("(ab)*", "abab", true), ("(ab)*", "aba", false), ("5..", "503", true), ("5..", "5", false),
            ("[45]\\d{2}", "429", true), ("[^a-c]", "d", true),
            ("[^a-c]", "b", false), ("[[:alpha:]_]+", "a_b", true), ("[[:^digit:]]", "5", false), ("x{2,3}", "xx", true),
            ("x{2,3}", "xxxx", false),
            ("x{2}", "xx", true), ("x{,2}", "x{,2}", true), ("(?i)OpenAI", "openai", true), ("(?i:A)b", "ab", true),
            ("(?i:A)b", "aB", false),
            ("gpt-4o.*", "gpt-4o-mini", true), (".*", "a\nb", false), ("(?s).*", "a\nb", true), ("\\.", ".", true),
            ("\\x41\\x{42}", "AB", true),
            ("\\Qa.b\\E", "a.b", true), ("\\bfoo\\b", "foo", true), ("^a$", "a", true), ("é.", "éü", true), ("a||b", "", true),
            ("[]a]", "]", true), ("[a-]", "-", true),
            ("(a*)*", "aaa", true), ("(?:a|b)+c", "abac", true), ("\\w\\W\\s\\S\\D", "a- xy", true),
        ])
    func whole(pattern: String, text: String, matches: Bool) throws {
        #expect(try Pattern(pattern).matchesWhole(text) == matches)
    }

    @Test(
        "unsupported syntax is rejected with a clear message",
        arguments: ["(", ")", "[", "a**", "*", "a{3,2}", "a{1001}", "(?<a", "\\", "\\p{L}", "[z-a]", "(?=a)", "[[:x:]]"])
    func refused(pattern: String) { #expect(Pattern.problem(with: pattern) != nil) }

    @Test("nested repetitions are rejected when they grow too large, and never hang")
    func growth() throws {
        #expect(Pattern.problem(with: "(((a{100}){100}){100})") == "is too large")
        #expect(Pattern.problem(with: String(repeating: "(", count: 5000)) == "nests too deep")
        #expect(try !Pattern("(a|a|a)*b").matchesWhole(String(repeating: "a", count: 2000)))
        #expect(try !Pattern("(a*)*b").matchesWhole(String(repeating: "a", count: 2000)))
    }

    @Test(
        "replacement works as in Go",
        arguments: [
            ("a(x*)b", "-ab-axxb-", "T", "-T-T-"), ("a(x*)b", "-ab-axxb-", "$1", "--xx-"), ("a(x*)b", "-ab-axxb-", "$1W", "---"),
            ("a(x*)b", "-ab-axxb-", "${1}W", "-W-xxW-"), ("(?P<n>.)b", "ab", "<${n}>", "<a>"), ("x*", "abc", "-", "-a-b-c-"),
            ("b*", "abc", "-", "-a-c-"),
            ("a+", "baaac", "$$", "b$c"), ("z", "abc", "-", "abc"), ("(.*):.*", "host:80", "$1", "host"),
        ])
    func replacing(pattern: String, text: String, template: String, expected: String) throws {
        #expect(try Pattern(pattern).replacing(text, with: template) == expected)
    }
}
