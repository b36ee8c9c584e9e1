import Testing

@testable import ChatCore

/// A client's conversation whose link is lost, and the servers that it finds.
@Suite struct ReturnTests {
  private let start = Instant(milliseconds: 1_000_000)
  private let within = Duration.seconds(300)

  /// One whose link is down, with a message under way.
  private func detached() throws -> Conversation {
    let token = try #require(ResumeToken(bytes: Array(1...32)))
    let past = ClientPast(
      offer: ResumeOffer(token: token, within: within), handle: tatyana, server: mike,
      mode: .free, hasFloor: true, turn: nil, ownNumber: 1, unconfirmed: [words[0]],
      peerNumber: 0, attempt: 0)
    return Conversation(
      resuming: past, away: .zero, ConversationSettings(role: .client, mode: .free), at: start)
  }

  private func ending(_ actions: [Conversation.Action]) -> Conversation.Ending? {
    for case .end(let ending) in actions { return ending }
    return nil
  }

  @Test("a server of another name is claimed, and has that name once it has gone on")
  func renamed() throws {
    let maud = sampleHandle("maud")
    var machine = try detached()
    let claim = machine.handle(.introduced(maud, .native), at: start)
    #expect(claim.contains { if case .send(.resume) = $0 { true } else { false } })
    #expect(machine.peer == mike, "it has not proved that it is the same")
    let back = machine.handle(.resumed(through: 0), at: start)
    #expect(back.first == .reportRenamed(from: mike, to: maud))
    #expect(machine.peer == maud && machine.clientPast?.server == maud)
    _ = machine.handle(.failed(.broken("cut")), at: start)
    _ = machine.handle(.introduced(maud, .native), at: start)
    let again = machine.handle(.resumed(through: 0), at: start)
    #expect(!again.contains(.reportRenamed(from: mike, to: maud)))
  }

  @Test("a server that does not know it ends nothing, as often as it says so")
  func notKnown() throws {
    var machine = try detached()
    for attempt in 1...3 {
      _ = machine.handle(.introduced(mike, .native), at: start)
      let answer = machine.handle(.serverDenied("not known"), at: start)
      #expect(answer == [.dropLink, .reportNotKnown("not known"), .dial])
      #expect(machine.isDetached && machine.clientPast?.attempt == attempt)
      #expect(machine.clientPast?.unconfirmed == [words[0]])
    }
    _ = machine.handle(.introduced(mike, .native), at: start)
    let back = machine.handle(.resumed(through: 0), at: start)
    #expect(back.contains(.send(.say(number: 1, words[0]))))
  }

  @Test("one that nobody knew to the end is over for that reason")
  func neverKnown() throws {
    var machine = try detached()
    _ = machine.handle(.introduced(mike, .native), at: start)
    _ = machine.handle(.serverDenied("not known"), at: start)
    let end = try #require(
      ending(machine.handle(.tick, at: start.advanced(by: within))))
    #expect(end.reason == .reset && end.detail == QuitReason.lost.rawValue)
    #expect(end.unconfirmed == [words[0]])
  }

  @Test("who was stopped past the end asks once more, and only then it is over")
  func stopped() throws {
    var machine = try detached()
    let late = start.advanced(by: within + .seconds(60))
    #expect(machine.handle(.tick, at: late) == [] && machine.isDetached)
    let deadline = try #require(machine.deadline)
    #expect(deadline == late.advanced(by: ConversationSettings.askLateWithin))
    var asked = machine
    _ = asked.handle(.introduced(mike, .native), at: late)
    _ = asked.handle(.resumed(through: 1), at: late)
    let answer = try #require(ending(asked.handle(.quit(.expired), at: late)))
    #expect(answer.detail == QuitReason.expired.rawValue && answer.unconfirmed.isEmpty)
    #expect(ending(machine.handle(.tick, at: deadline))?.unconfirmed == [words[0]])
  }

  @Test("who was not stopped is over at the end")
  func onTime() throws {
    var machine = try detached()
    #expect(ending(machine.handle(.tick, at: start.advanced(by: within))) != nil)
  }

  @Test("sleep counts as time without a link")
  func slept() throws {
    var machine = try detached()
    _ = machine.handle(.wokeUp(after: .seconds(120)), at: start)
    #expect(machine.detachedUntil == start.advanced(by: within - .seconds(120)))
    _ = machine.handle(.wokeUp(after: .seconds(3600)), at: start)
    #expect(machine.handle(.tick, at: start) == [] && machine.isDetached, "it asks first")
  }
}
