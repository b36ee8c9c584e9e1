extension Conversation {
  /// What the program is to do, in order.
  public enum Action: Hashable, Sendable {
    /// Write in the transcript. The program commits all that it was asked
    /// for and then reports ``Event/recorded`` or ``Event/recordingFailed``.
    case record(Entry)
    /// Send to the peer, in its dialect.
    case send(Signal)
    /// Show to the operator as conversation.
    case show(Line)
    /// The operator's message is taken: it leaves the input line.
    case accept(number: Int, Message)
    /// The operator's message is not taken: it stays on the input line.
    case giveBack(Message, Obstacle)
    /// The peer has our messages up to this number.
    case confirm(through: Int)
    /// Tell the listener that this conversation can take the floor.
    case announceReady
    /// The server refused our handle: ask for another.
    case askAgain(String)
    /// Tell the operator what the server would not take.
    case tellDenied(String)
    /// The conversation is over: flush, close. Always the last action.
    case end(Ending)
  }

  /// What can be said to the peer.
  public enum Signal: Hashable, Sendable {
    case greeting
    case handle(Handle)
    case refuseHandle(HandleError)
    case mode(Mode)
    case place(Int)
    case floor
    case say(number: Int, Message)
    case acknowledge(Int)
    case deny(Refusal)
    case ping
    case pong
    case quit(QuitReason)
  }

  /// Why a peer's message is not taken.
  public enum Refusal: Hashable, Sendable {
    case invalid(MessageError)
    /// Too much said out of turn.
    case tooMuchHeld
  }

  /// A line of the conversation on the operator's screen.
  public enum Line: Hashable, Sendable {
    case opened
    case message(from: Party, Message)
  }

  /// Why the operator's message stays on the line.
  public enum Obstacle: Hashable, Sendable {
    case outOfTurn
    /// Nobody has the floor here: still in line, or not yet introduced.
    case noFloor
    case notRecorded
    /// The server would not take it.
    case denied
    /// Too many are under way; they are confirmed first.
    case tooManyUnconfirmed
    case over
  }

  /// How it ended, with all that the last words and the exit code need.
  public struct Ending: Hashable, Sendable {
    /// Who ended it; `nil` when the line broke.
    public var by: Party?
    public var reason: CloseReason
    public var detail: String?
    /// The peer's messages that were held for its turn and never shown.
    public var unshown: [Message]
    /// Own messages that the peer did not confirm, oldest first.
    public var unconfirmed: [Message]
    /// Whether the close is in the transcript. Always `true` on the client,
    /// which keeps none.
    public var isRecorded: Bool
  }

  /// Where a conversation stands, for the prompt.
  public enum Standing: Hashable, Sendable {
    /// The peer has not said who it is.
    case introducing
    /// The client's own handle is wanted.
    case naming
    /// In line; the place counts from 1 and is `nil` until it is known.
    case inLine(Int?)
    /// The operator may speak.
    case speaking
    /// The peer's turn.
    case listening
    case over
  }
}
