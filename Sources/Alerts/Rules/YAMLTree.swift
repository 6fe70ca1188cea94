import Yams

/// A YAML text as a tree of values with positions, for files other than Prometheus rule files.
package indirect enum YAMLTree: Sendable {
    /// A 1-based line and column; the column counts Unicode scalars.
    package struct Place: Hashable, Sendable {
        package var line: Int
        package var column: Int
    }

    case scalar(String, Place)
    case list([YAMLTree], Place)
    case mapping([(key: String, place: Place, value: YAMLTree)], Place)

    /// The position at which the value begins.
    package var place: Place {
        switch self {
        case .scalar(_, let place), .list(_, let place), .mapping(_, let place): place
        }
    }

    /// Parses a text; nil if it is empty. YAML errors are reported, and the rest is parsed as far as possible.
    package static func read(_ text: String) -> (tree: YAMLTree?, mistakes: [RuleFileMistake]) {
        var reader = YAMLText(text)
        let (node, mistakes) = reader.root()
        return (node.flatMap { tree($0, depth: 0) }, mistakes)
    }

    /// Converts a node; nil for empty nodes and below the maximum depth.
    private static func tree(_ node: Node, depth: Int) -> YAMLTree? {
        let found = YAMLText.place(of: node)
        let place = Place(line: found.line, column: found.column)
        guard depth < 8 else { return nil }
        switch node {
        case .scalar(let scalar):
            let isNothing = scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
            return isNothing ? nil : .scalar(scalar.string, place)
        case .sequence(let nodes): return .list(nodes.compactMap { tree($0, depth: depth + 1) }, place)
        case .mapping(let pairs):
            var entries: [(key: String, place: Place, value: YAMLTree)] = []
            for (key, value) in pairs {
                guard let name = key.scalar?.string, let value = tree(value, depth: depth + 1) else { continue }
                let found = YAMLText.place(of: key)
                entries.append((name, Place(line: found.line, column: found.column), value))
            }
            return .mapping(entries, place)
        case .alias: return nil
        }
    }
}
