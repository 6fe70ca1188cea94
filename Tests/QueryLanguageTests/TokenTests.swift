import Model
import TestSupport
import Testing

@testable import QueryLanguage

/// Returns the tokens of a text as one line, with marks for their kinds.
private func drawn(_ text: String) -> [String] {
    Lexer.tokens(of: text).dropLast().map { token in
        switch token.kind {
        case .word: token.value
        case .string: "“\(token.value)”" + (token.isClosed ? "" : "!")
        case .pattern: "/\(token.value)/" + (token.isClosed ? "" : "!")
        case .dollar: "$" + token.value
        case .comparison, .mark: "<\(token.value)>"
        case .end: "end"
        }
    }
}

@Suite struct TokenTests {
    @Test("words include letters of any script, digits, and the marks of names, times and globs")
    func words() {
        #expect(
            drawn("gpt-4o* 5% 1h30m 2026-11-20T14:00 openai/gpt-4o a@b.c 名前 modèle _x") == [
                "gpt-4o*", "5%", "1h30m", "2026-11-20T14:00", "openai/gpt-4o", "a@b.c", "名前", "modèle", "_x",
            ])
    }

    @Test("a comment begins at the start of a line or after white space, never within a word")
    func comments() {
        #expect(drawn("errors # all of them") == ["errors"])
        #expect(drawn("# nothing") == [])
        #expect(drawn("a#b c #d\n#e\nf") == ["a#b", "c", "f"])
        #expect(drawn("x=1#2") == ["x", "<=>", "1#2"])
        #expect(drawn("a\u{A0}# b") == ["a"])
    }

    @Test("straight and typographic quotes delimit strings")
    func quotes() {
        #expect(drawn("\"a b\" 'c d'") == ["“a b”", "“c d”"])
        #expect(drawn("“a b” ‘c’ „d“ “e\"") == ["“a b”", "“c”", "“d”", "“e”"])
        #expect(drawn("\"it's\" 'say \"x\"'") == ["“it's”", "“say \"x\"”"])
        #expect(drawn(#""a\"b\\c\n\q""#) == ["“a\"b\\c\n\\q”"])
        #expect(drawn("\"open\nnext") == ["“open”!", "next"])
    }

    @Test("money, results and names begin with a dollar")
    func dollars() {
        #expect(drawn("$0.02 $3 $name $") == ["$0.02", "$3", "$name", "$"])
        #expect(drawn("cost>$.5,$1") == ["cost", "<>>", "$.5", "<,>", "$1"])
    }

    @Test("comparison operators have one canonical spelling")
    func comparisons() {
        #expect(
            drawn("a==b a<>b a!=b a<=b a>=b a=~b a!~b a<b a>b") == [
                "a", "<=>", "b", "a", "<!=>", "b", "a", "<!=>", "b", "a", "<<=>", "b", "a", "<>=>", "b", "a", "<~>", "b", "a",
                "<!~>", "b", "a", "<<>", "b", "a", "<>>", "b",
            ])
    }

    @Test("a slash begins a pattern only after a tilde")
    func patterns() {
        #expect(drawn(#"a ~ /x\/y \d/i b/c"#) == ["a", "<~>", #"/(?i)x/y \d/"#, "b/c"])
        #expect(drawn("a !~ /open") == ["a", "<!~>", "/open/!"])
    }

    @Test("plus-minus is a separate token; pasted Unicode spaces are white space")
    func marks() {
        #expect(drawn("14:00±30m") == ["14:00", "<±>", "30m"])
        #expect(drawn("a\u{2003}b\u{3000}c\u{202F}d\u{FEFF}e\u{200B}f") == ["a", "b", "c", "d", "e", "f"])
        #expect(drawn("(a,b)[1];|&&||") == ["<(>", "a", "<,>", "b", "<)>", "<[>", "1", "<]>", "<;>", "<|>", "<&&>", "<||>"])
    }

    @Test("a backslash at the end of a line joins it with the next line")
    func joinedLines() {
        #expect(drawn("a \\\nb \\\r\nc \\") == ["a", "b", "c"])
    }

    @Test("tokens and the white space between them add up to the text, for any text")
    func roundTrip() {
        let alphabet = Array("ab1.-_*%#/:@+$\"'“”‘’„\\~=!<>&|()[],;±\n\t é日\u{A0}\u{3000}\u{200B}\u{1F600}\r").map(String.init)
        for seed in UInt64(0)..<3000 {
            var random = SeededGenerator(seed: seed)
            let text = (0..<Int(random.next() % 40)).map { _ in random.pick(alphabet) }.joined()
            let tokens = Lexer.tokens(of: text)
            var place = 0
            for token in tokens {
                #expect(token.span.start >= place, "seed \(seed)")
                let gap = Array(text.utf8)[place..<max(place, token.span.start)]
                let skipped = String(decoding: gap, as: UTF8.self)
                // Skipped text is white space, a comment, or a backslash at the end of a line.
                let isBlank = skipped.unicodeScalars.allSatisfy {
                    $0.properties.isWhitespace || $0 == "\u{200B}" || $0 == "\u{FEFF}" || $0 == "\\"
                }
                #expect(isBlank || skipped.contains("#"), "seed \(seed): \(skipped.debugDescription)")
                #expect(token.kind == .end || token.span.end > token.span.start, "seed \(seed)")
                if token.kind == .word {
                    let source = String(decoding: Array(text.utf8)[token.span.start..<token.span.end], as: UTF8.self)
                    #expect(source == token.value, "seed \(seed)")
                }
                place = token.span.end
            }
            #expect(place == text.utf8.count, "seed \(seed)")
        }
    }

    @Test("a value printed as a literal parses to itself")
    func spelling() {
        let values = [
            "gpt-4o", "chat gpt-4o", "last", "a\"b", "a\\b", "x\n", "tab\t", "", "naïve", "50%", "a*b", "#x", "(none)", "$5",
            "it's",
            "±", "“quoted”", "日本 語", "\\", "ends\\",
        ]
        for value in values {
            let tokens = Lexer.tokens(of: "x = " + Literal.spelling(value))
            #expect(tokens.count == 4 && tokens[2].value == value && tokens[2].isClosed, "\(value)")
        }
    }
}
