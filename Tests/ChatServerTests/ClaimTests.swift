import ChatCore
import ChatPosix
import ChatSecure
import Seeded
import Testing
import Transcript

@testable import ChatServer

/// Who goes on with a conversation, and when.
@Suite struct ClaimTests {
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
    #expect(stage.feed(.ended(old, .handedOver, at: .ms(9))).deaths.isEmpty)
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
    stage.report(.shown(through: 12), from: old)
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
    let end = stage.feed(.ended(old, .killed, at: .ms(9)))
    #expect(end.deaths.isEmpty && end.notices.isEmpty)
    let takeOvers = stage.feed(.turnIsOver).takeOvers
    #expect(takeOvers.map(\.process) == [new])
    #expect(takeOvers.first?.inheritance.predecessorDied == true)
    #expect(takeOvers.first?.inheritance.shown == 12)
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
    stage.feed(.ended(old, .killed, at: .ms(9)))
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
    stage.feed(.ended(old, .handedOver, at: .ms(9)))
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
    let end = stage.feed(.ended(old, .killed, at: .ms(9)))
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
        stage.feed(.ended(old, .handedOver, at: .ms(9)))
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
    stage.feed(.ended(old, .handedOver, at: .ms(9)))
    #expect(stage.feed(.turnIsOver).takeOvers.map(\.process) == [second])
    #expect(stage.feed(.ended(first, .handedOver, at: .ms(9))).deaths.isEmpty)
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
    let end = stage.feed(.ended(old, .killed, at: .ms(9)))
    #expect(end.deaths.map(\.detail) == ["unreadable report"])
    #expect(stage.machine.awaited.isEmpty)
  }
}
