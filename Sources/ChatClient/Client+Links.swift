import ChatCore
import ChatLink
import ChatPosix
import ChatSecure
import ChatTerminal

/// How another link is looked for.
struct LinkSearch {
  /// A link that is tried beside one that may be dead, until it greets.
  struct Beside {
    var link: PeerLink
    var secure: SecureTransport?
    /// What it gave so far.
    var heard: [Conversation.Event] = []
  }

  /// What a new link may take until the conversation goes on over it: the handshake, the
  /// server's look at who claims it, and the end of the process that had it.
  static let linkWithin = Duration.seconds(15)
  /// What telling the server of an end may take.
  static let farewellWithin = Duration.seconds(10)
  /// Until a server that does not know the conversation is asked again: it takes two in a
  /// minute from one address for no offence.
  static let notKnownSpacing = Duration.seconds(30)
  /// A clock that was behind by less was not suspended.
  static let suspendedAtLeast = Duration.seconds(1)

  /// Why there is no other link, as part of a conversation's end.
  static let dialerDied = "the process that connects has died"

  /// A connected socket that waits for the machine to want it.
  var ready: FileDescriptor?
  var beside: Beside?
  /// Whether one beside the present link is wanted.
  var isBeside = false
  /// The new link's, until it is good.
  var secure: SecureTransport?
  /// When the new link has taken too long.
  var until: Instant?
  /// Why links came to nothing since the last one was lost.
  var obstacles: Set<LinkObstacle> = []
  /// Whether none was asked for yet.
  var isFirst = true
  /// Whether the present link has ended or failed.
  var hasFailed = false
  /// Whether the user has read that the link is down, in a row of its own.
  var isReported = false
  /// Whether the user has read that what is entered waits for the link; that the server
  /// does not know the conversation.
  var isDelayReported = false
  var isNotKnownReported = false
  /// When a server that does not know the conversation is asked again.
  var dialAt: Instant?
}

extension Client {
  // MARK: What the machine wants

  func dropLink() {
    isLinkLost = true
    link?.drop()
    link = nil
    search.until = nil
    search.secure = nil
  }

  /// Another link is wanted, and there is none.
  func dial(at now: Instant) {
    let isFirst = search.isFirst
    search.isFirst = false
    if let socket = search.ready {
      search.ready = nil
      return take(socket, at: now)
    }
    search.isBeside = false
    if let beside = search.beside { return promote(beside, at: now) }
    if former == .ending, !isFirst {
      desk.notify(words.sentence(.formerNotEnded))
      return beginAgain(after: nil, isLeft: true, at: now)
    }
    guard dialer.isAlive else { return endForWantOfLink(at: now) }
    if search.dialAt == nil { dialer.dial() }
  }

  func dialBeside(at now: Instant) {
    guard dialer.isAlive, search.beside == nil, !machine.isDetached else { return }
    search.isBeside = true
    dialer.dial()
  }

  func keepLink() {
    guard search.isBeside || search.beside != nil else { return }
    search.isBeside = false
    search.beside?.link.drop()
    search.beside = nil
    search.until = nil
    dialer.rest()
  }

  func reportLinkDown() {
    search.obstacles = []
    search.hasFailed = false
    search.isNotKnownReported = false
    search.isDelayReported = false
    // On a terminal the prompt says it.
    if desk.isInteractive || former != .none { return }
    search.isReported = true
    desk.notify(words.sentence(.linkDown))
  }

  func takeLinkBack(after time: Duration, at now: Instant) {
    isLinkLost = false
    dialer.rest()
    search.until = nil
    search.dialAt = nil
    if let new = search.secure { secure = new }
    search.secure = nil
    search.obstacles = []
    switch former {
    case .ending: handle([.operatorQuit], at: now)
    // One that is over is answered like one that is not, up to here.
    case .goingOn: break
    case .none where search.isReported || time >= .seconds(1):
      desk.notify(words.sentence(.linkBack(after: time)))
    case .none: break
    }
    search.isReported = false
  }

  // MARK: What the dialer gives

  /// Looks after new links, once a turn.
  func searchLink(_ ready: [Readiness], at now: Instant) {
    lookAtClock(at: now)
    hearBeside(ready, at: now)
    if let until = search.until, now >= until { fail(at: now) }
    if let due = search.dialAt, now >= due {
      search.dialAt = nil
      if machine.isDetached, link == nil { dial(at: now) }
    }
    guard let interest = dialer.interest,
      ready.contains(where: { $0.descriptor == interest.descriptor })
    else { return }
    switch dialer.read() {
    case .connected(let socket)?: take(socket, at: now)
    case .died?:
      search.isBeside = false
      if machine.isDetached {
        endForWantOfLink(at: now)
      } else if link == nil {
        handle([.failed(.broken(LinkSearch.dialerDied))], at: now)
      } else if machine.isResumable {
        desk.notify(words.sentence(.dialerDied(isKept: keeping.file != nil)))
      }
    case nil: break
    }
  }

  /// When ``searchLink(_:at:)`` is wanted, or the prompt's seconds have changed.
  func searchDeadline(after now: Instant) -> Instant? {
    var deadlines = [search.until, search.dialAt, search.beside?.link.deadline].compactMap { $0 }
    if let since = machine.detachedSince, desk.isInteractive {
      let seconds = now.duration(since: since).components.seconds
      deadlines.append(since.advanced(by: .seconds(seconds + 1)))
    }
    return deadlines.min()
  }

  /// A connected socket becomes the link, or one beside it.
  private func take(_ socket: FileDescriptor, at now: Instant) {
    guard link == nil || search.isBeside else { return socket.closeOnce() }
    guard let (transport, secure) = transport(on: socket, at: now) else {
      socket.closeOnce()
      return dialer.dial()
    }
    let new = PeerLink(
      transport, side: .client, ownHandle: desk.handle, phrases: words.peer, at: now)
    let until = now.advanced(by: LinkSearch.linkWithin)
    search.until = machine.isDetached || link != nil ? until : nil
    if link != nil {
      search.beside = LinkSearch.Beside(link: new, secure: secure)
      return
    }
    link = new
    search.hasFailed = false
    if machine.isDetached { search.secure = secure } else { self.secure = secure }
  }

  /// A new link has taken too long.
  private func fail(at now: Instant) {
    search.until = nil
    if let beside = search.beside {
      beside.link.drop()
      search.beside = nil
      dialer.dial()
    } else {
      handle([.failed(.broken("no answer"))], at: now)
    }
  }

  // MARK: Beside a link that may be dead

  private func hearBeside(_ ready: [Readiness], at now: Instant) {
    guard var beside = search.beside else { return }
    let link = beside.link
    if ready.contains(where: { $0.descriptor == link.descriptor && $0.canRead }) {
      beside.heard += link.receive(at: now)
    }
    if let deadline = link.deadline, now >= deadline { beside.heard += link.tick(at: now) }
    beside.heard += link.flush(at: now)
    search.beside = beside
    for event in beside.heard {
      switch event {
      // It lives, and the old one does not.
      case .introduced(_, .native): return handle([.failed(.broken("no answer"))], at: now)
      case .introduced, .ended, .failed, .serverRefused:
        report(obstacle(of: beside.secure))
        link.drop()
        search.beside = nil
        search.until = nil
        dialer.dial()
        return
      default: break
      }
    }
  }

  /// There is no other link than the one beside it.
  private func promote(_ beside: LinkSearch.Beside, at now: Instant) {
    search.beside = nil
    link = beside.link
    search.secure = beside.secure
    search.until = now.advanced(by: LinkSearch.linkWithin)
    handle(beside.heard, at: now)
  }

  /// After a suspension the server may have given the link up, and no packet says so.
  private func lookAtClock(at now: Instant) {
    let present = Clock.suspended()
    defer { suspended = present }
    let slept = present - suspended
    guard slept >= LinkSearch.suspendedAtLeast, machine.isResumable else { return }
    if machine.isDetached {
      handle([.wokeUp(after: slept)], at: now)
      dialer.hurry()
    } else {
      dialBeside(at: now)
    }
  }

  // MARK: Why it came to nothing

  /// Takes what the present link gave.
  func take(_ events: [Conversation.Event], at now: Instant) {
    noteFailure(events)
    handle(events, at: now)
  }

  private func noteFailure(_ events: [Conversation.Event]) {
    let isOver = events.contains { event in
      switch event {
      case .failed, .ended: true
      default: false
      }
    }
    guard isOver else { return }
    search.hasFailed = true
    if machine.isDetached { report(obstacle(of: search.secure)) }
  }

  private func obstacle(of secure: SecureTransport?) -> LinkObstacle? {
    switch secure?.refusal {
    case .answeredInClear?: .answeredInClear
    case .saidInClear(let line)?: .saidInClear(PeerText(String(decoding: line, as: UTF8.self)))
    // The other key was reported.
    case .failure(.keyRefused)?: nil
    case .failure?: .notEncrypted
    // A server that is slow may be quicker next time.
    case .tooSlow?, nil: nil
    }
  }

  func report(_ obstacle: LinkObstacle?) {
    // No other link is tried for one that is only to be ended.
    guard let obstacle, former != .ending, search.obstacles.insert(obstacle).inserted else {
      return
    }
    desk.notify(words.sentence(.notThisLink(obstacle)))
  }
}
