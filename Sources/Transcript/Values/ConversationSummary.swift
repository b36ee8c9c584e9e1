import ChatCore

/// One conversation as the transcript knows it: a line of `history list`.
public struct ConversationSummary: Hashable, Sendable {
  /// Never reused, not even after a prune.
  public var id: Int64
  /// The client's handle; `nil` when it left before it said one.
  public var client: String?
  /// The server's handle.
  public var server: String
  /// The client's numeric address.
  public var peerAddress: String
  public var peerPort: Int
  /// The port the server listened on.
  public var port: Int
  public var mode: Word<Mode>
  /// `nil` until the peer's first answer.
  public var dialect: Word<Dialect>?
  public var opened: Timestamp
  /// When it got the floor; `nil` when it never did.
  public var floor: Timestamp?
  public var ending: Ending
  /// The time of the newest event.
  public var lastEvent: Timestamp
  /// Messages of both sides, counted, not stored; `nil` when nobody asked for
  /// the count.
  public var messages: Int?

  public init(
    id: Int64, client: String?, server: String, peerAddress: String, peerPort: Int, port: Int,
    mode: Word<Mode>, dialect: Word<Dialect>?, opened: Timestamp, floor: Timestamp?,
    ending: Ending, lastEvent: Timestamp, messages: Int?
  ) {
    self.id = id
    self.client = client
    self.server = server
    self.peerAddress = peerAddress
    self.peerPort = peerPort
    self.port = port
    self.mode = mode
    self.dialect = dialect
    self.opened = opened
    self.floor = floor
    self.ending = ending
    self.lastEvent = lastEvent
    self.messages = messages
  }

  /// ``messages``, where they must have been counted. Traps when they were not.
  public var messageCount: Int {
    guard let messages else {
      preconditionFailure("a conversation was read without counting its messages")
    }
    return messages
  }

  /// The handle of one side; `nil` for a client that has not said one, and where
  /// neither side is meant.
  public func handle(of party: Party?) -> String? {
    switch party {
    case .client: client
    case .server: server
    case nil: nil
    }
  }
}

/// How far a conversation has come: computed from its close event and its run's
/// lock, never guessed.
public enum Ending: Hashable, Sendable {
  /// No close event, and the run that serves it is alive.
  case open
  /// A close event.
  case closed(Event.Close, at: Timestamp)
  /// No close event, and the run is gone. `before` is the earliest later
  /// moment at which it is known to have been gone (a stop of the run or the
  /// start of a later run on the same port); `nil` when none was recorded.
  case lost(before: Timestamp?)

  /// Its name, without its particulars.
  public enum State: String, CaseIterable, Sendable {
    case open
    case closed
    case lost
  }

  public var state: State {
    switch self {
    case .open: .open
    case .closed: .closed
    case .lost: .lost
    }
  }
}
