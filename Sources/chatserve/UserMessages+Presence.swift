import ChatCore
import ChatProgram
import ChatServer
import ChatTerminal

/// Who is there, and who waits.
extension UserMessages {
  /// The sentence for a notice of the queue; nothing for any other.
  static func queue(_ notice: ServerNotice) -> String {
    switch notice {
    case .waits(let names, let others):
      if names.isEmpty { return others == 0 ? "Nobody waits." : "\(people(others)) in the queue." }
      return "In the queue: \(names.joined(separator: ", "))"
        + (others == 0 ? "." : ", and \(others) more.")
    case .joined(let name, nil): return "\(name) came to the queue and has left."
    case .joined(let name, let count?):
      return "\(name) waits in the queue" + (count == 1 ? "." : ", \(count) in all.")
    case .joinedToo(let count, let waiting):
      return "\(count == 1 ? "1 more person" : "\(count) more people") came to the queue; "
        + (waiting == 0 ? "nobody waits now." : "\(people(waiting)) there now.")
    default: return ""
    }
  }

  /// `1 person waits`, `3 people wait`
  private static func people(_ count: Int) -> String {
    count == 1 ? "1 person waits" : "\(count) people wait"
  }

  static func nobodyIsHere(
    _ presence: Presence, _ last: DeskMemory.Talk?, beside own: Handle
  ) -> String {
    func name(_ handle: Handle) -> String { DisplayName.of(handle, .client, besides: own) }
    func away(_ awaited: Presence.Awaited) -> String {
      "\(name(awaited.name)) (away; can come back for \(SharedWords.stopwatch(awaited.within)))"
    }
    var sentences: [String] = []
    let (floor, places) = (
      presence.awaited.filter(\.hasFloor), presence.awaited.filter { !$0.hasFloor }
    )
    if !floor.isEmpty {
      sentences.append(
        "Waiting for \(floor.map(away).joined(separator: ", ")); \\quit stops waiting.")
    }
    let queue =
      presence.waiting.map { waiting in
        waiting.name.map { "\(name($0)) (\(waiting.address))" } ?? waiting.address
      } + places.map(away)
    switch (floor.isEmpty, queue.isEmpty) {
    case (true, true): sentences.append("Nobody is here, and nobody waits.")
    case (false, true): sentences.append("Nobody waits in the queue.")
    case (_, false): sentences.append("In the queue: \(queue.joined(separator: ", ")).")
    }
    if !presence.unnamed.isEmpty {
      sentences.append(
        "\(presence.unnamed.joined(separator: ", ")) "
          + "\(presence.unnamed.count == 1 ? "has" : "have") connected and not said a name.")
    }
    if let last {
      sentences.append("\(last.name) (\(last.address)) left last, at \(last.endedAt).")
    }
    return sentences.joined(separator: " ")
  }
}
