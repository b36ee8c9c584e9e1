import ChatCore
import ChatPosix
import ChatSecure
import Seeded
import Testing
import Transcript

@testable import ChatServer

/// What becomes of a conversation with which a process could not go on.
@Suite struct FailedClaimTests {
  /// A conversation with the floor that `new` was given and could not go on with; it has
  /// reported that and given the terminal back.
  private func failedClaim(_ stage: inout Stage, goesOn: Bool) throws -> (old: Int32, new: Int32) {
    let old = try stage.talk(in: .hasFloor)
    stage.feed(.ended(old, .killed, at: .ms(9)))
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
    let end = stage.feed(.ended(new, .handedOver, at: .ms(99)))
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
    stage.feed(.ended(new, .killed, at: .ms(99)))
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
    let end = stage.feed(.ended(new, .handedOver, at: .ms(99)))
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
    let end = stage.feed(.ended(old, .handedOver, at: .ms(99)))
    #expect(end.notices.isEmpty && end.deaths.isEmpty)
    #expect(stage.feed(.turnIsOver).floors.isEmpty)
    stage.pass(.seconds(61))
    let givenUp = stage.feed(.turnIsOver).givenUp
    #expect(givenUp.map(\.epoch) == [0] && givenUp.map(\.reason) == [.othersWaited])
    #expect(stage.actions.floors.last?.process == other)
  }
}
