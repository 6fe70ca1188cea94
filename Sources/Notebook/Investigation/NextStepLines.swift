import Errors
import Model
import Render

/// The next steps for a type of error, on the terminal: what to do, and below it the statement that checks it.
struct NextStepLines {
    let type: ErrorType

    /// The heading and one or two lines a step; a statement stands beside its action where both fit.
    func lines(_ style: Style) -> [String] {
        let steps = NextStep.steps(for: type), width = style.widthInColumns
        let longest = steps.map { DisplayWidth.of($0.action) }.max() ?? 0
        let fitsBeside = steps.allSatisfy { 4 + longest + DisplayWidth.of($0.check) <= width }
        var lines = [style.theme.paint("next steps for \(type.name)", .strong)]
        for step in steps {
            if fitsBeside {
                lines.append("  " + DisplayWidth.pad(step.action, to: longest) + "  " + step.check)
            } else {
                lines += wrap("  " + step.action, width: width, hanging: 2)
                lines += wrap("    " + step.check, width: width, hanging: 6)
            }
        }
        return lines
    }
}
