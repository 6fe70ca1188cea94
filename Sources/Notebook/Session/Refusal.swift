import Platform

/// A request that cannot be met: the exit code, and what to say.
package struct Refusal: Error {
    package let code: ExitCode
    package let message: String

    /// - Parameter message: Without the program's name, in one line.
    package init(code: ExitCode, message: String) {
        self.code = code
        self.message = message
    }
}
