import Model
import Notebook
import Render
import Platform
import Terminal

extension Program {
    /// Tries a rule, or the rules of a file, over history.
    static func alertTest(
        _ test: RuleTestRequest, failsOnFire: Bool, _ request: StoreRequest
    ) -> ExitCode {
        guarded {
            let interrupts = try Interrupts()
            let open = try OpenStore(request, creates: false, interrupts: interrupts)
            let outcome = try open.session.test(test)
            let code = show(outcome.reply)
            return code == .ok && failsOnFire && outcome.hasRows ? .firing : code
        }
    }

    /// Evaluates the rules that are kept every minute, or once.
    static func alertWatch(once: Bool, _ request: StoreRequest) -> ExitCode {
        guarded {
            let interrupts = try Interrupts()
            let open = try OpenStore(request, creates: false, interrupts: interrupts)
            open.session.console.emit = { show($0) }
            return show(open.session.runAlertWatch(once: once))
        }
    }

    /// What fires at the present instant.
    static func alertCheck(format: String?, _ request: StoreRequest) -> ExitCode {
        run(.alertCheck, format: format, request)
    }

    /// The rules that are kept, and their state.
    static func alertList(format: String?, _ request: StoreRequest) -> ExitCode {
        run(.alertList, format: format, request)
    }

    /// Keeps the rules of a file or database.
    static func alertLoad(_ file: String, _ request: StoreRequest) -> ExitCode {
        run(.alertLoad(file), request)
    }
}
