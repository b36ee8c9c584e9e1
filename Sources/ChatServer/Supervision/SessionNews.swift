import ChatCore
import ChatPosix

/// One thing that happened to a peer, for who is not at a terminal: the line on standard
/// error, the service manager's status. No word of what was said.
package struct SessionNews {
  package enum Kind: Hashable, Sendable {
    /// It has connected, and not said a name yet.
    case open
    /// It has the floor.
    case floor
    /// It waits for the floor.
    case queue
    /// Its link is lost, and it can come back.
    case linkDown
    /// It goes on with a conversation.
    case back
    /// It has gone, for this reason; `nil`: its process did not say.
    case end(by: Party?, CloseReason?)
  }

  package var kind: Kind
  /// What it calls itself; `nil` where it did not say.
  package var handle: Handle?
  /// Numeric, with the port; `nil` of one that came to an earlier run.
  package var address: String?

  /// Who never said a name is worth a line of a log alone.
  var isWorthASentence: Bool { handle != nil }
}

extension ListenerMachine {
  /// All that was noted since the last time.
  mutating func takeNews() -> [SessionNews] {
    defer { news = [] }
    return news
  }

  mutating func note(_ kind: SessionNews.Kind, of session: Session) {
    note(SessionNews(kind: kind, handle: session.handle, address: "\(session.address)"))
  }

  private mutating func note(_ item: SessionNews) {
    // Whoever takes no news loses the oldest.
    if news.count >= Self.newsLimit { news.removeFirst() }
    news.append(item)
  }

  /// Those that are kept for who takes them once a turn: more than a turn brings.
  private static let newsLimit = 1024

  /// It waits behind another, which is said once.
  mutating func noteQueued(_ index: Int) {
    guard !sessions[index].isSaidToQueue else { return }
    sessions[index].isSaidToQueue = true
    note(.queue, of: sessions[index])
  }

  /// A conversation's process is gone. Where another goes on that is no end.
  mutating func noteEnd(of session: Session, _ status: ExitStatus) {
    guard !awaited.contains(where: { $0.openedAt == session.openedAt }),
      status != .exited(SessionExit.handedOver.rawValue)
    else { return }
    note(.end(by: session.end?.by, session.end?.reason), of: session)
  }

  /// One is waited for no longer, whose process went before.
  mutating func noteEnd(of talk: AwaitedTalk) {
    let death = talk.death
    note(
      SessionNews(
        kind: .end(by: death.by, death.reason), handle: talk.talk.handle,
        address: death.peer.isEmpty
          ? nil : SocketAddress.text(host: death.peer, port: Int(death.port))))
  }
}
