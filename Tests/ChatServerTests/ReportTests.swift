import ChatCore
import ChatPosix
import Seeded
import Testing

@testable import ChatServer

/// What conversations report, honest ones and others.
@Suite struct ReportTests {
  /// `a` acted upon, `l` late and without effect, `k` killed; one letter a state,
  /// in the order of ``Session/State``: introducing, claiming, waiting, unread,
  /// hasFloor, leaving. Written out apart from the table that is tried.
  private static let expected: [ReportCode: String] = [
    .ready: "akkkkl", .unread: "akakll", .released: "aaaaaa", .recorded: "aaaaaa",
    .draft: "kkkkak", .interrupted: "kkkkak", .operatorAbsent: "kkkkak", .outputGone: "kkkkak",
    .recordingFailed: "aaaaaa", .recordingWorks: "aaaaaa", .wordsUnread: "aaaaaa",
    .unrecorded: "aaaaaa", .tookFloor: "kkkkak", .typed: "akkkkl", .badWords: "aaaaaa",
    .alive: "aaaaaa", .lockedOut: "aaaaaa", .queueRead: "kkkkak",
    .proved: "akkkkl", .resumable: "kkakal", .claim: "akkkkl",
    // Nobody comes back who did not say that it can.
    .detached: "kkkkkl", .notTakenOver: "kkkkkl", .spoke: "kkkkal", .shown: "kkkkal",
    .named: "akkkkl", .over: "aaaaaa",
    .gaveBack: "kkkkak", .detachAsked: "kkkkak",
    .memory: "kkkkak", .unsaid: "kkkkak", .who: "kkkkkk",
    .stopAsked: "kkkkkk", .suspended: "kkkkkk", .floorFreed: "kkkkkk",
  ]

  @Test(arguments: Session.State.allCases)
  func everyReportFromEveryState(_ state: Session.State) throws {
    let place = try #require(Session.State.allCases.firstIndex(of: state))
    for code in ReportCode.allCases {
      let letters = Array(try #require(Self.expected[code]))
      var stage = try Stage()
      let process = try stage.session(in: state)
      let before = stage.machine
      let actions = stage.report(.sample(code), from: process)
      switch letters[place] {
      case "k":
        #expect(actions.killed == [process], "\(code) from \(state)")
        #expect(stage.session(process)?.fault == .misplaced)
        #expect(stage.state(of: process) == state)
        #expect(!actions.hasStop && stage.machine.stopping == nil)
        #expect(!stage.machine.operatorIsAbsent)
      case "l":
        #expect(actions.isEmpty, "\(code) from \(state)")
        #expect(stage.state(of: process) == state)
        #expect(stage.machine.draft == before.draft)
      default:
        #expect(actions.killed.isEmpty, "\(code) from \(state)")
        #expect(stage.session(process)?.fault == nil)
      }
    }
  }

  @Test(arguments: Session.State.allCases)
  func everyByteAndEveryTruncationFromEveryState(_ state: Session.State) throws {
    let truncated = ConversationReport.samples.flatMap { report in
      (0..<report.bytes.count).map { Array(report.bytes.prefix($0)) }
    }
    for bytes in (UInt8.min ... .max).map({ [$0] }) + truncated {
      var stage = try Stage()
      let process = try stage.session(in: state)
      let other = try stage.session(in: .introducing)
      let others = stage.machine.sessions.map(\.processID).filter { $0 != process }
      let actions = stage.feed(.report(process, bytes))
      let isReport = (try? ConversationReport(bytes: bytes)) != nil
      if !isReport {
        #expect(actions.killed == [process], "\(bytes) from \(state)")
        #expect(stage.session(process)?.fault == .unreadable)
      }
      #expect(stage.session(other)?.fault == nil)
      // Whatever it was, the end is that of one conversation.
      let end = stage.feed(.ended(process, .signaled(9, coreDumped: false), at: .ms(9_000)))
      #expect(end.deaths.map(\.openedAt) == [.ms(5_000)])
      #expect(stage.machine.sessions.map(\.processID) == others)
    }
  }

  @Test func anOverlongMessageAndAnEmptyOneEndTheirSender() throws {
    var stage = try Stage()
    let long = try stage.session(in: .waiting)
    #expect(stage.feed(.overlongReport(long)).killed == [long])
    #expect(stage.session(long)?.fault == .tooLong)
    let empty = try stage.session(in: .waiting)
    #expect(stage.feed(.hungUp(empty)).killed == [empty])
  }

  @Test(arguments: Session.State.allCases)
  func anEndlessStreamEndsItsSender(_ state: Session.State) throws {
    for sample in ConversationReport.samples {
      var stage = try Stage()
      let process = try stage.session(in: state)
      let before = stage.actions.count
      for _ in 0..<100_000 {
        stage.report(sample, from: process)
        if stage.session(process)?.fault != nil { break }
      }
      #expect(stage.session(process)?.fault != nil, "\(sample) from \(state)")
      #expect(stage.actions.killed == [process])
      #expect(stage.actions.count - before <= ControlLimits.reportsASecond + 2)
      #expect((stage.session(process)?.draft.count ?? 0) == 0)
    }
  }

  @Test func aStreamBelowTheLimitGrowsNothingAndFillsNoScreen() throws {
    var stage = try Stage()
    let process = try stage.session(in: .waiting)
    let seconds = 200
    for number in 0..<(seconds * 100) {
      stage.report(.recorded(conversation: Int64(number + 1)), from: process)
      stage.report(.wordsUnread(count: number), from: process)
      if number % 50 == 49 { stage.pass(.seconds(1)) }
      if number % 10 == 0 { stage.feed(.turnIsOver) }
    }
    #expect(stage.session(process)?.fault == nil)
    #expect(stage.actions.notices.count <= 2 * seconds * (NoticeLimit.atOnce + 1))
    #expect(stage.machine.draft.isEmpty && stage.machine.sessions.count == 1)
  }

  @Test func nothingIsTakenFromOneThatIsBeingKilled() throws {
    var stage = try Stage()
    let process = try stage.session(in: .hasFloor)
    stage.report(.draft(Array("rm -rf".utf8)), from: process)
    stage.feed(.report(process, [0]))
    for report in ConversationReport.samples {
      #expect(stage.report(report, from: process).isEmpty)
    }
    #expect(stage.machine.draft.isEmpty && stage.machine.stopping == nil)
    // Its place is nobody's before its end is seen.
    let next = try stage.session(in: .introducing)
    stage.report(.ready, from: next)
    #expect(stage.feed(.turnIsOver).floors.isEmpty)
    let actions = stage.feed(.ended(process, .signaled(9, coreDumped: false), at: .ms(9_000)))
    guard case .restoreTerminal? = actions.first else {
      Issue.record("the terminal comes first: \(actions)")
      return
    }
    #expect(actions.deaths.first?.reason == .crashed)
    #expect(actions.deaths.first?.detail == "unreadable report")
    #expect(actions.notices.count == 1)
    #expect(stage.feed(.turnIsOver).floors.map(\.process) == [next])
  }

  // MARK: The draft

  @Test func aDraftGoesOnWithTheFloorAndOnlyFromWhoHadIt() throws {
    var stage = try Stage()
    let owner = try stage.session(in: .hasFloor)
    let liar = try stage.session(in: .waiting)
    let next = try stage.session(in: .waiting)
    #expect(stage.report(.draft(Array("forged".utf8)), from: liar).killed == [liar])
    stage.report(.draft(Array("half ".utf8)), from: owner)
    stage.report(.draft(Array("a line".utf8)), from: owner)
    #expect(stage.machine.draft.isEmpty)
    stage.report(.released, from: owner)
    let floors = stage.feed(.turnIsOver).floors
    #expect(floors.map(\.process) == [next])
    #expect(floors.map(\.draft) == [Array("half a line".utf8)])
    #expect(stage.machine.draft.isEmpty)
  }

  @Test func aDraftIsBounded() throws {
    var stage = try Stage()
    let owner = try stage.session(in: .hasFloor)
    let part = [UInt8](repeating: 0x61, count: ControlLimits.messageLength - 1)
    var sent = 0
    while sent + part.count <= ControlLimits.draftLength {
      #expect(stage.report(.draft(part), from: owner).isEmpty)
      sent += part.count
    }
    #expect(stage.report(.draft(part), from: owner).killed == [owner])
    #expect(stage.session(owner)?.fault == .draftTooLong)
    #expect(stage.session(owner)?.draft == [])
  }

  @Test func aDraftThatIsNotTakenIsKept() throws {
    var stage = try Stage()
    let owner = try stage.session(in: .hasFloor)
    stage.report(.draft([0x61]), from: owner)
    stage.report(.released, from: owner)
    let gone = try stage.session(in: .hasFloor)
    #expect(stage.actions.floors.last?.draft == [0x61])
    // It was leaving when the floor came, and read a part of the draft at most.
    stage.report(.draft([0x61]), from: gone)
    stage.report(.released, from: gone)
    #expect(stage.machine.draft == [0x61])
    stage.feed(.ended(gone, .exited(0), at: .ms(1)))
    let dead = try stage.session(in: .hasFloor)
    stage.feed(.ended(dead, .signaled(9, coreDumped: false), at: .ms(1)))
    #expect(stage.machine.draft == [0x61])
    let deaf = try stage.session(in: .hasFloor)
    #expect(stage.feed(.floorRefused(deaf)).killed == [deaf])
    stage.feed(.ended(deaf, .signaled(9, coreDumped: false), at: .ms(1)))
    _ = try stage.session(in: .hasFloor)
    #expect(stage.actions.floors.last?.draft == [0x61])
  }

  @Test func aDraftThatIsTakenIsTheConversations() throws {
    var stage = try Stage()
    let owner = try stage.session(in: .hasFloor)
    stage.report(.draft([0x61]), from: owner)
    stage.report(.released, from: owner)
    let next = try stage.session(in: .hasFloor)
    stage.report(.tookFloor, from: next)
    stage.report(.released, from: next)
    #expect(stage.machine.draft == [])
  }

  // MARK: Ids and ends

  /// Who reports another's id before it does keeps nobody from being known by it: times
  /// tell them apart.
  @Test func nobodyTakesAnothersId() throws {
    var stage = try Stage()
    let liar = try stage.session(in: .waiting)
    let first = try stage.session(in: .waiting)
    #expect(stage.report(.recorded(conversation: 7), from: liar).isEmpty)
    stage.report(.recorded(conversation: 7), from: first)
    #expect(stage.session(first)?.conversation == 7)
    let deaths = [liar, first].flatMap {
      stage.feed(.ended($0, .signaled(11, coreDumped: false), at: .ms(9))).deaths
    }
    #expect(deaths.map(\.conversation) == [7, 7])
    #expect(Set(deaths.map(\.openedAt)).count == 2)
    // Another transcript took the place of the first.
    let third = try stage.session(in: .waiting)
    stage.report(.recorded(conversation: 7), from: third)
    stage.report(.recorded(conversation: 1), from: third)
    #expect(stage.session(third)?.conversation == 1)
  }

  @Test func noTwoSessionsAreOpenedAtTheSameTime() throws {
    var stage = try Stage()
    var processes: [Int32] = []
    for _ in 0..<20 { processes.append(try stage.session(in: .introducing)) }
    let times = processes.compactMap { stage.session($0)?.openedAt.milliseconds }
    #expect(times == (0..<20).map { 5_000 + $0 })
    var actions: [ListenerMachine.Action] = []
    let source = stage.address.source
    var admitted = stage.machine.admit(
      from: source, at: .ms(5_010), now: stage.now, draw: 0,
      isOwed: { $0.milliseconds < 5_030 }, &actions)
    #expect(admitted == .openedAt(.ms(5_030)))
    // The transcript may have it already, though nobody has it any more.
    admitted = stage.machine.admit(from: source, at: .ms(5_030), now: stage.now, draw: 0, &actions)
    #expect(admitted == .openedAt(.ms(5_031)))
  }

  @Test func everyEndIsRecordedUnlessItIsThereAlready() throws {
    func death(
      _ status: ChatPosix.ExitStatus, stopping: Bool = false, _ report: ConversationReport? = nil
    ) throws -> (ConversationDeath?, notices: Int) {
      var stage = try Stage()
      let process = try stage.session(in: .waiting)
      stage.report(.recorded(conversation: 3), from: process)
      if let report { stage.report(report, from: process) }
      if stopping { stage.feed(.stop("SIGTERM")) }
      let end = stage.feed(.ended(process, status, at: .ms(9_000)))
      return (end.deaths.first, end.notices.count)
    }
    func expected(
      by party: Party?, _ reason: CloseReason, _ detail: String?
    ) -> ConversationDeath {
      ConversationDeath(
        conversation: 3, peer: "127.0.0.1", port: 50_112, openedAt: .ms(5_000), at: .ms(9_000),
        by: party, reason: reason,
        detail: detail)
    }
    var found = try death(.signaled(11, coreDumped: true))
    #expect(found.0 == expected(by: .server, .crashed, "signal 11"))
    #expect(found.notices == 1)
    found = try death(.signaled(9, coreDumped: false), stopping: true)
    #expect(found.0 == expected(by: .server, .sigint, "SIGTERM"))
    #expect(found.notices == 0)
    found = try death(.exited(4))
    #expect(found.0 == expected(by: .server, .crashed, "exit status 4"))
    #expect(found.notices == 1)
    found = try death(.exited(3), .unrecorded(by: .client, .eof, detail: ""))
    #expect(found.0 == expected(by: .client, .eof, nil))
    found = try death(.exited(3), .unrecorded(by: nil, .reset, detail: "Broken pipe"))
    #expect(found.0 == expected(by: nil, .reset, "Broken pipe"))
    // It says that all is well. The keeper looks.
    for status in [Int32(0), 3] {
      found = try death(.exited(status))
      #expect(found.0 == expected(by: .server, .crashed, "no end recorded"))
      #expect(found.notices == 0)
    }
  }
}
