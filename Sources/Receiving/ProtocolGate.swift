import NIOCore
import NIOHTTP1

/// Looks at the first bytes of a connection: HTTP/1 goes on, gRPC and TLS are told what to set.
final class ProtocolGate: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private var first = ByteBuffer()
    private var refusal: HTTP2Refusal?
    private var timer: Scheduled<Void>?
    private let makeConnection: () -> HTTPConnection
    private let told: @Sendable (String) -> Void
    private let seconds: Int64

    /// - Parameter seconds: How long a client may be silent, or speak a protocol that is not served.
    init(seconds: Int64, told: @escaping @Sendable (String) -> Void, _ makeConnection: @escaping () -> HTTPConnection) {
        self.seconds = seconds
        self.told = told
        self.makeConnection = makeConnection
    }

    func handlerAdded(context: ChannelHandlerContext) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(seconds)) { context.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        if refusal != nil { return refuse(part, context) }
        first.writeBuffer(&part)
        let known = first.readableBytesView.prefix(HTTP2Refusal.preface.count)
        if known.first == 0x16 {
            told("a client speaks TLS: give it the address as http://, not https://")
            return context.close(promise: nil)
        }
        guard known.elementsEqual(HTTP2Refusal.preface.prefix(known.count)) else { return goOn(context) }
        guard known.count == HTTP2Refusal.preface.count else { return }
        refusal = HTTP2Refusal()
        told("a client speaks gRPC: set OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf where it runs")
        refuse(first, context)
    }

    private func refuse(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        guard let answer = refusal?.answer(to: bytes.readableBytesView) else { return context.close(promise: nil) }
        if !answer.isEmpty { context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: answer)), promise: nil) }
    }

    /// Hands the connection to HTTP/1.
    private func goOn(_ context: ChannelHandlerContext) {
        do {
            let pipeline = context.pipeline.syncOperations
            try pipeline.configureHTTPServerPipeline(withPipeliningAssistance: true, withErrorHandling: true)
            try pipeline.addHandler(makeConnection())
            context.fireChannelRead(wrapInboundOut(first))
            context.fireChannelReadComplete()
            pipeline.removeHandler(context: context, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is HTTPConnection.Ending, refusal != nil || first.readableBytes == 0 { return context.close(promise: nil) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
