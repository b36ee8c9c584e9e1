import ChatCore
import ChatPosix
import ChatSecure
import Foundation
import Testing
import Transcript

@testable import ChatServer

/// The keeper's process, turn by turn.
@Suite final class KeeperTests {
  private let directory = NSTemporaryDirectory() + "keeper-" + UUID().uuidString
  private let pair: SocketPair
  private let writer: TranscriptWriter
  private let run: ServerRun
  private var keeper: Keeper

  init() throws {
    let path = directory + "/t.db"
    pair = try SocketPair.open()
    writer = try TranscriptWriter(path: path, busyTimeout: .milliseconds(50))
    let settings = ServerSettings(
      port: 0, address: nil, handle: try Handle("SERVER"), mode: .free, idleLimit: nil,
      waitingLimit: 8, database: path, version: "1")
    var run = ServerRun(database: path, settings: settings, port: 1027)
    run.id = try writer.startRun(run.description, at: run.startedAt)
    self.run = run
    keeper = Keeper(socket: pair.one, writer: writer, run: run)
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  private func ask(_ number: Int64) throws {
    let request = KeeperRequest.recordDeath(
      ConversationDeath(
        conversation: nil, peer: "::1", port: 1, openedAt: .ms(number), at: .ms(9), by: .server,
        reason: .crashed))
    #expect(try pair.other.send(request.bytes) == .sent)
  }

  private func turn() {
    let goesOn = keeper.turn()
    #expect(goesOn)
  }

  private func answers() throws -> [KeeperAnswer] {
    var answers: [KeeperAnswer] = []
    while case .message(let bytes) = try pair.other.receive(maximumLength: 100) {
      answers.append(try KeeperAnswer(bytes: bytes))
    }
    return answers
  }

  /// More than a socket takes that nobody reads.
  @Test func everyConfirmationComes() throws {
    let count = 600
    for number in 0..<count {
      try ask(Int64(number))
      if number % 100 == 99 { turn() }
    }
    #expect(try pair.other.send(KeeperRequest.answer.bytes) == .sent)
    var all: [KeeperAnswer] = []
    // Each turn fills the socket again; the commit comes once a second.
    for _ in 0..<30 where all.count <= count {
      turn()
      all += try answers()
    }
    #expect(all.count { $0 == .recorded } == count)
    #expect(all.count { $0 == .alive } == 1)
  }

  /// Also at the end, when the socket is full of what nobody has read yet.
  @Test func everyConfirmationComesAtTheStop() throws {
    let count = 600
    for number in 0..<count {
      try ask(Int64(number))
      if number % 100 == 99 { turn() }
    }
    #expect(try pair.other.send(KeeperRequest.stop.bytes) == .sent)
    let (done, path, socket) = (try SocketPair.open(), writer.path, pair.other)
    let thread = Thread {
      let deadline = Clock.monotonicMilliseconds() + 20_000
      var poller = Poller(ignoringSignals: true)
      var recorded = 0
      // Read only when the end is recorded, which is the last thing but the answers.
      let stopped = "SELECT count(*) FROM server_run WHERE stopped_at IS NOT NULL"
      let other = try? TranscriptWriter(path: path)
      while (try? other?.connection.integer(stopped)) != 1,
        Clock.monotonicMilliseconds() < deadline
      {
        _ = try? poller.poll([], timeoutMilliseconds: 1)
      }
      while recorded < count {
        let ready = try? poller.poll([Interest(socket.descriptor)], timeoutMilliseconds: 3_000)
        if ready?.isEmpty != false { break }
        while case .message(let bytes)? = try? socket.receive(maximumLength: 100) {
          if (try? KeeperAnswer(bytes: bytes)) == .recorded { recorded += 1 }
        }
      }
      _ = try? done.other.send([UInt8(recorded / 100), UInt8(recorded % 100)])
    }
    thread.start()
    let goesOn = keeper.turn()
    #expect(!goesOn)
    var poller = Poller(ignoringSignals: true)
    _ = try poller.poll([Interest(done.one.descriptor)], timeoutMilliseconds: 30_000)
    #expect(try done.one.receive() == .message([6, 0]))
  }

  /// Who asked for it waits for an answer meanwhile.
  @Test func theLockIsWaitedForOnceATurn() throws {
    let other = try TranscriptWriter(path: writer.path)
    try other.connection.execute("BEGIN IMMEDIATE")
    try ask(1)
    keeper.indexAt = 0
    turn()
    #expect(keeper.indexAt == 0)
    try other.connection.execute("ROLLBACK")
    var all: [KeeperAnswer] = []
    for _ in 0..<10 where keeper.indexAt == 0 || all.isEmpty {
      turn()
      all += try answers()
    }
    #expect(keeper.indexAt != 0)
    #expect(all == [.recorded])
  }

  /// A talk of another process, whose commit a seal waits behind.
  @Test func aTurnThatSealsDoesNotIndex() throws {
    let (way, key) = (try SocketPair.open(), try PrivateKey.random())
    keeper = Keeper(socket: pair.one, writer: writer, run: run, sealing: Sealing(way.one))
    let talk = ConversationWriter(
      writer, run: run.id, peerAddress: "::1", peerPort: 1, mode: .free)
    try talk.append([(.open, .ms(1))])
    #expect(try pair.other.send(KeeperRequest.sealAs(key.publicKey).bytes) == .sent)
    keeper.indexAt = Clock.monotonicMilliseconds() + 60_000
    turn()
    guard case .message(let statement) = try way.other.receive() else {
      Issue.record("no seal is asked for")
      return
    }
    let answer = SealAnswer(request: statement, signature: try key.sign(statement))
    #expect(try way.other.send(answer.bytes) == .sent)
    let other = try TranscriptWriter(path: writer.path)
    try other.connection.execute("BEGIN IMMEDIATE")
    keeper.indexAt = 0
    turn()
    // An index that had failed would not be wanted any more.
    #expect(keeper.indexAt == 0)
    try other.connection.execute("ROLLBACK")
    turn()
    #expect(keeper.indexAt != 0)
  }

  /// Whoever has the lock lets go of it when the answer is there.
  @Test func whoAskedIsAnsweredBeforeTheLockIsWaitedFor() throws {
    let patient = try TranscriptWriter(path: writer.path)
    keeper = Keeper(socket: pair.one, writer: patient, run: run)
    let (begun, path, socket) = (try SocketPair.open(), writer.path, pair.other.descriptor)
    let thread = Thread {
      guard let other = try? TranscriptWriter(path: path),
        (try? other.connection.execute("BEGIN IMMEDIATE")) != nil
      else { return }
      _ = try? begun.other.send([1])
      var poller = Poller(ignoringSignals: true)
      _ = try? poller.poll([Interest(socket)], timeoutMilliseconds: 20_000)
      try? other.connection.execute("ROLLBACK")
    }
    thread.start()
    var poller = Poller(ignoringSignals: true)
    _ = try poller.poll([Interest(begun.one.descriptor)], timeoutMilliseconds: 20_000)
    try ask(1)
    #expect(try pair.other.send(KeeperRequest.answer.bytes) == .sent)
    turn()
    #expect(try answers() == [.alive, .recorded])
  }

  /// A directory has taken the place of the file.
  @Test func whereNoFileCanBeMadeItIsNotTriedWithoutAPause() throws {
    try ask(1)
    keeper.indexAt = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: directory)
    where name.hasPrefix("t.db") {
      try FileManager.default.removeItem(atPath: directory + "/" + name)
    }
    try FileManager.default.createDirectory(
      atPath: writer.path, withIntermediateDirectories: false)
    turn()
    #expect(keeper.wait(at: Clock.monotonicMilliseconds()) == 1_000)
    #expect(try answers().isEmpty)
    try FileManager.default.removeItem(atPath: writer.path)
    turn()
    // There is a file again: what waits is recorded at once.
    #expect(keeper.wait(at: Clock.monotonicMilliseconds()) == 0)
    turn()
    #expect(try answers() == [.recorded])
    #expect(try Archive(path: writer.path).newestEvent() == 2)
  }

  @Test func whereNothingCanBeRecordedNothingElseIsTriedWithoutAPause() throws {
    try ask(1)
    keeper.indexAt = 0
    let other = try TranscriptWriter(path: writer.path)
    try other.connection.execute("BEGIN IMMEDIATE")
    turn()
    #expect(keeper.wait(at: Clock.monotonicMilliseconds()) == 1_000)
  }

  @Test func afterAFailureItIsNotTriedWithoutAPause() throws {
    var records = RecordQueue()
    records.append(
      .recordDeath(
        ConversationDeath(
          conversation: 1, peer: "::1", port: 1, openedAt: .ms(1), at: .ms(9), by: .server,
          reason: .crashed)))
    let settings = ServerSettings(
      port: 0, address: nil, handle: try Handle("SERVER"), mode: .free, idleLimit: nil,
      waitingLimit: 8, database: writer.path, version: "1")
    let run = ServerRun(database: writer.path, settings: settings, port: 1027)
    #expect(records.wait(at: 5_000) == 0)
    try writer.connection.execute("DROP TABLE event")
    #expect(throws: TranscriptError.self) {
      try records.record(in: self.writer, run: run, at: 5_000, isLast: false)
    }
    #expect(records.wait(at: 5_000) == 1_000)
  }

  /// Left by an earlier server at the same port.
  @Test func whoDoesNotComeBackIsClosedAndConfirmedAtOnce() throws {
    let first = try writer.startRun(
      RunDescription(pid: 1, bootID: "", version: "1", port: 1027, handle: try Handle("SERVER")),
      at: .ms(1))
    let talk = ConversationWriter(
      writer, run: first, peerAddress: "::1", peerPort: 1, mode: .free)
    let now = Clock.realtimeMilliseconds()
    talk.offer = ([UInt8](repeating: 3, count: 32), .seconds(300))
    try talk.append([
      (.open, .ms(now)), (.handle(try Handle("tatyana"), .native), .ms(now)),
      (.resumable, .ms(now)), (.floor, .ms(now)), (.drop(.reset, detail: nil), .ms(now)),
    ])
    let settings = ServerSettings(
      port: 0, address: nil, handle: try Handle("SERVER"), mode: .free, idleLimit: nil,
      waitingLimit: 8, database: writer.path, version: "1")
    var next = ServerRun(database: writer.path, settings: settings, port: 1027)
    next.id = try writer.startRun(next.description, at: next.startedAt)
    let found = try Keeper.resumable(in: writer, next)
    #expect(found.map(\.id) == [1] && found.first?.hadFloor == true)
    #expect(found.first?.until == .ms(now + 300_000))

    for conversation in [99, 1, 1] as [Int64] {
      let request = KeeperRequest.closeResumable(
        ConversationDeath(
          conversation: conversation, peer: "", port: 0, openedAt: .ms(now), at: .ms(now + 1),
          by: nil, reason: .reset))
      #expect(try pair.other.send(request.bytes) == .sent)
    }
    turn()
    #expect(try answers() == [.recorded, .recorded, .recorded])
    #expect(try writer.connection.integer("SELECT count(*) FROM event WHERE kind = 'close'") == 1)
    #expect(try Keeper.resumable(in: writer, next).isEmpty)
  }

  @Test func whatStatisticsNeedIsCountedWhileNobodyHasTheFloor() throws {
    let conversation = ConversationWriter(
      writer, run: 1, peerAddress: "::1", peerPort: 1, mode: .free)
    try conversation.append([
      (.open, .ms(1)), (.close(by: .client, .quit, detail: nil, undelivered: 0), .ms(2)),
    ])
    func counted() throws -> Int64? {
      try writer.connection.integer("SELECT counted_through FROM total_state")
    }
    keeper.indexAt = 0
    #expect(try pair.other.send(KeeperRequest.floorTaken.bytes) == .sent)
    for _ in 0..<3 {
      // Nothing else would wake it.
      #expect(try pair.other.send(KeeperRequest.answer.bytes) == .sent)
      turn()
    }
    #expect(try counted() == 0)
    #expect(try pair.other.send(KeeperRequest.floorFree.bytes) == .sent)
    turn()
    keeper.indexAt = 0
    turn()
    #expect(try counted() == 2)
  }

  /// As by a keeper that was killed between its commit and the answer.
  @Test func refusalsAskedForAgainAreRecordedOnce() throws {
    let refusals = KeeperRequest.recordRefusals(
      RefusedConnections(source: "192.0.2.7", since: .ms(5), count: 3))
    for _ in 0..<2 {
      #expect(try pair.other.send(refusals.bytes) == .sent)
      var all: [KeeperAnswer] = []
      for _ in 0..<10 where all.isEmpty {
        turn()
        all = try answers()
      }
      #expect(all == [.recorded])
    }
    let select = try writer.connection.prepare("SELECT count(*), sum(connections) FROM refusal")
    #expect(try select.step() && select.integer(at: 0) == 1 && select.integer(at: 1) == 3)
  }
}
