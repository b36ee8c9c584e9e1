import ChatCore
import ChatLink
import ChatPosix
import ChatSecure

/// On what terms a conversation gets another link: those of its first. What it needs is
/// in memory, since whoever makes one is contained by then.
enum LinkTerms {
  case clear
  /// The server has this key and no other, and is shown `own`.
  case encrypted(server: Fingerprint, own: PrivateKey?, SecureContext)

  /// As ``TalkRecord`` keeps it.
  var link: TalkRecord.Link {
    switch self {
    case .clear: .clear
    case .encrypted(let server, let own, _):
      .encrypted(server: server, own: own?.publicKey.fingerprint)
    }
  }

  /// The terms of a conversation that was kept; `nil` where they are not to be had any
  /// more: the server is known by another key, or is to be talked to otherwise.
  init?(of link: TalkRecord.Link, _ trust: ServerTrust) throws(SecureSetupError) {
    switch link {
    case .clear:
      if trust.demandsEncryption { return nil }
      self = .clear
    case .encrypted(let server, let own):
      guard trust.isAsBefore(server, shown: own) else { return nil }
      self = .encrypted(server: server, own: trust.memory.known?.ownKey, try .client())
    }
  }

  /// Carries a link on a connected socket. `otherKey` is called with the key of a server
  /// that is another; it is told nothing.
  func transport(
    on socket: FileDescriptor, at now: Instant, otherKey: @escaping (Fingerprint) -> Void
  ) -> (transport: any Transport, secure: SecureTransport?)? {
    guard case .encrypted(let server, let own, let context) = self else {
      return (SocketTransport(socket), nil)
    }
    return Self.transport(on: socket, in: context, at: now) { (key, _) in
      if key.fingerprint == server { return .accepted(showing: own) }
      otherKey(key.fingerprint)
      return .refused
    }
  }

  /// Carries an encrypted link to a server that `judge` knows; `nil` for want of memory.
  static func transport(
    on socket: FileDescriptor, in context: SecureContext, at now: Instant,
    judge: @escaping (PublicKey, Bool) -> SecureTransport.Judgement?
  ) -> (transport: any Transport, secure: SecureTransport?)? {
    guard
      let session = try? SecureSession(client: context, expecting: nil, ownKey: nil)
    else { return nil }
    let transport = SecureTransport(
      socket, session: session, owner: SecureTransport.Owner(judge: judge), mayHavePreface: true,
      at: now)
    return (transport, transport)
  }
}

/// Why a new link came to nothing. Reported once for each time that the link is lost.
package enum LinkObstacle: Hashable {
  case otherKey(Fingerprint)
  /// Where the conversation is encrypted.
  case answeredInClear
  /// The same, and all it said was this.
  case saidInClear(PeerText)
  /// Encryption failed for another reason.
  case notEncrypted
}
