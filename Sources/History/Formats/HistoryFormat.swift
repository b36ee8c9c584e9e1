import ChatCore
import Transcript

/// One way of writing conversations and their events. A format is pure: it
/// opens nothing and knows no clock; what it needs of the world it was made
/// with. Everything a peer wrote leaves it safe for a terminal, or so encoded
/// that a terminal does not act on it.
///
/// The calls come as: ``begin(into:)``; then either ``listed(_:into:)`` for
/// each conversation, or for each run of events of one conversation
/// ``entered(_:into:)``, ``event(_:of:_:into:)`` and maybe ``gap(into:)``
/// between them, ``left(_:isWhole:into:)``; then ``end(into:)``.
protocol HistoryFormat {
  /// Whether ``entered(_:into:)`` says how many messages a conversation has,
  /// which then have to be counted.
  var showsCounts: Bool { get }

  mutating func begin(into output: inout OutputBuffer)

  /// A line of the list.
  mutating func listed(
    _ conversation: ConversationSummary, into output: inout OutputBuffer)

  /// Events of this conversation follow. It may be entered again when events
  /// of several conversations come in the order they happened.
  mutating func entered(
    _ conversation: ConversationSummary, into output: inout OutputBuffer)

  mutating func event(
    _ event: Event, of conversation: ConversationSummary, _ role: EventRole,
    into output: inout OutputBuffer)

  /// Events of the same conversation were left out here.
  mutating func gap(into output: inout OutputBuffer)

  /// Another conversation, or nothing, follows. `isWhole` says that its last
  /// event was among those given.
  mutating func left(
    _ conversation: ConversationSummary, isWhole: Bool, into output: inout OutputBuffer)

  mutating func end(into output: inout OutputBuffer)

  /// The ids that follow are those of another transcript.
  mutating func transcriptChanged()
}

extension HistoryFormat {
  var showsCounts: Bool { false }

  mutating func begin(into output: inout OutputBuffer) {}

  mutating func entered(
    _ conversation: ConversationSummary, into output: inout OutputBuffer
  ) {}

  mutating func gap(into output: inout OutputBuffer) {}

  mutating func left(
    _ conversation: ConversationSummary, isWhole: Bool, into output: inout OutputBuffer
  ) {}

  mutating func end(into output: inout OutputBuffer) {}

  mutating func transcriptChanged() {}
}

/// Why an event is shown.
enum EventRole: Hashable, Sendable {
  /// Its conversation is shown.
  case plain
  /// It was searched for and found.
  case match
  /// It is next to one that was found.
  case context
}
