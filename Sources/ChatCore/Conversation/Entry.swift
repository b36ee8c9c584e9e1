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
  /// Something was said; `number` counts from 1 in each direction.
  case message(from: Party, number: Int, Message)
  /// The client said this out of turn, and the conversation ended before its
  /// turn came: it was never shown.
  case held(number: Int, Message)
  /// The client confirmed the server's messages up to this number.
  case acknowledged(through: Int)
  /// The end; the last entry, once. `by` is `nil` when the line broke.
  case close(by: Party?, CloseReason, detail: String?, undelivered: Int)
}
