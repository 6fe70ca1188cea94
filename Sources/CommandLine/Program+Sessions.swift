import Model
import Notebook
import Render
import Platform
import Terminal

extension Program {
    /// What `replay` is asked on the command line.
    struct ReplayRequest: Sendable {
        let files: [String]
        let options: SessionReplay.Options

        /// Takes over the options as typed; `only` is a list such as `3,5..7`, nil for all cells. Nil when it is none.
        init?(
            files: [String], checks: Bool, updates: Bool, movesNow: Bool, against: String?, only: String?, writes: Bool
        ) {
            var options = SessionReplay.Options()
            (options.checks, options.updates, options.movesNow) = (checks, updates, movesNow)
            (options.against, options.writes) = (against, writes)
            if let only {
                guard let cells = CellRange.numbers(in: only) else { return nil }
                options.only = cells
            }
            self.files = files
            self.options = options
        }
    }

    /// Runs recorded sessions again and judges their cells.
    static func replay(_ replay: ReplayRequest, _ request: StoreRequest) -> ExitCode {
        run(.replay(replay.files, replay.options), request)
    }

    /// Lists the recorded sessions, or writes those that were cut off to files.
    static func sessions(recover: Bool, number: Int64?, _ request: StoreRequest) -> ExitCode {
        run(.sessions(recovers: recover, number: number), request)
    }

    /// Lists the scripts that `run` knows by name; needs no store.
    static func queries(_ request: StoreRequest) -> ExitCode {
        guarded {
            let environment = try request.environment()
            let style = environment.style(in: .utc, now: nil)
            return show(AnswerPresenter(style).table(environment.locations.scriptTable, form: nil))
        }
    }
}
