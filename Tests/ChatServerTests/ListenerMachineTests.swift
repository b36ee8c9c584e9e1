import ChatCore
import ChatPosix
import Seeded
import Testing

@testable import ChatServer

/// Who comes in, who has the floor, who waits, and the end.
@Suite struct ListenerMachineTests {
  @Test func theFloorGoesByArrivalAndPlacesFollow() throws {
    var stage = try Stage()
    let early = try stage.session(in: .introducing)
    let first = try stage.session(in: .hasFloor)
    let late = try stage.session(in: .waiting)
    #expect(stage.feed(.turnIsOver).orders(to: late).first == .place(1))
    stage.report(.ready, from: early)
    let actions = stage.feed(.turnIsOver)
    #expect(actions.orders(to: early).first == .place(1))
    #expect(actions.orders(to: late).first == .place(2))
    stage.report(.released, from: first)
    let next = stage.feed(.turnIsOver)
    #expect(next.floors.map(\.process) == [early])
    #expect(next.orders(to: late).first == .place(1))
  }

  @Test func theQueueIsShownOnceASecond() throws {
    var stage = try Stage()
    let owner = try stage.session(in: .hasFloor)
    var shown = 0
    for _ in 0..<80 {
      let peer = try stage.session(in: .waiting)
      shown += stage.feed(.turnIsOver).orders(to: owner).count
      stage.feed(.ended(peer, .exited(0), at: .ms(1)))
      shown += stage.feed(.turnIsOver).orders(to: owner).count
      stage.pass(.milliseconds(12))
    }
    #expect(shown == 1)
    _ = try stage.session(in: .waiting)
    stage.pass(.seconds(1))
    let deadline = try #require(stage.machine.deadline)
    #expect(deadline <= stage.now)
    #expect(stage.feed(.turnIsOver).orders(to: owner).count == 1)
  }

  @Test func whoFindsNoRoomIsTurnedAwayOrDismissed() throws {
    var stage = try Stage()
    _ = try stage.session(in: .hasFloor)
    let slow = try stage.session(in: .introducing)
    for _ in 0..<8 { _ = try stage.session(in: .waiting) }
    #expect(stage.admit() == nil)
    #expect(stage.report(.ready, from: slow).orders(to: slow) == [.full])
    #expect(stage.state(of: slow) == .leaving)
    for _ in 0..<10 { #expect(stage.admit() == nil) }
    var notices = stage.feed(.turnIsOver).notices
    guard notices.count == 1, case .turnedAway(11)? = notices.first else {
      Issue.record("\(notices)")
      return
    }
    #expect(stage.admit() == nil)
    #expect(stage.feed(.turnIsOver).notices.isEmpty)
    stage.pass(.seconds(1))
    notices = stage.feed(.turnIsOver).notices
    #expect(notices.count == 1)
  }

  @Test func theOldestSilentPeerMakesRoom() throws {
    var stage = try Stage()
    var silent: [Int32] = []
    for _ in 0..<ListenerMachine.introducingLimit {
      silent.append(try stage.session(in: .introducing))
    }
    _ = try stage.session(in: .introducing)
    #expect(stage.actions.orders(to: silent[0]) == [.full])
    // What crossed the order on its way is no crime.
    #expect(stage.report(.ready, from: silent[0]).isEmpty)
    #expect(stage.report(.unread, from: silent[0]).isEmpty)
    #expect(stage.session(silent[0])?.fault == nil)
  }

  @Test func anOrderThatWasNotTakenIsGivenAgain() throws {
    var stage = try Stage()
    let owner = try stage.session(in: .hasFloor)
    let peer = try stage.session(in: .waiting)
    #expect(stage.feed(.turnIsOver).orders(to: owner).count == 1)
    stage.feed(.orderRefused(owner))
    stage.feed(.orderRefused(peer))
    #expect(stage.feed(.turnIsOver).orders(to: peer) == [.place(1)])
    stage.pass(.seconds(1))
    #expect(stage.feed(.turnIsOver).orders(to: owner).count == 1)
  }

  @Test func aStopReachesEverybodyOnceAndASecondOneHurries() throws {
    var stage = try Stage()
    var processes: [Int32] = []
    for state in [Session.State.hasFloor, .waiting, .introducing] {
      processes.append(try stage.session(in: state))
    }
    let actions = stage.feed(.stop("SIGTERM"))
    #expect(actions.hasStop)
    for process in processes { #expect(actions.orders(to: process) == [.stop("SIGTERM")]) }
    #expect(stage.machine.deadline == stage.now.advanced(by: ListenerMachine.stopWithin))
    #expect(stage.feed(.stop("SIGINT")).isEmpty)
    #expect(stage.machine.stopping?.cause == "SIGTERM")
    #expect(stage.machine.deadline == stage.now.advanced(by: ListenerMachine.impatientStopWithin))
    stage.report(.released, from: processes[0])
    #expect(stage.feed(.turnIsOver).floors.isEmpty)
  }

  @Test func tooManyNoticesAreCounted() throws {
    var stage = try Stage()
    for _ in 0..<100 {
      let process = try stage.session(in: .introducing)
      stage.feed(.ended(process, .signaled(11, coreDumped: false), at: .ms(1)))
    }
    #expect(stage.actions.notices.count == NoticeLimit.perSecond)
    #expect(stage.feed(.turnIsOver).notices.isEmpty)
    stage.pass(.seconds(1))
    guard case .leftOut(let count)? = stage.feed(.turnIsOver).notices.first else {
      Issue.record("nothing said of those left out")
      return
    }
    #expect(count == 100 - NoticeLimit.perSecond)
  }

  @Test func noticesThatNobodyTakesAreCountedAndDoNotSpin() throws {
    var stage = try Stage()
    for _ in 0..<3 { stage.machine.lost(.recordingWorks, at: stage.now) }
    for _ in 0..<5 {
      let again = try #require(stage.machine.deadline)
      #expect(again > stage.now)
      stage.now = again
      guard case .leftOut(let count)? = stage.feed(.turnIsOver).notices.first else {
        Issue.record("nothing said of those left out")
        return
      }
      #expect(count == 3)
      stage.machine.lost(.leftOut(count: count), at: stage.now)
    }
  }

  @Test func whoDoesNotLeaveIsKilled() throws {
    var stage = try Stage()
    let process = try stage.session(in: .leaving)
    stage.pass(Session.leaveWithin - .milliseconds(1))
    #expect(stage.feed(.turnIsOver).killed.isEmpty)
    stage.pass(.milliseconds(1))
    #expect(stage.machine.deadline == stage.now)
    #expect(stage.feed(.turnIsOver).killed == [process])
    #expect(stage.machine.deadline == nil)
    let end = stage.feed(.ended(process, .signaled(9, coreDumped: false), at: .ms(1)))
    #expect(end.deaths.map(\.detail) == ["did not leave"])
  }

  /// Whatever comes in whatever order, from honest processes and others.
  @Test func invariantsHoldUnderRandomEvents() throws {
    let seed = chosenSeed()
    var random = SeededRandom(seed: seed)
    for schedule in 0..<400 {
      var stage = try Stage()
      var living: [Int32] = []
      var mayStop = false
      for _ in 0..<(20 + random.below(200)) {
        stage.pass(.milliseconds(Int64(random.below(300))))
        let process = living.isEmpty ? 7 : living[random.below(living.count)]
        let hasFloor = stage.state(of: process) == .hasFloor
        switch random.below(16) {
        case 0, 1, 2, 3:
          if let process = stage.admit() { living.append(process) }
        case 4, 5, 6: stage.report(.ready, from: process)
        case 7, 8:
          let report = ConversationReport.samples[random.below(ConversationReport.samples.count)]
          mayStop = mayStop || hasFloor
          stage.report(report, from: process)
        case 9:
          let count = random.below(20)
          let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
          // It may be one that only the owner of the terminal may send.
          mayStop = mayStop || hasFloor
          stage.feed(.report(process, bytes))
        case 10: stage.feed(random.below(2) == 0 ? .overlongReport(process) : .hungUp(process))
        case 11: stage.feed(.orderRefused(process))
        case 12, 13:
          living.removeAll { $0 == process }
          stage.feed(.ended(process, .exited(Int32(random.below(6))), at: .ms(1)))
        case 14 where random.below(20) == 0:
          mayStop = true
          stage.feed(.stop("SIGTERM"))
        default: stage.feed(.turnIsOver)
        }
        let sessions = stage.machine.sessions
        let context = Comment("seed \(seed), schedule \(schedule)")
        #expect(sessions.map(\.processID) == living, context)
        #expect(sessions.count { $0.state == .hasFloor } <= 1, context)
        #expect(sessions.count { $0.state == .unread } <= ListenerMachine.unreadLimit, context)
        let ids = sessions.compactMap(\.conversation)
        #expect(Set(ids).count == ids.count, context)
        #expect(Set(sessions.map(\.openedAt)).count == sessions.count, context)
        #expect(stage.machine.draft.count <= ControlLimits.draftLength, context)
        #expect(mayStop || stage.machine.stopping == nil, context)
        #expect(
          sessions.allSatisfy { $0.fault == nil || stage.actions.killed.contains($0.processID) },
          context)
      }
    }
  }
}
