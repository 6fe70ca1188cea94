import Ingest
import NIOCore
import NIOHTTP1

/// One connection of a client: takes requests one after another, and answers each when its records are stored.
final class HTTPConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    /// Sent to every connection when the receiver ends.
    struct Ending: Sendable {}

    private enum State {
        case idle
        case receiving(RequestHead, body: [UInt8])
        /// Answered already: the rest of the body is passed over.
        case refused
        /// Whole, and not answered yet.
        case waiting(RequestHead)
    }

    private let limits: ReceiverLimits
    private let queue: RequestQueue
    /// Tells the thread that stores that requests wait.
    private let wake: @Sendable () -> Void
    private let told: @Sendable (String) -> Void
    private var state = State.idle
    private var keepsAlive = true
    private var isEnding = false
    private var timer: Scheduled<Void>?

    init(
        _ limits: ReceiverLimits, _ queue: RequestQueue, wake: @escaping @Sendable () -> Void,
        told: @escaping @Sendable (String) -> Void
    ) {
        (self.limits, self.queue, self.wake, self.told) = (limits, queue, wake, told)
    }

    /// The answer to a body that is larger than the limit.
    static func tooLarge(_ limits: ReceiverLimits) -> Reply {
        var reply = Reply(
            status: 413,
            message:
                "the body is larger than \(limits.bodyBytes >> 20) MB: lower OTEL_BSP_MAX_EXPORT_BATCH_SIZE or OTEL_BLRP_MAX_EXPORT_BATCH_SIZE"
        )
        reply.closes = true
        return reply
    }

    func channelActive(context: ChannelHandlerContext) { wait(limits.secondsOfSilence, context) }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { wait(limits.secondsOfSilence, context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): begin(head, context)
        case .body(let part): take(part, context)
        case .end: end(context)
        }
    }

    // MARK: the request

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        wait(limits.secondsForRequest, context)
        keepsAlive = head.isKeepAlive
        do throws(RequestHead.Refused) {
            let request = try RequestHead(head)
            if let length = request.length, length > limits.bodyBytes {
                throw .init(reply: HTTPConnection.tooLarge(limits), request)
            }
            state = .receiving(request, body: [])
            if request.expectsContinue {
                context.writeAndFlush(
                    wrapOutboundOut(.head(HTTPResponseHead(version: head.version, status: .continue))), promise: nil)
            }
        } catch {
            refuse(error.reply, error.request, context)
        }
    }

    private func take(_ part: ByteBuffer, _ context: ChannelHandlerContext) {
        guard case .receiving(let request, var body) = state else { return }
        // Not kept twice while it grows.
        state = .idle
        let count = part.readableBytes
        guard body.count + count <= limits.bodyBytes else {
            queue.release(body.count)
            return refuse(HTTPConnection.tooLarge(limits), request, context)
        }
        guard queue.reserve(count) else {
            queue.release(body.count)
            return refuse(.busy("too much waits to be stored"), request, context)
        }
        part.withUnsafeReadableBytes { body.append(contentsOf: $0) }
        state = .receiving(request, body: body)
    }

    private func end(_ context: ChannelHandlerContext) {
        switch state {
        case .refused: finish(context)
        case .receiving(let request, let body):
            timer?.cancel()
            state = .waiting(request)
            let promise = context.eventLoop.makePromise(of: Reply.self)
            promise.futureResult.assumeIsolated().whenSuccess { [self] reply in
                guard context.channel.isActive else { return }
                answer(reply, request, context)
                finish(context)
            }
            let received = ReceivedRequest(
                body: body, isPacked: request.isPacked, signal: request.signal, encoding: request.encoding, reply: promise)
            switch queue.add(received) {
            case .waiting: break
            case .first: wake()
            case .full:
                queue.release(body.count)
                promise.succeed(.busy("too many requests wait to be stored"))
            }
        case .idle, .waiting: break
        }
    }

    /// Answers a request that is not stored before all of it arrived. What still comes of it is passed over: a client that is
    /// cut off while it sends would not read why.
    private func refuse(_ reply: Reply, _ request: RequestHead?, _ context: ChannelHandlerContext) {
        if let message = reply.message, reply.status != 429 { told(message) }
        if reply.closes { keepsAlive = false }
        answer(reply, request, context)
        state = .refused
    }

    // MARK: the answer

    private func answer(_ reply: Reply, _ request: RequestHead?, _ context: ChannelHandlerContext) {
        if reply.closes || isEnding { keepsAlive = false }
        let (type, body) = reply.content(request?.signal, request?.encoding)
        var headers = HTTPHeaders([("Content-Type", type), ("Content-Length", String(body.count))])
        if let seconds = reply.retryAfter { headers.add(name: "Retry-After", value: String(seconds)) }
        if let methods = reply.allows { headers.add(name: "Allow", value: methods) }
        if !keepsAlive { headers.add(name: "Connection", value: "close") }
        let head = HTTPResponseHead(version: .http1_1, status: HTTPResponseStatus(statusCode: reply.status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !body.isEmpty { context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    /// After the whole request and its answer.
    private func finish(_ context: ChannelHandlerContext) {
        state = .idle
        guard keepsAlive, !isEnding else { return context.close(promise: nil) }
        wait(limits.secondsOfSilence, context)
    }

    // MARK: time and trouble

    /// Closes the connection after so many seconds, unless this is called again before.
    private func wait(_ seconds: Int64, _ context: ChannelHandlerContext) {
        timer?.cancel()
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(seconds)) { [self] in timeOut(context) }
    }

    private func timeOut(_ context: ChannelHandlerContext) {
        if case .receiving(let request, let body) = state {
            queue.release(body.count)
            state = .refused
            keepsAlive = false
            answer(Reply(status: 408, message: "the request took too long to arrive"), request, context)
        }
        context.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event is Ending else { return context.fireUserInboundEventTriggered(event) }
        isEnding = true
        if case .idle = state { context.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        if case .receiving(_, let body) = state { queue.release(body.count) }
        state = .refused
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
