import Glibc
import Model
import Render
import Synchronization
import Platform

/// Watching beside the prompt: a thread with a store of its own, whose reports are printed above the line being typed.
public final class BackgroundWatch: Sendable {
    /// Raised to end the thread that watches; nil while none does. Each thread has its own, so that one that was told to end
    /// does not go on when the next one begins.
    private let running = Mutex<StopFlag?>(nil)
    private let post: @Sendable (String) -> Void

    /// Makes a watch that does not run yet.
    /// - Parameter post: Prints reports above the line being typed.
    package init(_ post: @escaping @Sendable (String) -> Void) { self.post = post }

    /// Begins to watch, or ends it; the result says so.
    /// - Parameter make: Makes the thread's own monitor.
    package func toggle(store path: String, _ make: @escaping @Sendable () throws -> AlertMonitor) -> String {
        let flag = StopFlag()
        let before = running.withLock { running in
            defer { running = running == nil ? flag : nil }
            return running
        }
        if let before {
            before.raise()
            return "stopped watching alerts"
        }
        let box = Unmanaged.passRetained(Task(watch: self, flag: flag, path: path, make: make))
        var thread = pthread_t()
        var all = sigset_t(), mask = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, &mask)
        let code = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<Task>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, box.toOpaque())
        pthread_sigmask(SIG_SETMASK, &mask, nil)
        guard code == 0 else {
            box.release()
            running.withLock { $0 = nil }
            return "cannot watch alerts: \(String(cString: strerror(code)).lowercased())"
        }
        pthread_detach(thread)
        return "alerts are watched every minute; `alert watch` again stops it"
    }

    /// What the thread does.
    private final class Task {
        let watch: BackgroundWatch
        let flag: StopFlag
        let path: String
        let make: @Sendable () throws -> AlertMonitor

        init(
            watch: BackgroundWatch, flag: StopFlag, path: String, make: @escaping @Sendable () throws -> AlertMonitor
        ) {
            self.watch = watch
            self.flag = flag
            self.path = path
            self.make = make
        }

        func run() {
            flag.governing(watchAlerts)
        }

        private func watchAlerts() {
            do {
                let monitor = try make(), sender = try monitor.sender()
                var trouble = WatchTrouble(path, "evaluated"), delivery = WatchTrouble(path, "sent")
                while !flag.isRaised {
                    let time = monitor.clock()
                    let round = try monitor.round(at: time, isFirst: false)
                    var text = round.reply.output + round.reply.narration
                    text += try trouble.told(of: round.trouble)
                    text += try delivery.told(of: sender.trouble(at: time))
                    text += monitor.reports(of: sender)
                    if !text.isEmpty { watch.post(text) }
                    let next = Evaluation.next(after: time)
                    while Clock.now() < next, !flag.isRaised {
                        let lines = try delivery.told(of: sender.trouble(at: Clock.now())) + monitor.reports(of: sender)
                        if !lines.isEmpty { watch.post(lines) }
                        usleep(100_000)
                    }
                }
            } catch {
                watch.running.withLock { if $0 === flag { $0 = nil } }
                watch.post("stopped watching alerts: \(Printable.safe("\(error)"))\n")
            }
        }
    }
}
