import ChatCore
import ChatLink
import ChatPosix
import ChatSecure
import ChatTerminal
import Transcript

/// A conversation that goes on in another process: as the one that claims it, and as the
/// one that leaves it.
extension ConversationProcess {
  /// What the peer wants to go on with, until the listener has answered.
  struct PendingClaim {
    let token: ResumeToken
    /// The server's messages up to here were shown.
    let shown: Int
    let attempt: Int
    /// Open by the time that the answer comes.
    var transcript: TranscriptWriter?
    /// What came behind it: for the machine that goes on.
    var behind: [Conversation.Event] = []

    /// How many of the last messages the peer has asked for with the claim: they come
    /// before what is new.
    mutating func takeRecalled() -> Int {
      for (index, event) in behind.enumerated() {
        guard case .recalled(let count) = event else { continue }
        behind.remove(at: index)
        return count
      }
      return 0
    }
  }

  /// Why this process leaves its conversation to another.
  enum Leaving {
    /// The listener has somebody who goes on.
    case handOver
    /// Another server is to go on; the text names what said so.
    case restart(String)
  }

  /// What the rows that are yet to be written may take to a slow terminal, when somebody
  /// has come who waits for it.
  static let terminalBackWithin = Duration.seconds(1)

  // MARK: The claim

  /// The peer wants to go on with a conversation.
  func claim(_ token: ResumeToken, shown: Int, attempt: Int, at now: Instant) {
    // Who has left already evicts nobody. What it sends before its end is not read yet.
    if link.isAtEnd || (try? link.descriptor.peekByte()) == .endOfFile { return }
    guard let run else { return post(.listenerKnowsNoClaim, at: now) }
    claim = PendingClaim(token: token, shown: shown, attempt: attempt)
    listener.report(.claim(token, attempt: attempt, protection))
    // The process that had it leaves meanwhile. What fails here is tried then.
    claim?.transcript = try? TranscriptRecorder.open(run)
  }

  /// How the peer's words come.
  private var protection: Protection {
    transport.link.protection ?? Protection(isEncrypted: false)
  }

  /// The listener knows no such conversation, or one that `goesOn` without this peer.
  func refuseClaim(goesOn: Bool, at now: Instant) {
    guard let claim else { return }
    self.claim = nil
    do throws(TranscriptError) {
      switch try TranscriptRecorder.fate(of: claim, run, protection) {
      case .over(let recorded, let reason):
        isWithoutConversation = true
        post(.claimIsOver(recorded: recorded, reason), at: now)
      case .unended(let recorded):
        isWithoutConversation = true
        post(.claimIsOver(recorded: recorded, goesOn ? .moved : .lost), at: now)
      case .elsewhere(let port): post(.claimIsElsewhere(port: port), at: now)
      case .unknown: post(.listenerKnowsNoClaim, at: now)
      }
    } catch {
      // It is tried again, with another attempt.
      hasHandedOver = true
    }
    handle(claim.behind, at: now)
  }

  /// What the peer has claimed is this process's from now on.
  func takeOver(_ inheritance: Inheritance, at now: Instant) {
    guard let claim, let run else { return }
    self.claim = nil
    do throws(TranscriptError) {
      let (recorder, past) = try TranscriptRecorder.takeOver(
        inheritance, claim, run: run, mode: settings.mode, address: address,
        within: settings.grace, protection: transport.link.protection,
        fileIsMissed: { [listener] in listener.report(.lockedOut) })
      self.recorder = recorder
      goOn(with: past, inheritance, claim, at: now)
    } catch {
      failToTakeOver(claim, error, at: now)
    }
  }

  /// Once for each cause, also over the processes of those who come back meanwhile.
  func reportTrouble(_ error: TranscriptError) {
    let kind = error.kind.rawValue
    if desk?.memory.trouble == kind { return }
    desk?.memory.trouble = kind
    notify(.recordingFailed(error))
  }

  private func goOn(
    with past: Resumption, _ inheritance: Inheritance, _ claim: PendingClaim, at now: Instant
  ) {
    isSuccessor = true
    isOpened = true
    openedAt = Clock.localTime(inheritance.openedAt.milliseconds)
    var past = past
    if inheritance.hasFloor && !past.hasFloor {
      // It got it, and died before anything else was recorded: its silence goes on.
      past.hasFloor = true
      past.turn = past.mode == .turns ? past.turn ?? .client : nil
      recorder.enqueue(.floor)
    }
    var claim = claim
    machine = Conversation(
      resuming: past, recalled: claim.takeRecalled(),
      Self.terms(settings, token: claim.token), at: now)
    if let desk {
      desk.goOn(with: past.peer, since: openedAt)
      if inheritance.predecessorDied {
        show(past, at: desk)
      } else if desk.memory.isUnseen {
        desk.memory.isUnseen = false
        showLastMessages(orThatThereAreNone: false)
      }
    }
    perform(machine.begin(at: now), at: now)
    post(.operatorIsThere(!isUnattended), at: now)
    handle(claim.behind, at: now)
  }

  private func failToTakeOver(
    _ claim: PendingClaim, _ error: TranscriptError, at now: Instant
  ) {
    switch error.kind {
    case .over, .notResumable, .overstated:
      listener.report(.notTakenOver(goesOn: false))
      var end = (recorded: 0, reason: QuitReason.lost)
      switch try? TranscriptRecorder.fate(of: claim, run, protection) {
      case .over(let recorded, let reason): end = (recorded, reason)
      case .unended(let recorded): end.recorded = recorded
      case .unknown, .elsewhere, nil: break
      }
      post(.claimIsOver(recorded: end.recorded, end.reason), at: now)
    default:
      // The keeper makes another, in which it is not.
      if error.kind == .missing || error.isOfLostFile { listener.report(.lockedOut) }
      listener.report(.notTakenOver(goesOn: true))
      // The client tries again, and perhaps the disk is better by then.
      reportTrouble(error)
      hasHandedOver = true
    }
  }

  /// What was recorded last may never have reached the screen of a process that died.
  private func show(_ past: Resumption, at desk: OperatorDesk) {
    let own = past.unconfirmed.suffix(RecentLines.limit).map {
      (party: Party.server, message: $0)
    }
    let last = past.recent.map { (party: $0.from, message: $0.message) } + own
    let lines = last.map {
      RecentLines.Line(
        name: desk.historyName(of: $0.party, peer: past.peer), text: $0.message.shown)
    }
    if !lines.isEmpty { desk.showHistory(lines, with: past.peer) }
  }

  // MARK: The link

  func reportLinkDown(at now: Instant) {
    isLinkDown = true
    listener.report(.detached)
    say(desk?.memory.linkNews.lose(at: now)) { .linkDown($0) }
  }

  func reportLinkBack(after away: Duration, addressChanged: Bool, at now: Instant) {
    say(desk?.memory.linkNews.comeBack(at: now)) {
      .linkBack($0, after: away, from: addressChanged ? address : nil)
    }
  }

  private func say(_ news: LinkNews.News?, _ each: (Handle) -> ServerNotice) {
    guard let peer = machine.peer else { return }
    switch news {
    case .each?: notify(each(peer))
    case .often(let count)?: notify(.linkOften(peer, count: count))
    case LinkNews.News.none?, nil: break
    }
  }

  /// Says how often it was lost, once it is not lost any more, or is not back.
  func settleLink(at now: Instant) {
    guard let (count, time, isDown) = desk?.memory.linkNews.settle(at: now),
      let peer = machine.peer
    else { return }
    notify(.linkSettled(peer, count: count, over: time, isDown: isDown))
  }

  /// The peer's first words since it came back.
  func reportSpeech() {
    guard isSuccessor, !hasReportedSpeech else { return }
    hasReportedSpeech = true
    listener.report(.spoke)
  }

  /// Often enough that little is repeated, and nothing beside a commit for each message.
  private static let shownIsReportedAfter = Duration.seconds(1)

  /// Has the listener know what is on the screen: a successor repeats the rest.
  func reportShown(at now: Instant) {
    guard let desk, machine.isResumable, desk.isWritten, machine.peerShown > reportedShown.number,
      now.duration(since: reportedShown.at) >= Self.shownIsReportedAfter
    else { return }
    reportedShown = (machine.peerShown, now)
    listener.report(.shown(through: machine.peerShown))
  }

  func reportResumable() {
    guard let peer = machine.peer, let protection = transport.link.protection else { return }
    listener.report(.resumable(peer, protection))
  }

  // MARK: Leaving it to another

  /// The listener, or its death, wants this process to leave its conversation to another:
  /// when what came with it is recorded and shown.
  func leaveWhenSettled(_ leaving: Leaving, at now: Instant) {
    isDismissed = true
    if case .restart(let what) = leaving, !machine.isResumable {
      return post(listener.isGone ? .bereft(what) : .restart(what), at: now)
    }
    self.leaving = leaving
  }

  /// At the end of a turn.
  func leaveIfWanted(at now: Instant) {
    // Once: it may be at its end already, and record that first.
    guard !isDone, let leaving, !isLeaving else { return }
    isLeaving = true
    switch leaving {
    case .handOver: post(.listenerWantsHandOver, at: now)
    case .restart(let what): post(.restart(what), at: now)
    }
  }

  /// Leaves without a close: the draft and the terminal back, and no word to the peer.
  func leaveToSuccessor() -> SessionExit {
    rememberUnseen()
    var (draft, memory) = (draft, memory)
    if case .restart(let what) = leaving, recordDrop(because: what) { return .handedOver }
    if let desk {
      let hasLine = desk.hasLine
      if case .restart = leaving, let peer = machine.peer {
        desk.show(unconfirmed: machine.unconfirmedMessages, by: peer)
        desk.showUnsaid()
        notify(
          .leftForRestart(peer, within: settings.grace, listenerDied: listener.isGone))
      }
      draft = desk.takeDraft()
      memory = desk.takeMemory(of: machine.peer, at: "\(address)", isOnLine: hasLine)
      _ = desk.close(within: Self.terminalBackWithin)
    }
    for part in ControlLimits.parts(ofDraft: draft) { listener.report(.draft(part)) }
    for part in ControlLimits.parts(ofMemory: memory) { listener.report(.memory(part)) }
    listener.dropTerminal()
    listener.report(.released)
    link.drop()
    return .handedOver
  }

  /// Since when nobody is there, for whoever goes on: it can be done without.
  ///
  /// - Returns: whether another goes on already: the terminal is that one's too.
  private func recordDrop(because what: String) -> Bool {
    guard desk != nil || isUnattended, !isLinkDown else { return false }
    recorder.enqueue(.drop(.reset, detail: what))
    do throws(TranscriptError) {
      try recorder.commit()
      return false
    } catch {
      return error.kind == .superseded
    }
  }
}
