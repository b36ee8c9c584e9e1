extension Conversation {
  /// What can be said to the peer. A dialect without a way to say it says
  /// nothing.
  public enum Outgoing: Hashable, Sendable {
    /// A server's first bytes; sent before the dialect is known.
    case greeting
    /// A client's answer to the greeting. Repeated when it is denied.
    case handle(Handle)
    case rejectHandle(HandleError)
    case mode(Mode)
    /// The place in the queue, from 1.
    case place(Int)
    /// The conversation begins.
    case floor
    case say(number: Int, Message)
    /// Recorded (by a server) or shown (by a client).
    case acknowledge(Int)
    case deny(Refusal)
    /// What was said out of turn is kept for it.
    case hold
    case ping
    case pong
    /// A client's: keys are pressed.
    case typing
    /// A client's: it would like this mode.
    case ask(Mode)
    /// A server's: silence ends the conversation after `limit`, and so long is
    /// left.
    case warnOfSilence(limit: Duration, left: Duration)
    /// A server's: whether somebody is at its terminal.
    case attended(Bool)
    /// A server's: the conversation can go on after its link is lost.
    case session(ResumeOffer)
    /// A client's: it knows how.
    case takeOffer
    /// A client's, in the place of its handle.
    case resume(ResumeToken, shown: Int, attempt: Int)
    /// A client's: so many of the last messages are to be said once more.
    case recall(Int)
    /// A server's: it goes on, and so many of the client's messages are recorded.
    case resumed(through: Int)
    /// A server's: what was said.
    case past(PastMessage)
    case quit(QuitReason)
  }

  /// Why a peer's message is not taken.
  public enum Refusal: Hashable, Sendable {
    case invalid(MessageError)
    /// Too much said out of turn.
    case tooMuchHeld
    /// So many refusals were not sent: there were too many.
    case unanswered(Int)
    /// What the client wants to go on with is not known.
    case unknownConversation
    /// It is kept by another server on the same machine, at this port.
    case conversationElsewhere(port: Int)

    /// Whether the client may say who it is in place of what it wanted to go on with.
    public var isOfClaim: Bool {
      switch self {
      case .unknownConversation, .conversationElsewhere: true
      case .invalid, .tooMuchHeld, .unanswered: false
      }
    }
  }
}

/// What a conversation asks to have written in the transcript. The program
/// adds the moment; entries that are asked for together share one commit.
public enum Entry: Hashable, Sendable {
  /// The connection was accepted. Always the first entry.
  case open
  /// The peer said who it is, and by how it said so, which dialect it speaks.
  case handle(Handle, Dialect)
  /// The conversation was given the floor: a fact of its row, not an event.
  /// Asks for no commit of its own but shares the next, and is not reported.
  case floor
  /// Something was said; `number` counts from 1 in each direction. A native client's is
  /// its own, and what was refused leaves gaps.
  case message(from: Party, number: Int, Message)
  /// The client said this out of turn, and the conversation ended before its
  /// turn came: it was never shown.
  case held(number: Int, Message)
  /// The client confirmed the server's messages up to this number.
  case acknowledged(through: Int)
  /// Who may speak when was changed.
  case mode(Mode)
  /// The client can come back to it: a fact of its row, as ``floor``.
  case resumable
  /// The link was lost, and the conversation goes on.
  case drop(CloseReason, detail: String?)
  /// The end; the last entry, once. `by` is `nil` when the link broke.
  case close(by: Party?, CloseReason, detail: String?, undelivered: Int)
}
