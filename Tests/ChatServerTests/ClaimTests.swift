import ChatCore
import ChatPosix
import ChatSecure
import Seeded
import Testing
import Transcript

@testable import ChatServer

/// Who goes on with a conversation, and when.
@Suite struct ClaimTests {
  private static let handedOver = ChatPosix.ExitStatus.exited(SessionExit.handedOver.rawValue)
  private static let killed = ChatPosix.ExitStatus.signaled(9, coreDumped: false)

  /// The old process leaves, and only when it is reaped the new one begins: with its
  /// conversation, its time, its place and the terminal.
  @Test func theOldOneIsReapedBeforeTheNewOneBegins() throws {
    var stage = try Stage()
    let old = try stage.talk(in: .hasFloor)
    let waiting = try stage.session(in: .waiting)
    stage.feed(.turnIsOver)
    let new = try stage.session(in: .introducing)
    let openedAt = try #require(stage.session(old)?.openedAt)
    #expect(stage.claim(old, from: new).orders(to: old) == [.handOver])
    #expect(stage.state(of: new) == .claiming)
    #expect(stage.feed(.turnIsOver).takeOvers.isEmpty)
    stage.report(.draft(Array("half".utf8)), from: old)
    stage.report(.released, from: old)
    // The terminal is free, and for nobody else.
    var actions = stage.feed(.turnIsOver)
    #expect(actions.takeOvers.isEmpty && actions.floors.isEmpty && !actions.startsDesk)
    #expect(stage.feed(.ended(old, Self.handedOver, at: .ms(9))).deaths.isEmpty)
    actions = stage.feed(.turnIsOver)
    #expect(actions.floors.map(\.process) == [new])
    #expect(actions.floors.map(\.draft) == [Array("half".utf8)])
    #expect(actions.takeOvers.map(\.process) == [new])
    #expect(
      actions.takeOvers.map(\.inheritance) == [
        Inheritance(
          conversation: Int64(old), openedAt: openedAt, hasFloor: true, predecessorDied: false,
          lostAt: .ms(9))
      ])
    #expect(stage.state(of: new) == .hasFloor)
    #expect(stage.session(new)?.openedAt == openedAt)
    #expect(stage.session(new)?.conversation == Int64(old))
    #expect(stage.machine.sessions.map(\.processID) == [new, waiting])
    // The terminal comes before the conversation that needs it.
    let floor = try #require(
      actions.firstIndex { if case .giveFloor = $0 { true } else { false } })
    let takeOver = try #require(
      actions.firstIndex { if case .order(.takeOver, _) = $0 { true } else { false } })
    #expect(floor < takeOver)
  }

  @Test func oneThatDoesNotLeaveIsKilledAfterTwoSecondsInWhichTheListenerRan() throws {
    var stage = try Stage()
    let old = try stage.talk(in: .hasFloor)
    let new = try stage.session(in: .introducing)
    stage.claim(old, from: new)
    // All of us were stopped.
    stage.pass(.seconds(100))
    #expect(stage.feed(.turnIsOver).killed.isEmpty)
    var killed: [Int32] = []
    var waited = Duration.zero
    while killed.isEmpty, waited < .seconds(10) {
      stage.pass(.milliseconds(500))
      waited += .milliseconds(500)
      killed = stage.feed(.turnIsOver).killed
    }
    #expect(killed == [old])
    #expect(waited == HandOver.within)
    #expect(stage.actions.takeOvers.isEmpty)
    let end = stage.feed(.ended(old, Self.killed, at: .ms(9)))
    #expect(end.deaths.isEmpty && end.notices.isEmpty)
    let takeOvers = stage.feed(.turnIsOver).takeOvers
    #expect(takeOvers.map(\.process) == [new])
    #expect(takeOvers.first?.inheritance.predecessorDied == true)
  }

  /// A process that waits for a disk cannot be killed: the next one waits, which is said
  /// once.
  @Test func oneThatWaitsInTheKernelIsWaitedFor() throws {
    var stage = try Stage()
    let old = try stage.talk(in: .hasFloor)
    let new = try stage.session(in: .introducing)
    stage.claim(old, from: new)
    var inspected = 0
    for _ in 0..<120 {
      stage.pass(.milliseconds(500))
      for action in stage.feed(.turnIsOver) {
        guard case .inspect(old) = action else { continue }
        inspected += 1
        stage.feed(.silent(old, isInKernel: true))
      }
    }
    #expect(inspected > 1)
    #expect(stage.actions.takeOvers.isEmpty)
    #expect(
      stage.actions.notices.count { if case .waitsForKernel = $0 { true } else { false } } == 1)
    stage.feed(.ended(old, Self.killed, at: .ms(9)))
    #expect(stage.feed(.turnIsOver).takeOvers.map(\.process) == [new])
  }

  @Test func aClaimCountsOnlyWithTheTokenAHigherAttemptAndTheSameProtection() throws {
    var stage = try Stage()
    _ = try stage.session(in: .hasFloor)
    let old = try stage.talk(in: .waiting)
    func refused(_ other: Int32, _ attempt: Int, _ protection: Protection) throws -> Bool {
      let new = try stage.session(in: .introducing)
      let actions = stage.claim(other, attempt: attempt, protection, from: new)
      #expect(stage.state(of: old) == .waiting)
      return actions.orders(to: new) == [.claimRefused(goesOn: false)]
        && actions.orders(to: old).isEmpty
        && stage.state(of: new) == .introducing
    }
    #expect(try refused(old + 1, 9, ConversationReport.clear))
    #expect(try refused(old, 9, ConversationReport.encrypted))
    let first = try stage.session(in: .introducing)
    #expect(!stage.claim(old, attempt: 5, from: first).orders(to: old).isEmpty)
    stage.feed(.ended(old, Self.handedOver, at: .ms(9)))
    stage.feed(.turnIsOver)
    #expect(stage.state(of: first) == .waiting)
    for stale in [1, 4, 5] {
      let late = try stage.session(in: .introducing)
      #expect(
        stage.claim(old, attempt: stale, from: late).orders(to: late)
          == [.claimRefused(goesOn: true)])
      #expect(stage.actions.orders(to: first).allSatisfy { $0 != .handOver })
    }
  }

  /// Without it a conversation ends with its process, as with a client that knows no
  /// `session`.
  @Test func nothingIsClaimedThatItsPeerCannotComeBackTo() throws {
    var stage = try Stage()
    let old = try stage.session(in: .hasFloor)
    stage.report(.recorded(conversation: 4), from: old)
    let new = try stage.session(in: .introducing)
    #expect(stage.claim(old, from: new).orders(to: new) == [.claimRefused(goesOn: false)])
    let end = stage.feed(.ended(old, Self.killed, at: .ms(9)))
    #expect(end.deaths.map(\.reason) == [.crashed])
    #expect(stage.machine.awaited.isEmpty)
  }

  @Test func oneConversationClaimsOnce() throws {
    var stage = try Stage()
    _ = try stage.talk(in: .waiting)
    let new = try stage.session(in: .introducing)
    stage.claim(1, from: new)
    #expect(stage.claim(1, attempt: 2, from: new).killed == [new])
    #expect(stage.session(new)?.fault == .misplaced)
  }

  @Test func wrongTokensAreAnOffenceFromTheThirdAMinuteOn() throws {
    var stage = try Stage(
      AdmissionSettings(maxStart: nil, perSource: 0, longestPenalty: .seconds(600)))
    func isBarred(after count: Int, every pause: Duration) throws -> Bool {
      stage = try Stage(
        AdmissionSettings(maxStart: nil, perSource: 0, longestPenalty: .seconds(600)))
      for _ in 0..<count {
        guard let new = stage.admit() else { return true }
        stage.claim(1, from: new)
        stage.pass(pause)
      }
      return stage.admit() == nil
    }
    #expect(try !isBarred(after: 4, every: .zero))
    #expect(try isBarred(after: 5, every: .zero))
    #expect(try !isBarred(after: 50, every: .seconds(30)))
  }

  /// Nobody is kept out who comes back, and nobody has the listener fork without end.
  @Test func comingBackCostsNothingUnlessItIsTooOften() throws {
    for (pause, isFree) in [(Duration.seconds(5), true), (.milliseconds(10), false)] {
      var stage = try Stage(
        AdmissionSettings(maxStart: nil, perSource: 4, longestPenalty: .zero))
      let origin = try stage.talk(in: .hasFloor)
      var old = origin
      var count = 0
      while count < 100, let new = stage.admit() {
        count += 1
        stage.claim(origin, attempt: count, from: new)
        stage.feed(.ended(old, Self.handedOver, at: .ms(9)))
        stage.feed(.turnIsOver)
        #expect(stage.state(of: new) == .hasFloor)
        old = new
        stage.pass(pause)
      }
      #expect((count == 100) == isFree, "\(count)")
      #expect(count >= Int(SourceLimits.startsAtOnce) - 1)
    }
  }

  @Test func aNewerClaimTakesThePlaceOfOneThatIsUnderWay() throws {
    var stage = try Stage()
    let old = try stage.talk(in: .hasFloor)
    let first = try stage.session(in: .introducing)
    let second = try stage.session(in: .introducing)
    stage.claim(old, attempt: 1, from: first)
    let actions = stage.claim(old, attempt: 2, from: second)
    #expect(actions.orders(to: first) == [.handOver])
    #expect(actions.orders(to: old).isEmpty)
    stage.feed(.ended(old, Self.handedOver, at: .ms(9)))
    #expect(stage.feed(.turnIsOver).takeOvers.map(\.process) == [second])
    #expect(stage.feed(.ended(first, Self.handedOver, at: .ms(9))).deaths.isEmpty)
  }

  @Test func aTalkThatEndsMeanwhileIsNotClaimed() throws {
    for status in [SessionExit.ended, .closeUnrecorded] {
      var stage = try Stage()
      let old = try stage.talk(in: .hasFloor)
      let new = try stage.session(in: .introducing)
      stage.claim(old, from: new)
      stage.report(.released, from: old)
      stage.feed(.ended(old, .exited(status.rawValue), at: .ms(9)))
      let actions = stage.feed(.turnIsOver)
      #expect(actions.takeOvers.isEmpty)
      #expect(actions.orders(to: new) == [.claimRefused(goesOn: false)])
      #expect(stage.state(of: new) == .introducing)
    }
  }

  @Test func aProcessThatWasTakenOverLeavesNothingToClaim() throws {
    var stage = try Stage()
    let old = try stage.talk(in: .hasFloor)
    stage.feed(.report(old, [0]))
    let end = stage.feed(.ended(old, Self.killed, at: .ms(9)))
    #expect(end.deaths.map(\.detail) == ["unreadable report"])
    #expect(stage.machine.awaited.isEmpty)
  }

  // MARK: What cannot be gone on with

  /// A conversation with the floor that `new` was given and could not go on with; it has
  /// reported that and given the terminal back.
  private func failedClaim(_ stage: inout Stage, goesOn: Bool) throws -> (old: Int32, new: Int32) {
    let old = try stage.talk(in: .hasFloor)
    stage.feed(.ended(old, Self.killed, at: .ms(9)))
    let new = try stage.session(in: .introducing)
    stage.claim(old, from: new)
    #expect(stage.feed(.turnIsOver).takeOvers.map(\.process) == [new])
    stage.report(.notTakenOver(goesOn: goesOn), from: new)
    stage.report(.released, from: new)
    return (old, new)
  }

  /// The floor stays its own, from the report until its peer tries again.
  @Test func whatAProcessCouldNotGoOnWithIsStillWhatItWas() throws {
    var stage = try Stage()
    let (old, new) = try failedClaim(&stage, goesOn: true)
    let waiting = try stage.session(in: .waiting)
    #expect(stage.feed(.turnIsOver).floors.isEmpty)
    let end = stage.feed(.ended(new, Self.handedOver, at: .ms(99)))
    #expect(end.deaths.isEmpty && end.notices.isEmpty && end.givenUp.isEmpty)
    #expect(stage.feed(.turnIsOver).floors.isEmpty)
    let kept = try #require(stage.machine.awaited.first)
    #expect(kept.epoch == 0 && kept.death.epoch == 0 && kept.talk.attempt == 1)
    let again = try stage.session(in: .introducing)
    #expect(stage.claim(old, attempt: 1, from: again).orders(to: again).count == 1)
    let third = try stage.session(in: .introducing)
    stage.claim(old, attempt: 2, from: third)
    let actions = stage.feed(.turnIsOver)
    #expect(actions.floors.map(\.process) == [third])
    #expect(actions.takeOvers.map(\.inheritance.predecessorDied) == [true])
    #expect(actions.takeOvers.map(\.inheritance.lostAt) == [.ms(9)])
    #expect(stage.state(of: waiting) == .waiting)
  }

  /// Also where a newer claim has it hand over.
  @Test func aFailedClaimIsKnownByItsReportAlone() throws {
    var stage = try Stage()
    let (old, new) = try failedClaim(&stage, goesOn: true)
    let third = try stage.session(in: .introducing)
    stage.claim(old, attempt: 2, from: third)
    stage.feed(.ended(new, Self.killed, at: .ms(99)))
    #expect(stage.machine.awaited.first?.epoch == 0)
    #expect(stage.feed(.turnIsOver).takeOvers.map(\.process) == [third])
    #expect(stage.session(third)?.epoch == 1)
  }

  @Test func whatNobodyCanGoOnWithIsEndedAndTheFloorIsFree() throws {
    var stage = try Stage()
    let (old, new) = try failedClaim(&stage, goesOn: false)
    let waiting = try stage.session(in: .waiting)
    #expect(stage.feed(.turnIsOver).floors.map(\.process) == [waiting])
    stage.report(.unrecorded(by: .server, .reset, detail: "it is over"), from: new)
    let end = stage.feed(
      .ended(new, .exited(SessionExit.closeUnrecorded.rawValue), at: .ms(99)))
    #expect(end.givenUp.map(\.conversation) == [Int64(old)])
    #expect(end.givenUp.map(\.epoch) == [0] && end.deaths.isEmpty)
    #expect(stage.machine.awaited.isEmpty)
  }

  @Test func aFailedClaimThatAStopCrossesHasTheStopsCause() throws {
    var stage = try Stage()
    let (_, new) = try failedClaim(&stage, goesOn: true)
    stage.feed(.stop("SIGTERM"))
    let end = stage.feed(.ended(new, Self.handedOver, at: .ms(99)))
    #expect(end.deaths.isEmpty && end.notices.isEmpty)
    #expect(end.givenUp.map(\.reason) == [.sigint] && end.givenUp.map(\.detail) == ["SIGTERM"])
  }

  /// One whose link drops while it is given the floor hands over by itself.
  @Test func whoHandsOverByItselfKeepsTheFloorAndItsEpoch() throws {
    var stage = try Stage()
    let owner = try stage.session(in: .hasFloor)
    let old = try stage.talk(in: .waiting)
    let other = try stage.session(in: .waiting)
    stage.report(.released, from: owner)
    #expect(stage.feed(.turnIsOver).floors.map(\.process) == [old])
    stage.report(.detached, from: old)
    stage.report(.released, from: old)
    #expect(stage.feed(.turnIsOver).floors.isEmpty)
    let end = stage.feed(.ended(old, Self.handedOver, at: .ms(99)))
    #expect(end.notices.isEmpty && end.deaths.isEmpty)
    #expect(stage.feed(.turnIsOver).floors.isEmpty)
    stage.pass(.seconds(61))
    let givenUp = stage.feed(.turnIsOver).givenUp
    #expect(givenUp.map(\.epoch) == [0] && givenUp.map(\.reason) == [.reset])
    #expect(stage.actions.floors.last?.process == other)
  }

  // MARK: Nobody is there

  @Test func theFloorIsKeptForOneWhoseProcessDies() throws {
    var stage = try Stage()
    let old = try stage.talk(in: .hasFloor)
    let end = stage.feed(.ended(old, Self.killed, at: .ms(9)))
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
      stage.feed(.ended(old, Self.killed, at: .ms(9)))
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
      #expect(stage.actions.givenUp.map(\.reason) == [.crashed])
      #expect(stage.actions.givenUp.map(\.conversation) == [Int64(old)])
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
    stage.feed(.ended(old, Self.killed, at: .ms(9)))
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
    #expect(stage.feed(.ended(first, Self.handedOver, at: .ms(9))).deaths.isEmpty)
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
    stage.feed(.ended(new, Self.handedOver, at: .ms(9)))
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
    stage.feed(.ended(owner, Self.killed, at: .ms(9)))
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
      stage.feed(.ended(old, Self.killed, at: .ms(9)))
      let actions = stage.feed(.allowListChanged(isAllowed ? list : AllowList(text: [])))
      #expect(actions.givenUp.map(\.reason) == (isAllowed ? [] : [.blocked]))
      #expect(stage.machine.floorIsKept == isAllowed)
    }
  }

  @Test func theDeskFreesTheFloor() throws {
    var stage = try Stage()
    stage.machine.wantsDesk = true
    let old = try stage.talk(in: .hasFloor)
    stage.feed(.ended(old, Self.killed, at: .ms(9)))
    #expect(stage.feed(.turnIsOver).startsDesk)
    let desk: Int32 = 50
    stage.feed(.deskStarted(desk))
    #expect(stage.feed(.turnIsOver).orders(to: desk) == [.awaited(true)])
    let actions = stage.report(.floorFreed, from: desk)
    #expect(actions.givenUp.map(\.reason) == [.quit])
    #expect(actions.givenUp.map(\.by) == [.server])
    #expect(stage.feed(.turnIsOver).orders(to: desk) == [.awaited(false)])
    #expect(stage.report(.floorFreed, from: desk).givenUp.isEmpty)
  }

  /// The desk takes the floor for free once it has asked, and is set right.
  @Test func theDeskLearnsThatTheFloorIsStillKept() throws {
    var stage = try Stage()
    stage.machine.wantsDesk = true
    let old = try stage.talk(in: .hasFloor)
    stage.feed(.ended(old, Self.killed, at: .ms(9)))
    stage.feed(.turnIsOver)
    let desk: Int32 = 50
    stage.feed(.deskStarted(desk))
    stage.feed(.turnIsOver)
    let new = try stage.session(in: .introducing)
    stage.claim(old, from: new)
    #expect(stage.report(.floorFreed, from: desk).givenUp.isEmpty)
    stage.feed(.ended(new, Self.killed, at: .ms(9)))
    #expect(stage.feed(.turnIsOver).orders(to: desk) == [.awaited(true)])
  }

  /// The desk that is there meanwhile gives the terminal back first.
  @Test func whoComesBackWaitsForTheDesk() throws {
    var stage = try Stage()
    stage.machine.wantsDesk = true
    let old = try stage.talk(in: .hasFloor)
    stage.feed(.ended(old, Self.killed, at: .ms(9)))
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

  // MARK: Stops

  @Test func aHandOverThatAStopCrossesHasTheStopsCause() throws {
    var stage = try Stage()
    let old = try stage.talk(in: .hasFloor)
    let new = try stage.session(in: .introducing)
    stage.claim(old, from: new)
    stage.feed(.stop("SIGTERM"))
    stage.report(.released, from: old)
    let end = stage.feed(.ended(old, Self.handedOver, at: .ms(9)))
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
      stage.feed(.ended(gone, Self.killed, at: .ms(9)))
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
    stage.feed(.ended(gone, Self.killed, at: .ms(9)))
    let actions = stage.feed(.restart("SIGUSR2"))
    #expect(actions.hasStop && actions.givenUp.isEmpty)
    for process in [owner, other] {
      #expect(actions.orders(to: process) == [.restart("SIGUSR2")])
    }
    stage.report(.released, from: owner)
    #expect(stage.feed(.ended(owner, Self.handedOver, at: .ms(9))).deaths.isEmpty)
    #expect(
      stage.feed(.ended(other, .exited(0), at: .ms(9))).deaths.map(\.conversation) == [nil])
  }

  @Test func aStopEndsWhatWasWaitedFor() throws {
    var stage = try Stage()
    let gone = try stage.talk(in: .hasFloor)
    stage.feed(.ended(gone, Self.killed, at: .ms(9)))
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
