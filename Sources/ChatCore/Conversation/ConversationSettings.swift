/// What a conversation is told once, when it begins.
public struct ConversationSettings: Sendable {
  /// Which of the two this program is.
  public var role: Party
  /// The server's choice; on the client, what is assumed until it is told.
  public var mode: Mode
  /// Milliseconds of silence allowed to the peer whose turn it is; `nil` is
  /// for ever. Only the server counts.
  public var idleLimit: Int64?

  public init(role: Party, mode: Mode, idleLimit: Int64? = nil) {
    self.role = role
    self.mode = mode
    self.idleLimit = idleLimit
  }
}

extension ConversationSettings {
  /// Messages held for a peer that speaks out of turn, past which it is left
  /// unread until they have had their turn. More than anyone types while
  /// waiting for an answer; a file piped into nc waits in the pipe.
  static let heldMessageLimit = 64
  /// The same in bytes, for messages that are long.
  static let heldByteLimit = 64 * 1024
  /// Bytes held at most; beyond, messages are refused. One read of 64 KiB may
  /// come on top of the limit, its repair can triple it.
  static let heldByteMaximum = 4 * heldByteLimit
  /// Messages held at most: a read of 64 KiB is no more than this many.
  static let heldMessageMaximum = 33 * 1024
  /// Own messages under way and not yet confirmed, past which the operator's
  /// input is left unread: a window that keeps a fast link full.
  static let unconfirmedLimit = 1024
  /// Entries asked for and not yet recorded, past which the peer is left
  /// unread. One read of the socket brings fewer short messages than this.
  static let unrecordedLimit = 16 * 1024
  /// Milliseconds of silence after which a native peer is pinged.
  static let pingAfter: Int64 = 30_000
  /// Milliseconds an answer to the ping may take: with the silence before it,
  /// a link is given up for lost after 90 s.
  static let pongWithin: Int64 = 60_000
  /// Milliseconds between attempts to record when recording fails: soon
  /// enough that a person does not wait, seldom enough to load no sick disk.
  static let recordAgainAfter: Int64 = 1_000
  /// Milliseconds spent on recording a close before the process gives up and
  /// leaves it to the listener.
  static let closeWithin: Int64 = 3_000
  /// Milliseconds a goodbye waits for receipts of what was said before it.
  static let lingerFor: Int64 = 3_000
}
