import ChatCore
import ChatPosix
import ChatSecure
import Transcript

/// A conversation's process, as the listener knows it: by its process id, and
/// in the transcript by its id there, once that is reported.
struct Session {
  enum State: CaseIterable, Hashable {
    /// Its peer has not said who it is.
    case introducing
    /// Its peer wants to go on with a conversation, which is on its way to it.
    case claiming
    /// Its peer waits for the floor.
    case waiting
    /// Its peer has gone and left words that nobody has read. It waits too, and
    /// in nobody's way: it has no place in the queue.
    case unread
    /// It owns the terminal.
    case hasFloor
    /// It has given the terminal back and sees its connection off, or is ordered
    /// to go.
    case leaving
  }

  /// What a conversation needs to see its connection off, three times over: 3
  /// seconds to record the close, 2 for the last words to its peer, 5 for the
  /// operator's.
  static let leaveWithin = Duration.seconds(30)

  let processID: Int32
  let address: SocketAddress
  /// When the transcript says that it was opened. No two sessions that are there
  /// at once have the same.
  private(set) var openedAt: Timestamp
  /// Its place among those who came: who takes over has that of the one before.
  private(set) var rank: Int
  /// Of what its peer can claim it with, once it is a ``talk``; `nil`: nothing.
  private(set) var tokenHash: TokenHash?
  /// How often another process has gone on with its conversation.
  private(set) var epoch: Int64 = 0
  /// What can be claimed, once its peer knows how.
  var talk: Talk?
  /// What it was given to go on with, as it was before.
  private(set) var inherited: AwaitedTalk?
  /// Whether it could not, and what becomes of that.
  var failedClaim: FailedClaim?
  /// Whether its peer has claimed one.
  var hasClaimed = false
  /// Since when its link is down.
  var detachedAt: Instant?
  /// How long it gets to hand the conversation over; not `nil`: it is ordered to.
  var handOver: HandOver?
  /// Since when others wait for it while its link is down.
  var waitedForSince: Instant?
  /// Whether it was ordered to end for those.
  var isGraceOver = false
  /// Whether it had the floor, ever.
  private(set) var hasHadFloor = false
  /// What it comes from, for which its cost is counted.
  let source: PeerSource
  let cameAt: Instant
  private(set) var state = State.introducing
  /// Whether it still answers; while it leaves, whether it does.
  var watchdog: Watchdog
  /// Whether the operator has read that it waits for a disk.
  var isSaidToWait = false
  /// Whether it was found waiting for one, and has said nothing since.
  var isStuck = false
  /// When it last reported that its peer, who has yet to say a name, sends
  /// something.
  var typedAt: Instant?
  /// Whether its peer has said who it is.
  private(set) var hasSpoken = false
  /// Whether what its peer said was nothing of ours.
  var saidBadWords = false
  /// What its peer calls itself, as it reported.
  var handle: Handle?
  /// How the conversation ended, as it reported.
  var end: (by: Party?, reason: CloseReason)?
  /// Whether it was said that its peer waits.
  var isSaidToQueue = false
  /// The key that its peer has proved, as it reported; where there is an allow-list.
  var key: Fingerprint?
  /// Under which name the allow-list let it in, which it keeps.
  var name: Handle?
  /// Whether it was ordered to go, since that key is not allowed any more.
  var isBlocked = false
  /// Whether it has the terminal that is attached.
  var hasAttached = false
  /// Its id in the transcript, as it reported.
  var conversation: Int64?
  /// The place that it was last given.
  var place: Int?
  /// Whether an operator has read that it waits.
  var wasShown = false
  /// Who it was last shown to wait, while it has the floor.
  var shownQueue: [WaitingPeer] = []
  /// How many it was last shown to wait in all; `nil`: what it was shown did not come to
  /// it.
  var shownTotal: Int? = 0
  /// The processes of those who were new in each order that showed it the queue, the
  /// oldest first, until it reports that the operator has read of them.
  var unreadQueues: [[Int32]] = []
  /// The operator's draft that came with the floor, until it says that it took
  /// it to a desk: one that was leaving just then has not read it, and one without
  /// a terminal has nobody who changes it.
  var givenDraft: [UInt8] = []
  /// What it has sent of the operator's draft on its way out.
  var draft: [UInt8] = []
  /// What it last said of the operator's line.
  var unsaid: Unsaid?
  /// What it has sent of what its desk remembers.
  var memory: [UInt8] = []
  /// How it ended, when it could not record that itself.
  var unrecorded: (by: Party?, reason: CloseReason, detail: String)?
  /// Why it is killed, once it is.
  var fault: ReportFault?
  var counter = ReportCounter()

  init(
    processID: Int32, address: SocketAddress, openedAt: Timestamp, rank: Int = 0,
    tokenHash: TokenHash? = nil, at now: Instant
  ) {
    self.processID = processID
    self.address = address
    self.openedAt = openedAt
    self.rank = rank
    self.tokenHash = tokenHash
    source = address.source
    cameAt = now
    watchdog = Watchdog(at: now)
  }

  /// As ``Admission`` sees it.
  var guest: Admission.Guest {
    Admission.Guest(
      process: processID, source: source, state: state, cameAt: cameAt, typedAt: typedAt)
  }

  /// Whether the floor may be given to it.
  var wantsFloor: Bool {
    (state == .waiting || state == .unread) && fault == nil && !isBlocked && handOver == nil
      && failedClaim == nil
  }

  /// It goes on with what nobody serves any more.
  mutating func inherit(_ awaited: AwaitedTalk, at now: Instant) {
    inherited = awaited
    openedAt = awaited.openedAt
    rank = awaited.rank
    tokenHash = awaited.talk.tokenHash
    var talk = awaited.talk
    if let since = awaited.waitedForSince { talk.othersWaited += now.duration(since: since) }
    self.talk = talk
    handle = talk.handle
    conversation = awaited.conversation
    epoch = awaited.epoch + 1
  }

  /// Whether the floor that it had is another process's of the same conversation, once it is
  /// gone.
  var leavesFloor: Bool {
    if let failedClaim { return failedClaim == .goesOn && inherited?.hadFloor == true }
    guard talk != nil, hasHadFloor else { return false }
    // Its link is down: it may hand over by itself.
    return handOver != nil || state == .leaving && detachedAt != nil
  }

  /// What it gets to answer, or to be gone.
  var patience: Duration { state == .leaving || isBlocked ? Self.leaveWithin : Watchdog.patience }

  mutating func enter(_ state: State, at now: Instant) {
    let wasLeaving = self.state == .leaving
    self.state = state
    switch state {
    case .waiting, .unread: hasSpoken = true
    case .hasFloor: (hasSpoken, hasHadFloor) = (true, true)
    // Its end is the answer.
    case .leaving:
      hasAttached = false
      if !wasLeaving { watchdog.ask(at: now, patience: patience) }
    case .introducing, .claiming: break
    }
  }
}

/// How many reports came from one process in the present second.
struct ReportCounter {
  private var since = Instant(milliseconds: 0)
  private var count = 0

  /// Counts one more report; false when there are too many in one second.
  mutating func admitsReport(at now: Instant) -> Bool {
    if now.duration(since: since) >= .seconds(1) {
      since = now
      count = 0
    }
    count += 1
    return count <= ControlLimits.reportsASecond
  }
}
