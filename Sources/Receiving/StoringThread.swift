import Model
import NIOCore

/// The thread that stores what the connections receive.
final class StoringThread: Sendable {
    let queue: RequestQueue
    let told = ToldReasons()
    private let loop: any EventLoop
    /// Used on the thread alone.
    private let store: NIOLoopBoundBox<RequestStore?>
    private let checks: NIOLoopBoundBox<RepeatedTask?>
    /// Raised to give up what is stored at the moment.
    private let flag = StopFlag()
    private let limits: ReceiverLimits
    private let host: ReceiverHost

    init(on loop: any EventLoop, _ limits: ReceiverLimits, _ host: ReceiverHost) {
        (self.loop, self.limits, self.host) = (loop, limits, host)
        queue = RequestQueue(limits)
        store = .makeEmptyBox(valueType: RequestStore.self, eventLoop: loop)
        checks = .makeEmptyBox(valueType: RepeatedTask.self, eventLoop: loop)
    }

    /// Opens the store. Throws when it cannot be written.
    func begin(_ address: ListenAddress) throws {
        try loop.submit { [self] in
            try flag.governing { store.value = try RequestStore(address, queue, limits, host, told) }
            let interval = TimeAmount.seconds(limits.secondsBetweenChecks)
            checks.value = loop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { [self] _ in
                flag.governing { store.value?.check() }
            }
        }.wait()
    }

    /// Stores what waits in the queue.
    func wake() {
        loop.execute { [self] in
            flag.governing { store.value?.storeWaiting() }
        }
    }

    /// Makes the transaction that runs fail, and those that follow; their requests are not acknowledged.
    func giveUp() { flag.raise() }

    /// Stores what still waits, and ends receiving.
    func end() throws {
        try loop.submit { [self] in
            checks.value?.cancel()
            flag.governing { store.value?.storeWaiting() }
            defer { store.value = nil }
            // The note that receiving has ended is short, and is made also after giving up.
            try StopFlag.ignored { () throws(any Error) in try store.value?.end() }
        }.wait()
    }
}
