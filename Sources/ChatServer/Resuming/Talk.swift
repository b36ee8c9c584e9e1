import ChatCore
import ChatPosix
import ChatSecure
import Transcript

/// A conversation that outlasts its link and its process, as the listener knows it.
struct Talk: Hashable {
  let tokenHash: TokenHash
  /// The peer's name, for a sentence to the operator.
  let handle: Handle
  /// How its words come, and are to come again.
  let protection: Protection
  /// The highest attempt to go on with it that was seen.
  var attempt = 0
  /// The peer's last message that is known to be on the operator's screen; 0: none is.
  var shown = 0
  /// When its peer came back last.
  var resumedAt: Instant?

  /// For how long others waited for it while its peer was away, since that last said
  /// something: who comes and goes does not keep the floor from them.
  var othersWaited = Duration.zero

  /// Coming back costs its source nothing, unless it was here so shortly before: each costs
  /// a process and two commits.
  static let freeAfter = Duration.seconds(5)

  /// Notes that its peer comes back.
  ///
  /// - Returns: whether that costs its source nothing.
  mutating func comeBack(at now: Instant) -> Bool {
    defer { resumedAt = now }
    return resumedAt.map { now.duration(since: $0) >= Self.freeAfter } ?? true
  }
}

/// A conversation that nobody serves: its process is gone, and its peer can come back.
struct AwaitedTalk {
  var talk: Talk
  /// In the transcript.
  let conversation: Int64
  let openedAt: Timestamp
  /// What its place in the queue is counted for; `nil`: it came in an earlier run.
  let source: PeerSource?
  let rank: Int
  let hadFloor: Bool
  /// Whether its process may have shown less than it recorded.
  let hasDied: Bool
  /// When that went; `nil`: nobody knows.
  let lostAt: Timestamp?
  /// How often another process has gone on with it.
  let epoch: Int64
  /// Until then its peer can come back.
  let until: Instant
  /// Since when others wait for the floor that is kept for it.
  var waitedForSince: Instant?
  /// What is recorded when it does not.
  var death: ConversationDeath

  /// Those of an earlier run come before all who come to this one, in the order in which
  /// they came to that.
  static func rank(ofEarlier conversation: Int64) -> Int {
    .min / 2 + Int(min(max(conversation, 0), 1 << 62 - 1))
  }
}

/// One that wants to go on with a ``Talk``.
struct Claim {
  /// Its peer's.
  let process: Int32
  let tokenHash: TokenHash
}

/// What becomes of a conversation with which a process could not go on.
enum FailedClaim: Hashable {
  /// Its peer tries again.
  case goesOn
  /// Nobody can go on with it.
  case isOver
}

/// What one gets that is to hand its conversation over.
struct HandOver {
  /// It finishes its turn and gives the terminal back, and waits for nobody.
  static let within = Duration.seconds(2)

  var watchdog: Watchdog
  var isKilled = false

  init(at now: Instant) {
    watchdog = Watchdog(at: now)
    watchdog.ask(at: now, patience: Self.within)
  }
}

extension ReportFault {
  /// Whether the process was another's: what it did, the program that was forked never
  /// does.
  var isTakenOver: Bool {
    switch self {
    case .unreadable, .tooLong, .misplaced, .tooMany, .draftTooLong: true
    case .unreachable, .silent, .overdue, .keptLock: false
    }
  }
}

extension AwaitedTalk {
  /// One that the keeper has found, of an earlier run in the place of this one; `nil` for
  /// what is no such.
  ///
  /// - Parameters:
  ///   - found: as the keeper says.
  ///   - time: the present time of day.
  ///   - now: the same moment.
  init?(_ found: ResumableConversation, at time: Timestamp, _ now: Instant) {
    guard let tokenHash = TokenHash(bytes: found.tokenHash) else { return nil }
    talk = Talk(
      tokenHash: tokenHash, handle: found.handle,
      protection: found.protection ?? Protection(isEncrypted: false), attempt: found.attempt)
    conversation = found.id
    openedAt = found.openedAt
    source = nil
    rank = Self.rank(ofEarlier: found.id)
    hadFloor = found.hadFloor
    hasDied = true
    lostAt = nil
    epoch = found.epoch
    // A keeper that was taken over may say anything.
    let left = Duration.milliseconds(found.until.elapsed(since: time))
    let kept = found.hadFloor ? left : min(left, ListenerMachine.placeIsKept)
    until = now.advanced(by: kept)
    let end =
      kept < left
      ? Timestamp(milliseconds: time.milliseconds + kept.wholeMilliseconds) : found.until
    death = ConversationDeath(
      conversation: found.id, peer: "", port: 0, openedAt: found.openedAt, at: end,
      by: nil, reason: .reset, detail: nil, epoch: found.epoch)
  }
}
