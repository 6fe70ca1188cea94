import Yams

/// A YAML text as values with their places, for files that are no Prometheus rules.
package indirect enum YAMLTree: Sendable {
    /// Where a value stands: line and column from 1, the column counted in Unicode scalars.
    package struct Place: Hashable, Sendable {
        package var line: Int
        package var column: Int
    }

    case scalar(String, Place)
    case list([YAMLTree], Place)
    case mapping([(key: String, place: Place, value: YAMLTree)], Place)

    /// Where it begins.
    package var place: Place {
        switch self {
        case .scalar(_, let place), .list(_, let place), .mapping(_, let place): place
        }
    }

    /// Reads a text; nil for an empty one. What is no YAML is reported, and the rest read as far as it can be.
    package static func read(_ text: String) -> (tree: YAMLTree?, mistakes: [RuleMistake]) {
        var reader = YAMLText(text)
        let (node, mistakes) = reader.root()
        return (node.flatMap { tree($0, depth: 0) }, mistakes)
    }

    /// The value of a node; nil for nothing, and for what lies deeper than any file needs.
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
