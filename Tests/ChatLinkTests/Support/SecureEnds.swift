import ChatCore
import ChatPosix
import ChatSecure
import Testing

/// Both ends of TLS, of a server whose signer answers at once and of a client
/// that has its key pinned; whether both say that they are native.
enum SecureEnds {
  private static let key = Result { try PrivateKey.random() }

  static func transport(
    _ descriptor: FileDescriptor, side: Party, isNative: Bool, at now: Instant
  ) throws -> SecureTransport {
    let key = try key.get()
    let session: SecureSession =
      switch side {
      case .server: try SecureSession(server: .server(key.certificate()))
      case .client:
        try SecureSession(
          client: .client(saysItIsNative: isNative), expecting: key.publicKey.fingerprint,
          ownKey: try .random())
      }
    let owner = SecureTransport.Owner(sign: { try? key.sign($0) })
    return SecureTransport(
      descriptor, session: session, owner: owner, mayHavePreface: side == .client, at: now)
  }
}
