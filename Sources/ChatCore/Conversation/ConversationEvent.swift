extension Conversation {
  /// What happens to a conversation. One sum for both roles: what has no
  /// meaning in a role or a phase is answered with nothing or held against
  /// the peer, never trapped, since peers choose what they send.
  public enum Event: Sendable {
    // The peer, as its dialect was read
    /// Bytes arrived, of whatever meaning: the link is alive.
    case heard
    /// The peer's handle, and the dialect it was said in.
    case introduced(Handle, Dialect)
    /// The peer's first word was no handle.
    case misnamed(HandleError)
    /// A message; `number` is the native dialect's, `nil` in the others.
    case said(number: Int?, Message)
    /// Something that was to be a message and is none.
    case saidInvalid(number: Int?, MessageError)
    /// The peer has our messages up to this number. Dialects without receipts
    /// report what the socket took.
    case acknowledged(Int)
    case ping
    /// The peer said goodbye.
    case quit(QuitReason)
    /// End of file.
    case ended
    /// The link broke or the peer cannot be talked with any more.
    case failed(LinkFailure)

    // The server, told to a client
    case told(Mode)
    case place(Int)
    case floorGiven
    /// The server would not take what was sent last, and says why.
    case denied(String)
    /// The server has no room and says so instead of a greeting.
    case turnedAway(String)

    // The operator: the person at this side
    case operatorNamed(Handle)
    case operatorSaid(Message)
    case operatorQuit

    // The listener, to a server's conversation
    case granted
    case placed(Int)
    /// There is no room in the line.
    case crowdedOut
    /// This side is told to stop; the text names what told it.
    case stop(String)

    // The transcript
    /// Everything asked for so far is durable.
    case recorded
    /// Nothing of what was asked for since the last `recorded` is.
    case recordingFailed

    /// Time has passed; see ``Conversation/deadline``.
    case tick
  }

  /// How a link can fail.
  public enum LinkFailure: Hashable, Sendable {
    /// Reset, unreachable, timed out; the text is the system's word for it.
    case broken(String)
    /// The peer does not read what it is sent.
    case unresponsive
    /// The peer broke the protocol; the text says how.
    case malformed(String)
  }
}
