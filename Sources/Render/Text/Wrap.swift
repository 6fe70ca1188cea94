/// Wraps `text` to lines of at most `width` columns, at spaces; longer words are broken at the edge.
///
/// Keeps line breaks and the indentation of each line; continuation lines are indented `hanging` columns deeper. Returns no lines
/// when `width` is 0.
public func wrap(_ text: String, width: Int, hanging: Int = 0) -> [String] {
    guard width > 0 else { return [] }
    return text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { line in
        wrapLine(String(line), width: width, hanging: hanging)
    }
}

private func wrapLine(_ line: String, width: Int, hanging: Int) -> [String] {
    if DisplayWidth.of(line) <= width { return [line] }
    let blanks = line.prefix { $0 == " " }.count
    let first = String(repeating: " ", count: min(blanks, width / 2))
    let next = String(repeating: " ", count: min(blanks + max(0, hanging), width / 2))
    var lines: [String] = [], current = first, filled = first.count, isEmpty = true
    func flush() {
        lines.append(current)
        current = next
        filled = next.count
        isEmpty = true
    }
    for word in line.split(separator: " ") {
        let columns = DisplayWidth.of(String(word))
        if !isEmpty && filled + 1 + columns > width { flush() }
        if !isEmpty {
            current += " "
            filled += 1
        }
        if filled + columns <= width {
            current += word
            filled += columns
            isEmpty = false
            continue
        }
        for scalar in word.unicodeScalars {
            let step = DisplayWidth.of(scalar)
            if filled + step > width && !isEmpty { flush() }
            // A wide character cannot be shown in a single column.
            if filled + step > width { continue }
            current.unicodeScalars.append(scalar)
            filled += step
            isEmpty = false
        }
    }
    if !isEmpty { lines.append(current) }
    return lines
}
