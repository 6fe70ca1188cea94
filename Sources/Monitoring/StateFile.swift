import LocalStore

/// The small file beside a store that keeps rules, firings, notifications and sessions; opened when it is first needed.
package final class StateFile {
    private let store: Store
    private var opened: StateStore?

    /// Makes no file and opens none.
    /// - Parameter opened: The file, when it is open already.
    package init(besides store: Store, opened: StateStore? = nil) {
        self.store = store
        self.opened = opened
    }

    /// The file, made where there is none.
    package func open() throws -> StateStore {
        if let opened { return opened }
        let state = try StateStore.open(of: store)
        opened = state
        return state
    }

    /// The file; nil where it cannot be made.
    package var ifAvailable: StateStore? { try? open() }

    /// True when something was ever kept. Looking makes no file.
    package var exists: Bool { opened != nil || StateStore.exists(for: store) }
}
