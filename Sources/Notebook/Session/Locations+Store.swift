import Errors
import LocalStore
import Platform

extension Locations {
    /// Opens a store; one of an older version is brought to this one's by the user's own classification rules.
    package func openStore(_ path: String, creates: Bool = false) throws(StoreError) -> Store {
        try Store.open(path: path, create: creates) {
            // Rules with mistakes count for nothing until they are right, here as everywhere; the built-in ones do.
            Assessor(rules: (try? RuleBook.read(classificationRules))?.rules ?? .builtIn)
        }
    }
}
