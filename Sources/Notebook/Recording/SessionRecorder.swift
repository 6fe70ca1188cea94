import Errors
import LocalStore
import Model
import Platform

/// Writes a session down as it goes, so that it can be recovered whatever happens to the process.
final class SessionRecorder {
    private let state: StateStore
    /// The session's id.
    let id: Int64
    private let begin: () -> Pins
    private var text: SessionText?
    private var hasTitle = false
    /// True while the file that the session was saved to holds all of it.
    private var isSaved = false
    /// Why the session could not be written down, in words; nil while all is well.
    private(set) var problem: String?

    /// Begins a session; `begin` gives what is pinned when its first piece is written.
    init(_ state: StateStore, at now: Timestamp, begin: @escaping () -> Pins) throws(StoreError) {
        self.state = state
        self.begin = begin
        id = try state.beginSession(at: now, process: ProcessIdentity.own)
    }

    /// Writes a cell down.
    func record(_ cell: Cell) {
        entitle(cell.text)
        write(isCell: true) { text in try text.cell(cell, zone: cell.zone) }
    }

    /// Writes prose down.
    func record(note: String) {
        entitle(note)
        write(isCell: false) { text in text.note(note) }
    }

    /// Notes the file that the session was saved to.
    func noteFile(_ path: String) {
        isSaved = true
        attempt { try state.setFile(path, ofSession: id) }
    }

    /// Ends the session.
    func end(at now: Timestamp) {
        attempt {
            try state.endSession(id, at: now)
            try state.tidySessions()
        }
    }

    private func entitle(_ title: String) {
        guard !hasTitle else { return }
        hasTitle = true
        let line = Redactor.redact(title).split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        attempt { try state.setTitle(String(line.prefix(200)), ofSession: id) }
    }

    private func write(isCell: Bool, _ piece: (inout SessionText) throws -> String) {
        attempt {
            if text == nil {
                let text = SessionText(begin())
                try state.addPiece(text.head(title: nil), toSession: id)
                self.text = text
            }
            guard var text else { return }
            try state.addPiece(piece(&text), toSession: id, isCell: isCell)
            self.text = text
            if isSaved {
                isSaved = false
                try state.setFile(nil, ofSession: id)
            }
        }
    }

    /// What cannot be written down is no reason to stop; it is said once.
    private func attempt(_ body: () throws -> Void) {
        do { try body() } catch { problem = problem ?? "\(error)" }
    }
}
