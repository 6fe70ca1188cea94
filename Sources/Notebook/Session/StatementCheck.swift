import Importing
import Ingest
import LocalStore
import Model
import QueryLanguage
import Platform

/// Whether a statement would run: everything that is looked at before it is asked, without asking it and without changing anything.
extension Session {
    /// The mistakes with a correction that runs, where there is one. Mistakes of another text than the statement keep none.
    func offering(_ diagnostics: Diagnostics, for statement: String) -> Diagnostics {
        diagnostics.text == statement ? diagnostics.offering(check) : diagnostics
    }

    /// Throws what would keep a statement from being run: its mistakes, or trouble of the world.
    func check(_ text: String) throws { try Statements.parse(text, bindings: bindings).check(in: self) }

    /// Throws when a file that a statement names is not there.
    func checkFile(_ path: Literal) throws {
        if LangfuseAddress.isAddress(path.text) { return }
        guard Files.exists(environment.locations.expandingHome(path.text)) else { throw NotRunnable() }
    }
}
