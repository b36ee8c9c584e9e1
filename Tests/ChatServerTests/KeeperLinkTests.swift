import ChatCore
import ChatPosix
import ChatSecure
import Testing
import Transcript

@testable import ChatServer

/// The keeper reads what peers wrote: its answers are a stranger's.
@Suite struct KeeperLinkTests {
  private let pair: SocketPair
  private let keeper: KeeperLink

  init() throws {
    pair = try SocketPair.open()
    let settings = ServerSettings(
      port: 0, address: nil, handle: try Handle("SERVER"), mode: .free, idleLimit: nil,
      waitingLimit: 8, database: "/t.db", version: "1")
    keeper = KeeperLink(run: ServerRun(database: "/t.db", settings: settings, port: 1027))
    keeper.attach(1, pair.one)
  }

  private func answer(_ bytes: [UInt8]) throws { #expect(try pair.other.send(bytes) == .sent) }

  private func answer(_ answer: KeeperAnswer) throws { try self.answer(answer.bytes) }

  private func death(_ number: Int64) -> KeeperRequest {
    .recordDeath(
      ConversationDeath(
        conversation: number, peer: "::1", port: 1, openedAt: .ms(number), at: .ms(9), by: .server,
        reason: .crashed))
  }

  private func requests(from socket: MessageSocket) throws -> [KeeperRequest] {
    var requests: [KeeperRequest] = []
    while case .message(let bytes) = try socket.receive(maximumLength: 16_384) {
      requests.append(try KeeperRequest(bytes: bytes))
    }
    return requests
  }

  @Test func theFloorIsReportedWhenItChangesAndToANewKeeper() throws {
    for isTaken in [false, true, true, false, true] { keeper.note(isFloorTaken: isTaken) }
    #expect(try requests(from: pair.other) == [.floorTaken, .floorFree, .floorTaken])
    let second = try SocketPair.open()
    keeper.takeBack()
    keeper.note(isFloorTaken: true)
    keeper.attach(1, second.one)
    keeper.note(isFloorTaken: true)
    #expect(try requests(from: second.other) == [.floorTaken])
  }

  @Test func whatWasAskedIsAnsweredOnce() throws {
    try answer(.running(3))
    #expect(keeper.read())
    keeper.enqueue(death(1))
    keeper.enqueue(.index)
    keeper.enqueue(death(2))
    #expect(try requests(from: pair.other) == [death(1), .index, death(2)])
    try answer(.recorded)
    #expect(keeper.read())
    #expect(!keeper.owesDeath(openedAt: .ms(1)) && keeper.owesDeath(openedAt: .ms(2)))
    try answer(.recorded)
    #expect(keeper.read())
    #expect(!keeper.owesDeath(openedAt: .ms(2)))
    try answer(.recorded)
    #expect(!keeper.read())
    #expect(keeper.interest == nil)
  }

  @Test(
    "what is not due ends it",
    arguments: [
      KeeperAnswer.recorded.bytes, KeeperAnswer.resumable(.sample(4)).bytes,
      [0], [0xff], KeeperAnswer.running(3).bytes + [0],
      Array(KeeperAnswer.running(3).bytes.dropLast()),
      [UInt8](repeating: AnswerCode.running.rawValue, count: 20_000),
    ])
  func undue(_ bytes: [UInt8]) throws {
    try answer(bytes)
    #expect(!keeper.read())
    #expect(keeper.interest == nil)
  }

  /// As often as there may be something to say, and before it is said to be recorded.
  @Test func whatWasNotConfirmedIsReadOnceForEachEnd() throws {
    let unconfirmed = TranscriptWriter.Unconfirmed(
      handle: ConversationReport.peer, count: 1, texts: ["hi"])
    try answer(.running(3))
    #expect(keeper.read())
    for number in Int64(1)...2 { keeper.enqueue(death(number)) }
    for next in [KeeperAnswer.unconfirmed(unconfirmed), .recorded, .unconfirmed(unconfirmed)] {
      try answer(next)
    }
    #expect(keeper.read())
    #expect(keeper.takeUnread() == [unconfirmed, unconfirmed])
    #expect(keeper.takeUnread().isEmpty)
    try answer(.unconfirmed(unconfirmed))
    #expect(!keeper.read())
    #expect(keeper.takeUnread().isEmpty)
  }

  @Test func itSaysOnceThatItRuns() throws {
    try answer(.running(3))
    try answer(.running(3))
    #expect(!keeper.read())
  }

  @Test func anotherIsAskedForWhatTheFirstDidNotConfirm() throws {
    try answer(.running(3))
    #expect(keeper.read())
    for number in Int64(1)...3 { keeper.enqueue(death(number)) }
    #expect(try requests(from: pair.other).count == 3)
    try answer(.recorded)
    pair.other.close()
    keeper.takeBack()
    keeper.enqueue(death(4))
    #expect(keeper.isBehind)
    let next = try SocketPair.open()
    keeper.attach(2, next.one)
    keeper.send()
    #expect(try requests(from: next.other) == [death(2), death(3), death(4)])
    next.other.close()
  }

  /// What the next keeper is to know is what is so when it comes.
  @Test func theFloorOfADeadKeepersTimeIsNotReportedToTheNext() throws {
    try answer(.running(3))
    #expect(keeper.read())
    // So many that the last find no room.
    for number in Int64(1)...1_000 { keeper.enqueue(death(number)) }
    keeper.note(isFloorTaken: true)
    keeper.takeBack()
    keeper.note(isFloorTaken: false)
    let next = try SocketPair.open()
    keeper.attach(2, next.one)
    keeper.note(isFloorTaken: false)
    var all: [KeeperRequest] = []
    while keeper.isBehind {
      keeper.send()
      all += try requests(from: next.other)
    }
    #expect(all == (1...1_000).map(death))
  }

  @Test func whatNobodyTakesDoesNotGrowForEver() throws {
    keeper.takeBack()
    for number in 0..<Int64(KeeperLink.backlogLimit + 1_000) {
      keeper.enqueue(death(number + 1))
      keeper.enqueue(.index)
    }
    let next = try SocketPair.open()
    keeper.attach(2, next.one)
    var all: [KeeperRequest] = []
    while keeper.isBehind {
      keeper.send()
      all += try requests(from: next.other)
    }
    #expect(all.count <= KeeperLink.backlogLimit)
    #expect(all.first == death(1))
  }

  /// It is said once: a keeper that missed it would seal nothing, or index while somebody
  /// talks.
  @Test func whatIsSoIsSaidAlsoWhereTheBacklogIsFull() throws {
    let key = try PrivateKey.random().publicKey
    try answer(.running(3))
    #expect(keeper.read())
    for number in 0..<Int64(KeeperLink.backlogLimit + 1) { keeper.enqueue(death(number + 1)) }
    keeper.note(isFloorTaken: true)
    keeper.enqueue(.sealAs(key))
    for isTaken in [false, true, false] { keeper.note(isFloorTaken: isTaken) }
    var all: [KeeperRequest] = []
    repeat {
      keeper.send()
      all += try requests(from: pair.other)
    } while keeper.isBehind
    #expect(all.count { $0.code == .recordDeath } == KeeperLink.backlogLimit)
    #expect(all.suffix(3) == [.floorTaken, .sealAs(key), .floorFree])
  }
}
