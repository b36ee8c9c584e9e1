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
/// 4. every accepted message is delivered once, or the ending names it.
public struct Conversation: Sendable {
  public let role: Party
  /// Who may speak when.
  public internal(set) var mode: Mode
  /// The other side's handle, once it has said it.
  public internal(set) var peer: Handle?
  /// The other side's dialect, once it is known.
  public internal(set) var dialect: Dialect?

  let idleLimit: Int64?
  var phase: Phase
  var place: Int?
  var isGranted = false
  var held = HeldMessages()
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
  /// Since when the oldest of them is under way.
  var underWaySince: Instant?
  var lastHeard: Instant
  var pingedAt: Instant?
  var silentSince: Instant

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
    /// What to tell the peer; `nil` when it is gone or spoke first.
    var goodbye: QuitReason?
  }

  /// A conversation on a link that stands, at `now`.
  public init(_ settings: ConversationSettings, at now: Instant) {
    role = settings.role
    mode = settings.mode
    idleLimit = settings.role == .server ? settings.idleLimit : nil
    phase = .introducing
    lastHeard = now
    silentSince = now
  }

  /// The first actions: the server greets and records the opening.
  public mutating func begin(at now: Instant) -> [Action] {
    var actions: [Action] = []
    if role == .server {
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
      if case .operatorSaid(let message) = event { actions.append(.giveBack(message, .over)) }
      return
    }
    switch event {
    case .heard, .introduced, .misnamed, .said, .saidInvalid, .acknowledged, .ping, .quit, .ended,
      .failed:
      handlePeer(event, now, &actions)
    case .told, .place, .floorGiven, .denied, .turnedAway:
      handleServerWord(event, now, &actions)
    case .operatorNamed, .operatorSaid, .operatorQuit:
      handleOperator(event, now, &actions)
    case .granted, .placed, .crowdedOut, .stop:
      handleListener(event, now, &actions)
    case .recorded:
      finishRecording(now, &actions)
    case .recordingFailed:
      failRecording(now, &actions)
    case .tick:
      handleTick(now, &actions)
    }
  }

  public var standing: Standing {
    switch phase {
    case .introducing: .introducing
    case .naming: .naming
    case .waiting: .inLine(place)
    case .talking(let turn): turn == nil || turn == role ? .speaking : .listening
    case .lingering, .closing, .over: .over
    }
  }

  /// Whether the socket should be read: not while entries wait for a disk, nor
  /// while as much waits for its turn as may be held.
  public var wantsPeerInput: Bool {
    if case .over = phase { return false }
    return !recording.isStuck && !held.isFull
      && recording.steps.count < ConversationSettings.unrecordedLimit
  }

  /// Whether a line of the operator's would be taken now.
  public var wantsOperatorInput: Bool {
    standing == .speaking && unconfirmed.count < ConversationSettings.unconfirmedLimit
  }

  /// Since when the peer has confirmed nothing though something is under way.
  public var unconfirmedSince: Instant? { unconfirmed.isEmpty ? nil : underWaySince }

  /// How many own messages the peer has not confirmed yet.
  public var unconfirmedCount: Int { unconfirmed.count }
}
