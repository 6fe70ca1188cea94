/// A node of a parsed template.
indirect enum TemplateNode: Sendable {
    case text(String)
    case output(TemplatePipeline)
    /// Declares or assigns a variable.
    case assign(String, TemplatePipeline, declares: Bool)
    case condition(TemplatePipeline, variable: String?, then: [TemplateNode], otherwise: [TemplateNode], rebindsDot: Bool)
    case range(TemplatePipeline, key: String?, value: String?, body: [TemplateNode], otherwise: [TemplateNode])
}

/// A pipeline: each command gets the previous result as its last argument.
struct TemplatePipeline: Sendable {
    var commands: [TemplateCommand]
}

/// A value, or a function call.
struct TemplateCommand: Sendable {
    var function: String?
    var operands: [TemplateOperand]
}

indirect enum TemplateOperand: Sendable {
    case value(TemplateValue)
    case dot
    /// `.Labels.x`: fields of the dot.
    case field([String])
    /// `$labels.x`: a variable and its fields.
    case variable(String, [String])
    case nested(TemplatePipeline, [String])
    /// A function as an argument: called without arguments.
    case function(String)
}

/// Executes a template for one alert.
struct TemplateRun {
    private let labels: LabelSet
    private let value: Double
    private var variables: [(name: String, value: TemplateValue)]
    private var dot: Dot = .root
    private(set) var output = ""

    /// The value of `.`.
    private enum Dot {
        /// The alert, which has fields.
        case root
        case value(TemplateValue)
    }

    init(labels: LabelSet, value: Double) {
        self.labels = labels
        self.value = value
        variables = [
            ("$labels", .labels(labels)), ("$value", .float(value)), ("$externalLabels", .labels(.empty)),
            ("$externalURL", .text("")),
        ]
    }

    mutating func run(_ nodes: [TemplateNode]) throws(TemplateFailure) {
        for node in nodes { try run(node) }
    }

    private mutating func run(_ node: TemplateNode) throws(TemplateFailure) {
        // Variables go out of scope at the end of their block.
        switch node {
        case .text(let text): output += text
        case .output(let pipeline): output += try evaluate(pipeline).printed
        case .assign(let name, let pipeline, let declares):
            let result = try evaluate(pipeline)
            if declares {
                variables.append((name, result))
            } else if let place = variables.lastIndex(where: { $0.name == name }) {
                variables[place].value = result
            }
        case .condition(let pipeline, let variable, let then, let otherwise, let rebindsDot):
            let depth = variables.count, outer = dot
            let result = try evaluate(pipeline)
            if let variable { variables.append((variable, result)) }
            if result.isTrue {
                if rebindsDot { dot = .value(result) }
                try run(then)
                dot = outer
            } else {
                try run(otherwise)
            }
            variables.removeLast(variables.count - depth)
        case .range(let pipeline, let key, let value, let body, let otherwise):
            let depth = variables.count, outer = dot
            let result = try evaluate(pipeline)
            guard case .labels(let set) = result else { throw TemplateFailure("range can't iterate over \(result.printed)") }
            for pair in set.pairs {
                if let key { variables.append((key, .text(pair.name))) }
                if let value { variables.append((value, .text(pair.value))) }
                dot = .value(.text(pair.value))
                try run(body)
                variables.removeLast(variables.count - depth)
            }
            dot = outer
            if set.pairs.isEmpty { try run(otherwise) }
        }
    }

    private func evaluate(_ pipeline: TemplatePipeline) throws(TemplateFailure) -> TemplateValue {
        var result: TemplateValue?
        for command in pipeline.commands {
            var arguments: [TemplateValue] = []
            for operand in command.operands { arguments.append(try evaluate(operand)) }
            if let function = command.function {
                if let result { arguments.append(result) }
                result = try call(function, arguments)
            } else {
                result = arguments.first
            }
        }
        return result ?? .none
    }

    private func call(_ name: String, _ arguments: [TemplateValue]) throws(TemplateFailure) -> TemplateValue {
        guard let function = TemplateFunction.all[name] else { throw TemplateFailure("function \"\(name)\" not defined") }
        guard arguments.count >= function.least, arguments.count <= function.most ?? .max else {
            throw TemplateFailure("wrong number of args for \(name)")
        }
        return try function.apply(arguments)
    }

    private func evaluate(_ operand: TemplateOperand) throws(TemplateFailure) -> TemplateValue {
        switch operand {
        case .value(let value): return value
        case .function(let name): return try call(name, [])
        case .nested(let pipeline, let fields): return try field(fields, of: try evaluate(pipeline))
        case .dot: if case .value(let value) = dot { return value } else { return .none }
        case .variable("$", let fields): return try rootField(fields)
        case .variable(let name, let fields):
            guard let found = variables.last(where: { $0.name == name }) else {
                throw TemplateFailure("undefined variable \(name)")
            }
            return try field(fields, of: found.value)
        case .field(let fields):
            switch dot {
            case .root: return try rootField(fields)
            case .value(let value): return try field(fields, of: value)
            }
        }
    }

    private func rootField(_ fields: [String]) throws(TemplateFailure) -> TemplateValue {
        switch fields.first {
        case "Labels": return try field(Array(fields.dropFirst()), of: .labels(labels))
        case "Value": return try field(Array(fields.dropFirst()), of: .float(value))
        case "ExternalLabels": return try field(Array(fields.dropFirst()), of: .labels(.empty))
        case "ExternalURL": return try field(Array(fields.dropFirst()), of: .text(""))
        case let name?: throw TemplateFailure("can't evaluate field \(name)")
        case nil: return .none
        }
    }

    private func field(_ fields: [String], of value: TemplateValue) throws(TemplateFailure) -> TemplateValue {
        var value = value
        for name in fields {
            guard case .labels(let set) = value else {
                throw TemplateFailure("can't evaluate field \(name) in type \(value.typeName)")
            }
            // A missing label is an empty string.
            value = .text(set[name] ?? "")
        }
        return value
    }
}
