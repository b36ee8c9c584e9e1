import ChatCore
import ChatPosix
import Seeded
import Testing

@testable import ChatServer

/// The desk between conversations, as the listener knows it.
@Suite struct DeskSessionTests {
  private static let desk: Int32 = 50

  /// A listener with a terminal, whose desk has it.
  private static func stage() throws -> Stage {
    var stage = try Stage()
    stage.machine.wantsDesk = true
    #expect(stage.feed(.turnIsOver).startsDesk)
    stage.machine.draft = Array("old".utf8)
    let actions = stage.feed(.deskStarted(desk))
    #expect(actions.floors.map(\.process) == [desk])
    #expect(actions.floors.map(\.draft) == [Array("old".utf8)])
    return stage
  }

  @Test func withoutATerminalThereIsNone() throws {
    var stage = try Stage()
    #expect(!stage.feed(.turnIsOver).startsDesk)
  }

  @Test func oneThatComesWaitsForTheDeskToGoAndHasNoPlaceForThat() throws {
    var stage = try Self.stage()
    let peer = try stage.session(in: .introducing)
    #expect(stage.feed(.turnIsOver).isEmpty)
    stage.report(.ready, from: peer)
    let actions = stage.feed(.turnIsOver)
    #expect(actions.orders(to: Self.desk) == [.yield])
    #expect(actions.floors.isEmpty && actions.orders(to: peer).isEmpty)
    #expect(stage.feed(.turnIsOver).isEmpty)
    stage.report(.draft(Array("new".utf8)), from: Self.desk)
    stage.report(.memory(Array("m".utf8)), from: Self.desk)
    stage.report(.released, from: Self.desk)
    let floors = stage.feed(.turnIsOver).floors
    #expect(floors.map(\.process) == [peer])
    #expect(floors.map(\.draft) == [Array("new".utf8)])
    #expect(stage.feed(.ended(Self.desk, .exited(0), at: .ms(1))).isEmpty)
    #expect(!stage.feed(.turnIsOver).startsDesk)
    stage.report(.released, from: peer)
    #expect(stage.feed(.turnIsOver).startsDesk)
  }

  @Test func oneThatDoesNotYieldIsKilledAndTheTerminalPutBackBeforeTheFloor() throws {
    var stage = try Self.stage()
    let peer = try stage.session(in: .introducing)
    stage.report(.ready, from: peer)
    stage.feed(.turnIsOver)
    // While all of us are stopped, nobody can yield.
    stage.pass(.seconds(100))
    #expect(stage.feed(.turnIsOver).killed.isEmpty)
    #expect(stage.run(for: DeskSession.yieldWithin).killed == [Self.desk])
    #expect(stage.actions.floors.map(\.process) == [Self.desk])
    let end = stage.feed(.ended(Self.desk, .signaled(9, coreDumped: false), at: .ms(1)))
    guard case .restoreTerminal? = end.first else {
      Issue.record("the terminal comes first: \(end)")
      return
    }
    #expect(stage.feed(.turnIsOver).floors.map(\.process) == [peer])
    // What it had been given is not lost with it.
    #expect(stage.actions.floors.last?.draft == Array("old".utf8))
  }

  @Test func oneThatDoesNotAnswerIsFoundInAMinute() throws {
    var stage = try Self.stage()
    #expect(stage.run(for: .seconds(59)).isEmpty)
    #expect(stage.run(for: .seconds(1)).orders(to: Self.desk) == [.answer])
    #expect(stage.report(.alive, from: Self.desk).isEmpty)
    #expect(stage.run(for: .seconds(60)).orders(to: Self.desk) == [.answer])
    #expect(stage.run(for: Watchdog.patience).killed == [Self.desk])
  }

  @Test func oneThatDiesIsReplacedAtMostOnceASecond() throws {
    var stage = try Self.stage()
    let end = stage.feed(.ended(Self.desk, .signaled(11, coreDumped: false), at: .ms(1)))
    #expect(end.notices.count == 1)
    #expect(!stage.feed(.turnIsOver).startsDesk)
    let again = try #require(stage.machine.deadline)
    #expect(again.duration(since: stage.now) == ListenerMachine.deskPause)
    stage.now = again
    #expect(stage.feed(.turnIsOver).startsDesk)
    stage.feed(.deskNotStarted)
    #expect(!stage.feed(.turnIsOver).startsDesk)
    #expect(try #require(stage.machine.deadline) > stage.now)
  }

  /// In the background, where the terminal is the shell's for as long as it likes.
  @Test func aTerminalOfTheShellsIsLookedForMoreAndMoreSeldom() throws {
    var stage = try Stage()
    stage.machine.wantsDesk = true
    var looks = 0
    let start = stage.now
    while stage.now.duration(since: start) < .seconds(3_600) {
      if stage.feed(.turnIsOver).startsDesk {
        looks += 1
        stage.feed(.deskNotStarted)
      }
      stage.now = try #require(stage.machine.deadline)
    }
    #expect(looks < 240)
    // `fg` of a job that was stopped.
    stage.feed(.deskNotStarted)
    #expect(!stage.feed(.turnIsOver).startsDesk)
    stage.feed(.continued(inForeground: true))
    #expect(stage.feed(.turnIsOver).startsDesk)
    stage.feed(.deskNotStarted)
    #expect(stage.machine.deadline == stage.now.advanced(by: ListenerMachine.deskPause))
  }

  @Test func whatNoDeskReportsEndsIt() throws {
    for code in ReportCode.allCases {
      var stage = try Self.stage()
      let killed = stage.report(.sample(code), from: Self.desk).killed
      #expect(killed == (ReportRule.isDesks(code) ? [] : [Self.desk]), "\(code)")
    }
    for bytes in [[], [0], [0xff], [ReportCode.draft.rawValue - 1, 1]] as [[UInt8]] {
      var stage = try Self.stage()
      #expect(stage.feed(.report(Self.desk, bytes)).killed == [Self.desk])
    }
    var stage = try Self.stage()
    for _ in 0...ControlLimits.reportsASecond { stage.report(.who, from: Self.desk) }
    #expect(stage.actions.killed == [Self.desk])
    stage = try Self.stage()
    let part = [UInt8](repeating: 0x61, count: ControlLimits.partLength)
    for _ in 0..<3 { stage.report(.memory(part), from: Self.desk) }
    #expect(stage.actions.killed == [Self.desk])
  }

  @Test func withTheTerminalGivenBackItHasNothingToSay() throws {
    for code in ReportCode.allCases {
      var stage = try Self.stage()
      stage.report(.released, from: Self.desk)
      let before = stage.machine.draft
      #expect(stage.report(.sample(code), from: Self.desk).killed == [Self.desk], "\(code)")
      #expect(stage.machine.draft == before && stage.machine.stopping == nil)
    }
  }

  @Test func aConversationMayNotSayWhatADeskMay() throws {
    for report in [ConversationReport.who, .stopAsked, .suspended] {
      var stage = try Stage()
      let owner = try stage.session(in: .hasFloor)
      #expect(stage.report(report, from: owner).killed == [owner])
      #expect(stage.machine.stopping == nil)
    }
  }

  @Test func theOperatorsWishesAreDone() throws {
    var stage = try Self.stage()
    #expect(stage.report(.interrupted, from: Self.desk).hasStop)
    #expect(stage.machine.stopping?.cause == "SIGINT")
    stage = try Self.stage()
    let actions = stage.report(.stopAsked, from: Self.desk)
    #expect(actions.hasStop && actions.orders(to: Self.desk).count == 1)
    #expect(stage.run(for: DeskSession.yieldWithin).killed == [Self.desk])
    stage = try Self.stage()
    let silent = try stage.session(in: .introducing)
    let address = "\(try #require(stage.session(silent)).address)"
    #expect(
      stage.report(.who, from: Self.desk).orders(to: Self.desk)
        == [.presence(Presence(unnamed: [address]))])
  }

  /// Who is waited for, and for how long, and who waits for the floor or has a place kept.
  @Test func whoIsAwaitedAndWhoWaitsIsSaid() throws {
    var stage = try Stage()
    stage.machine.wantsDesk = true
    let away = try stage.talk(in: .hasFloor)
    let place = try stage.talk(in: .waiting)
    let known = try stage.talk(in: .waiting)
    let unknown = try stage.session(in: .waiting)
    stage.report(.detached, from: place)
    for process in [place, away] {
      stage.feed(.ended(process, .exited(SessionExit.handedOver.rawValue), at: .ms(9)))
    }
    stage.feed(.deskStarted(Self.desk))
    stage.feed(.turnIsOver)
    stage.pass(.seconds(10))
    guard
      case .presence(let presence)? = stage.report(.who, from: Self.desk).orders(to: Self.desk)
        .first
    else {
      Issue.record("no answer")
      return
    }
    let name = ConversationReport.peer
    #expect(
      presence.awaited.sorted { !$0.hasFloor && $1.hasFloor } == [
        Presence.Awaited(name: name, within: .seconds(50), hasFloor: false),
        // Others wait, for a fifth of the grace.
        Presence.Awaited(name: name, within: .seconds(50), hasFloor: true),
      ])
    #expect(presence.waiting.map(\.name) == [name, nil])
    #expect(stage.machine.sessions.map(\.processID) == [known, unknown])
  }

  /// What `\quit` does is said: the floor goes to the next, or there is none.
  @Test(arguments: [false, true])
  func whoIsWaitedForNoLongerIsSaid(othersWait: Bool) throws {
    var stage = try Stage()
    stage.machine.wantsDesk = true
    let away = try stage.talk(in: .hasFloor)
    if othersWait { _ = try stage.session(in: .waiting) }
    stage.feed(.ended(away, .signaled(9, coreDumped: false), at: .ms(9)))
    // Nothing else may come before it asks.
    #expect(stage.feed(.deskStarted(Self.desk)).orders(to: Self.desk).contains(.awaited(true)))
    let actions = stage.report(.floorFreed, from: Self.desk)
    guard case .waitsNoLonger(ConversationReport.peer, othersWait)? = actions.notices.first else {
      Issue.record("\(actions)")
      return
    }
    #expect(actions.givenUp.map(\.reason) == [.quit])
  }

  @Test func aStopOfTheJobGivesTheTerminalBackAndOnlyTheForegroundTakesItAgain() throws {
    var stage = try Self.stage()
    let stopped = stage.report(.suspended, from: Self.desk)
    guard case .stopGroup? = stopped.last else {
      Issue.record("\(stopped)")
      return
    }
    // From outside: the desk has the terminal still.
    stage = try Self.stage()
    #expect(stage.feed(.continued(inForeground: true)).orders(to: Self.desk) == [.resume])
    #expect(stage.feed(.continued(inForeground: false)).killed == [Self.desk])
    let end = stage.feed(.ended(Self.desk, .signaled(9, coreDumped: false), at: .ms(1)))
    #expect(end.isEmpty, "the terminal is the shell's: \(end)")
  }

  /// Two processes never have the terminal at once, and somebody who waits gets
  /// it within the time that a desk has to go.
  @Test func invariantsHoldUnderRandomEvents() throws {
    let seed = chosenSeed()
    var random = SeededRandom(seed: seed)
    for schedule in 0..<400 {
      var stage = try Stage()
      stage.machine.wantsDesk = true
      var living: [Int32] = []
      var desk: Int32?
      var nextDesk: Int32 = 10_000
      for _ in 0..<200 {
        stage.pass(.milliseconds(Int64(random.below(400))))
        let process = living.isEmpty ? 7 : living[random.below(living.count)]
        switch random.below(12) {
        case 0, 1: if let process = stage.admit() { living.append(process) }
        case 2, 3: stage.report(.ready, from: process)
        case 4: stage.report(.released, from: process)
        case 5:
          living.removeAll { $0 == process }
          stage.feed(.ended(process, .exited(0), at: .ms(1)))
        case 6: if let desk { stage.report(.released, from: desk) }
        case 7:
          guard let ended = desk else { continue }
          desk = nil
          stage.feed(.ended(ended, .exited(0), at: .ms(1)))
        case 8: stage.feed(.continued(inForeground: random.below(2) == 0))
        case 9: if let desk { stage.report(.who, from: desk) }
        default:
          if stage.feed(.turnIsOver).startsDesk {
            let context = Comment("seed \(seed), schedule \(schedule)")
            #expect(desk == nil && stage.machine.owner == nil, context)
            nextDesk += 1
            desk = nextDesk
            stage.feed(.deskStarted(nextDesk))
          }
        }
        let context = Comment("seed \(seed), schedule \(schedule)")
        let hasTerminal = stage.machine.desk?.hasTerminal == true
        #expect(stage.machine.owner == nil || !hasTerminal, context)
      }
      // Whatever it does, a desk is gone in the end.
      guard let peer = stage.admit() ?? living.first else { continue }
      stage.report(.ready, from: peer)
      stage.feed(.turnIsOver)
      if let desk, stage.machine.owner == nil, stage.machine.sessions.contains(where: \.wantsFloor)
      {
        _ = stage.run(for: DeskSession.yieldWithin)
        #expect(stage.actions.killed.contains(desk), "seed \(seed), schedule \(schedule)")
      }
    }
  }
}

extension Stage {
  /// Time passes while the listener runs.
  fileprivate mutating func run(for duration: Duration) -> [ListenerMachine.Action] {
    var new: [ListenerMachine.Action] = []
    for _ in 0..<duration.wholeSeconds {
      pass(.seconds(1))
      new += feed(.turnIsOver)
    }
    return new
  }
}

extension [ListenerMachine.Action] {
  var startsDesk: Bool {
    contains { if case .startDesk = $0 { true } else { false } }
  }
}
