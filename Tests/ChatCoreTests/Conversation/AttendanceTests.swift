import ChatCore
import Testing

/// A server at whose terminal nobody is, and what its client makes of that.
@Suite struct AttendanceTests {
  private func at(_ seconds: Double) -> Instant { Instant(milliseconds: Int64(seconds * 1000)) }

  /// A server's machine whose client has said its name.
  private func server(_ mode: Mode, _ dialect: Dialect = .native) -> Conversation {
    var machine = Conversation(
      ConversationSettings(
        role: .server, mode: mode, idleLimit: .seconds(300), handle: tatyana), at: at(0))
    _ = machine.begin(at: at(0))
    for event: Conversation.Event in [.recorded, .introduced(mike, dialect), .recorded] {
      _ = machine.handle(event, at: at(0))
    }
    return machine
  }

  /// Says something as the client, and has it recorded.
  private func say(_ number: Int, _ machine: inout Conversation, at time: Double) {
    _ = machine.handle(.said(number: number, words[0]), at: at(time))
    _ = machine.handle(.recorded, at: at(time))
  }

  private func close(_ actions: [Conversation.Action]) -> Entry? {
    for case .record(let entry) in actions { if case .close = entry { return entry } }
    return nil
  }

  @Test(arguments: Mode.allCases, [Dialect.native, .line, .original])
  func whoGetsTheFloorIsToldBehindIt(_ mode: Mode, _ dialect: Dialect) {
    var machine = server(mode, dialect)
    #expect(machine.handle(.operatorIsThere(false), at: at(1)) == [])
    let actions = machine.handle(.listenerGaveFloor, at: at(2))
    let sent = actions.compactMap { action -> Conversation.Outgoing? in
      if case .send(let outgoing) = action { outgoing } else { nil }
    }
    #expect(sent == [.mode(mode), .floor, .attended(false)])
  }

  @Test func whereSomebodyIsNothingIsSaid() {
    var machine = server(.turns)
    let actions = machine.handle(.listenerGaveFloor, at: at(2))
    #expect(!actions.contains(.send(.attended(true))) && !actions.contains(.send(.attended(false))))
    #expect(machine.handle(.operatorIsThere(true), at: at(3)) == [])
  }

  @Test func comingAndGoingIsSaidOnceEach() {
    var machine = server(.turns)
    _ = machine.handle(.listenerGaveFloor, at: at(0))
    for time in [1.0, 3.0] {
      #expect(machine.handle(.operatorIsThere(false), at: at(time)) == [.send(.attended(false))])
      #expect(machine.handle(.operatorIsThere(false), at: at(time)) == [])
      #expect(machine.handle(.operatorIsThere(true), at: at(time + 1)) == [.send(.attended(true))])
    }
  }

  @Test func aMessageWithoutAnAnswerGivesTheFloorBackUnwarned() {
    var machine = server(.turns)
    _ = machine.handle(.operatorIsThere(false), at: at(0))
    _ = machine.handle(.listenerGaveFloor, at: at(0))
    say(1, &machine, at: 100)
    for second in stride(from: 101.0, to: 400, by: 1) {
      _ = machine.handle(.received, at: at(second))
      let actions = machine.handle(.tick, at: at(second))
      #expect(actions.allSatisfy { $0 == .send(.ping) }, "at \(second) s: \(actions)")
    }
    let end = machine.handle(.tick, at: at(400))
    #expect(close(end) == .close(by: .server, .timeout, detail: nil, undelivered: 0))
  }

  @Test func aClientThatSaysNothingIsWarnedAndTimesOutByItself() {
    var machine = server(.turns)
    _ = machine.handle(.operatorIsThere(false), at: at(0))
    _ = machine.handle(.listenerGaveFloor, at: at(0))
    #expect(
      machine.handle(.tick, at: at(240)).contains(
        .send(.warnOfSilence(limit: .seconds(300), left: .seconds(60)))))
    let end = machine.handle(.tick, at: at(300))
    #expect(close(end) == .close(by: .client, .timeout, detail: nil, undelivered: 0))
  }

  @Test func inFreeItIsTheClientsSilence() {
    var machine = server(.free)
    _ = machine.handle(.operatorIsThere(false), at: at(0))
    _ = machine.handle(.listenerGaveFloor, at: at(0))
    say(1, &machine, at: 250)
    say(2, &machine, at: 500)
    #expect(close(machine.handle(.tick, at: at(799))) == nil)
    #expect(
      close(machine.handle(.tick, at: at(800)))
        == .close(by: .client, .timeout, detail: nil, undelivered: 0))
  }

  @Test func whoComesHasAllTheTimeToAnswerAndWhoGoesLeavesTheWholeLimit() {
    var machine = server(.turns)
    _ = machine.handle(.operatorIsThere(false), at: at(0))
    _ = machine.handle(.listenerGaveFloor, at: at(0))
    say(1, &machine, at: 10)
    _ = machine.handle(.operatorIsThere(true), at: at(200))
    _ = machine.handle(.received, at: at(4990))
    #expect(close(machine.handle(.tick, at: at(5000))) == nil)
    _ = machine.handle(.operatorIsThere(false), at: at(6000))
    _ = machine.handle(.received, at: at(6290))
    #expect(close(machine.handle(.tick, at: at(6299))) == nil)
    #expect(close(machine.handle(.tick, at: at(6300))) != nil)
  }

  @Test func whileTheLinkIsDownItIsKnownAndNotSaid() throws {
    let token = try #require(ResumeToken(bytes: Array(repeating: 1, count: ResumeToken.length)))
    var machine = Conversation(
      ConversationSettings(
        role: .server, mode: .turns, idleLimit: .seconds(300),
        offer: ResumeOffer(token: token, within: .seconds(300))), at: at(0))
    _ = machine.begin(at: at(0))
    for event: Conversation.Event in [
      .recorded, .introduced(mike, .native), .recorded, .listenerGaveFloor, .tookOffer, .recorded,
      .ended, .recorded,
    ] { _ = machine.handle(event, at: at(0)) }
    #expect(machine.isDetached)
    #expect(machine.handle(.operatorIsThere(false), at: at(1)) == [])
    #expect(machine.handle(.operatorIsThere(true), at: at(2)) == [])
  }

  /// Its client may have heard otherwise before its link was lost.
  @Test(arguments: [true, false], [true, false])
  func whoComesBackHearsHowItIsNow(_ isThere: Bool, _ hasFloor: Bool) {
    let past = Resumption(
      peer: mike, mode: .free, hasFloor: hasFloor, turn: nil, ownNumber: 0, peerNumber: 0,
      unconfirmed: [], recent: [], awayFor: .seconds(1), addressChanged: false)
    var machine = Conversation(
      resuming: past, recalled: 0, ConversationSettings(role: .server, mode: .free), at: at(0))
    _ = machine.begin(at: at(0))
    let actions = machine.handle(.operatorIsThere(isThere), at: at(0))
    #expect(actions == (hasFloor ? [.send(.attended(isThere))] : []))
    #expect(machine.handle(.operatorIsThere(isThere), at: at(0)) == [])
  }

  @Test func aClientReportsWhatChanges() {
    var machine = client()
    #expect(machine.handle(.serverIsAttended(true), at: at(0)) == [])
    #expect(machine.handle(.serverIsAttended(false), at: at(0)) == [.reportAttendance(false)])
    #expect(machine.handle(.serverIsAttended(false), at: at(0)) == [])
    #expect(machine.handle(.serverIsAttended(true), at: at(0)) == [.reportAttendance(true)])
  }

  @Test(arguments: [true, false])
  func whoseSilenceItWasAClientKnowsByTheTurn(_ hasSpoken: Bool) {
    var machine = client()
    _ = machine.handle(.serverIsAttended(false), at: at(0))
    if hasSpoken {
      _ = machine.handle(.operatorSaid(words[0]), at: at(1))
      _ = machine.handle(.recorded, at: at(1))
    }
    var ending: Conversation.Ending?
    for event: Conversation.Event in [.quit(.idle), .recorded] {
      for case .end(let end) in machine.handle(event, at: at(301)) { ending = end }
    }
    #expect(ending?.reason == .timeout)
    #expect(ending?.by == (hasSpoken ? .server : .client))
  }

  @Test func aClientThatSaysItBreaksTheProtocol() {
    var machine = server(.turns)
    let actions = machine.handle(.serverIsAttended(false), at: at(1))
    #expect(close(actions).map { "\($0)".contains("error") } == true)
  }

  private func client() -> Conversation {
    var machine = Conversation(
      ConversationSettings(role: .client, mode: .turns, handle: tatyana), at: at(0))
    _ = machine.begin(at: at(0))
    for event: Conversation.Event in [
      .introduced(mike, .native), .recorded, .serverSetMode(.turns), .serverGaveFloor, .recorded,
    ] { _ = machine.handle(event, at: at(0)) }
    return machine
  }
}
