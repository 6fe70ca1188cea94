import Glibc
import Model
import Platform
import TestSupport
import Testing

/// Waits that only another process could end.
@Suite("Waiting for pipes")
struct WaitingTests {
    private let folder = "/tmp/faultline-waiting-\(getpid())-\(UInt32.random(in: .min ... .max))"

    /// Runs a body whose flag is raised after a moment, with a pipe that nobody else opens; returns what it threw.
    private func stopped(_ body: (_ pipe: String) throws -> Void) throws -> (any Error)? {
        try #require(mkdir(folder, 0o700) == 0)
        defer {
            unlink(folder + "/pipe")
            rmdir(folder)
        }
        try #require(mkfifo(folder + "/pipe", 0o600) == 0)
        let stop = StopFlag()
        var thrown: (any Error)?
        withThread {
            usleep(50_000)
            stop.raise()
        } while: {
            stop.governing { do { try body(folder + "/pipe") } catch { thrown = error } }
        }
        return thrown
    }

    @Test("reading a pipe that nobody writes to ends when it is stopped")
    func reading() throws {
        #expect(try stopped { _ = try Files.text(of: $0) } != nil)
    }

    @Test("writing to a pipe that nobody reads ends when it is stopped")
    func writing() throws {
        #expect(try stopped { try Files.write("text", to: $0) } != nil)
    }

    @Test("waiting for input that does not come ends when it is stopped")
    func input() throws {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        defer { for end in ends { close(end) } }
        var hasInput = true
        let stop = StopFlag()
        withThread {
            usleep(50_000)
            stop.raise()
        } while: {
            stop.governing { hasInput = Waiting.forInput(ends[0]) }
        }
        #expect(!hasInput)
        _ = write(ends[1], "x", 1)
        #expect(Waiting.forInput(ends[0]) && Waiting.forRoom(ends[1]))
    }
}
