import ChatCore
import ChatPosix
import ChatSecure
import Seeded
import Testing
import Transcript

@testable import ChatServer

/// Conversations that nobody serves until their peers come back.
@Suite struct AwaitedTalkTests {
  @Test func theFloorIsKeptForOneWhoseProcessDies() throws {
    var stage = try Stage()
    let old = try stage.talk(in: .hasFloor)
    let end = stage.feed(.ended(old, .killed, at: .ms(9)))
    #expect(end.deaths.isEmpty)
    guard case .restoreTerminal? = end.first, case .brokeOff? = end.notices.first else {
      Issue.record("\(end)")
      return
    }
    // Who comes gets a place.
    let next = try stage.session(in: .waiting)
    let actions = stage.feed(.turnIsOver)
    #expect(actions.floors.isEmpty)
    #expect(actions.orders(to: next) == [.place(1)])
    let new = try stage.session(in: .introducing)
    stage.claim(old, from: new)
    #expect(stage.feed(.turnIsOver).floors.map(\.process) == [new])
    #expect(stage.actions.takeOvers.last?.inheritance.predecessorDied == true)
  }

  @Test func theGraceEndsAfterItsTimeOrAFifthOfItForThoseWhoWait() throws {
    for waitsAfter: Duration? in [nil, .zero, .seconds(30), .seconds(280)] {
      var stage = try Stage()
      let old = try stage.talk(in: .hasFloor)
      let droppedAt = stage.now
      stage.feed(.ended(old, .killed, at: .ms(9)))
      var waiting: Int32?
      while stage.actions.givenUp.isEmpty {
        if let waitsAfter, waiting == nil, stage.now >= droppedAt.advanced(by: waitsAfter) {
          waiting = try stage.session(in: .waiting)
        }
        stage.feed(.turnIsOver)
        if stage.actions.givenUp.isEmpty { stage.pass(.seconds(1)) }
        #expect(stage.now.duration(since: droppedAt) <= .seconds(300))
        if stage.now.duration(since: droppedAt) > .seconds(400) { return }
      }
      let grace = stage.now.duration(since: droppedAt)
      let wanted = min(Duration.seconds(300), (waitsAfter ?? .seconds(300)) + .seconds(60))
      #expect(grace == wanted)
      // Who comes then reads why.
      #expect(
        stage.actions.givenUp.map(\.reason) == [wanted < .seconds(300) ? .othersWaited : .crashed])
      #expect(stage.actions.givenUp.map(\.conversation) == [Int64(old)])
      let isOthers = wanted < .seconds(300)
      let ends = stage.machine.takeNews().filter { $0.isEnd }
      #expect(
        ends.map(\.kind)
          == [isOthers ? .end(by: nil, .othersWaited) : .end(by: .server, .crashed)])
      #expect(ends.map(\.address) == ["127.0.0.1:50112"])
      stage.feed(.turnIsOver)
      #expect(stage.actions.floors.dropFirst().map(\.process) == [waiting].compactMap { $0 })
    }
  }

  /// Its process ends by itself when the time is over; the others' share is the listener's.
  @Test func aLivingProcessWhoseLinkIsDownIsToldThatOthersWaitedEnough() throws {
    var stage = try Stage()
    let old = try stage.talk(in: .hasFloor)
    stage.report(.detached, from: old)
    #expect(stage.feed(.turnIsOver).orders(to: old).isEmpty)
    stage.pass(.seconds(100))
    _ = try stage.session(in: .waiting)
    stage.feed(.turnIsOver)
    stage.pass(.seconds(59))
    #expect(!stage.feed(.turnIsOver).orders(to: old).contains(.graceIsOver))
    stage.pass(.seconds(1))
    #expect(try #require(stage.machine.deadline) <= stage.now)
    #expect(stage.feed(.turnIsOver).orders(to: old).contains(.graceIsOver))
    #expect(!stage.feed(.turnIsOver).orders(to: old).contains(.graceIsOver))
  }

  /// Those who wait have waited, whether the one with the floor came back in between or not,
  /// until it says something.
  @Test(arguments: [true, false])
  func whoComesBackAndSaysNothingGetsNoNewTime(speaks: Bool) throws {
    var stage = try Stage()
    let old = try stage.talk(in: .hasFloor)
    _ = try stage.session(in: .waiting)
    stage.report(.detached, from: old)
    stage.feed(.turnIsOver)
    stage.pass(.seconds(20))
    stage.feed(.ended(old, .killed, at: .ms(9)))
    stage.feed(.turnIsOver)
    stage.pass(.seconds(20))
    let new = try stage.session(in: .introducing)
    stage.claim(old, from: new)
    stage.feed(.turnIsOver)
    #expect(stage.state(of: new) == .hasFloor)
    // It is there, and nobody counts that.
    stage.pass(.seconds(1000))
    stage.report(.alive, from: new)
    if speaks { stage.report(.spoke, from: new) }
    stage.report(.detached, from: new)
    stage.feed(.turnIsOver)
    stage.pass(.seconds(speaks ? 59 : 19))
    #expect(!stage.feed(.turnIsOver).orders(to: new).contains(.graceIsOver))
    stage.pass(.seconds(1))
    #expect(stage.feed(.turnIsOver).orders(to: new).contains(.graceIsOver))
  }

  @Test func aPlaceInTheQueueIsKeptForAMinuteAndCounts() throws {
    var stage = try Stage()
    let owner = try stage.session(in: .hasFloor)
    let first = try stage.talk(in: .waiting)
    let second = try stage.session(in: .waiting)
    stage.feed(.turnIsOver)
    #expect(stage.actions.orders(to: second) == [.place(2)])
    stage.report(.detached, from: first)
    #expect(stage.feed(.ended(first, .handedOver, at: .ms(9))).deaths.isEmpty)
    #expect(stage.feed(.turnIsOver).orders(to: second).isEmpty)
    #expect(stage.machine.queueLength == 2)
    // Never the floor while it is down.
    stage.report(.released, from: owner)
    #expect(stage.feed(.turnIsOver).floors.map(\.process) == [second])
    let new = try stage.session(in: .introducing)
    stage.claim(first, from: new)
    let third = try stage.session(in: .waiting)
    let actions = stage.feed(.turnIsOver)
    #expect(actions.takeOvers.map(\.inheritance.hasFloor) == [false])
    #expect(actions.orders(to: new).last == .place(1))
    #expect(actions.orders(to: third) == [.place(2)])
    // The minute is over for another.
    stage.report(.detached, from: new)
    stage.feed(.ended(new, .handedOver, at: .ms(9)))
    stage.pass(.seconds(59))
    #expect(stage.feed(.turnIsOver).givenUp.isEmpty)
    stage.pass(.seconds(1))
    #expect(stage.feed(.turnIsOver).givenUp.map(\.reason) == [.reset])
    #expect(stage.actions.orders(to: third).last == .place(1))
  }

  @Test func aFullQueueIsNoReasonToTurnAwayWhoMayOwnATalk() throws {
    var stage = try Stage()
    let owner = try stage.talk(in: .hasFloor)
    for _ in 0..<8 { _ = try stage.session(in: .waiting) }
    let stranger = try stage.session(in: .introducing)
    #expect(stage.report(.ready, from: stranger).orders(to: stranger) == [.full])
    stage.feed(.ended(owner, .killed, at: .ms(9)))
    let new = try stage.session(in: .introducing)
    stage.claim(owner, from: new)
    #expect(stage.feed(.turnIsOver).takeOvers.map(\.process) == [new])
  }

  @Test func whoIsNotAllowedAnyMoreIsNotWaitedFor() throws {
    for isAllowed in [true, false] {
      var stage = try Stage()
      let key = ConversationReport.key(1)
      let list = AllowList(text: Array("\(key) mike\n".utf8))
      stage.machine.allowList = list
      let old = try stage.session(in: .introducing)
      stage.report(.proved(key), from: old)
      stage.report(.ready, from: old)
      stage.feed(.turnIsOver)
      stage.report(.recorded(conversation: 4), from: old)
      stage.report(.resumable(ConversationReport.peer, ConversationReport.encrypted), from: old)
      stage.feed(.ended(old, .killed, at: .ms(9)))
      let actions = stage.feed(.allowListChanged(isAllowed ? list : AllowList(text: [])))
      #expect(actions.givenUp.map(\.reason) == (isAllowed ? [] : [.blocked]))
      #expect(stage.machine.floorIsKept == isAllowed)
    }
  }

  @Test func theDeskFreesTheFloor() throws {
    var stage = try Stage()
    stage.machine.wantsDesk = true
    let old = try stage.talk(in: .hasFloor)
    stage.feed(.ended(old, .killed, at: .ms(9)))
    #expect(stage.feed(.turnIsOver).startsDesk)
    let desk: Int32 = 50
    #expect(stage.feed(.deskStarted(desk)).orders(to: desk) == [.awaited(true)])
    let actions = stage.report(.floorFreed, from: desk)
    #expect(actions.givenUp.map(\.reason) == [.quit])
    #expect(actions.givenUp.map(\.by) == [.server])
    #expect(stage.feed(.turnIsOver).orders(to: desk) == [.awaited(false)])
    #expect(stage.report(.floorFreed, from: desk).givenUp.isEmpty)
  }

  /// Before it gives way to somebody else, whom what is on its line is not for.
  @Test func theDeskLearnsThatNobodyIsWaitedForBeforeItYields() throws {
    var stage = try Stage()
    stage.machine.wantsDesk = true
    let old = try stage.talk(in: .hasFloor)
    stage.feed(.ended(old, .killed, at: .ms(9)))
    stage.feed(.turnIsOver)
    let desk: Int32 = 50
    #expect(stage.feed(.deskStarted(desk)).orders(to: desk) == [.awaited(true)])
    _ = try stage.session(in: .waiting)
    stage.feed(.turnIsOver)
    stage.pass(.seconds(60))
    let orders = stage.feed(.turnIsOver).orders(to: desk)
    #expect(orders.suffix(2) == [.awaited(false), .yield])
  }

  /// The desk takes the floor for free once it has asked, and is set right.
  @Test func theDeskLearnsThatTheFloorIsStillKept() throws {
    var stage = try Stage()
    stage.machine.wantsDesk = true
    let old = try stage.talk(in: .hasFloor)
    stage.feed(.ended(old, .killed, at: .ms(9)))
    stage.feed(.turnIsOver)
    let desk: Int32 = 50
    stage.feed(.deskStarted(desk))
    stage.feed(.turnIsOver)
    let new = try stage.session(in: .introducing)
    stage.claim(old, from: new)
    #expect(stage.report(.floorFreed, from: desk).givenUp.isEmpty)
    stage.feed(.ended(new, .killed, at: .ms(9)))
    #expect(stage.feed(.turnIsOver).orders(to: desk) == [.awaited(true)])
  }

  /// The desk that is there meanwhile gives the terminal back first.
  @Test func whoComesBackWaitsForTheDesk() throws {
    var stage = try Stage()
    stage.machine.wantsDesk = true
    let old = try stage.talk(in: .hasFloor)
    stage.feed(.ended(old, .killed, at: .ms(9)))
    stage.feed(.turnIsOver)
    let desk: Int32 = 50
    stage.feed(.deskStarted(desk))
    let new = try stage.session(in: .introducing)
    stage.claim(old, from: new)
    let actions = stage.feed(.turnIsOver)
    #expect(actions.orders(to: desk).contains(.yield))
    #expect(actions.takeOvers.isEmpty)
    stage.report(.released, from: desk)
    #expect(stage.feed(.turnIsOver).takeOvers.map(\.process) == [new])
  }
}

extension SessionNews {
  fileprivate var isEnd: Bool { if case .end = kind { true } else { false } }
}
