import ChatCore
import Testing

/// Single rules, each as one short run.
@Suite struct ConversationTests {
  private let start = Instant(milliseconds: 0)

  /// A server's conversation with tatyana that has the floor.
  private func talking(mode: Mode = .turns, idleLimit: Duration? = nil) -> Conversation {
    var machine = Conversation(
      ConversationSettings(role: .server, mode: mode, idleLimit: idleLimit), at: start)
    _ = machine.begin(at: start)
    for event: Conversation.Event in [
      .recorded, .introduced(tatyana, .native), .recorded, .listenerGaveFloor,
    ] {
      _ = machine.handle(event, at: start)
    }
    return machine
  }

  private func at(_ milliseconds: Int64) -> Instant { Instant(milliseconds: milliseconds) }

  @Test func aMessageIsRecordedBeforeItIsShownAndAcknowledged() {
    var machine = talking()
    #expect(
      machine.handle(.said(number: 1, words[0]), at: start)
        == [.record(.message(from: .client, number: 1, words[0]))])
    #expect(
      machine.handle(.recorded, at: start)
        == [.show(.message(from: .client, words[0])), .send(.acknowledge(1))])
    #expect(machine.state == .speaking)
  }

  @Test func whatComesOutOfTurnWaitsForTheReply() {
    var machine = talking()
    _ = machine.handle(.said(number: 1, words[0]), at: start)
    #expect(machine.handle(.said(number: 2, words[1]), at: start).isEmpty)
    _ = machine.handle(.recorded, at: start)
    _ = machine.handle(.operatorSaid(words[2]), at: start)
    let actions = machine.handle(.recorded, at: start)
    #expect(actions.last == .record(.message(from: .client, number: 2, words[1])))
  }

  @Test func heldMessagesAreWrittenDownWhenThePeerLeaves() {
    var machine = talking()
    _ = machine.handle(.said(number: nil, words[0]), at: start)
    _ = machine.handle(.said(number: nil, words[1]), at: start)
    _ = machine.handle(.recorded, at: start)
    #expect(
      machine.handle(.ended, at: start) == [
        .record(.held(number: 2, words[1])),
        .record(.close(by: .client, .eof, detail: nil, undelivered: 0)),
      ])
    guard case .end(let ending)? = machine.handle(.recorded, at: start).last else {
      Issue.record("no ending")
      return
    }
    #expect(ending.unshown == [words[1]])
  }

  @Test func theSilentPeerIsTimedOutAndTheWaitingOneIsNot() {
    var machine = talking(idleLimit: .seconds(5))
    #expect(machine.deadline == at(5_000))
    #expect(machine.handle(.tick, at: at(4_999)).isEmpty)
    #expect(
      machine.handle(.tick, at: at(5_000))
        == [.record(.close(by: .client, .timeout, detail: nil, undelivered: 0))])

    machine = talking(idleLimit: .seconds(5))
    _ = machine.handle(.said(number: 1, words[0]), at: at(4_000))
    _ = machine.handle(.recorded, at: at(4_000))
    // The server's turn: only the ping is due.
    #expect(machine.deadline == at(30_000))
  }

  @Test func aSilentLinkIsPingedAndThenGivenUp() {
    var machine = talking()
    #expect(machine.handle(.tick, at: at(30_000)) == [.send(.ping)])
    #expect(machine.handle(.tick, at: at(89_999)).isEmpty)
    #expect(
      machine.handle(.tick, at: at(90_000))
        == [.record(.close(by: nil, .reset, detail: "no answer for 90 s", undelivered: 0))])
  }

  @Test func anAnswerToThePingSavesTheLink() {
    var machine = talking()
    _ = machine.handle(.tick, at: at(30_000))
    _ = machine.handle(.received, at: at(31_000))
    #expect(machine.handle(.tick, at: at(60_999)).isEmpty)
    #expect(machine.handle(.tick, at: at(61_000)) == [.send(.ping)])
  }

  @Test func aFailingDiskKeepsTheTypedMessageOnTheLine() {
    var machine = talking(mode: .free)
    _ = machine.handle(.operatorSaid(words[0]), at: start)
    #expect(machine.handle(.recordingFailed, at: start) == [.reject(words[0], .notRecorded)])
    #expect(machine.wantsPeerInput)
    _ = machine.handle(.operatorSaid(words[0]), at: start)
    #expect(
      machine.handle(.recorded, at: start)
        == [.accept(number: 1, words[0]), .send(.say(number: 1, words[0]))])
  }

  @Test func aFailingDiskHoldsThePeersMessageBackUntilItWorks() {
    var machine = talking()
    _ = machine.handle(.said(number: 1, words[0]), at: start)
    #expect(machine.handle(.recordingFailed, at: start).isEmpty)
    #expect(!machine.wantsPeerInput)
    #expect(
      machine.handle(.tick, at: at(1_000))
        == [.record(.message(from: .client, number: 1, words[0]))])
    #expect(
      machine.handle(.recorded, at: at(1_000))
        == [.show(.message(from: .client, words[0])), .send(.acknowledge(1))])
  }

  @Test func aRepeatedNumberIsAcknowledgedAgainAndNotRecordedTwice() {
    var machine = talking(mode: .free)
    _ = machine.handle(.said(number: 1, words[0]), at: start)
    _ = machine.handle(.recorded, at: start)
    #expect(machine.handle(.said(number: 1, words[0]), at: start) == [.send(.acknowledge(1))])
  }

  @Test func aGapInTheNumbersEndsIt() {
    var machine = talking(mode: .free)
    let actions = machine.handle(.said(number: 3, words[0]), at: start)
    #expect(
      actions == [
        .record(
          .close(by: .client, .error, detail: "message 3 where 1 was due", undelivered: 0))
      ])
  }

  @Test func aGoodbyeWaitsForReceipts() {
    var machine = talking(mode: .free)
    _ = machine.handle(.operatorSaid(words[0]), at: start)
    _ = machine.handle(.recorded, at: start)
    #expect(machine.handle(.operatorQuit, at: start).isEmpty)
    let actions = machine.handle(.acknowledged(1), at: start)
    #expect(
      actions == [
        .confirm(through: 1), .record(.acknowledged(through: 1)),
        .record(.close(by: .server, .quit, detail: nil, undelivered: 0)),
      ])
  }

  @Test func aGoodbyeDoesNotWaitForEver() {
    var machine = talking(mode: .free)
    _ = machine.handle(.operatorSaid(words[0]), at: start)
    _ = machine.handle(.recorded, at: start)
    _ = machine.handle(.operatorQuit, at: start)
    #expect(
      machine.handle(.tick, at: at(3_000))
        == [.record(.close(by: .server, .quit, detail: nil, undelivered: 1))])
    guard case .end(let ending)? = machine.handle(.recorded, at: at(3_000)).last else {
      Issue.record("no ending")
      return
    }
    #expect(ending.unconfirmed == [words[0]])
  }

  @Test func theHeldAreBounded() {
    var machine = talking()
    _ = machine.handle(.said(number: nil, words[0]), at: start)
    for _ in 0..<64 {
      #expect(machine.wantsPeerInput)
      #expect(machine.handle(.said(number: nil, words[0]), at: start).isEmpty)
    }
    #expect(!machine.wantsPeerInput, "the peer is left unread")
    var refused = 0
    for _ in 0..<40_000 {
      refused += machine.handle(.said(number: nil, words[0]), at: start).count {
        $0 == .send(.deny(.tooMuchHeld))
      }
    }
    #expect(refused == 40_000 + 64 - 33 * 1024, "one read's worth is kept, the rest refused")
  }

  @Test func aPeerThatWasLeftUnreadIsNotTakenForDead() {
    var machine = talking()
    for _ in 0..<65 { _ = machine.handle(.said(number: nil, words[0]), at: start) }
    _ = machine.handle(.recorded, at: start)
    #expect(machine.deadline == nil, "no ping to one that is not read")
    _ = machine.handle(.operatorSaid(words[1]), at: at(200_000))
    _ = machine.handle(.recorded, at: at(200_000))
    #expect(machine.handle(.tick, at: at(200_000)).isEmpty)
  }

  @Test func aRefusedHandleIsAskedForAgain() {
    var machine = Conversation(ConversationSettings(role: .client, mode: .turns), at: start)
    _ = machine.begin(at: start)
    #expect(
      machine.handle(.introduced(mike, .native), at: start) == [.askForHandle(again: nil)])
    #expect(machine.state == .naming)
    #expect(machine.handle(.operatorNamed(tatyana), at: start) == [.send(.handle(tatyana))])
    #expect(machine.handle(.serverDenied("taken"), at: start) == [.askForHandle(again: "taken")])
    #expect(machine.state == .naming)
  }

  @Test func aKnownHandleIsAskedForOnlyWhenTheServerDeniesIt() {
    var machine = Conversation(
      ConversationSettings(role: .client, mode: .turns, handle: tatyana), at: start)
    _ = machine.begin(at: start)
    #expect(machine.handle(.introduced(mike, .native), at: start) == [.send(.handle(tatyana))])
    #expect(machine.state == .queued(place: nil))
    #expect(machine.handle(.serverDenied("taken"), at: start) == [.askForHandle(again: "taken")])
    // The other dialects know no queue.
    var line = Conversation(
      ConversationSettings(role: .client, mode: .turns, handle: tatyana), at: start)
    #expect(
      line.handle(.introduced(mike, .line), at: start)
        == [.send(.handle(tatyana)), .show(.opened)])
  }

  @Test("after a gap no number is taken from which there is no counting on")
  func theHighestNumber() throws {
    for number in [Int.max, .max - 1] {
      let past = Resumption(
        peer: tatyana, mode: .free, hasFloor: true, turn: nil, ownNumber: 0, peerNumber: 3,
        unconfirmed: [], recent: [], awayFor: .seconds(1), addressChanged: false)
      var machine = Conversation(
        resuming: past, recalled: 0, ConversationSettings(role: .server, mode: .free), at: start)
      _ = machine.begin(at: start)
      let taken = machine.handle(.said(number: number, words[0]), at: start)
      let isTaken = taken == [.record(.message(from: .client, number: number, words[0]))]
      #expect(isTaken == (number < .max))
      _ = machine.handle(.recorded, at: start)
      // The next one would be the highest, and then there is none.
      _ = machine.handle(.said(number: .max, words[1]), at: start)
      #expect(machine.state == .over)
    }
  }

  @Test("a client whose file is older than what the server has goes on from there")
  func theServerHasMore() throws {
    let token = try #require(ResumeToken(bytes: Array(repeating: 1, count: ResumeToken.length)))
    let past = ClientPast(
      offer: ResumeOffer(token: token, within: .seconds(300)), handle: tatyana, server: mike,
      mode: .free, hasFloor: true, turn: nil, ownNumber: 2, unconfirmed: [words[0]],
      peerNumber: 0, attempt: 0)
    for number in [1, 2, 7, Int.max] {
      var machine = Conversation(
        resuming: past, away: .seconds(1), ConversationSettings(role: .client, mode: .free),
        at: start)
      _ = machine.begin(at: start)
      _ = machine.handle(.introduced(mike, .native), at: start)
      let actions = machine.handle(.resumed(through: number), at: start)
      #expect(machine.isDetached == false)
      if number == .max {
        #expect(machine.state == .over)
        continue
      }
      // What was said before is asked for twice, and until it comes nothing is said.
      #expect(!actions.contains(.send(.say(number: 2, words[0]))))
      _ = machine.handle(.operatorSaid(words[1]), at: start)
      #expect(machine.handle(.serverSetMode(.free), at: start) == [.send(.recall(20))])
      _ = machine.handle(.past(PastMessage(from: .client, number: 1, words[0])), at: start)
      let next = machine.handle(.serverSetMode(.free), at: start)
      #expect(next.contains(.send(.say(number: 2, words[0]))) == (number == 1))
      #expect(next.contains(.send(.say(number: max(number, 2) + 1, words[1]))))
    }
  }

  @Test("what is entered before the link is back is counted from what the server has")
  func enteredBeforeTheServerSays() throws {
    let token = try #require(ResumeToken(bytes: Array(repeating: 1, count: ResumeToken.length)))
    let past = ClientPast(
      offer: ResumeOffer(token: token, within: .seconds(300)), handle: tatyana, server: mike,
      mode: .free, hasFloor: true, turn: nil, ownNumber: 5, unconfirmed: [words[0]],
      peerNumber: 0, attempt: 0)
    for number in 4...8 {
      var machine = Conversation(
        resuming: past, away: .seconds(1), ConversationSettings(role: .client, mode: .free),
        at: start)
      _ = machine.begin(at: start)
      _ = machine.handle(.operatorSaid(words[1]), at: start)
      _ = machine.handle(.introduced(mike, .native), at: start)
      _ = machine.handle(.resumed(through: number), at: start)
      _ = machine.handle(.past(PastMessage(from: .client, number: 1, words[0])), at: start)
      #expect(machine.unconfirmedCount == (number == 4 ? 2 : 1))
      // What was typed before is nowhere on this screen yet; what is typed now is.
      let shown = machine.handle(.serverSetMode(.free), at: start)
      let unseen = PastMessage(from: .client, number: 5, words[0])
      let said = Conversation.Action.send(.say(number: max(number, 5) + 1, words[1]))
      #expect(
        shown
          == (number == 4 ? [.showPast(unseen), .send(.say(number: 5, words[0]))] : []) + [said])
    }
  }

  @Test("what is held when the link is lost is not taken while it is down")
  func heldAcrossALostLink() throws {
    let token = try #require(ResumeToken(bytes: Array(repeating: 1, count: ResumeToken.length)))
    var settings = ConversationSettings(role: .server, mode: .turns)
    settings.offer = ResumeOffer(token: token, within: .seconds(300))
    var machine = Conversation(settings, at: start)
    _ = machine.begin(at: start)
    for event: Conversation.Event in [
      .introduced(tatyana, .native), .recorded, .listenerGaveFloor, .tookOffer,
      .said(number: 1, words[0]), .recorded, .said(number: 2, words[1]), .failed(.broken("cut")),
      .recorded,
    ] {
      _ = machine.handle(event, at: start)
    }
    #expect(machine.isDetached)
    let asked = machine.handle(.operatorSaid(words[2]), at: start)
    #expect(asked == [.record(.message(from: .server, number: 1, words[2]))])
    let taken = machine.handle(.recorded, at: start)
    #expect(taken == [.accept(number: 1, words[2])])
    // Every word is kept all the same, should nobody come back.
    let ended = machine.handle(.operatorQuit, at: start)
    #expect(ended.contains(.record(.held(number: 2, words[1]))))
  }

  @Test("who comes back is as silent as before")
  func silenceGoesOn() throws {
    var past = Resumption(
      peer: tatyana, mode: .turns, hasFloor: true, turn: .client, ownNumber: 0, peerNumber: 0,
      unconfirmed: [], recent: [], awayFor: .seconds(1), addressChanged: false)
    past.silentFor = .seconds(50)
    var machine = Conversation(
      resuming: past, recalled: 0,
      ConversationSettings(role: .server, mode: .turns, idleLimit: .seconds(60)), at: start)
    _ = machine.begin(at: start)
    _ = machine.handle(.tick, at: start.advanced(by: .milliseconds(9_999)))
    #expect(machine.state == .listening)
    _ = machine.handle(.tick, at: start.advanced(by: .seconds(10)))
    #expect(machine.state == .over)
  }

  @Test(
    "a goodbye to who claims a conversation is not that conversation's",
    arguments: QuitReason.allCases)
  func goodbyeWhileClaiming(reason: QuitReason) throws {
    let token = try #require(ResumeToken(bytes: Array(1...32)))
    let past = ClientPast(
      offer: ResumeOffer(token: token, within: .seconds(300)), handle: tatyana, server: mike,
      mode: .free, hasFloor: true, turn: nil, ownNumber: 1, unconfirmed: [words[0]],
      peerNumber: 0, attempt: 0)
    var machine = Conversation(
      resuming: past, away: .zero, ConversationSettings(role: .client, mode: .free), at: start)
    #expect(machine.begin(at: start) == [.dial])
    _ = machine.handle(.introduced(mike, .native), at: start)
    #expect(machine.handle(.quit(reason), at: start) == [.dropLink, .dial])
    #expect(machine.isDetached)
    _ = machine.handle(.introduced(mike, .native), at: start)
    // The server's word about the conversation itself comes behind what it has of it.
    _ = machine.handle(.resumed(through: 1), at: start)
    _ = machine.handle(.quit(reason), at: start)
    #expect(machine.state == .over)
  }
}
