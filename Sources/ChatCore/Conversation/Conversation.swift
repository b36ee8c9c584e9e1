/// One conversation between a client and a server, without any input or
/// output: events go in, actions come out, time is a parameter. Both programs
/// run this machine, each in its role.
///
/// Held under any order of events (`ConversationScheduleTests`):
/// 1. on the server nothing is shown or sent before it is recorded;
/// 2. in `turns` nobody speaks twice running: what arrives out of turn is
///    held in order, bounded, or refused;
/// 3. after the end nothing is sent, recorded or shown, and exactly one close
///    is recorded, with one cause;
/// 4. every accepted message is delivered once, or the ending names it;
/// 5. over any number of links and processes, what one side entered and saw taken the
///    other is shown once and in order.
public struct Conversation: Sendable {
  public let role: Party
  /// Who may speak when.
  public internal(set) var mode: Mode
  /// The other side's handle, once it has said it.
  public internal(set) var peer: Handle?
  /// The other side's dialect, once it is known.
  public internal(set) var dialect: Dialect?

  let idleLimit: Duration?
  /// Client only: the operator's handle, where it need not be asked for.
  var knownHandle: Handle?
  /// Server only: what the client gave for its handle where that is not one,
  /// until the operator is there to read it.
  var givenName: String?
  var phase: Phase
  /// Server only: what the client gave for a name and was none.
  public internal(set) var rejectedNames = 0
  /// Whether nobody is at the server's terminal: on a client, as it was told.
  var isUnattended = false
  var place: Int?
  var hasFloor = false
  var backlog = Backlog()
  var recording = Recording()
  /// Highest number among the peer's messages, as the peer counts them.
  var peerNumber = 0
  /// Highest of those that were acknowledged.
  var peerAcknowledged = 0
  /// The peer's messages that were accepted, as the transcript counts them.
  var peerAccepted = 0
  /// Own messages that were accepted.
  var ownNumber = 0
  /// Those the peer has not confirmed, oldest first.
  var unconfirmed: [Message] = []
  /// How many of them, the newest, were not said on this link yet.
  var unsent = 0
  /// Since when the oldest of them is under way.
  var underWaySince: Instant?
  var lastReceived: Instant
  var pingedAt: Instant?
  var silentSince: Instant
  /// When keys were last pressed, where that counts: the client's.
  var typedAt: Instant?
  /// The silence that was warned of, by when it began.
  var warnedFor: Instant?
  /// Whether and how it outlasts its link.
  var resuming = Resuming()
  /// Client only: the operator wants `free` from the beginning.
  let wantsFree: Bool
  var hasAskedForFree = false

  enum Phase: Sendable {
    case introducing
    /// Client only: the greeting is read, the operator has no handle yet.
    case naming
    case waiting
    /// `turn` is `nil` in `free`.
    case talking(turn: Party?)
    /// Goodbye is meant; receipts are waited for.
    case lingering(Farewell, until: Instant)
    /// The close is being recorded.
    case closing(Farewell, until: Instant)
    case over
  }

  /// Who ends it and why, before the ending is complete.
  struct Farewell: Sendable {
    var by: Party?
    var reason: CloseReason
    var detail: String?
    /// What to say to the peer; `nil` when it is gone or spoke first.
    var goodbye: QuitReason?
  }

  /// A conversation on a connected link, at `now`.
  public init(_ settings: ConversationSettings, at now: Instant) {
    role = settings.role
    mode = settings.mode
    idleLimit = settings.role == .server ? settings.idleLimit : nil
    knownHandle = settings.handle
    wantsFree = settings.wantsFree
    phase = .introducing
    lastReceived = now
    silentSince = now
    resuming.offer = settings.offer
  }

  /// The first actions: the server greets and records the opening.
  public mutating func begin(at now: Instant) -> [Action] {
    var actions: [Action] = []
    if resuming.isSuccessor {
      beginAgain(now, &actions)
    } else if role == .server {
      actions.append(.send(.greeting))
      request(.open, at: now, &actions)
    }
    return actions
  }

  /// The one way in. Never fails: what cannot be is ignored or ends the
  /// conversation, in the peer's name when it is the peer's doing.
  public mutating func handle(_ event: Event, at now: Instant) -> [Action] {
    var actions: [Action] = []
    handle(event, at: now, &actions)
    return actions
  }

  /// The same, with the actions appended to `actions`: room that is there is
  /// used again.
  public mutating func handle(_ event: Event, at now: Instant, _ actions: inout [Action]) {
    if case .over = phase {
      if case .operatorSaid(let message) = event { actions.append(.reject(message, .over)) }
      return
    }
    if resuming.lostLink != nil {
      // Nothing can be sent but what makes the link whole.
      var all: [Action] = []
      handleDetached(event, now, &all)
      actions += resuming.lostLink == nil ? all : all.filter(isSendable)
      return
    }
    handleAttached(event, now, &actions)
  }

  mutating func handleAttached(_ event: Event, _ now: Instant, _ actions: inout [Action]) {
    switch event {
    case .received:
      lastReceived = now
      pingedAt = nil
      trustLink(&actions)
    case .introduced(let handle, let dialect): introduce(handle, dialect, now, &actions)
    case .misnamed(let error): rejectHandle(error, now, &actions)
    case .misnamedClient(let given): takeGivenName(given, &actions)
    case .said(let number, let message): receive(number, message, now, &actions)
    case .saidInvalid(let number, let error): deny(number, error, now, &actions)
    case .acknowledged(let number): confirm(number, now, &actions)
    case .ping: actions.append(.send(.pong))
    case .quit(let reason): leave(becauseOf: reason, now, &actions)
    case .ended: loseLink(Farewell(by: role.other, reason: .eof), now, &actions)
    case .failed(let failure): fail(failure, now, &actions)

    case .typed: takeTyping(now)
    case .asked(let mode): takeQuestion(mode, &actions)

    case .serverSetMode(let mode) where role == .client:
      finishRecall(&actions)
      takeMode(mode, now, &actions)
    case .serverQueued(let place) where role == .client:
      if case .waiting = phase { self.place = place }
    case .serverGaveFloor where role == .client:
      if case .waiting = phase { takeFloor(now, &actions) }
    case .serverDenied(let why) where role == .client: takeDenial(why, &actions)
    case .serverRefused(let why) where role == .client: takeRefusal(why, now, &actions)
    case .serverNoticed(let text) where role == .client:
      actions.append(.reportNotice(text))
    case .serverWarnedOfSilence(let limit, let left) where role == .client:
      actions.append(.warnOfSilence(limit: limit, left: left))
    case .serverIsAttended(let isAttended) where role == .client:
      takeAttendance(isAttended, &actions)
    case .serverSetMode, .serverQueued, .serverGaveFloor, .serverDenied, .serverRefused,
      .serverNoticed, .serverWarnedOfSilence, .serverIsAttended:
      fail(.malformed("a client spoke as if it were a server"), now, &actions)

    case .operatorNamed(let handle): takeName(handle, now, &actions)
    case .operatorSaid(let message): speak(message, now, &actions)
    case .operatorTyped: takeOperatorTyping(now, &actions)
    case .operatorWantsFree: wantFree(now, &actions)
    case .operatorQuit: quit(Farewell(by: role, reason: .quit, goodbye: .user), now, &actions)

    case .operatorIsThere(let isThere): attend(isThere, now, &actions)
    case .listenerGaveFloor: takeGrantedFloor(now, &actions)
    case .listenerQueued(let place): takePlace(place, &actions)
    case .listenerIsFull:
      close(Farewell(by: .server, reason: .full, goodbye: .full), now, &actions)
    case .listenerBlocked:
      quit(Farewell(by: .server, reason: .blocked, goodbye: .blocked), now, &actions)
    case .listenerWantsHandOver: handOver(now, &actions)
    case .listenerKnowsNoClaim: refuseClaim(.unknownConversation, &actions)
    case .claimIsElsewhere(let port): refuseClaim(.conversationElsewhere(port: port), &actions)
    case .claimIsOver(let recorded, let reason):
      endClaim(recorded: recorded, reason, now, &actions)
    // The link is up.
    case .graceIsOver, .operatorWantsLink, .linkIsImpossible, .wokeUp: break

    case .offered(let offer) where role == .client: take(offer, &actions)
    case .tookOffer where role == .server: becomeResumable(&actions)
    case .claimed(let token, let shown, let attempt) where role == .server:
      claim(token, shown, attempt, &actions)
    case .recalled(let count) where role == .server: recall(count, &actions)
    case .past(let past) where role == .client: takePast(past, &actions)
    // A repetition.
    case .resumed where role == .client: break
    case .offered, .tookOffer, .claimed, .recalled, .resumed, .past:
      fail(.malformed("a verb of the other side's"), now, &actions)

    case .bereft(let what):
      if leaveToSuccessor(now, &actions) { return }
      // A death is no goodbye, and nobody asked for it.
      close(Farewell(by: role, reason: .crashed, detail: what, goodbye: .error), now, &actions)
    case .restart(let what):
      if leaveToSuccessor(now, &actions) { return }
      close(Farewell(by: role, reason: .restart, detail: what, goodbye: .stopped), now, &actions)
    case .stop(let what):
      // Nothing is waited for but the record of the close.
      close(Farewell(by: role, reason: .sigint, detail: what, goodbye: .stopped), now, &actions)
    case .recorded: finishRecording(now, &actions)
    case .recordingFailed: failRecording(now, &actions)
    case .tick: handleTick(now, &actions)
    }
  }

  public var state: State {
    switch phase {
    case .introducing: .introducing
    case .naming: .naming
    case .waiting: .queued(place: place)
    case .talking(let turn): turn == nil || turn == role ? .speaking : .listening
    case .lingering, .closing, .over: .over
    }
  }

  /// Whether the socket should be read: not while entries wait for a disk, nor
  /// while as much waits for its turn as may be held.
  public var wantsPeerInput: Bool {
    if case .over = phase { return false }
    if role == .server, resuming.lostLink != nil { return false }
    return !recording.isStuck && !backlog.isFull
      && recording.steps.count < ConversationSettings.unrecordedLimit
  }

  /// Whether a line of the operator's would be taken now.
  public var wantsOperatorInput: Bool {
    state == .speaking && unconfirmed.count < ConversationSettings.unconfirmedLimit
  }

  /// Since when the peer has confirmed nothing though something is under way.
  public var unconfirmedSince: Instant? { unconfirmed.isEmpty ? nil : underWaySince }

  /// How many own messages the peer has not confirmed yet.
  public var unconfirmedCount: Int { unconfirmed.count }

  /// Them, oldest first.
  public var unconfirmedMessages: [Message] { unconfirmed }
}
