import ChatPosix

/// A conversation's process, as the listener knows it.
struct Session {
  enum Standing {
    /// Its peer has not said who it is.
    case introducing
    /// Its peer waits for the floor.
    case waiting
    /// Its peer has gone and left words that nobody has read. It waits too, and
    /// in nobody's way: it has no place in line.
    case unheard
    /// It owns the terminal.
    case hasFloor
    /// It has given the terminal back and sees its connection off.
    case leaving
  }

  /// Whether the floor may be given to it.
  var wantsFloor: Bool { standing == .waiting || standing == .unheard }

  let processID: Int32
  let line: MessageSocket
  let address: SocketAddress
  var standing = Standing.introducing
  /// The place that it was last told.
  var place: Int?
  /// Who it was told waits, while it has the floor.
  var toldLine: [WaitingPeer] = []
  /// How it ended, when it could not record that itself.
  var unrecorded: ConversationReport?
  /// Whether its end of the line is closed.
  var hasHungUp = false
}
