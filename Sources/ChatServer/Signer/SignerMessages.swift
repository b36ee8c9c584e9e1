import ChatPosix
import ChatSecure

/// What the listener orders the signer to do: one message on their private socket
/// each.
enum SignerOrder: UInt8, CaseIterable {
  /// Answer one question of a conversation, whose socket comes with this.
  case serve = 0x61
  /// Say that you are there.
  case answer = 0x62
  /// Sign seals for the keeper, whose socket comes with this.
  case seal = 0x63

  /// Descriptors that come with it.
  var passed: Int { self == .answer ? 0 : 1 }

  var bytes: [UInt8] { [rawValue] }

  init(bytes: [UInt8]) throws(ControlError) {
    guard let first = bytes.first else { throw .empty }
    guard let order = SignerOrder(rawValue: first) else { throw .unknownCode(first) }
    guard bytes.count == 1 else { throw .trailing }
    self = order
  }
}

/// What the signer answers. It reads what conversations ask, so to the listener its
/// answers are a stranger's input.
enum SignerAnswer: Hashable {
  /// The first: it has the key, of which this shows the public half.
  case running(Certificate)
  /// Why it has none: in place of the first.
  case failed(KeyTrouble)
  /// To ``SignerOrder/answer``.
  case alive

  private enum Code: UInt8 {
    case running = 0x71
    case failed = 0x72
    case alive = 0x73
  }

  var bytes: [UInt8] {
    switch self {
    case .running(let certificate):
      ControlWriter.message(Code.running.rawValue) {
        $0.add(bytes: certificate.publicKey.bytes + certificate.der)
      }
    case .failed(let trouble):
      ControlWriter.message(Code.failed.rawValue) {
        $0.add(trouble)
      }
    case .alive: [Code.alive.rawValue]
    }
  }

  init(bytes: [UInt8]) throws(ControlError) {
    guard let first = bytes.first else { throw .empty }
    guard let code = Code(rawValue: first) else { throw .unknownCode(first) }
    var fields = ControlReader(bytes.dropFirst())
    switch code {
    case .running:
      let rest = fields.bytes()
      guard let key = PublicKey(Array(rest.prefix(PublicKey.length))),
        let certificate = try? Certificate(der: Array(rest.dropFirst(PublicKey.length)), of: key)
      else { throw .outOfRange }
      self = .running(certificate)
    case .failed: self = .failed(try fields.keyTrouble())
    case .alive: self = .alive
    }
    try fields.end()
  }
}

/// What the signer answers the keeper: which request it has signed, and how. A request
/// that nobody waits for any more may be answered yet, also by another signer.
struct SealAnswer: Hashable {
  private static let signatureLength = 64

  let request: [UInt8]
  let signature: [UInt8]

  var bytes: [UInt8] { signature + request }
}

extension SealAnswer {
  init(bytes: [UInt8]) throws(ControlError) {
    signature = Array(bytes.prefix(Self.signatureLength))
    request = Array(bytes.dropFirst(Self.signatureLength))
    guard signature.count == Self.signatureLength else { throw .truncated }
    guard SignedForm.of(request) == .seal else { throw .outOfRange }
  }
}

extension ControlWriter {
  mutating func add(_ trouble: KeyTrouble) {
    add(trouble.kind.rawValue)
    add(Int64(trouble.errno))
  }
}

extension ControlReader {
  mutating func keyTrouble() throws(ControlError) -> KeyTrouble {
    guard let kind = KeyTrouble.Kind(rawValue: try text()) else { throw .outOfRange }
    return KeyTrouble(kind, errno: Int32(try integer(in: 0...Int64(Int32.max))))
  }
}
