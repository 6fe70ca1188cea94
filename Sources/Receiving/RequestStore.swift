import Errors
import Importing
import Ingest
import LocalStore
import Model
import NIOCore

/// Stores requests; used by one thread.
final class RequestStore {
    private let source: ReceivedSource
    private let host: ReceiverHost
    private let queue: RequestQueue
    private let limits: ReceiverLimits
    private let told: ToldReasons
    private var totals = ReceiverTotals()
    private var isInTrouble = false

    /// What one transaction holds at most, beyond its last request.
    private static let most = (records: 20_000, bytes: 32 << 20)

    init(_ address: ListenAddress, _ queue: RequestQueue, _ limits: ReceiverLimits, _ host: ReceiverHost, _ told: ToldReasons)
        throws
    {
        (self.host, self.queue, self.limits, self.told) = (host, queue, limits, told)
        source = try ReceivedSource(host.open(), path: address.source, mark: host.mark, now: host.clock())
    }

    /// A request that was read and is not stored yet.
    private struct Read {
        let request: ReceivedRequest
        let content: OTLPRequest.Content
    }

    /// Stores all requests that wait.
    func storeWaiting() {
        while case let requests = queue.take(), !requests.isEmpty {
            var group: [Read] = [], records = 0, bytes = 0
            for request in requests {
                do throws(Refused) {
                    let (content, size) = try read(request)
                    group.append(Read(request: request, content: content))
                    records += content.records.count
                    bytes += size
                } catch {
                    answer(request, error.reply)
                }
                if records >= RequestStore.most.records || bytes >= RequestStore.most.bytes {
                    store(group)
                    (group, records, bytes) = ([], 0, 0)
                }
            }
            store(group)
        }
    }

    /// Notes that everything sent so far is stored.
    func check() {
        do throws(StoreError) {
            try source.check(now: host.clock())
        } catch {
            note(trouble: error)
        }
    }

    /// Ends receiving.
    func end() throws(StoreError) { try source.end(now: host.clock()) }

    /// What a request is answered that is not stored.
    private struct Refused: Error {
        let reply: Reply
    }

    private func read(_ request: ReceivedRequest) throws(Refused) -> (OTLPRequest.Content, size: Int) {
        var body = request.body
        if request.isPacked {
            do throws(Unpacking.Fault) { body = try Unpacking.unpack(body, limit: limits.bodyBytes) } catch {
                switch error {
                case .damaged: throw Refused(reply: Reply(status: 400, message: "the body is damaged: it cannot be unpacked"))
                case .tooLarge: throw Refused(reply: HTTPConnection.tooLarge(limits))
                }
            }
        }
        do throws(OTLPRequest.Fault) {
            return (try OTLPRequest.read(body, request.signal, request.encoding), body.count)
        } catch {
            throw Refused(reply: Reply(status: 400, message: error.description))
        }
    }

    /// Stores requests in one transaction, and answers them.
    private func store(_ group: [Read]) {
        guard !group.isEmpty else { return }
        do throws(StoreError) {
            let records = group.flatMap(\.content.records)
            var new = 0
            if !records.isEmpty {
                let report = try source.store(records, assessor: host.assessor(), now: host.clock())
                new = report.new
            }
            totals.requests += group.count
            totals.records += records.count
            totals.new += new
            for read in group {
                totals.rejected += read.content.rejected
                for notice in read.content.notices where told.isNews(notice) { host.report(.notice(notice)) }
                var reply = Reply.stored
                (reply.rejected, reply.message) = (read.content.rejected, read.content.reason)
                answer(read.request, reply)
            }
            if isInTrouble { host.report(.trouble(nil)) }
            isInTrouble = false
            host.report(.stored(totals))
        } catch {
            fail(group, error)
        }
    }

    private func fail(_ group: [Read], _ error: StoreError) {
        switch error {
        case .interrupted: for read in group { answer(read.request, Reply.busy("the receiver ends", status: 503, after: 5)) }
        case .statement where group.count > 1:
            // One request that cannot be stored does not keep the others from it.
            for read in group { store([read]) }
        case .statement:
            note(trouble: error)
            for read in group { answer(read.request, Reply(status: 500, message: "cannot be stored: \(error)")) }
        default:
            note(trouble: error)
            for read in group { answer(read.request, Reply.busy("cannot be stored: \(error)", status: 503, after: 5)) }
        }
    }

    private func note(trouble: StoreError) {
        guard trouble != .interrupted else { return }
        isInTrouble = true
        if told.isNews("\(trouble)") { host.report(.trouble("\(trouble)")) }
    }

    private func answer(_ request: ReceivedRequest, _ reply: Reply) {
        queue.release(request.body.count)
        if reply.status != 200 {
            if reply.retryAfter == nil { totals.refused += 1 }
            if let message = reply.message, reply.status < 500, told.isNews(message) { host.report(.refused(message)) }
        }
        request.reply.succeed(reply)
    }
}
