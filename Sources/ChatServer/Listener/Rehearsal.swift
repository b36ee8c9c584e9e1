import ChatCore
import ChatPosix
import ChatSecure
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

  /// A handshake with a client that has a key, and a word each way: the most of a
  /// conversation in TLS is pages of the library that nobody has used.
  static func play(_ context: SecureContext, _ line: SignerLine) {
    // Whoever is forked inherits what is open, and this is a right to sign.
    defer { line.close() }
    guard let server = try? SecureSession(server: context),
      let ownKey = try? PrivateKey.random(), let clients = try? SecureContext.client(),
      let client = try? SecureSession(
        client: clients, expecting: context.fingerprint, ownKey: ownKey)
    else { return }
    _ = server.speakEarly([0])
    for _ in 0..<3 {
      var events = server.receive(client.takeOutput())
      if case .signatureWanted(let request)? = events.last {
        events = server.answer(signature: line.sign(request))
      }
      _ = client.receive(server.takeOutput())
      if client.isEstablished { try? client.seal([0]) }
      if server.isEstablished { try? server.seal([0]) }
    }
    client.end()
    server.end()
  }
}
