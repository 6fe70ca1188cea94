import Glibc
import NIOCore
import NIOPosix

/// A server that takes what OpenTelemetry's SDKs and collectors send over HTTP, and stores it.
///
/// ```swift
/// let receiver = try OTLPReceiver(at: .standard, host: host)
/// …
/// receiver.stop()
/// ```
/// A request is answered when its records are stored, and not before. One thread serves the connections, another stores: the
/// requests that arrive during one transaction are stored by the next. What cannot be stored soon is answered by 429 or 503, so
/// that clients send it again.
public final class OTLPReceiver: Sendable {
    /// Where it listens.
    public let address: ListenAddress
    private let limits: ReceiverLimits
    private let group: MultiThreadedEventLoopGroup
    private let server: any Channel
    private let connections: OpenConnections
    private let storing: StoringThread

    /// Why a receiver cannot begin.
    public struct Trouble: Error, CustomStringConvertible {
        public let description: String
    }

    /// Begins to receive at an address. Throws when it is not free, or the store cannot be written.
    public init(at wanted: ListenAddress, limits: ReceiverLimits = ReceiverLimits(), host: ReceiverHost) throws {
        let group = OTLPReceiver.withSignalsBlocked { MultiThreadedEventLoopGroup(numberOfThreads: 2) }
        let connections = OpenConnections(most: limits.connections)
        let storing = StoringThread(on: group.next(), limits, host)
        do {
            server = try OTLPReceiver.bind(wanted, on: group.next(), limits, connections, storing, host)
            address = ListenAddress(host: wanted.host, port: server.localAddress?.port ?? wanted.port)
            do {
                try storing.begin(address)
                try server.setOption(.autoRead, value: true).wait()
            } catch {
                try? server.close().wait()
                throw error
            }
        } catch {
            try? group.syncShutdownGracefully()
            throw error
        }
        (self.limits, self.group, self.connections, self.storing) = (limits, group, connections, storing)
    }

    /// Binds the address; connections are taken when the channel begins to read.
    private static func bind(
        _ address: ListenAddress, on loop: any EventLoop, _ limits: ReceiverLimits, _ connections: OpenConnections,
        _ storing: StoringThread, _ host: ReceiverHost
    ) throws -> any Channel {
        let told: @Sendable (String) -> Void = { reason in
            if storing.told.isNews(reason) { host.report(.refused(reason)) }
        }
        let bootstrap = ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in
                guard connections.add(channel) else { return channel.close() }
                return channel.eventLoop.makeCompletedFuture {
                    let gate = ProtocolGate(seconds: limits.secondsForRequest, told: told) {
                        HTTPConnection(limits, storing.queue, wake: { storing.wake() }, told: told)
                    }
                    try channel.pipeline.syncOperations.addHandler(gate)
                }
            }
        do {
            return try bootstrap.bind(host: address.host, port: address.port).wait()
        } catch let error as IOError {
            throw Trouble(description: reason(error, address))
        }
    }

    private static func reason(_ error: IOError, _ address: ListenAddress) -> String {
        switch error.errnoCode {
        case EADDRINUSE:
            "another program listens on \(address) already, perhaps a collector or another `faultline listen`; "
                + "name another port, such as \(ListenAddress(host: address.host, port: address.port == 4319 ? 4320 : 4319))"
        case EACCES: "\(address): ports below 1024 need rights; name another, such as \(address.host):4318"
        case EADDRNOTAVAIL: "\(address.host) is no address of this machine; write 127.0.0.1, or 0.0.0.0 for all of them"
        default: "\(address): \(String(cString: strerror(error.errnoCode)).lowercased())"
        }
    }

    /// Ends receiving: no more requests are taken, and what arrived whole is stored and answered. Waits until that is done, as
    /// long as the limits allow; what is not stored by then is not acknowledged.
    public func stop() throws {
        try? server.close().wait()
        connections.end()
        for _ in 0..<limits.secondsForEnd * 50 where connections.count > 0 { usleep(20_000) }
        if connections.count > 0 { storing.giveUp() }
        let ended = Result { try storing.end() }
        // Answers that were given by then are still sent.
        for _ in 0..<25 where connections.count > 0 { usleep(20_000) }
        connections.close()
        try? group.syncShutdownGracefully()
        try ended.get()
    }

    /// Makes `stop` give up what is not stored yet. May be called on any thread.
    public func giveUp() {
        storing.giveUp()
        connections.close()
    }

    /// Signals belong to the program's own threads.
    private static func withSignalsBlocked<R>(_ body: () -> R) -> R {
        var all = sigset_t(), before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_BLOCK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        return body()
    }
}
