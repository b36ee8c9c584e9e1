import ChatCore
import ChatPosix

/// What a desk has to say to the person at it. Evidence only: the words are
/// the executables'.
package enum DeskNotice {
  /// The question for the person's own name, and the one after a bad answer.
  case askHandle
  case askHandleAgain(HandleError)
  /// The place in the queue, from 1; `nil` while it is not known.
  case place(Int?)
  case waitingFor(Handle)
  /// There has been no link for so long, and another is tried.
  case linkDown(for: Duration)
  /// Own messages that the peer is slow to confirm.
  case underWay(Int)
  case help(nobodyIsHere: Bool)
  case who(peer: Handle, address: String, Dialect?, since: LocalTime?)
  case noHistory(with: Handle?)
  case history(with: Handle?, count: Int)
  case invalid(MessageError)
  case unknownCommand(String)
  case obstacle(Conversation.Obstacle, peer: Handle?)
  /// It is the peer's turn; said for the first time, with what turns are.
  /// `hasAsked`: to speak without them.
  case turns(peer: Handle?, hasAsked: Bool)
  /// The line looks like another program's command; ours may have been meant.
  case slip(line: String, meant: String)
  /// The client's silence ends the conversation after `limit`. Whether a key ends
  /// it, or only a line.
  case silence(of: Handle?, limit: Duration, left: Duration, keysCount: Bool)
  case mode(Conversation.ModeNews, peer: Handle?)
  /// A line that was entered before it could be said and will be by itself.
  case waits(Conversation.Obstacle, peer: Handle?)
  /// What follows was said out of turn or, without the floor, by somebody who
  /// left before the conversation began.
  case unshown(from: Handle?, hadFloor: Bool)
  /// What follows was said here and may be lost.
  case unconfirmed(by: Handle?, count: Int)
  /// The same, to be said again to a peer that may come back to another process.
  case notConfirmedYet(by: Handle?, count: Int)
  /// This was typed and not said.
  case notSent(String)
  /// The same, of a conversation before, or from before this one.
  /// Where `canBeEdited`, it can be brought back to the line.
  case draftIsKept(String, canBeEdited: Bool)
  case noDraft
  /// So many notices were not shown: they found no room on the way to the screen, or
  /// the peer caused too many.
  case leftOut(count: Int)
  /// To somebody who typed a line while nobody is there.
  case nobodyToTalkTo(canEdit: Bool)
}

/// What the person at a desk wants of the program.
package enum DeskAction: Hashable {
  /// The answer to the question for a name.
  case name(Handle)
  /// There was no answer and nobody can be asked again: input that is no
  /// terminal ended first, or its first line is not a name.
  case unnamed(HandleError?)
  /// What was entered at the program's own question.
  case answer(String)
  /// Say it. The line waits for ``OperatorDesk/accept(_:at:)`` or
  /// ``OperatorDesk/reject(_:_:reason:peer:at:)``.
  case say(Message)
  /// `\quit`
  case quit
  /// `\who` and `\history`: the program knows the address, and what was said
  /// before.
  case who
  case history
  /// `\free`
  case free
  /// Enter on an empty line while there is no link: another is to be tried at once.
  case dial
  /// Ctrl-C on an empty line.
  case interrupt
  /// Ctrl-Z.
  case suspend
  /// `\detach`: the terminal back, and nothing else changed.
  case detach
  /// Ctrl-D on an empty line, or the end of a file or pipe.
  case endOfInput
}
