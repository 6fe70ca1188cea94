import Model
import QueryLanguage
import Render
import Platform

/// One statement of a session, and what it came to.
struct Cell {
    /// From 1.
    let number: Int
    /// The statement; short ids are whole.
    let text: String
    /// What the clock said.
    let clock: Timestamp
    /// The instant that counted as now: what `as of` pinned, else the clock's.
    let now: Timestamp
    /// The zone in which times were shown.
    let zone: Zone
    let role: StatementRole
    var outcome: Outcome

    /// How it ended.
    var exit: ExitCode { outcome.reply.exit }
}

/// What was said and asked in a session, in order.
struct Cells {
    /// Prose or a numbered statement.
    enum Item {
        case note(String)
        case cell(Cell)
    }

    private(set) var items: [Item] = []
    /// Places of the cells among the items: cell `n` at `n - 1`.
    private var places: [Int] = []
    /// What `$n` stands for, by the numbers of the cells that have rows to ask on from.
    private(set) var sources: [Int: ResultSource] = [:]
    /// The last of these numbers.
    private(set) var lastSource: Int?
    private var heldValues = 0
    /// The first cell whose result may still be held.
    private var firstHeld = 1

    /// Values held in memory, about; older results are let go of first.
    static let mostValues = 4_000_000

    /// How many cells there are.
    var count: Int { places.count }

    /// The cell with this number; nil when there is none.
    subscript(_ number: Int) -> Cell? {
        guard number > 0, number <= places.count, case .cell(let cell) = items[places[number - 1]] else { return nil }
        return cell
    }

    /// The last cell that has a result, up to a number.
    func lastResult(before number: Int = .max) -> Cell? {
        var at = Swift.min(count, number - 1)
        while at > 0 {
            if let cell = self[at], cell.outcome.result != nil { return cell }
            at -= 1
        }
        return nil
    }

    mutating func add(note: String) { items.append(.note(note)) }

    mutating func add(_ cell: Cell) {
        precondition(cell.number == count + 1, "cells are numbered in order")
        places.append(items.count)
        items.append(.cell(cell))
        if let source = cell.outcome.result?.source {
            sources[cell.number] = source
            lastSource = cell.number
        }
        heldValues += cell.outcome.result?.size ?? 0
        while heldValues > Cells.mostValues, firstHeld < count {
            let place = places[firstHeld - 1]
            if case .cell(var old) = items[place], let size = old.outcome.result?.size {
                // What is drawn from the rows goes with them, but for one plain picture.
                old.outcome.reply.output = old.outcome.picture(
                    Style(widthInColumns: Pins.widthOfFiles, zone: old.zone, now: old.now))
                old.outcome.result = nil
                sources[old.number] = nil
                if lastSource == old.number { lastSource = sources.keys.max() }
                old.outcome.picture = nil
                heldValues -= size
                items[place] = .cell(old)
            }
            firstHeld += 1
        }
    }
}
