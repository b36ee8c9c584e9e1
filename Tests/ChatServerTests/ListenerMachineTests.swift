import ChatCore
import ChatPosix
import Seeded
import Testing
import Transcript

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
    guard notices.count == 1, case .turnedAway([.queueIsFull: 11])? = notices.first else {
      Issue.record("\(notices)")
      return
    }
    #expect(stage.admit() == nil)
    #expect(stage.feed(.turnIsOver).notices.isEmpty)
    stage.pass(.seconds(1))
    notices = stage.feed(.turnIsOver).notices
    #expect(notices.count == 1)
  }

  @Test func aSilentPeerOfTheSourceWithMostMakesRoom() throws {
    var stage = try Stage(
      AdmissionSettings(maxStart: .default, perSource: 0, longestPenalty: .zero))
    var silent: [Int32] = []
    for _ in 0..<MaxStart.default.start { silent.append(try stage.session(in: .introducing)) }
    stage.report(.typed, from: silent[0])
    let other = try #require(try Resolver.resolve("127.0.0.2", port: 1).first)
    #expect(stage.admit(from: other) != nil)
    // The oldest but for the one that types.
    #expect(stage.actions.orders(to: silent[1]) == [.full])
    #expect(stage.actions.orders(to: silent[0]).isEmpty)
    // What crossed the order on its way is no crime.
    for report in [ConversationReport.ready, .unread, .typed] {
      #expect(stage.report(report, from: silent[1]).isEmpty)
    }
    #expect(stage.session(silent[1])?.fault == nil)
  }

  /// What is held against a source, by how its conversations end.
  @Test func badWordsAndSilenceAreOffencesACutConnectionIsNone() throws {
    let gone = ChatPosix.ExitStatus.exited(SessionExit.closeUnrecorded.rawValue)
    func isBarred(
      after count: Int, _ state: Session.State, _ reports: [ConversationReport],
      _ status: ChatPosix.ExitStatus
    ) throws -> Bool {
      var stage = try Stage(
        AdmissionSettings(maxStart: nil, perSource: 0, longestPenalty: .seconds(600)))
      for _ in 0..<count {
        let process = try stage.session(in: state)
        for report in reports { stage.report(report, from: process) }
        stage.feed(.ended(process, status, at: .ms(1)))
      }
      return stage.admit() == nil
    }
    func end(_ reason: CloseReason) -> [ConversationReport] {
      [.unrecorded(by: .client, reason, detail: "")]
    }
    #expect(try !isBarred(after: 14, .introducing, end(.eof), gone))
    #expect(try isBarred(after: 15, .introducing, end(.eof), gone))
    for reason in [CloseReason.timeout, .full] {
      #expect(try !isBarred(after: 1, .introducing, end(reason), gone))
      #expect(try isBarred(after: 2, .introducing, end(reason), gone))
    }
    for state in [Session.State.introducing, .waiting, .hasFloor] {
      #expect(try !isBarred(after: 2, state, [.badWords], .exited(0)))
      #expect(try isBarred(after: 3, state, [.badWords], .exited(0)))
      #expect(try isBarred(after: 2, state, [], .signaled(11, coreDumped: false)))
      // Killed by somebody else.
      #expect(try !isBarred(after: 50, state, [], .signaled(9, coreDumped: false)))
      // A line that was cut.
      #expect(try !isBarred(after: 50, state, end(.reset), gone))
      #expect(try !isBarred(after: 50, state, [], .exited(0)))
    }
    #expect(try isBarred(after: 2, .introducing, [.recorded(conversation: 0)], gone))
  }

  /// Told when it begins, and then as a number, more and more seldom.
  @Test func whoIsTurnedAwayIsSaidAtAFallingRate() throws {
    var stage = try Stage(
      AdmissionSettings(maxStart: nil, perSource: 1, longestPenalty: .zero))
    _ = try stage.session(in: .introducing)
    var said: [Int64] = []
    var counted = 0
    for _ in 0..<30_000 {
      #expect(stage.admit() == nil)
      for notice in stage.feed(.turnIsOver).notices {
        guard case .turnedAway(let counts) = notice else { continue }
        said.append(stage.now.milliseconds)
        counted += counts.values.reduce(0, +)
      }
      stage.pass(.milliseconds(10))
    }
    #expect(said.count <= 8)
    #expect(counted >= 24_000)
    // Each row in the transcript has a minute of them.
    let rows = stage.actions.compactMap {
      if case .ask(.recordRefusals(let row)) = $0 { row } else { nil }
    }
    #expect(rows.count == 4)
    #expect(rows.allSatisfy { $0.source == "127.0.0.1" && (5_999...6_002).contains($0.count) })
    stage.feed(.stop("SIGTERM"))
    let total = stage.actions.reduce(0) {
      if case .ask(.recordRefusals(let row)) = $1 { $0 + row.count } else { $0 }
    }
    #expect(total == 30_000)
  }

  @Test func anOrderThatWasNotTakenIsGivenAgain() throws {
    var stage = try Stage()
    let owner = try stage.session(in: .hasFloor)
    let peer = try stage.session(in: .waiting)
    #expect(stage.feed(.turnIsOver).orders(to: owner).count == 1)
    stage.feed(.orderRefused(owner, isQueue: true))
    stage.feed(.orderRefused(peer, isQueue: false))
    #expect(stage.feed(.turnIsOver).orders(to: peer) == [.place(1)])
    stage.pass(.seconds(1))
    #expect(stage.feed(.turnIsOver).orders(to: owner).count == 1)
  }

  /// The ends of those who are new in the queue, as `process` is shown it.
  private func new(
    in actions: [ListenerMachine.Action], to process: Int32
  ) -> [[Int32]] {
    actions.orders(to: process).compactMap {
      guard case .queue(let peers, _) = $0 else { return nil }
      return peers.filter { !$0.wasShown }.map(\.processID)
    }
  }

  /// By whatever it ends before.
  @Test(arguments: [true, false])
  func whomTheOperatorHasNotReadOfIsNewToTheNext(isRead: Bool) throws {
    for isCrash in [true, false] {
      var stage = try Stage()
      let owner = try stage.session(in: .hasFloor)
      let next = try stage.session(in: .waiting)
      let last = try stage.session(in: .waiting)
      #expect(new(in: stage.feed(.turnIsOver), to: owner) == [[next, last]])
      // In the next order they are new no more.
      stage.pass(.seconds(1))
      let third = try stage.session(in: .waiting)
      #expect(new(in: stage.feed(.turnIsOver), to: owner) == [[third]])
      if isRead { stage.report(.queueRead(count: 1), from: owner) }
      if isCrash {
        stage.feed(.ended(owner, .signaled(11, coreDumped: false), at: .ms(1)))
      } else {
        stage.report(.released, from: owner)
      }
      stage.pass(.seconds(1))
      #expect(
        new(in: stage.feed(.turnIsOver), to: next) == [isRead ? [third] : [last, third]])
    }
  }

  @Test func whoIsInAQueueThatWasNotTakenIsNewInTheNext() throws {
    var stage = try Stage()
    let owner = try stage.session(in: .hasFloor)
    let peer = try stage.session(in: .waiting)
    #expect(new(in: stage.feed(.turnIsOver), to: owner) == [[peer]])
    stage.feed(.orderRefused(owner, isQueue: true))
    stage.pass(.seconds(1))
    #expect(new(in: stage.feed(.turnIsOver), to: owner) == [[peer]])
    stage.report(.queueRead(count: 1), from: owner)
    #expect(stage.session(peer)?.wasShown == true)
  }

  @Test func anEmptyQueueThatWasNotTakenIsShownAgain() throws {
    var stage = try Stage()
    let owner = try stage.session(in: .hasFloor)
    let peer = try stage.session(in: .waiting)
    stage.feed(.turnIsOver)
    stage.feed(.ended(peer, .exited(0), at: .ms(9)))
    stage.pass(.seconds(1))
    #expect(stage.feed(.turnIsOver).orders(to: owner) == [.queue([], total: 0)])
    stage.feed(.orderRefused(owner, isQueue: true))
    stage.pass(.seconds(1))
    #expect(stage.feed(.turnIsOver).orders(to: owner) == [.queue([], total: 0)])
    stage.pass(.seconds(1))
    #expect(stage.feed(.turnIsOver).orders(to: owner).isEmpty)
  }

  /// Another order that found no room leaves what came before it as it is.
  @Test func anotherOrderThatWasNotTakenTakesNothingFromTheQueue() throws {
    var stage = try Stage()
    let owner = try stage.session(in: .hasFloor)
    let peer = try stage.session(in: .waiting)
    #expect(new(in: stage.feed(.turnIsOver), to: owner) == [[peer]])
    stage.feed(.orderRefused(owner, isQueue: false))
    stage.report(.queueRead(count: 1), from: owner)
    #expect(stage.session(peer)?.wasShown == true)
  }

  /// A number that was made up hides nobody who comes after it.
  @Test func moreThanWasShownCannotBeRead() throws {
    var stage = try Stage()
    let owner = try stage.session(in: .hasFloor)
    stage.report(.queueRead(count: .max), from: owner)
    let peer = try stage.session(in: .waiting)
    #expect(new(in: stage.feed(.turnIsOver), to: owner) == [[peer]])
    #expect(stage.session(peer)?.wasShown == false)
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
    #expect(stage.actions.notices.count == NoticeLimit.atOnce)
    #expect(stage.feed(.turnIsOver).notices.isEmpty)
    stage.pass(.seconds(1))
    guard case .leftOut(let count)? = stage.feed(.turnIsOver).notices.first else {
      Issue.record("nothing said of those left out")
      return
    }
    #expect(count == 100 - NoticeLimit.atOnce)
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

  /// Whatever comes in whatever order, from honest processes and others.
  @Test func invariantsHoldUnderRandomEvents() throws {
    let seed = chosenSeed()
    var random = SeededRandom(seed: seed)
    for schedule in 0..<400 {
      var stage = try Stage(schedule.isMultiple(of: 2) ? .unlimited : .default)
      var living: [Int32] = []
      var mayStop = false
      for _ in 0..<(20 + random.below(200)) {
        stage.pass(.milliseconds(Int64(random.below(300))))
        let process = living.isEmpty ? 7 : living[random.below(living.count)]
        let hasFloor = stage.state(of: process) == .hasFloor
        switch random.below(16) {
        case 0, 1, 2, 3:
          if let process = stage.admit(draw: random.below(100)) { living.append(process) }
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
        case 11: stage.feed(.orderRefused(process, isQueue: random.below(2) == 0))
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
