import ChatCore
import ChatPosix

/// A terminal that was given to a server without one, as the listener knows it. It is on its
/// way to the desk or to the one with the floor, or there; or on its way back.
struct Attachment {
  /// Why it is to be given back, once it is.
  var end: AttachEnd?
  /// Whether the one with the floor gives it back in time, whatever else it does: it was
  /// asked with ``end``.
  var watchdog: Watchdog

  init(at now: Instant) {
    watchdog = Watchdog(at: now)
  }
}

extension ListenerMachine {
  /// Whether who gets the floor or the desk gets the attached terminal.
  var hasTerminalToGive: Bool { attachment != nil && attachment?.end == nil }

  /// The process that has it.
  var attachedProcess: Int32? {
    if attachment == nil { return nil }
    if let owner = sessions.first(where: \.hasAttached) { return owner.processID }
    return desk.flatMap { $0.hasTerminal ? $0.processID : nil }
  }

  /// When the process that has it is to be looked at. Of a desk that gives way, and at a
  /// stop, another time counts.
  var attachmentDeadline: Instant? {
    guard let attachment, attachment.end != nil, stopping == nil,
      sessions.contains(where: \.hasAttached)
    else { return nil }
    return attachment.watchdog.deadline(after: Watchdog.quiet)
  }

  /// Whether an operator's process alone can report this: it ends an attachment, or a server
  /// with a terminal of its own.
  func isOfTerminal(_ report: ConversationReport) -> Bool {
    switch report {
    case .interrupted, .outputGone, .detachAsked: true
    default: false
    }
  }

  /// Whether this one with the floor has a terminal, too.
  func hasTerminal(_ session: Session) -> Bool { !isDetached || session.hasAttached }

  mutating func attach(at now: Instant) {
    attachment = Attachment(at: now)
    wantsDesk = true
    deskAgainAt = nil
    nextDeskPause = Self.deskPause
  }

  /// The operator stops the server, or, at an attached terminal, leaves it: a service is
  /// stopped by who started it.
  mutating func end(
    _ end: AttachEnd, _ cause: String, at now: Instant, _ actions: inout [Action]
  ) {
    guard isDetached || attachment != nil else {
      return stop(because: cause, at: now, &actions)
    }
    detachTerminal(end, at: now, &actions)
  }

  /// Has the attached terminal given back. The talk goes on without it.
  mutating func detachTerminal(_ end: AttachEnd, at now: Instant, _ actions: inout [Action]) {
    guard hasTerminalToGive else { return }
    attachment?.end = end
    attachment?.watchdog.ask(at: now)
    wantsDesk = false
    guard let index = sessions.firstIndex(where: \.hasAttached), sessions[index].fault == nil
    else { return }
    actions.append(.order(.giveBack, to: sessions[index].processID))
  }

  /// Brings the attached terminal to where it is wanted, at the end of a turn: to who has
  /// the floor, or back.
  mutating func followAttachment(at now: Instant, _ actions: inout [Action]) {
    guard let attachment else { return }
    if let end = attachment.end {
      if let index = sessions.firstIndex(where: \.hasAttached) {
        if self.attachment?.watchdog.look(at: now) == true { condemn(index, .overdue, &actions) }
        return
      }
      guard clearDesk(at: now, &actions) else { return }
      self.attachment = nil
      return actions.append(.terminalIsBack(end))
    }
    guard
      let index = sessions.firstIndex(where: { $0.state == .hasFloor && !$0.hasAttached }),
      sessions[index].fault == nil, sessions[index].handOver == nil,
      // One that has yet to read the order that gives it the floor would take this first.
      clearDesk(at: now, &actions)
    else { return }
    sessions[index].hasAttached = true
    actions.append(.attach(to: sessions[index].processID))
    sessions[index].watchdog.ask(at: now)
  }
}
