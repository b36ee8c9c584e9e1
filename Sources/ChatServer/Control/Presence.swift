import ChatCore

/// Who is there while nobody talks: what the desk between conversations answers to `\who`.
package struct Presence: Hashable, Sendable {
  /// Of each kind as many are named.
  static let shownAtOnce = 40

  /// Somebody whose link is lost and who can come back.
  package struct Awaited: Hashable, Sendable {
    package var name: Handle
    /// For so long, in whole seconds.
    package var within: Duration
    /// Whether the floor is kept for it; else a place in the queue.
    package var hasFloor: Bool
  }

  /// Somebody in the queue.
  package struct Waiting: Hashable, Sendable {
    /// As far as the listener knows it.
    package var name: Handle?
    /// Numeric, with the port.
    package var address: String
  }

  package var awaited: [Awaited] = []
  package var waiting: [Waiting] = []
  /// The addresses of those who have connected and not said a name.
  package var unnamed: [String] = []
}

extension ControlWriter {
  mutating func add(_ presence: Presence) {
    add(Int64(presence.awaited.count))
    for awaited in presence.awaited {
      add(awaited.name.text)
      add(Int64(awaited.within.wholeSeconds))
      add(awaited.hasFloor)
    }
    add(Int64(presence.waiting.count))
    for waiting in presence.waiting {
      add(waiting.name?.text ?? "")
      add(waiting.address)
    }
    add(Int64(presence.unnamed.count))
    for address in presence.unnamed { add(address) }
  }
}

extension ControlReader {
  mutating func presence() throws(ControlError) -> Presence {
    var presence = Presence()
    for _ in 0..<(try shownCount()) {
      presence.awaited.append(
        Presence.Awaited(
          name: try handle(), within: .seconds(try integer(in: 0...Int64(Int32.max))),
          hasFloor: try bool()))
    }
    for _ in 0..<(try shownCount()) {
      let name = try text()
      guard name.isEmpty || (try? Handle(name)) != nil else { throw .outOfRange }
      presence.waiting.append(Presence.Waiting(name: try? Handle(name), address: try text()))
    }
    for _ in 0..<(try shownCount()) { presence.unnamed.append(try text()) }
    return presence
  }

  private mutating func shownCount() throws(ControlError) -> Int {
    Int(try integer(in: 0...Int64(Presence.shownAtOnce)))
  }
}

extension ListenerMachine {
  /// Who is there beside whoever has the floor.
  func presence(at now: Instant) -> Presence {
    var presence = Presence()
    presence.awaited = awaited.prefix(Presence.shownAtOnce).map {
      Presence.Awaited(
        name: $0.talk.handle,
        within: .seconds(max(0, end(of: $0).duration(since: now).wholeSeconds)),
        hasFloor: $0.hadFloor)
    }
    presence.waiting = sessions.filter { $0.state == .waiting }.prefix(Presence.shownAtOnce).map {
      Presence.Waiting(name: $0.talk?.handle, address: "\($0.address)")
    }
    presence.unnamed = sessions.filter { $0.state == .introducing }.prefix(Presence.shownAtOnce)
      .map { "\($0.address)" }
    return presence
  }
}
