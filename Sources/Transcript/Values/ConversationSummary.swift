import ChatCore

/// One conversation as the transcript knows it: a line of `history list`.
///
/// A class, though nothing of it changes: it goes along with every event, and a
/// struct's copy would count a reference for each of its words.
package final class ConversationSummary: Sendable {
  /// Never reused, not even after a prune.
  package let id: Int64
  /// The client's handle; `nil` when it left before it said one.
  package let client: String?
  /// The server's handle.
  package let server: String
  /// The client's numeric address.
  package let peerAddress: String
  package let peerPort: Int
  /// The port the server listened on.
  package let port: Int
  package let mode: Word<Mode>
  /// `nil` until the peer's first answer.
  package let dialect: Word<Dialect>?
  package let opened: Timestamp
  /// When it got the floor; `nil` when it never did.
  package let floor: Timestamp?
  package let ending: Ending
  /// The time of the newest event.
  package let lastEvent: Timestamp
  /// Messages of both sides, counted, not stored; `nil` when nobody asked for
  /// the count.
  package let messages: Int?
  /// How the peer's words came; `nil` when it said nothing.
  package let protection: Protection?
  /// What its transcript is called; `nil` where only one is read.
  package let transcript: String?

  package init(
    id: Int64, client: String?, server: String, peerAddress: String, peerPort: Int, port: Int,
    mode: Word<Mode>, dialect: Word<Dialect>?, opened: Timestamp, floor: Timestamp?,
    ending: Ending, lastEvent: Timestamp, messages: Int?, protection: Protection? = nil,
    transcript: String? = nil
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
    self.protection = protection
    self.transcript = transcript
  }

  /// The same with another ending or name of its transcript, where these are given.
  func with(ending: Ending? = nil, transcript: String? = nil) -> ConversationSummary {
    ConversationSummary(
      id: id, client: client, server: server, peerAddress: peerAddress, peerPort: peerPort,
      port: port, mode: mode, dialect: dialect, opened: opened, floor: floor,
      ending: ending ?? self.ending, lastEvent: lastEvent, messages: messages,
      protection: protection, transcript: transcript ?? self.transcript)
  }

  /// Whether it is over, never had the floor, and nothing was said: a peer that
  /// left the queue, a scan of the port. Its messages must have been counted.
  package var isSilent: Bool { floor == nil && messageCount == 0 && ending.state != .open }

  /// ``messages``, where they must have been counted. Traps when they were not.
  package var messageCount: Int {
    guard let messages else {
      preconditionFailure("a conversation was read without counting its messages")
    }
    return messages
  }

  /// The handle of one side; `nil` for a client that has not said one, and where
  /// neither side is meant.
  package func handle(of party: Party?) -> String? {
    switch party {
    case .client: client
    case .server: server
    case nil: nil
    }
  }
}

/// How a peer's words came.
package struct Protection: Hashable, Sendable {
  package var isEncrypted: Bool
  /// The fingerprint of the key that the peer proved; `nil` when it showed none.
  package var key: String?

  package init(isEncrypted: Bool, key: String? = nil) {
    self.isEncrypted = isEncrypted
    self.key = key
  }
}

/// How far a conversation has come: computed from its close event and its run's
/// lock, never guessed.
package enum Ending: Hashable, Sendable {
  /// No close event, and the run that serves it is alive, or its client may still come
  /// back.
  case open
  /// A close event.
  case closed(Event.Close, at: Timestamp)
  /// No close event, the run is gone, and nobody may come back. `before` is the earliest later
  /// moment at which it is known to have been gone (a stop of the run or the
  /// start of a later run on the same port); `nil` when none was recorded.
  case lost(before: Timestamp?)

  /// Its name, without its particulars.
  package enum State: String, CaseIterable, Sendable {
    case open
    case closed
    case lost
  }

  package var state: State {
    switch self {
    case .open: .open
    case .closed: .closed
    case .lost: .lost
    }
  }
}
