/// How a conversation outlasts its link: the two programs are native, the server has
/// offered it, and the client has taken the offer.
extension Conversation {
  struct Resuming: Sendable {
    /// On a server what it offers; on a client what it was offered.
    var offer: ResumeOffer?
    var hasOffered = false
    /// Whether both sides know how to go on.
    var isResumable = false
    /// Whether another process began this conversation; on a client, as long as its user
    /// has not seen what was said before.
    var isSuccessor = false
    /// Set while the link is down.
    var lostLink: LostLink?
    /// Server only: what the client claims is being looked for.
    var hasClaimed = false
    /// The last messages: on a server those that a client may ask for.
    var recent: [PastMessage] = []
    /// On a server: how many of them were asked for. On a client: how many may still come.
    var recalled = 0
    /// On a client: the numbers of the last own and the server's last that came.
    var ownPast = 0
    var peerPast = 0
    /// On a client: whether some are to come, before which it says nothing: what it said would
    /// push them out of the last that can be asked for, should it die before they do.
    var awaitsPast = false
    /// On a client: whether it asked for them once more.
    var hasRecalledAgain = false
    /// Whether the next message of the peer's may have any number above the last.
    var takesGap = false
    /// On a server's successor: what there is to report of the link.
    var back: (after: Duration, addressChanged: Bool)?
    /// On a server's successor: whether its client has yet to hear whether somebody is at the
    /// terminal.
    var owesAttendance = false
    /// On a client that another process's file began: the number of the last own message
    /// in it, until the server has said what it has.
    var keptNumber: Int?
    /// The own messages in it that the server has not: they are shown once more.
    var unseen: [Message] = []
    /// Client only: how often it has claimed.
    var attempt = 0
    /// Client only: a new link is wanted beside one that may be dead.
    var isSuspicious = false
  }

  struct LostLink: Sendable {
    var since: Instant
    /// How it ends, if nobody comes back.
    var farewell: Farewell
    /// Client only: on a new link the server was asked to go on.
    var isClaiming = false
    /// Client only: the user has read why the server does not take it back yet.
    var isRefusalReported = false
    /// Client only: how the server calls itself on a new link.
    var server: Handle?
    /// Client only: until when the server is asked past the end of the grace.
    var lateUntil: Instant?
  }

  /// Whether the link is down and the conversation goes on.
  public var isDetached: Bool { detachedSince != nil }

  /// Since when the link is down.
  public var detachedSince: Instant? {
    if case .over = phase { return nil }
    return resuming.lostLink?.since
  }

  /// When it ends, while the link is down.
  public var detachedUntil: Instant? { isDetached ? graceDeadline : nil }

  /// Whether both sides know how to go on after the link is lost.
  public var isResumable: Bool { resuming.isResumable }

  /// When a conversation whose link is down ends.
  var graceDeadline: Instant? {
    guard let lost = resuming.lostLink, let offer = resuming.offer else { return nil }
    let deadline = lost.since.advanced(by: offer.within)
    return lost.lateUntil.map { max($0, deadline) } ?? deadline
  }

  /// The time is over for a conversation whose link is down.
  ///
  /// A client that was stopped, or whose machine slept, has tried nothing meanwhile: the
  /// server is asked once more what became of it.
  mutating func endGrace(_ now: Instant, _ actions: inout [Action]) {
    guard let lost = resuming.lostLink, let deadline = graceDeadline, now >= deadline else {
      return
    }
    let isLate = now.duration(since: deadline) >= ConversationSettings.stoppedAtLeast
    if role == .client, isLate, lost.lateUntil == nil {
      resuming.lostLink?.lateUntil = now.advanced(by: ConversationSettings.askLateWithin)
    } else {
      close(lost.farewell, now, &actions)
    }
  }

  /// Whether it is far enough along, and not so far that it ends anyway.
  var canOutlastLink: Bool {
    guard resuming.isResumable else { return false }
    return switch phase {
    case .waiting, .talking: true
    case .introducing, .naming, .lingering, .closing, .over: false
    }
  }

  // MARK: The offer

  /// A server's: behind what an original program shows of what it reads at once.
  mutating func offerSession(_ actions: inout [Action]) {
    guard role == .server, dialect == .native, let offer = resuming.offer, !resuming.hasOffered
    else { return }
    resuming.hasOffered = true
    actions.append(.send(.session(offer)))
  }

  mutating func becomeResumable(_ actions: inout [Action]) {
    guard resuming.hasOffered, !resuming.isResumable, case .some = peer else { return }
    resuming.isResumable = true
    // A fact of its row, as the floor is.
    actions.append(.record(.resumable))
    actions.append(.reportResumable)
  }

  mutating func take(_ offer: ResumeOffer, _ actions: inout [Action]) {
    guard dialect == .native, resuming.offer == nil else { return }
    resuming.offer = offer
    resuming.isResumable = true
    actions.append(.send(.takeOffer))
  }

  // MARK: The link is lost

  /// The link is lost: the conversation goes on, or ends as `farewell` says.
  mutating func loseLink(_ farewell: Farewell, _ now: Instant, _ actions: inout [Action]) {
    guard canOutlastLink else { return close(farewell, now, &actions) }
    resuming.lostLink = LostLink(since: now, farewell: farewell)
    resuming.isSuspicious = false
    pingedAt = nil
    if role == .server, case .talking = phase {
      request(
        .note(.drop(farewell.reason, detail: farewell.detail)), at: now, &actions)
    }
    actions.append(.dropLink)
    actions.append(.reportLinkDown(farewell.reason, detail: farewell.detail))
    if role == .client {
      forgetUnshown()
      actions.append(.dial)
    } else if case .waiting = phase {
      // Who waits keeps a place and no process.
      handOver(now, &actions)
    }
  }

  /// What was held was never acknowledged: the server says it again.
  private mutating func forgetUnshown() {
    backlog = Backlog()
    peerNumber = peerAcknowledged
  }

  /// Whether an action makes sense while the link is down.
  func isSendable(_ action: Action) -> Bool {
    guard case .send(let outgoing) = action else { return true }
    return switch outgoing {
    case .resume, .recall, .pong: true
    default: false
    }
  }

  /// What happens while the link is down. Of the peer's doing nothing counts but what
  /// makes a new link whole.
  mutating func handleDetached(_ event: Event, _ now: Instant, _ actions: inout [Action]) {
    switch event {
    case .operatorSaid, .operatorWantsFree, .operatorQuit, .stop, .bereft, .restart, .recorded,
      .recordingFailed, .tick, .listenerBlocked, .listenerWantsHandOver, .listenerGaveFloor,
      .operatorIsThere:
      handleAttached(event, now, &actions)
    case .graceIsOver: close(Farewell(by: nil, reason: .othersWaited), now, &actions)
    case .operatorWantsLink: if role == .client { actions.append(.dial) }
    case .wokeUp(let time):
      if let lost = resuming.lostLink {
        resuming.lostLink?.since = lost.since.advanced(by: .zero - time)
      }
    case .linkIsImpossible(let why):
      close(Farewell(by: nil, reason: .reset, detail: why), now, &actions)
    default:
      if role == .client { hearAgain(event, now, &actions) }
    }
  }

  /// The link is heard of.
  mutating func trustLink(_ actions: inout [Action]) {
    guard resuming.isSuspicious else { return }
    resuming.isSuspicious = false
    actions.append(.keepLink)
  }

  // MARK: Saying again

  /// Says again what the peer may not have, as far as it has room: more as it confirms.
  mutating func sendAgain(_ actions: inout [Action]) {
    if resuming.awaitsPast { return }
    var size = unconfirmed.dropLast(unsent).reduce(0) { $0 + $1.text.utf8.count }
    while unsent > 0, size < ConversationSettings.repeatedBytes {
      let message = unconfirmed[unconfirmed.count - unsent]
      actions.append(.send(.say(number: ownNumber - unsent + 1, message)))
      size += message.text.utf8.count
      unsent -= 1
    }
  }
}

extension ConversationSettings {
  /// Bytes that are said again before some are confirmed: far less than what may wait to
  /// be sent, so that a peer which reads slowly is not taken for one that does not.
  static let repeatedBytes = 128 * 1024
  /// Past this no number of a message is believed: the next ones are to be counted too.
  static let highestResumed = Int.max / 2
  /// Client only, where it can go on: silence after which the server is pinged while
  /// something is under way. Longer than any network's round trip and a busy disk.
  static let pingSoonAfter = Duration.seconds(3)
  /// What an answer may take before a new link is tried beside the old one.
  static let suspectAfter = Duration.seconds(10)
  /// Who comes so late to the end of the grace was stopped: longer than any busy machine
  /// keeps a process waiting.
  static let stoppedAtLeast = Duration.seconds(5)
  /// What the server's answer may take then: as long as any other new link.
  static let askLateWithin = Duration.seconds(15)
}
