import ChatCore
import ChatPosix
import ChatTerminal
import Testing

@testable import ChatServer

/// What is left of the operator's line when the process that read it is killed.
@Suite struct UnsaidTests {
  private func unsaid(_ text: String, isOnLine: Bool = true) -> ConversationReport {
    .unsaid(isOnLine: isOnLine, Array(text.utf8))
  }

  /// What the next desk is given.
  private func nextDesk(_ stage: inout Stage) -> (draft: String, isOnLine: Bool)? {
    let actions = stage.feed(.deskStarted(50))
    for case .giveFloor(_, let draft, let memory) in actions {
      return (String(decoding: draft, as: UTF8.self), DeskMemory(bytes: memory).draftIsOnLine)
    }
    return nil
  }

  @Test(
    arguments: [
      nil, ReportFault.silent, .unreachable, .unreadable, .misplaced, .tooMany,
    ] as [ReportFault?])
  func theLastReportIsForTheNextDesk(fault: ReportFault?) throws {
    var stage = try Stage()
    stage.machine.wantsDesk = true
    let owner = try stage.session(in: .hasFloor)
    stage.report(.tookFloor, from: owner)
    for text in ["h", "", "half"] { stage.report(unsaid(text), from: owner) }
    if let fault, let index = stage.machine.index(of: owner) {
      var actions: [ListenerMachine.Action] = []
      stage.machine.condemn(index, fault, &actions)
    }
    stage.feed(.ended(owner, .killed, at: .ms(9)))
    stage.feed(.turnIsOver)
    let next = nextDesk(&stage)
    let given = try #require(next)
    // What another has typed in its place is nobody's.
    let isOwn = fault?.isTakenOver != true
    #expect(given.draft == (isOwn ? "half" : ""))
    #expect(given.isOnLine == isOwn)
  }

  @Test func whatWasSaidIsNotThereOnceMore() throws {
    var stage = try Stage()
    stage.machine.wantsDesk = true
    let owner = try stage.session(in: .hasFloor)
    stage.report(.tookFloor, from: owner)
    stage.report(unsaid("half"), from: owner)
    stage.report(unsaid(""), from: owner)
    stage.feed(.ended(owner, .killed, at: .ms(9)))
    stage.feed(.turnIsOver)
    let next = nextDesk(&stage)
    let given = try #require(next)
    #expect(given.draft.isEmpty)
  }

  /// From one killed desk to the next, whoever is there.
  @Test func theDeskReportsToo() throws {
    var stage = try Stage()
    stage.machine.wantsDesk = true
    stage.feed(.turnIsOver)
    for (process, text) in [(Int32(50), "one"), (51, "two"), (52, "")] {
      #expect(stage.feed(.deskStarted(process)).isEmpty == false)
      stage.report(unsaid(text), from: process)
      stage.feed(.ended(process, .killed, at: .ms(9)))
      #expect(stage.machine.draft == Array(text.utf8))
      #expect(DeskMemory(bytes: stage.machine.memory).draftIsOnLine)
      #expect(stage.machine.memory.count < 16)
    }
    stage.feed(.deskStarted(53))
    stage.report(unsaid("later", isOnLine: false), from: 53)
    stage.feed(.ended(53, .killed, at: .ms(9)))
    #expect(!DeskMemory(bytes: stage.machine.memory).draftIsOnLine)
  }

  /// A mark is in the place of the one before, and takes nothing from what is before it.
  @Test func marks() {
    var memory = DeskMemory()
    memory.typed = ["a", "b"]
    var bytes = memory.bytes
    for isOnLine in [true, true, false, true, false, false] {
      bytes = DeskMemory.marked(bytes, isOnLine: isOnLine)
      #expect(DeskMemory(bytes: bytes).draftIsOnLine == isOnLine)
      #expect(DeskMemory(bytes: bytes).typed == ["a", "b"])
    }
    #expect(bytes.count <= memory.bytes.count + 7)
  }

  @Test(arguments: ["a", "é", "✓", "🙂"])
  func aLongLineIsCutBetweenCharacters(scalar: String) {
    for length in [0, 1, 15_359, 15_360, 15_361, 20_000] {
      let text = String(repeating: scalar, count: length)
      let part = ControlLimits.part(ofUnsaid: text)
      #expect(part.count <= ControlLimits.partLength)
      // A character less than would fit, at most.
      #expect(part.count >= min(text.utf8.count, ControlLimits.partLength) - 4)
      #expect(String(validating: part, as: UTF8.self).map(text.hasPrefix) == true)
    }
  }
}
