import ChatCore
import Seeded
import Testing

/// A server's and a client's machine on one lossless link that carries what
/// is under way in order: what one says the other shows, once and in order,
/// or the speaker reads that it was not confirmed.
@Suite struct ConversationPairTests {
  @Test func everyMessageArrivesOnceOrIsNamed() {
    let seed = chosenSeed()
    let schedules = chosenScheduleCount() / 50
    print("conversation pairs: CHAT_SEED=\(seed), \(schedules)")
    var random = SeededRandom(seed: seed)
    var exchanged = 0
    for schedule in 0..<schedules {
      var pair = Pair(mode: random.below(2) == 0 ? .turns : .free)
      pair.run(&random)
      if let violation = pair.violation {
        Issue.record("\(violation), in schedule \(schedule) of seed \(seed)")
        return
      }
      exchanged += pair.client.shown.count + pair.server.shown.count
    }
    #expect(exchanged > schedules)
  }
}

private struct Side {
  var machine: Conversation
  var asked = 0
  var inbox: [Conversation.Event] = []
  var outbox: [Conversation.Event] = []
  var said: [Message] = []
  var shown: [Message] = []
  var ending: Conversation.Ending?
}

private struct Pair {
  var client: Side
  var server: Side
  var violation: String?
  private var now = Instant(milliseconds: 0)
  private var spoken = 0

  init(mode: Mode) {
    let now = Instant(milliseconds: 0)
    client = Side(machine: Conversation(ConversationSettings(role: .client, mode: .turns), at: now))
    server = Side(
      machine: Conversation(
        ConversationSettings(role: .server, mode: mode, idleLimit: .seconds(60)), at: now))
    perform(\.server, server.machine.begin(at: now))
  }

  mutating func run(_ random: inout SeededRandom) {
    for _ in 0..<(30 + random.below(80)) { step(&random) }
    post(\.client, .operatorQuit)
    // Let everything arrive that is under way.
    for _ in 0..<200 where client.ending == nil || server.ending == nil {
      deliver(from: \.client, to: \.server)
      deliver(from: \.server, to: \.client)
      commit(succeeding: true)
      now = now.advanced(by: .milliseconds(200))
      post(\.client, .tick)
      post(\.server, .tick)
    }
    judge(speaker: client, listener: server, "the client")
    judge(speaker: server, listener: client, "the server")
  }

  private mutating func step(_ random: inout SeededRandom) {
    switch random.below(12) {
    case 0, 1: deliver(from: \.client, to: \.server)
    case 2, 3: deliver(from: \.server, to: \.client)
    case 4, 5: commit(succeeding: random.below(5) != 0)
    case 6, 7: speak(\.client)
    case 8: speak(\.server)
    case 9:
      now = now.advanced(by: .milliseconds(Int64(random.below(1_500))))
      post(\.client, .tick)
      post(\.server, .tick)
    case 10: post(\.server, .listenerGaveFloor)
    default:
      if random.below(60) == 0 { post(\.server, .operatorQuit) }
    }
  }

  private mutating func speak(_ side: WritableKeyPath<Pair, Side>) {
    spoken += 1
    post(side, .operatorSaid(sampleMessage("word \(spoken)")))
  }

  private mutating func post(_ side: WritableKeyPath<Pair, Side>, _ event: Conversation.Event) {
    perform(side, self[keyPath: side].machine.handle(event, at: now))
  }

  private mutating func deliver(
    from: WritableKeyPath<Pair, Side>, to: WritableKeyPath<Pair, Side>
  ) {
    guard !self[keyPath: from].outbox.isEmpty else { return }
    let event = self[keyPath: from].outbox.removeFirst()
    post(to, .received)
    post(to, event)
  }

  private mutating func commit(succeeding: Bool) {
    guard server.asked > 0 else { return }
    server.asked = 0
    post(\.server, succeeding ? .recorded : .recordingFailed)
  }

  private mutating func perform(
    _ side: WritableKeyPath<Pair, Side>, _ actions: [Conversation.Action]
  ) {
    for action in actions {
      switch action {
      case .record(.floor): break
      case .record: self[keyPath: side].asked += 1
      case .show(.message(_, let message)): self[keyPath: side].shown.append(message)
      case .accept(_, let message): self[keyPath: side].said.append(message)
      case .send(let outgoing):
        if let event = outgoing.carried { self[keyPath: side].outbox.append(event) }
        if case .greeting = outgoing { post(\.client, .received) }
      case .end(let ending): self[keyPath: side].ending = ending
      case .show(.opened), .reject, .confirm, .reportReady, .askForHandle, .reportDenied,
        .reportNotice, .reportMisnamed, .warnOfSilence, .reportMode, .reportClaim,
        .reportResumable, .dropLink, .reportLinkDown, .reportLinkBack, .dial, .dialBeside,
        .keepLink, .showPast, .handOver, .reportNotKnown, .reportRenamed, .reportAttendance:
        break
      }
    }
    if case .naming = self[keyPath: side].machine.state { post(side, .operatorNamed(tatyana)) }
  }

  private mutating func judge(speaker: Side, listener: Side, _ name: String) {
    guard let ending = speaker.ending, let last = listener.ending else {
      violation = violation ?? "\(name)'s conversation never ended"
      return
    }
    // Held messages reached the other side, which names them as not shown.
    let arrived = listener.shown + last.unshown
    if arrived != Array(speaker.said.prefix(arrived.count)) {
      violation = violation ?? "\(name)'s messages arrived out of order, twice or changed"
    }
    let missing = speaker.said.dropFirst(listener.shown.count)
    if !missing.allSatisfy(ending.unconfirmed.contains) {
      violation = violation ?? "\(name) did not learn of a message that was not shown"
    }
  }
}
