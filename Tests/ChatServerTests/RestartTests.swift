import ChatCore
import ChatPosix
import ChatSecure
import Seeded
import Testing
import Transcript

@testable import ChatServer

/// What a server leaves to the next, and what that makes of it.
@Suite struct RestartTests {
  @Test func aHandOverThatAStopCrossesHasTheStopsCause() throws {
    var stage = try Stage()
    let old = try stage.talk(in: .hasFloor)
    let new = try stage.session(in: .introducing)
    stage.claim(old, from: new)
    stage.feed(.stop("SIGTERM"))
    stage.report(.released, from: old)
    let end = stage.feed(.ended(old, .handedOver, at: .ms(9)))
    #expect(end.deaths.map(\.reason) == [.sigint] && end.deaths.map(\.detail) == ["SIGTERM"])
    #expect(end.notices.isEmpty)
  }

  /// What a stopping server does not do any more it does not wake for.
  @Test func aServerThatStopsDoesNotSpin() throws {
    for isRestart in [true, false] {
      var stage = try Stage()
      stage.machine.wantsDesk = true
      let owner = try stage.talk(in: .hasFloor)
      let waiting = try stage.session(in: .waiting)
      stage.report(.detached, from: owner)
      let gone = try stage.talk(in: .waiting)
      stage.feed(.ended(gone, .killed, at: .ms(9)))
      stage.feed(.turnIsOver)
      stage.machine.deskAgainAt = stage.now
      stage.feed(isRestart ? .restart("SIGUSR2") : .stop("SIGTERM"))
      stage.feed(.ended(owner, .exited(SessionExit.ended.rawValue), at: .ms(9)))
      stage.pass(.seconds(301))
      stage.report(.alive, from: waiting)
      for _ in 0..<3 { stage.feed(.turnIsOver) }
      let deadlines = [stage.machine.graceDeadline, stage.machine.deskDeadline].compactMap { $0 }
      let deadline = try #require(stage.machine.deadline)
      #expect(deadline == stage.machine.stopping?.deadline || deadline > stage.now, "\(deadlines)")
    }
  }

  @Test func aRestartRecordsNoEndOfWhatAnotherServerGoesOnWith() throws {
    var stage = try Stage()
    let owner = try stage.talk(in: .hasFloor)
    let other = try stage.session(in: .waiting)
    let gone = try stage.talk(in: .waiting)
    stage.feed(.ended(gone, .killed, at: .ms(9)))
    let actions = stage.feed(.restart("SIGUSR2"))
    #expect(actions.hasStop && actions.givenUp.isEmpty)
    for process in [owner, other] {
      #expect(actions.orders(to: process) == [.restart("SIGUSR2")])
    }
    stage.report(.released, from: owner)
    #expect(stage.feed(.ended(owner, .handedOver, at: .ms(9))).deaths.isEmpty)
    #expect(
      stage.feed(.ended(other, .exited(0), at: .ms(9))).deaths.map(\.conversation) == [nil])
  }

  @Test func aStopEndsWhatWasWaitedFor() throws {
    var stage = try Stage()
    let gone = try stage.talk(in: .hasFloor)
    stage.feed(.ended(gone, .killed, at: .ms(9)))
    let actions = stage.feed(.stop("SIGTERM"))
    #expect(actions.givenUp.map(\.reason) == [.sigint])
    #expect(actions.givenUp.map(\.detail) == ["SIGTERM"])
  }

  /// What an earlier server left: the floor for who had it, the others in their order.
  @Test func aNewServerKeepsTheFloorAndTheQueueOfTheOneBefore() throws {
    var stage = try Stage()
    let talks = try (1...3).map { try Self.earlier($0, in: stage) }
    let actions = stage.feed(.resumableFound(talks))
    guard case .keepsFloor? = actions.notices.first, actions.notices.count == 1 else {
      Issue.record("\(actions)")
      return
    }
    let stranger = try stage.session(in: .waiting)
    #expect(stage.feed(.turnIsOver).orders(to: stranger) == [.place(3)])
    let (third, second, first) = (
      try stage.session(in: .introducing), try stage.session(in: .introducing),
      try stage.session(in: .introducing)
    )
    stage.claim(3, attempt: 3, from: third)
    #expect(stage.actions.orders(to: third) == [.claimRefused(goesOn: true)])
    stage.claim(2, attempt: 4, from: second)
    stage.claim(1, attempt: 4, from: first)
    let order = stage.feed(.turnIsOver).takeOvers
    #expect(order.count == 2)
    #expect(stage.state(of: first) == .hasFloor && stage.state(of: second) == .waiting)
    #expect(
      stage.machine.sessions.filter { $0.state != .introducing }.map(\.processID) == [
        first, second, stranger,
      ])
  }

  /// A place in the queue of an earlier server is kept as long as one in this one's.
  @Test func whatAnEarlierServerLeftIsKeptForItsTime() throws {
    var stage = try Stage()
    stage.feed(.resumableFound(try (1...2).map { try Self.earlier($0, in: stage) }))
    stage.pass(.seconds(60))
    let places = stage.feed(.turnIsOver).givenUp
    #expect(places.map(\.conversation) == [2] && places.map(\.at) == [.ms(61_000)])
    stage.pass(.seconds(140))
    let floor = stage.feed(.turnIsOver).givenUp
    #expect(floor.map(\.conversation) == [1] && floor.map(\.at) == [.ms(201_000)])
  }

  @Test func aTimeThatNoKeeperFindsIsNoTrap() throws {
    let stage = try Stage()
    for (until, time) in [(Int64.min, Int64(1)), (.max, -1), (.min, .max), (.max, .min)] {
      for id: Int64 in [4, 5] {
        var found = ResumableConversation.sample(id)
        found.until = .ms(until)
        let talk = try #require(AwaitedTalk(found, at: .ms(time), stage.now))
        #expect((talk.until > stage.now) == (until == .max))
      }
    }
  }

  /// One that an earlier server left; the first had the floor.
  private static func earlier(_ number: Int64, in stage: Stage) throws -> AwaitedTalk {
    let time = Timestamp.ms(1_000)
    let found = ResumableConversation(
      id: number, tokenHash: TokenHash(of: Stage.token(of: Int32(number))).bytes,
      openedAt: .ms(number), handle: ConversationReport.peer, hadFloor: number == 1,
      until: .ms(201_000), attempt: 3, epoch: 0, protection: ConversationReport.clear)
    return try #require(AwaitedTalk(found, at: time, stage.now))
  }
}
