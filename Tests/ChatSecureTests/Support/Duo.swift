import COpenSSL
import ChatCore
import Testing

@testable import ChatSecure

/// A server's and a client's session, and the wire between them.
final class Duo {
  let server: SecureSession
  let client: SecureSession
  let serverKey: PrivateKey
  var serverEvents: [SecureSession.Event] = []
  var clientEvents: [SecureSession.Event] = []
  /// How much of what a side says is on the wire at once.
  var chunk = Int.max
  /// What happens to the bytes of a side on their way.
  var fromServer: ([UInt8]) -> [UInt8] = { $0 }
  var fromClient: ([UInt8]) -> [UInt8] = { $0 }
  var signs = true

  /// The client expects `expected`; by default the key that the server has.
  init(
    serverKey: PrivateKey? = nil, isTemporary: Bool = false, expects: Expectation = .theKey,
    ownKey: PrivateKey? = nil, groups: String? = nil
  ) throws {
    let key = try serverKey ?? .random()
    self.serverKey = key
    server = try SecureSession(server: .server(key.certificate(isTemporary: isTemporary)))
    let expected: Fingerprint? =
      switch expects {
      case .theKey: key.publicKey.fingerprint
      case .another: try PrivateKey.random().publicKey.fingerprint
      case .nothing: nil
      }
    let context = try SecureContext.client()
    if let groups { try #require(chat_set_groups(context.handle, groups) == 1) }
    client = try SecureSession(client: context, expecting: expected, ownKey: ownKey)
  }

  enum Expectation {
    case theKey
    case another
    case nothing
  }

  /// Everything that goes over the wire until nothing more does.
  func run() throws {
    while true {
      let (asked, answered) = (fromClient(client.takeOutput()), fromServer(server.takeOutput()))
      if asked.isEmpty, answered.isEmpty { return }
      for piece in Self.pieces(asked, chunk) { try hear(server.receive(piece)) }
      for piece in Self.pieces(answered, chunk) { clientEvents += client.receive(piece) }
    }
  }

  private func hear(_ events: [SecureSession.Event]) throws {
    for event in events {
      serverEvents.append(event)
      if signs, case .signatureWanted(let request) = event {
        try hear(server.answer(signature: serverKey.sign(request)))
      }
    }
  }

  func answer(_ signature: [UInt8]?) throws { try hear(server.answer(signature: signature)) }

  static func pieces(_ bytes: [UInt8], _ size: Int) -> [ArraySlice<UInt8>] {
    size >= bytes.count
      ? [bytes[...]]
      : stride(from: 0, to: bytes.count, by: size).map { bytes[$0..<min($0 + size, bytes.count)] }
  }

  var peerOfClient: SecureSession.Peer? { Self.peer(clientEvents) }
  var peerOfServer: SecureSession.Peer? { Self.peer(serverEvents) }

  private static func peer(_ events: [SecureSession.Event]) -> SecureSession.Peer? {
    for case .established(let peer) in events { return peer }
    return nil
  }
}

extension [SecureSession.Event] {
  /// All that was opened, in one.
  var text: String {
    var all: [UInt8] = []
    for case .plaintext(let bytes) in self { all += bytes }
    return String(decoding: all, as: UTF8.self)
  }

  /// What is to be signed.
  var request: [UInt8]? {
    for case .signatureWanted(let request) in self { return request }
    return nil
  }

  var failure: SecureSession.Failure? {
    for case .failed(let failure) in self { return failure }
    return nil
  }
}

func bytes(_ text: String) -> ArraySlice<UInt8> { Array(text.utf8)[...] }
