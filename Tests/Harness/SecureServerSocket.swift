import ChatSecure
import Glibc

/// The server's end of a connection in TLS that says exactly the bytes it is told to,
/// inside: a `PeerSocket` whose `received` is what was sealed.
package final class SecureServerSocket: PeerSocket {
  private let session: SecureSession
  private let key: PrivateKey
  /// Whether the client said that nothing was cut off (close_notify).
  package private(set) var endedCleanly = false

  /// Shakes hands with the client at `descriptor`.
  init(descriptor: Int32, key: PrivateKey) throws {
    session = try SecureSession(server: .server(key.certificate()))
    self.key = key
    super.init(descriptor: descriptor)
    try waitUntil("a handshake") { session.isEstablished }
  }

  public override func readAvailable() {
    let bytes = Descriptor.readAvailable(descriptor, hasEnded: &hasEnded)
    if !bytes.isEmpty { take(session.receive(bytes)) }
    let output = session.takeOutput()
    if !output.isEmpty { try? Descriptor.writeAll(output, to: descriptor) }
  }

  private func take(_ events: [SecureSession.Event]) {
    for event in events {
      switch event {
      case .signatureWanted(let request):
        take(session.answer(signature: try? key.sign(request)))
      case .plaintext(let bytes): received += bytes
      case .ended:
        endedCleanly = true
        hasEnded = true
      case .failed: hasEnded = true
      case .keyShown, .established: break
      }
    }
  }

  /// One record of at most 16 KiB each.
  package override func send(_ bytes: [UInt8]) throws {
    for start in stride(from: 0, to: bytes.count, by: SecureSession.recordLimit) {
      try session.seal(bytes[start..<min(start + SecureSession.recordLimit, bytes.count)])
    }
    try Descriptor.writeAll(session.takeOutput(), to: descriptor, whileWaiting: readAvailable)
  }

  /// Of what was sealed, what the socket did not take of the last offer.
  private var offered: [UInt8] = []

  package override func offer(_ text: String) -> Int {
    let isNew = offered.isEmpty
    if isNew {
      guard (try? session.seal(Array(text.utf8).prefix(SecureSession.recordLimit))) != nil else {
        return 0
      }
      offered = session.takeOutput()
    }
    offered.removeFirst(Descriptor.writeAvailable(offered, to: descriptor))
    return isNew ? min(text.utf8.count, SecureSession.recordLimit) : 0
  }

  /// Says close_notify, and the end of file.
  package override func sendEndOfFile() {
    session.end()
    try? Descriptor.writeAll(session.takeOutput(), to: descriptor)
    super.sendEndOfFile()
  }
}
