extension Conversation {
  /// What happens to a conversation. One sum for both roles: what has no
  /// meaning in a role or a phase is answered with nothing or held against
  /// the peer, never trapped, since peers choose what they send.
  ///
  /// Whose doing it is begins the name of what the server, the operator and
  /// the listener do; the rest is the peer's.
  public enum Event: Hashable, Sendable {
    // The peer, of either side
    /// Bytes arrived, of whatever meaning: the link is alive.
    case received
    /// The peer's handle, and the dialect it was given in.
    case introduced(Handle, Dialect)
    /// What the peer gave for a handle is not one.
    case misnamed(HandleError)
    /// A client that cannot be asked again was introduced under a handle made
    /// for it: what it gave is not one. Empty: it gave nothing.
    case misnamedClient(gave: String)
    /// A message; `number` is the native dialect's, `nil` in the others.
    case said(number: Int?, Message)
    /// Something that was to be a message and is not one.
    case saidInvalid(number: Int?, MessageError)
    /// The peer has our messages up to this number. Dialects without receipts
    /// report what the socket took.
    case acknowledged(Int)
    case ping
    /// The person at the client presses keys; once in a while.
    case typed
    /// The client asks for this mode.
    case asked(Mode)
    /// A server keeps the conversation, should its link be lost.
    case offered(ResumeOffer)
    /// The client knows how to go on with one.
    case tookOffer
    /// The client wants to go on with a conversation: it has shown the server's messages
    /// up to `shown`, and tries for the `attempt`th time.
    case claimed(ResumeToken, shown: Int, attempt: Int)
    /// The client wants so many of the last messages once more.
    case recalled(Int)
    /// The server goes on, and has this side's messages up to this number.
    case resumed(through: Int)
    /// The server says once more what was said.
    case past(PastMessage)
    /// The peer said goodbye.
    case quit(QuitReason)
    /// End of file.
    case ended
    /// The link broke or the peer cannot be talked with any more.
    case failed(LinkFailure)

    // A server, to its client
    case serverSetMode(Mode)
    /// The place in the queue, from 1.
    case serverQueued(place: Int)
    /// The conversation begins.
    case serverGaveFloor
    /// The server would not take what was sent last, and says why.
    case serverDenied(String)
    /// The server has no room and says so instead of a greeting.
    case serverRefused(String)
    /// The server said something that is not part of the conversation.
    case serverNoticed(String)
    /// The server ends a conversation that is silent for `limit`, and so long is
    /// left.
    case serverWarnedOfSilence(limit: Duration, left: Duration)
    /// Whether somebody is at the server's terminal.
    case serverIsAttended(Bool)

    // The operator: the person at this side
    case operatorNamed(Handle)
    case operatorSaid(Message)
    /// Keys were pressed, and nothing came of it yet.
    case operatorTyped
    /// To speak at any time: a server's allows it, a client's asks for it.
    case operatorWantsFree
    case operatorQuit

    // The listener, to a server's conversation
    /// Whether somebody is at the terminal; until it says so, somebody is.
    case operatorIsThere(Bool)
    case listenerGaveFloor
    /// The place in the queue, from 1.
    case listenerQueued(place: Int)
    /// There is no room in the queue.
    case listenerIsFull
    /// The client's key is not allowed any more.
    case listenerBlocked
    /// Another process goes on with this conversation.
    case listenerWantsHandOver
    /// The conversation that the client claims is not known.
    case listenerKnowsNoClaim
    /// Another server, at this port, keeps it.
    case claimIsElsewhere(port: Int)
    /// It is over: so many of the client's messages are recorded.
    case claimIsOver(recorded: Int, QuitReason)
    /// Others have waited long enough for a client whose link is down.
    case graceIsOver

    /// A new link is to be tried at once.
    case operatorWantsLink
    /// There will be no other link; the text says why.
    case linkIsImpossible(String)
    /// This machine slept for so long, which no ``Instant`` counts.
    case wokeUp(after: Duration)

    /// What this side depends on died; the text says what.
    case bereft(String)
    /// This side is to stop, for another that goes on; the text names what said so.
    case restart(String)
    /// This side is to stop; the text names what said so.
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
  public enum LinkFailure: Error, Hashable, Sendable {
    /// Reset, unreachable, timed out; the text is the system's word for it.
    case broken(String)
    /// The peer does not read what it is sent.
    case unresponsive
    /// The peer broke the protocol; the text says how.
    case malformed(String)
  }

  /// What the program is to do, in order.
  public enum Action: Hashable, Sendable {
    /// Write in the transcript. The program commits all that it was asked
    /// for and then reports ``Event/recorded`` or ``Event/recordingFailed``.
    case record(Entry)
    /// Send to the peer, in its dialect.
    case send(Outgoing)
    /// Show to the operator as conversation.
    case show(Shown)
    /// The operator's message is taken: it leaves the input line.
    case accept(number: Int, Message)
    /// The operator's message is not taken: it stays on the input line.
    case reject(Message, Obstacle)
    /// The peer has our messages up to this number.
    case confirm(through: Int)
    /// Report to the listener that this conversation can take the floor.
    case reportReady
    /// Ask the operator for a handle, to come as ``Event/operatorNamed(_:)``;
    /// again, and why, where the server would not take the last one.
    case askForHandle(again: String?)
    /// Report to the operator what the server would not take.
    case reportDenied(String)
    /// Report what the server said beside the conversation.
    case reportNotice(String)
    /// Report that the client's handle was made for it, from what it gave.
    case reportMisnamed(gave: String)
    /// Report that the client has been silent, and when that ends the
    /// conversation. On a client: its own silence.
    case warnOfSilence(limit: Duration, left: Duration)
    /// Report that somebody is at the server's terminal, or nobody.
    case reportAttendance(Bool)
    /// Report who may speak when, or who wants to.
    case reportMode(ModeNews)
    /// Report to the listener what the client wants to go on with.
    case reportClaim(ResumeToken, shown: Int, attempt: Int)
    /// Report to the listener that the client can come back.
    case reportResumable
    /// The link is of no use any more: close it, and keep everything else.
    case dropLink
    /// Report that the link is down and the conversation goes on.
    case reportLinkDown(CloseReason, detail: String?)
    /// Report that it goes on.
    case reportLinkBack(after: Duration, addressChanged: Bool)
    /// Report that the server does not have the conversation, in its words: it may be
    /// another than the one before.
    case reportNotKnown(String)
    /// Report that the server, on a new link, calls itself otherwise than before.
    case reportRenamed(from: Handle, to: Handle)
    /// Have a new link made; the old one is gone.
    case dial
    /// Have a new link made beside this one, which may be dead: it is to be reported as
    /// failed when the new one has a greeting.
    case dialBeside
    /// The link lives: a new one is not wanted any more.
    case keepLink
    /// Show once more, apart from what is new.
    case showPast(PastMessage)
    /// The conversation goes on in another process: leave without a word. Always the
    /// last action.
    case handOver
    /// The conversation is over: flush, close. Always the last action.
    case end(Ending)
  }

  /// What the operator is shown as conversation.
  public enum Shown: Hashable, Sendable {
    case opened
    case message(from: Party, Message)
  }

  /// Why the operator's message stays on the input line.
  public enum Obstacle: Hashable, Sendable {
    case outOfTurn
    /// Nobody has the floor here: still in the queue, or not yet introduced.
    case noFloor
    case notRecorded
    /// The server would not take it.
    case denied
    /// More than ``Message/maximumOriginalByteCount``, to an original program.
    case tooManyBytes
    /// Too many are under way; they are confirmed first.
    case tooManyUnconfirmed
    case over
  }

  /// How it ended, with all that the last words and the exit code need.
  public struct Ending: Hashable, Sendable {
    /// Who ended it; `nil` when the link broke.
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

  /// How far a conversation is, for the prompt.
  public enum State: Hashable, Sendable {
    /// The peer has not said who it is.
    case introducing
    /// The client's own handle is wanted.
    case naming
    /// In the queue; the place counts from 1 and is `nil` until it is known.
    case queued(place: Int?)
    /// The operator may speak.
    case speaking
    /// The peer's turn.
    case listening
    case over
  }
}
