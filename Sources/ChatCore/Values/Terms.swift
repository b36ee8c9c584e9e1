/// One of the two sides of a conversation, known by the part it plays and
/// never by its handle: handles can be chosen to imitate.
public enum Party: String, CaseIterable, Sendable {
  case client
  case server

  /// The side this one talks with.
  public var other: Party {
    switch self {
    case .client: .server
    case .server: .client
    }
  }
}

/// Who may speak when.
public enum Mode: String, CaseIterable, Sendable {
  /// Strict alternation, the client first, as in the original programs.
  case turns
  /// Both may speak at any time.
  case free
}

/// How a peer writes on the wire; see `docs/protocol.md`.
public enum Dialect: String, CaseIterable, Sendable {
  /// Records ended by NUL, with receipts: chatclient.
  case native
  /// A message a line: a person with nc, telnet or socat.
  case line
  /// One send is one message, without any framing: the original programs.
  case original
}

/// What a side gives as its reason when it says goodbye on the wire. The raw
/// values are the words of the native dialect's `quit`.
public enum QuitReason: String, CaseIterable, Sendable {
  /// The person at that side asked for it.
  case user
  /// The other side was silent too long.
  case idle
  /// The program was asked to stop.
  case stopped
  /// There is no room in the queue.
  case full
  /// The other side broke the protocol, or cannot be served.
  case error
  /// The client's key is not allowed any more.
  case blocked
  /// What the client wanted to go on with was lost.
  case lost
  /// It goes on with another link of the client's.
  case moved
  /// The time to go on with it was over.
  case expired
  /// Its link was down while others waited for the floor, and they have it.
  case othersWaited = "others-waited"
}

/// Why a conversation ended, as the transcript keeps it. The raw values are
/// stored and appear in JSON: they are never renamed.
public enum CloseReason: String, CaseIterable, Sendable {
  /// `\quit`, from the side that is named beside the reason.
  case quit
  /// The peer's end of file without a goodbye: nc's Ctrl-D, a closed pipe.
  case eof
  /// The connection broke: reset, unreachable, or no answer to a ping.
  case reset
  /// The peer whose turn it was stayed silent too long.
  case timeout
  /// The server was asked to stop, by SIGINT, SIGTERM or SIGHUP.
  case sigint
  /// The peer broke the protocol.
  case error
  /// The peer did not read what was sent to it.
  case unresponsive
  /// The conversation's process died of a signal.
  case crashed
  /// There was no room in the queue.
  case full
  /// The operator took the client's key off those that are allowed.
  case blocked
  /// The server was asked to stop for another that goes on, by SIGUSR2, and the peer cannot
  /// come back.
  case restart
  /// The link was lost, and the peer did not come back before others who were there had
  /// waited long enough for the floor.
  case othersWaited = "others-waited"
}
