import Model
import Render
import System
import Terminal

extension Program {
    /// What `replay` is asked on the command line.
    public struct ReplayRequest: Sendable {
        let files: [String]
        let options: SessionReplay.Options

        /// Takes over the options as typed; `only` is a list such as `3,5..7`, nil for all cells. Nil when it is none.
        public init?(
            files: [String], checks: Bool, updates: Bool, movesNow: Bool, against: String?, only: String?, writes: Bool
        ) {
            var options = SessionReplay.Options()
            (options.checks, options.updates, options.movesNow) = (checks, updates, movesNow)
            (options.against, options.writes) = (against, writes)
            if let only {
                var cells: Set<Int> = []
                for part in only.split(whereSeparator: { $0 == "," || $0 == " " }) {
                    guard let range = CellRange(String(part)) else { return nil }
                    cells.formUnion(range.first...range.last)
                }
                guard !cells.isEmpty else { return nil }
                options.only = cells
            }
            self.files = files
            self.options = options
        }
    }

    /// Runs recorded sessions again and judges their cells.
    public static func replay(_ replay: ReplayRequest, _ request: StoreRequest) -> ExitCode {
        run(ReplayStatement(files: replay.files, options: replay.options), as: "replay", request)
    }

    /// Lists the recorded sessions, or writes those that were cut off to files.
    public static func sessions(recover: Bool, number: Int64?, _ request: StoreRequest) -> ExitCode {
        run(SessionsStatement(verb: recover ? .recover(number) : .list), as: "sessions", request)
    }

    /// Lists the scripts that `run` knows by name; needs no store.
    public static func queries(_ request: StoreRequest) -> ExitCode {
        guarded {
            let surroundings = try request.surroundings()
            let style = surroundings.style(in: .utc, now: nil)
            return show(AnswerPresenter(style).table(surroundings.locations.scriptTable, form: nil))
        }
    }
}
