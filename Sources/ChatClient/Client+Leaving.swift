import ChatCore
import ChatLink
import ChatPosix
import ChatTerminal

/// How a conversation is left that is not over, and what the next start is to do.
extension Client {
  /// Why there is something to do for it.
  enum Rest {
    /// The window was closed: it goes on with the conversation. Nobody reads here that
    /// it does.
    case windowClosed
    /// There can be no other link here: it goes on with the conversation.
    case noLink
    /// The server has not heard that the person left: it says so.
    case unheard
  }

  /// The person has left, and the server has not heard it: the next start says it.
  ///
  /// - Returns: what there is to say of that; `nil` where nothing is.
  func keepLeaving(_ ending: Conversation.Ending) -> ClientNotice? {
    guard rest == nil, let file = keeping.file, ending.by == .client,
      [.quit, .sigint].contains(ending.reason), var record = keeping.record
    else { return nil }
    record.isLeaving = true
    record.draft = ""
    rest = .unheard
    if case .failed(let error)? = file.write(record) { return .leavingNotKept(error) }
    return .leftUnheard(isDown: wasUnheard)
  }

  /// The conversation is left as if the power had failed, and the next chatclient goes on
  /// with it, where it can.
  func leaveForNextStart(_ reason: Rest, at now: Instant) {
    guard keeping.file != nil, machine.clientPast != nil, rest == nil else { return }
    keep(at: now, always: true)
    guard keeping.record != nil else { return }
    rest = reason
    // What is said from now on reaches nobody.
    link?.drop()
    link = nil
  }

  /// The process that connects is gone, and with it the right to open sockets.
  func endForWantOfLink(at now: Instant) {
    leaveForNextStart(.noLink, at: now)
    handle([.linkIsImpossible(LinkSearch.dialerDied)], at: now)
  }

  /// `unheard`: what there is to say of a server that has not heard that the person left.
  func sayLastWords(_ ending: Conversation.Ending, unheard: ClientNotice?) {
    finishSaving(ending)
    switch rest {
    // Nobody is there to read it.
    case .windowClosed?: return
    case .noLink?: return desk.end(words.sentence(.startAgain), to: .notice)
    case .unheard?, nil: break
    }
    desk.showLeftovers(of: ending, peer: machine.peer)
    // The reason goes with the exit code, to standard error.
    if namelessness != nil || refusal != nil { return }
    if let unheard { desk.notify(words.sentence(unheard)) }
    desk.end(
      words.sentence(.ended(ending, dialect: machine.dialect)),
      to: isFailure(ending) ? .notice : .conversation)
  }

  /// Whether its sentence is an error, for standard error.
  private func isFailure(_ ending: Conversation.Ending) -> Bool {
    if ending.detail == QuitReason.moved.rawValue, ending.by == .server { return false }
    return switch ending.reason {
    case .quit, .timeout, .sigint, .restart: false
    // Who listens with nc leaves by closing; a program says so before.
    case .eof: ending.by == .server && machine.dialect != .line
    case .reset, .error, .unresponsive, .crashed, .full, .blocked, .othersWaited: true
    }
  }
}
