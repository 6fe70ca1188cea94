import Monitoring
import Platform
import Terminal

/// Where a session's answers go, and who can be asked. Without any of it answers are returned, and nobody is asked.
package struct SessionConsole {
    /// Shows progress of long statements; nil shows none.
    var progress: ProgressLine?
    /// Takes replies of statements that answer in parts, as they come; nil collects them into one.
    package var emit: ((Reply) -> Void)?
    /// Writes the rows of exported listings as they are read; false when the output takes no more. Nil where replies are
    /// collected, compared or recorded.
    package var rowOutput: ((String) -> Bool)?
    /// False where one statement is all that runs, so that no `$n` refers to its rows.
    package var keepsRows = true
    /// Asks a person a yes-or-no question; nil where nobody can be asked.
    package var confirm: ((String) -> Bool)?
    /// Watches alerts beside the prompt; nil where there is no prompt.
    var backgroundWatch: BackgroundWatch?
    /// Receives beside the prompt; nil where there is no prompt.
    var receivers: RunningReceivers?
}
