import Model
import Platform

/// A line on the terminal that shows the progress of a long statement; appears after 300 ms, removed at the end.
public final class ProgressLine {
    private let descriptor: Int32
    private var began: Duration?
    private var lastShown: Duration?

    package init(descriptor: Int32) { self.descriptor = descriptor }

    /// Replaces the text shown, at most ten times a second.
    package func show(_ text: @autoclosure () -> String) {
        let now = Clock.ticks()
        guard let began else {
            self.began = now
            return
        }
        guard now - began > .milliseconds(300), lastShown.map({ now - $0 > .milliseconds(100) }) ?? true else { return }
        lastShown = now
        Output.steer("\r\u{1B}[K", to: descriptor)
        Output.write(text(), to: descriptor)
    }

    /// Removes the line and resets the timer.
    package func clear() {
        if lastShown != nil { Output.steer("\r\u{1B}[K", to: descriptor) }
        began = nil
        lastShown = nil
    }

    /// Seconds since the first call of `show`.
    package var elapsedSeconds: Double { began.map { (Clock.ticks() - $0).inSeconds } ?? 0 }
}
