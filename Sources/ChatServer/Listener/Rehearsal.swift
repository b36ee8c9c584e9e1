import ChatCore
import ChatPosix
import ChatWire
import Transcript

/// A conversation of which nobody hears: what Swift's runtime and our own
/// tables make when they are first used is made once, before any process is
/// forked, and is there in all of them.
enum Rehearsal {
  static func play(_ settings: ServerSettings) {
    let now = Instant(milliseconds: 0)
    var machine = Conversation(
      ConversationSettings(role: .server, mode: .free, idleLimit: settings.idleLimit), at: now)
    var codec = PeerCodec(side: .server, ownHandle: settings.handle, connectedAt: now)
    var sent: [UInt8] = []
    codec.encode(.greeting(settings.handle), into: &sent)
    var actions = machine.begin(at: now)
    machine.handle(.recorded, at: now, &actions)
    for incoming in codec.receive(Array("peer\0say 1 word\0".utf8), at: now) {
      switch incoming {
      case .handle(let handle):
        _ = DisplayName.of(handle, besides: settings.handle)
        machine.handle(.introduced(handle, .native), at: now, &actions)
        machine.handle(.recorded, at: now, &actions)
        machine.handle(.listenerGaveFloor, at: now, &actions)
      case .said(let number, let message):
        machine.handle(.said(number: number, message), at: now, &actions)
        machine.handle(.recorded, at: now, &actions)
        codec.encode(.acknowledge(1), into: &sent)
      default: break
      }
    }
    machine.handle(.quit(.user), at: now, &actions)
    machine.handle(.recorded, at: now, &actions)
    _ = Containment.around(transcript: settings.database)
    if settings.isKept { ConversationWriter.prepare() }
  }
}
