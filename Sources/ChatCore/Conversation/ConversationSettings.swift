/// What a conversation is given once, when it begins.
public struct ConversationSettings: Sendable {
  /// Which of the two this program is.
  public var role: Party
  /// The server's choice; on the client, what is assumed until it is known.
  public var mode: Mode
  /// Silence allowed to the peer whose turn it is; `nil` is for ever. Only the
  /// server counts.
  public var idleLimit: Duration?
  /// The operator's handle; `nil`: a client's is asked for. A server says its
  /// own in the greeting.
  public var handle: Handle?
  /// On a client: whether to ask a server that has turns for `free`.
  public var wantsFree: Bool
  /// On a server: how its client can go on after the link is lost; `nil`: it cannot.
  public var offer: ResumeOffer?

  public init(
    role: Party, mode: Mode, idleLimit: Duration? = nil, handle: Handle? = nil,
    wantsFree: Bool = false, offer: ResumeOffer? = nil
  ) {
    self.offer = offer
    self.role = role
    self.mode = mode
    self.idleLimit = idleLimit
    self.handle = handle
    self.wantsFree = wantsFree
  }
}

extension ConversationSettings {
  /// Names that are none, past which a client is sent away: more than a person
  /// tries, and each is answered.
  static let rejectedNamesLimit = 16
  /// Own messages under way and not yet confirmed, past which the operator's
  /// input is left unread: a window that keeps a fast link full.
  static let unconfirmedLimit = 1024
  /// Entries asked for and not yet recorded, past which the peer is left
  /// unread. One read of the socket brings fewer short messages than this.
  static let unrecordedLimit = 16 * 1024
  /// Silence after which a native peer is pinged.
  static let pingAfter = Duration.seconds(30)
  /// What an answer to the ping may take: with the silence before it, a link
  /// is given up for lost after 90 s.
  static let pongWithin = Duration.seconds(60)
  /// Between attempts to record when recording fails: soon enough that a
  /// person does not wait, seldom enough to load no sick disk.
  static let recordAgainAfter = Duration.seconds(1)
  /// Spent on recording a close before the process gives up and leaves it to
  /// the listener.
  static let closeWithin = Duration.seconds(3)
  /// How long a goodbye waits for receipts of what was said before it.
  static let lingerFor = Duration.seconds(3)
}
