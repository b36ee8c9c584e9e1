import ChatSecure
import Glibc

/// A TLS client that says exactly the bytes it is told to, inside: a `PeerSocket`
/// whose `received` is what was sealed.
package final class SecurePeer: PeerSocket {
  /// Who the server is, once it has shown its key.
  package private(set) var serverKey: PublicKey?
  /// Why there is no talk any more.
  package private(set) var failure: SecureSession.Failure?
  /// Whether the server said that nothing was cut off (close_notify).
  package private(set) var endedCleanly = false
  /// What came before TLS: a greeting in clear, which means nothing.
  package private(set) var preface: [UInt8] = []
  /// Records that held something.
  package private(set) var recordCount = 0
  private let session: SecureSession
  /// Of ``offer(_:)``.
  private var unsent: [UInt8] = []

  /// Sends its ClientHello at once, or after a greeting in clear. One that says that it
  /// is native (ALPN) can speak nothing else.
  package init(
    port: UInt16, expecting: Fingerprint? = nil, ownKey: PrivateKey? = nil,
    afterGreeting: Bool = false, saysItIsNative: Bool = true, from host: UInt8 = 1
  ) throws {
    session = try SecureSession(
      client: .client(saysItIsNative: saysItIsNative), expecting: expecting, ownKey: ownKey)
    super.init(descriptor: try Self.connected(to: port, from: host))
    if afterGreeting {
      try waitUntil("a greeting in clear") { preface.last == 0 }
    }
    try flush()
  }

  /// What a client sends first.
  package static func hello() throws -> [UInt8] {
    try SecureSession(client: .client(), expecting: nil, ownKey: nil).takeOutput()
  }

  package var isEstablished: Bool { session.isEstablished }

  private func flush() throws {
    let bytes = session.takeOutput()
    if !bytes.isEmpty { try Descriptor.writeAll(bytes, to: descriptor) }
  }

  public override func readAvailable() {
    var bytes = Descriptor.readAvailable(descriptor, hasEnded: &hasEnded)
    if serverKey == nil, let first = bytes.first, first != 0x16, first != 0x15 {
      let end = bytes.firstIndex(of: 0).map { $0 + 1 } ?? bytes.count
      preface += bytes[..<end]
      bytes.removeFirst(end)
    }
    if bytes.isEmpty { return }
    take(session.receive(bytes))
    try? flush()
  }

  private func take(_ events: [SecureSession.Event]) {
    for event in events {
      switch event {
      case .keyShown(let key, _):
        serverKey = key
        take(session.judge(accepts: true))
      case .established(let peer): serverKey = peer.key
      case .plaintext(let bytes):
        received += bytes
        recordCount += 1
      case .ended:
        endedCleanly = true
        hasEnded = true
      case .failed(let failure):
        self.failure = failure
        hasEnded = true
      case .signatureWanted: break
      }
    }
  }

  /// Waits until both have shown who they are.
  package func shakeHands() throws {
    try waitUntil("a handshake (\(String(describing: failure)))") { session.isEstablished }
  }

  /// One record of at most 16 KiB each.
  package override func send(_ bytes: [UInt8]) throws {
    if !session.isEstablished { try shakeHands() }
    for start in stride(from: 0, to: bytes.count, by: SecureSession.recordLimit) {
      try session.seal(bytes[start..<min(start + SecureSession.recordLimit, bytes.count)])
    }
    try Descriptor.writeAll(session.takeOutput(), to: descriptor, whileWaiting: readAvailable)
  }

  /// Seals as much of `bytes` as one record has, where the one before was taken, and
  /// sends what is taken at once. Reads nothing.
  package func offer(_ bytes: [UInt8]) {
    guard session.isEstablished else { return }
    if unsent.isEmpty, !bytes.isEmpty {
      try? session.seal(bytes.prefix(SecureSession.recordLimit)[...])
      unsent = session.takeOutput()
    }
    if !unsent.isEmpty { unsent.removeFirst(Descriptor.writeAvailable(unsent, to: descriptor)) }
  }

  /// Each of them a record, and all of them at once.
  package func send(together all: [String]) throws {
    if !session.isEstablished { try shakeHands() }
    for text in all { try session.seal(Array(text.utf8)[...]) }
    try Descriptor.writeAll(session.takeOutput(), to: descriptor, whileWaiting: readAvailable)
  }

  /// Says close_notify, and the end of file.
  package override func sendEndOfFile() {
    session.end()
    try? flush()
    super.sendEndOfFile()
  }
}
