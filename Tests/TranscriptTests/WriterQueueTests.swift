import ChatPosix
import Foundation
import Synchronization
import Testing

@testable import Transcript

@Suite struct WriterQueueTests {
  let scratch = Scratch()

  /// Who had the turn, in this order.
  private final class Turns: Sendable {
    private let names = Mutex<[String]>([])

    func add(_ name: String) { names.withLock { $0.append(name) } }
    var all: [String] { names.withLock { $0 } }
  }

  /// Queues up in a thread of its own and leaves with the turn taken; returns
  /// once it has a place in the queue, number `place`, from 1.
  private func queueUp(_ name: String, place: Int, _ turns: Turns) throws -> Thread {
    let path = scratch.path
    let thread = Thread {
      let queue = WriterQueue(database: path)
      try? queue.inTurn(within: .seconds(20)) { _ in turns.add(name) }
    }
    thread.start()
    try waitUntil { try self.last == WriterQueue.firstPlace + Int64(place - 1) }
    return thread
  }

  private func sideFile() throws -> LockFile {
    try LockFile(DatabaseFile.lockFile(of: scratch.path), isCreating: true)
  }

  /// The last place that is taken.
  private var last: Int64? {
    get throws {
      let file = try sideFile()
      var last: Int64?
      while let next = try file.lockedElsewhere(
        (last.map { $0 + 1 } ?? WriterQueue.firstPlace)...(.max))
      {
        last = next.upperBound
      }
      return last
    }
  }

  private func waitUntil(_ condition: () throws -> Bool) throws {
    let start = Clock.monotonic()
    while try !condition() {
      try #require(Clock.monotonic() - start < .seconds(20))
      sched_yield()
    }
  }

  /// Runs `body` with the turn; it may throw whatever it likes.
  private func inTurn(
    _ queue: WriterQueue, within limit: Duration = .seconds(20), _ body: (Duration) throws -> Void
  ) throws {
    let result = try queue.inTurn(within: limit) { left in Result { try body(left) } }
    try result.get()
  }

  @Test func whoComesFirstHasTheTurnFirst() throws {
    let turns = Turns()
    let names = (2...40).map { "number \($0)" }
    try inTurn(WriterQueue(database: scratch.path)) { left in
      #expect(left == .seconds(20))
      for (place, name) in zip(2..., names) { _ = try queueUp(name, place: place, turns) }
      #expect(turns.all == [])
    }
    try waitUntil { turns.all.count == names.count }
    #expect(turns.all == names)
    try waitUntil { try last == nil }
  }

  @Test func whoHadTheTurnQueuesUpBehindTheOthers() throws {
    let turns = Turns()
    let queue = WriterQueue(database: scratch.path)
    var threads: [Thread] = []
    try inTurn(queue) { _ in
      threads.append(try queueUp("second", place: 2, turns))
      threads.append(try queueUp("third", place: 3, turns))
    }
    try inTurn(queue) { _ in turns.add("first") }
    #expect(turns.all == ["second", "third", "first"])
    try waitUntil { threads.allSatisfy(\.isFinished) }
  }

  @Test func whoHasTheTurnKeepsIt() throws {
    let queue = WriterQueue(database: scratch.path)
    try inTurn(queue) { _ in
      try inTurn(queue, within: .seconds(7)) { left in #expect(left == .seconds(7)) }
      #expect(try last == WriterQueue.firstPlace)
    }
    #expect(try last == nil)
  }

  @Test func whoDiesInTheQueueIsClosedUpOver() throws {
    let turns = Turns()
    let place = WriterQueue.firstPlace + 1
    try inTurn(WriterQueue(database: scratch.path)) { _ in
      var doomed: LockFile? = try sideFile()
      #expect(try doomed?.tryLock(place...place) == true)
      _ = try queueUp("third", place: 3, turns)
      _ = try queueUp("fourth", place: 4, turns)
      doomed = nil
      // The third waits for the first now, and still before the fourth.
      try waitUntil { try last == place + 2 }
      #expect(turns.all == [])
    }
    try waitUntil { turns.all.count == 2 }
    #expect(turns.all == ["third", "fourth"])
  }

  @Test func anotherProgramsLockOnAllOfTheFileIsPassedBy() throws {
    let other = try sideFile()
    #expect(try other.tryLock(0...(.max)))
    try inTurn(WriterQueue(database: scratch.path)) { left in #expect(left == .seconds(20)) }
    _ = other
  }

  @Test func whoIsStoppedInTheQueueIsWaitedForOnce() throws {
    let stopped = try sideFile()
    #expect(try stopped.tryLock(WriterQueue.firstPlace...WriterQueue.firstPlace))
    let queue = WriterQueue(database: scratch.path)
    let limit = Duration.milliseconds(40)
    try inTurn(queue, within: limit) { left in #expect(left <= limit / 2) }
    try inTurn(queue, within: limit) { left in #expect(left == limit) }
    // It has not lost its place.
    #expect(try last == WriterQueue.firstPlace)
    _ = stopped
  }
}
