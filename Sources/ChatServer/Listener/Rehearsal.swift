import ChatCore
import ChatPosix
import ChatWire

/// A conversation of which nobody hears: what Swift's runtime and our own
/// tables make when they are first used is made once, before any process is
/// forked, and is there in all of them.
enum Rehearsal {
  static func play(_ settings: ServerSettings, _ phrases: PeerPhrases) {
    let now = Instant(milliseconds: 0)
    var machine = Conversation(
      ConversationSettings(role: .server, mode: .free, idleLimit: settings.idleLimit), at: now)
    var codec = PeerCodec(
      side: .server, ownHandle: settings.handle, phrases: phrases, connectedAt: now)
    var actions = machine.begin(at: now)
    machine.handle(.recorded, at: now, &actions)
    for event in codec.receive(Array("peer\0say 1 word\0quit user\0".utf8), at: now) {
      machine.handle(event, at: now, &actions)
      machine.handle(.recorded, at: now, &actions)
      if case .introduced(let handle, _) = event {
        _ = DisplayName.of(handle, .client, besides: settings.handle)
        machine.handle(.listenerGaveFloor, at: now, &actions)
      }
    }
    for case .send(let outgoing) in actions { _ = codec.encode(outgoing) }
    _ = Containment.around(transcript: settings.database, .conversation)
  }
}
