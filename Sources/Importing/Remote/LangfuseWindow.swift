import Ingest
import Model

/// One window of a Langfuse project: all pages of its lists, kept in a file until they are imported together.
struct LangfuseWindow {
    let file: PageFile
    /// The number of observations.
    private(set) var observations = 0
    /// What could not be read completely.
    private(set) var problems: [String] = []
    private let connection: LangfuseConnection

    /// The number of readings of a list whose rows come and go meanwhile.
    static let readings = 3
    /// Observations of a window, above which it is divided where the server says how many there are.
    static let many = 3000

    /// Thrown when a window has more observations than `many` and can be divided.
    struct TooMany: Error {}

    /// Reads the window `from..<to`.
    /// - Parameters:
    ///   - tracesFrom: The instant from which traces are read: they begin before their observations.
    ///   - canDivide: True when the window may be refused for its size.
    init(
        _ connection: LangfuseConnection, from: Timestamp, to: Timestamp, tracesFrom: Timestamp, canDivide: Bool,
        beside store: String
    ) throws {
        self.connection = connection
        file = try PageFile(beside: store)
        var byCursor: Int? = try read(.observationsByCursor, from: from, to: to)
        if byCursor == nil {
            byCursor = try read(.observations, from: from, to: to, limit: canDivide ? LangfuseWindow.many : nil)
            _ = try read(.traces, from: tracesFrom, to: to)
        }
        observations = byCursor ?? 0
        if try read(.scores, from: tracesFrom, to: to) == nil { _ = try read(.oldScores, from: tracesFrom, to: to) }
    }

    /// Reads a list; returns the number of its rows, nil when the server does not have it.
    private mutating func read(_ list: LangfuseList, from: Timestamp, to: Timestamp, limit: Int? = nil) throws -> Int? {
        var known: Set<String> = []
        for reading in 1... {
            guard let counted = try readOnce(list, from: from, to: to, limit: limit, known: &known) else { return nil }
            // Rows that are removed meanwhile move others to pages that were read already.
            if list.hasCursor || counted.first == counted.last && known.count >= counted.last ?? 0 { break }
            guard reading < LangfuseWindow.readings else {
                if let total = counted.last, known.count < total {
                    problems.append(
                        "\(list.path) counts \(total.counted("rows")) between \(TimeText.iso(from)) and \(TimeText.iso(to)) and gives "
                            + "\(known.count)")
                }
                break
            }
        }
        return known.count
    }

    /// Reads all pages once; returns the total that the first and the last page name.
    private func readOnce(
        _ list: LangfuseList, from: Timestamp, to: Timestamp, limit: Int?, known: inout Set<String>
    ) throws -> (first: Int?, last: Int?)? {
        var place = LangfusePage.Place.start, first: Int?, last: Int?, passed: Set<LangfusePage.Place> = []
        while passed.insert(place).inserted {
            guard let page = try connection.page(list, from: from, to: to, at: place) else { return nil }
            if place == .start { first = page.total }
            last = page.total ?? last
            if let limit, place == .start, page.total ?? 0 > limit { throw TooMany() }
            // Rows that were read already move to later pages when others come; a newer version of one is kept.
            if !page.ids.isEmpty { try file.append(page) }
            known.formUnion(page.ids)
            guard let next = page.next else { return (first, last) }
            place = next
        }
        throw IngestError(path: connection.address.text, "\(list.path) gives the same page again and again")
    }
}
