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
  /// once it stands in the queue as number `place`, from 1.
  private func queueUp(_ name: String, place: Int, _ turns: Turns) throws -> Thread {
    let path = scratch.path
    let thread = Thread {
      var queue = WriterQueue(database: path)
      _ = queue.enter(limit: 20_000)
      turns.add(name)
      queue.leave()
    }
    thread.start()
    try waitUntil { self.last == WriterQueue.firstPlace + Int64(place - 1) }
    return thread
  }

  /// The last place that is taken.
  private var last: Int64? {
    guard let file = SideFile(database: scratch.path, isCreating: true) else { return nil }
    var last: Int64?
    while let next = file.lockedElsewhere((last.map { $0 + 1 } ?? WriterQueue.firstPlace)...(.max))
    {
      last = next.upperBound
    }
    return last
  }

  private func waitUntil(_ condition: () -> Bool) throws {
    let watch = Stopwatch()
    while !condition() {
      try #require(watch.milliseconds < 20_000)
      sched_yield()
    }
  }

  @Test func whoComesFirstHasTheTurnFirst() throws {
    let turns = Turns()
    var queue = WriterQueue(database: scratch.path)
    #expect(queue.enter(limit: 20_000) == 20_000)
    let names = (2...40).map { "number \($0)" }
    for (place, name) in zip(2..., names) { _ = try queueUp(name, place: place, turns) }
    #expect(turns.all == [])
    queue.leave()
    try waitUntil { turns.all.count == names.count }
    #expect(turns.all == names)
    try waitUntil { last == nil }
  }

  @Test func whoHadTheTurnQueuesUpBehindTheOthers() throws {
    let turns = Turns()
    var queue = WriterQueue(database: scratch.path)
    _ = queue.enter(limit: 20_000)
    let second = try queueUp("second", place: 2, turns)
    let third = try queueUp("third", place: 3, turns)
    queue.leave()
    _ = queue.enter(limit: 20_000)
    turns.add("first")
    queue.leave()
    #expect(turns.all == ["second", "third", "first"])
    try waitUntil { second.isFinished && third.isFinished }
  }

  @Test func nobodyIsPassedAtOnceWhoWaits() throws {
    let turns = Turns()
    var queue = WriterQueue(database: scratch.path)
    _ = queue.enter(limit: 20_000)
    _ = try queueUp("second", place: 2, turns)
    var other = WriterQueue(database: scratch.path)
    let isIn = other.enterAtOnce()
    #expect(!isIn)
    queue.leave()
    try waitUntil { turns.all.count == 1 && last == nil }
    let isInNow = other.enterAtOnce()
    #expect(isInNow)
    other.leave()
  }

  @Test func whoDiesInTheQueueIsClosedUpOver() throws {
    let turns = Turns()
    var queue = WriterQueue(database: scratch.path)
    _ = queue.enter(limit: 20_000)
    let place = WriterQueue.firstPlace + 1
    var doomed = SideFile(database: scratch.path, isCreating: true)
    #expect(doomed?.tryLock(place...place) == 0)
    _ = try queueUp("third", place: 3, turns)
    _ = try queueUp("fourth", place: 4, turns)
    doomed = nil
    // The third waits for the first now, and still before the fourth.
    try waitUntil { self.last == place + 2 }
    #expect(turns.all == [])
    queue.leave()
    try waitUntil { turns.all.count == 2 }
    #expect(turns.all == ["third", "fourth"])
  }

  @Test func anotherProgramsLockOnAllOfTheFileIsPassedBy() throws {
    let other = try #require(SideFile(database: scratch.path, isCreating: true))
    #expect(other.tryLock(0...(.max)) == 0)
    var queue = WriterQueue(database: scratch.path)
    let left = queue.enter(limit: 20_000)
    #expect(left == 20_000)
    queue.leave()
    let isIn = queue.enterAtOnce()
    #expect(!isIn)
  }

  @Test func whoIsStoppedInTheQueueIsWaitedForOnce() throws {
    let stopped = try #require(SideFile(database: scratch.path, isCreating: true))
    #expect(stopped.tryLock(WriterQueue.firstPlace...WriterQueue.firstPlace) == 0)
    var queue = WriterQueue(database: scratch.path)
    let left = queue.enter(limit: 40)
    #expect(left <= 20)
    queue.leave()
    let leftThen = queue.enter(limit: 40)
    #expect(leftThen == 40)
    queue.leave()
    // It has not lost its place.
    #expect(last == WriterQueue.firstPlace)
  }
}
