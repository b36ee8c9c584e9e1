import ChatCore

/// Drives one machine and holds every action against the four invariants. It
/// keeps its own books and knows nothing of the machine's state.
struct InvariantChecker {
  private(set) var machine: Conversation
  private(set) var violation: String?
  private(set) var ending: Conversation.Ending?
  /// Messages recorded, by speaker, that wait to be shown or sent.
  private var owedShows: [Message] = []
  private var owedSends: [Message] = []
  private var floorRecorded = false
  private var closesRecorded = 0
  private var lastSpeaker: Party?
  /// Entries asked for since the last commit.
  private var asked: [Entry] = []
  /// Own messages handed in and not yet accepted or given back.
  private var handedIn: [Message] = []
  /// The peer's numbered messages that may still be acknowledged.
  private var shownCount = 0
  private var acknowledgedCount = 0
  /// Own messages sent, and how many of them are confirmed.
  private var sent: [Message] = []
  private var confirmed = 0

  init(_ settings: ConversationSettings, at now: Instant) {
    machine = Conversation(settings, at: now)
    take(machine.begin(at: now))
  }

  private mutating func expect(_ condition: Bool, _ what: @autoclosure () -> String) {
    if !condition && violation == nil { violation = what() }
  }

  mutating func handle(_ event: Conversation.Event, at now: Instant) {
    if case .operatorSaid(let message) = event { handedIn.append(message) }
    take(machine.handle(event, at: now))
    // A client has no disk to wait for.
    if machine.role == .client { expect(asked.isEmpty, "a client asked for a record") }
  }

  /// Commits what was asked for, or fails to.
  mutating func commit(succeeding: Bool, at now: Instant) {
    guard !asked.isEmpty else { return }
    if succeeding {
      for entry in asked { book(entry) }
      asked = []
      take(machine.handle(.recorded, at: now))
    } else {
      asked = []
      take(machine.handle(.recordingFailed, at: now))
    }
  }

  private mutating func book(_ entry: Entry) {
    expect(closesRecorded == 0, "\(entry) recorded after the close")
    switch entry {
    case .message(let speaker, _, let message):
      if machine.mode == .turns {
        expect(lastSpeaker != speaker, "\(speaker) spoke twice running")
        expect(lastSpeaker != nil || speaker == .client, "the server spoke first")
      }
      lastSpeaker = speaker
      if speaker == .client { owedShows.append(message) } else { owedSends.append(message) }
    case .close: closesRecorded += 1
    case .open, .handle, .floor, .held, .acknowledged, .mode, .resumable, .drop: break
    }
  }

  private mutating func take(_ actions: [Conversation.Action]) {
    for action in actions { take(action) }
  }

  private mutating func take(_ action: Conversation.Action) {
    if ending != nil {
      if case .reject = action {} else { expect(false, "\(action) after the end") }
    }
    switch action {
    case .record(.floor): floorRecorded = true
    case .record(.resumable): break
    case .record(let entry): asked.append(entry)
    case .show(.opened):
      expect(machine.role == .client || floorRecorded, "opened is shown and not recorded")
    case .show(.message(let speaker, let message)):
      expect(speaker == machine.role.other, "an own message is shown as conversation")
      shownCount += 1
      if machine.role == .server {
        expect(owedShows.first == message, "shown and not recorded, or not in order")
        if !owedShows.isEmpty { owedShows.removeFirst() }
      }
    case .send(let outgoing): take(outgoing)
    case .accept(_, let message): settle(message)
    case .reject(let message, let why):
      if why == .denied {
        // The server would not take it: it is the one under way.
        expect(sent.last == message, "a message was given back that was never sent")
        if !sent.isEmpty { sent.removeLast() }
      } else {
        settle(message)
      }
    case .confirm(let number):
      expect(number > confirmed, "confirmed twice")
      confirmed = number
    case .end(let ending): finish(ending)
    case .reportReady, .askForHandle, .reportDenied, .reportNotice, .reportMisnamed: break
    case .reportClaim, .reportAttendance: break
    case .reportResumable, .dropLink, .reportLinkDown, .reportLinkBack, .dial,
      .dialBeside, .keepLink, .showPast, .handOver, .reportNotKnown, .reportRenamed:
      expect(false, "\(action) without an offer")
    case .warnOfSilence(let limit, let left): expect(left <= limit, "more is left than there is")
    case .reportMode(let news):
      expect(news != .freed || machine.mode == .free, "it is free, and is not")
    }
  }

  private mutating func settle(_ message: Message) {
    if let index = handedIn.firstIndex(of: message) {
      handedIn.remove(at: index)
    } else {
      expect(false, "\(message.text) was settled twice")
    }
  }

  private mutating func take(_ outgoing: Conversation.Outgoing) {
    switch outgoing {
    case .say(_, let message):
      sent.append(message)
      if machine.role == .server {
        expect(owedSends.first == message, "said and not recorded, or not in order")
        if !owedSends.isEmpty { owedSends.removeFirst() }
      }
    case .acknowledge:
      acknowledgedCount += 1
      expect(shownCount > 0, "acknowledged and not shown")
    case .floor, .mode:
      expect(floorRecorded, "the floor is given and not recorded")
    // May be sent at any time before the end.
    default: break
    }
  }

  private mutating func finish(_ ending: Conversation.Ending) {
    expect(self.ending == nil, "it ended twice")
    self.ending = ending
    if machine.role == .server {
      expect(closesRecorded == (ending.isRecorded ? 1 : 0), "not closed exactly once")
    }
    expect(owedSends.isEmpty, "recorded and never said")
    expect(owedShows.isEmpty, "recorded and never shown")
    expect(handedIn.isEmpty, "a message of the operator's vanished")
    let unconfirmed = Array(sent.suffix(ending.unconfirmed.count))
    expect(unconfirmed == ending.unconfirmed, "the ending names other messages than were sent")
    expect(
      sent.count - ending.unconfirmed.count <= max(confirmed, 0) || ending.unconfirmed.isEmpty,
      "an unconfirmed message is missing from the ending")
  }
}
