import Model

/// Converts between values of the language and stored values.
package enum FieldCodec {
    /// Returns the stored values of the choice at `index` of a field.
    package static func stored(_ field: Field, choice index: Int) -> [StoredValue] {
        switch field.id {
        case .type: [.integer(Int64(ErrorType.allCases[index].rawValue))]
        case .class:
            ErrorType.allCases.filter { $0.errorClass == ErrorClass.allCases[index] }.map { .integer(Int64($0.rawValue)) }
        case .severity: [.integer(Int64(Severity.allCases[index].rawValue))]
        case .kind: [.integer(Int64(SpanKind.allCases[index].rawValue))]
        case .origin: [.integer(Int64(ErrorOrigin.allCases[index].rawValue))]
        case .evidence: [.integer(Int64(Evidence.named[index].bit.rawValue))]
        case .event: [.integer(Int64(EventKind.allCases[index].rawValue))]
        case .weekday: [.integer(Int64(index))]
        case .outcome: [.integer(Int64(index))]
        default: preconditionFailure("\(field.name) is not a choice field")
        }
    }

    /// Returns the display value of a stored value.
    package static func value(_ field: Field, _ stored: StoredValue) -> Value {
        switch stored {
        case .null: .missing
        case .text(let text): text.isEmpty ? .missing : .text(text)
        case .real(let number): .number(number)
        case .integer(let number): field.isBinned ? Bins.value(field, lower: number) : value(field, number)
        }
    }

    private static func value(_ field: Field, _ number: Int64) -> Value {
        switch field.id {
        case .type: word(ErrorType(rawValue: Int(number))?.name)
        case .class: word(ErrorClass.allCases.indices.contains(Int(number)) ? ErrorClass.allCases[Int(number)].rawValue : nil)
        case .severity: word(Severity(rawValue: Int(number))?.name)
        case .kind: word(SpanKind(rawValue: Int(number))?.name)
        case .event: word(EventKind(rawValue: Int(number))?.name)
        case .origin: word(ErrorOrigin(rawValue: Int(number))?.name)
        case .evidence: word(number == 0 ? nil : Evidence(rawValue: Int(number)).names.joined(separator: "+"))
        case .outcome: word(["ok", "recovered", "failed"][Int(min(max(number, 0), 2))])
        case .weekday: word(["mon", "tue", "wed", "thu", "fri", "sat", "sun"][Int(min(max(number, 0), 6))])
        case .day: .text(TimeText.date(CivilTime(day: number)))
        case .week: .text(CivilTime.isoWeek(ofDay: number * 7 - 3))
        case .month: .text("\(number / 12)-\(TimeText.two(Int(number % 12) + 1))")
        default: value(field.type, number)
        }
    }

    /// Returns the condition that a row's display value is this one.
    static func isShownAs(_ field: Field, _ value: Value) -> CheckedPredicate {
        func stored(_ text: String) -> StoredValue { .text(text) }
        func whole(_ number: Int64) -> CheckedPredicate {
            .and([.ordered(field, .greaterOrEqual, .integer(number)), .ordered(field, .lessOrEqual, .integer(number))])
        }
        switch value {
        case .range(let lower, let upper): return Bins.isIn(field, lower, upper)
        case .missing: return .isMissing(Field(field.id, key: field.key))
        case .count(let number): return .isOneOf(field, [.integer(number)])
        case .duration(let length): return .isOneOf(field, [.integer(length.inNanoseconds)])
        case .money(let money): return .isOneOf(field, [.integer(money.units)])
        case .time(let time): return .isOneOf(field, [.integer(time.nanoseconds)])
        case .flag(let flag): return flag ? .flag(field) : .and([.not(.flag(field)), .not(.isMissing(field))])
        case .number(let number): return .isOneOf(field, [.real(number)])
        case .ratio: preconditionFailure("no field is a ratio")
        case .text(let text):
            switch field.id {
            case .tag:
                // A set of tags is displayed as stored, and equals another only as a whole.
                return .and([.ordered(field, .greaterOrEqual, stored(text)), .ordered(field, .lessOrEqual, stored(text))])
            case .evidence:
                return whole(
                    Int64(
                        Evidence.named.filter { text.split(separator: "+").contains(Substring($0.name)) }.map(\.bit.rawValue)
                            .reduce(0, |)))
            case .day, .week, .month: return calendarNumber(field, text).map { .isOneOf(field, [.integer($0)]) } ?? .always(false)
            default: break
            }
            if case .choice(let words, _) = field.type {
                return words.firstIndex(of: text).map { .isOneOf(field, FieldCodec.stored(field, choice: $0)) } ?? .always(false)
            }
            return .isOneOf(field, [.text(text)])
        }
    }

    /// Returns the stored number of a day, ISO week or month; nil for any other text.
    static func calendarNumber(_ field: Field, _ text: String) -> Int64? {
        let parts = text.uppercased().split(separator: "-", omittingEmptySubsequences: false)
        guard let first = parts.first, first.utf8.count == 4, let year = Int(first), (1700...2200).contains(year),
            parts.allSatisfy({ $0.utf8.count <= 4 && !$0.hasPrefix("+") })
        else { return nil }
        switch (field.id, parts.count) {
        case (.day, 3):
            guard let month = Int(parts[1]), let day = Int(parts[2]), CivilTime(year, month, day).isValid else { return nil }
            return CivilTime.dayNumber(year: year, month: month, day: day)
        case (.month, 2):
            guard let month = Int(parts[1]), (1...12).contains(month) else { return nil }
            return Int64(year * 12 + month - 1)
        case (.week, 2):
            guard parts[1].hasPrefix("W"), let week = Int(parts[1].dropFirst()), CivilTime.hasWeek(week, isoYear: year)
            else { return nil }
            let monday = CivilTime(isoYear: year, week: week)
            return floorDivide(CivilTime.dayNumber(year: monday.year, month: monday.month, day: monday.day) + 3, 7)
        default: return nil
        }
    }

    private static func word(_ text: String?) -> Value { text.map { .text($0) } ?? .missing }

    /// Returns the value of a number according to its type.
    static func value(_ type: FieldType, _ number: Int64) -> Value {
        switch type {
        case .duration: .duration(.nanoseconds(number))
        case .money: .money(Money(units: number))
        case .time: .time(Timestamp(nanoseconds: number))
        case .flag: .flag(number != 0)
        default: .count(number)
        }
    }
}
