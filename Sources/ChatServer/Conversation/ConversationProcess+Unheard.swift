import ChatCore
import ChatLink
import ChatPosix
import ChatTerminal

/// The end of a peer that said something and left before it had the floor:
/// `printf 'bob> hi' | nc`.
extension ConversationProcess {
  /// Sees the peer off and stays until the operator can read what it said; its
  /// connection is closed after that, since the floor may come at any moment and
  /// a peer that does not close its end is waited for. Where that cannot be, the operator is told how much there was, in our
  /// words, since the listener passes on no others.
  func waitToBeHeard(_ ending: Conversation.Ending) {
    link.hangUp(at: Self.now)
    report(.unheard)
    while terminal == nil, !isDismissed {
      _ = try? poller.poll([Interest(line.descriptor)])
      for signal in Signals.take() { take(signal, at: Self.now) }
      hearListener(at: Self.now)
    }
    if let terminal {
      terminal.console.print(words.sentence(.opened))
    } else {
      report(
        .notice(
          words.sentence(
            .unheard(from: address, count: ending.unshown.count, isKept: settings.isKept))))
    }
  }
}
