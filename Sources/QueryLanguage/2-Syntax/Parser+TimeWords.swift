import Model

/// Times in the words in which they are printed and said: `20 Nov 14:00`, `yesterday 14:00`, `last monday`, `noon`.
extension Parser {
    /// Weekdays by their first three letters, from Monday on.
    package static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    package static let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]

    /// Returns the place of a weekday, abbreviated or whole; nil for other words.
    package static func weekday(_ word: String) -> Int? {
        let whole = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
        return weekdays.firstIndex(of: word) ?? whole.firstIndex(of: word)
    }

    /// Returns the number of a month, abbreviated or whole; nil for other words.
    package static func month(_ word: String) -> Int? {
        let whole = [
            "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
            "december",
        ]
        return (months.firstIndex(of: word) ?? whole.firstIndex(of: word)).map { $0 + 1 }
    }

    /// A day in words, such as `21 Nov`, `Nov 21 2026`, `yesterday`, `mon` or `last monday`; nil without moving when none stands
    /// here.
    mutating func dayInWords() -> Name? {
        guard token.kind == .word else { return nil }
        let first = token
        if first.isWord("last"), next.kind == .word, Parser.weekday(next.folded) != nil {
            advance()
            return Name("last " + token.folded, first.span.union(advance().span))
        }
        if first.isWord("today") || first.isWord("yesterday") || Parser.weekday(first.folded) != nil {
            advance()
            return Name(first.folded, first.span)
        }
        let isNumberFirst = Parser.dayOfMonth(first) != nil && next.kind == .word && Parser.month(next.folded) != nil
        let isMonthFirst = Parser.month(first.folded) != nil && next.kind == .word && Parser.dayOfMonth(next) != nil
        guard isNumberFirst || isMonthFirst else { return nil }
        advance()
        let second = advance()
        var text = isNumberFirst ? "\(first.value) \(second.folded)" : "\(second.value) \(first.folded)"
        var span = first.span.union(second.span)
        if token.kind == .word, token.value.utf8.count == 4, token.value.allSatisfy(\.isNumber) {
            text += " " + token.value
            span = span.union(advance().span)
        }
        return Name(text, span)
    }

    private static func dayOfMonth(_ token: Token) -> Int? {
        token.value.utf8.count <= 2 ? Int(token.value).flatMap { (1...31).contains($0) ? $0 : nil } : nil
    }

    /// A time in words: a day in words with or without a time of day, or `midnight` and `noon`; nil without moving when none
    /// stands here.
    mutating func timeInWords() -> TimeSyntax? {
        if token.isWord("midnight") || token.isWord("noon") {
            let word = advance()
            return TimeSyntax(text: word.folded, isAgo: false, span: word.span)
        }
        guard let day = dayInWords() else { return nil }
        var time = TimeSyntax(text: day.text, isAgo: false, span: day.span)
        let isClock = token.kind == .word && token.value.first?.isNumber == true && token.value.contains(":")
        guard isClock || token.isWord("midnight") || token.isWord("noon") else { return time }
        let clock = advance()
        time.text += " " + clock.folded
        time.span = time.span.union(clock.span)
        return time
    }
}
