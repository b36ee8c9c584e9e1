import ChatCore
import Transcript

/// How the two sides of a conversation are called, worked out once for many
/// events: whether a name could be taken for another takes longer than the row.
struct SpeakerNames {
  private struct Known {
    var handle: String?
    var server: String
    var name: String
  }

  /// One place for each of those that go on at a time, by id and side.
  private var known = [Known?](repeating: nil, count: 2 * Self.places)
  private static let places = 32

  /// As ``EventWording/name(of:in:)``.
  mutating func name(of party: Party, in conversation: ConversationSummary) -> String {
    let handle = conversation.handle(of: party)
    let place = 2 * Int(conversation.id & Int64(Self.places - 1)) + (party == .client ? 0 : 1)
    if let known = known[place], known.handle == handle, known.server == conversation.server {
      return known.name
    }
    let name = EventWording.name(of: party, in: conversation)
    known[place] = Known(handle: handle, server: conversation.server, name: name)
    return name
  }
}
