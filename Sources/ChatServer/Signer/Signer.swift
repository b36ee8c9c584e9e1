import ChatCore
import ChatPosix
import ChatSecure

/// The process that has the server's private key: it reads it before it is contained,
/// and signs with it for conversations, which have no way to it. What it signs is
/// in ``SignedForm``, and nothing else; it answers each conversation once.
struct Signer {
  /// For which a conversation may ask: what a handshake may take, and something for
  /// a clock that is looked at late.
  static let right = SecureTransport.handshakeWithin + .seconds(1)
  /// Orders read in a turn of the loop: conversations that have asked come between.
  private static let ordersAtOnce = 16
  /// Bytes of the longest request that is read; the longest that is signed has 146.
  private static let requestLength = 256

  private let socket: MessageSocket
  private let key: PrivateKey
  /// Conversations that have not asked yet, the oldest first.
  private(set) var waiting: [(socket: MessageSocket, until: Instant)] = []
  private(set) var isOver = false
  private var poller = Poller(ignoringSignals: true)

  /// The body of the signer's process. Answers on `socket` first: the key's
  /// certificate, or why there is none. `known`: that of the one before it in this run.
  /// The value is the process's exit status.
  static func main(socket: MessageSocket, file: KeyFile, known: Certificate?) -> Int32 {
    ProcessName.set("chatserve-sign")
    do throws(KeyTrouble) {
      let (key, isTemporary) = try file.key(known: known)
      // Before anybody is answered. What fails here, the listener has said at the
      // start.
      Containment(.signer).apply()
      guard let certificate = try? key.certificate(isTemporary: isTemporary) else {
        throw KeyTrouble(.system)
      }
      _ = try? socket.send(SignerAnswer.running(certificate).bytes)
      var signer = Signer(socket: socket, key: key)
      while !signer.isOver { signer.turn() }
      return 0
    } catch {
      _ = try? socket.send(SignerAnswer.failed(error).bytes)
      return 1
    }
  }

  init(socket: MessageSocket, key: PrivateKey) {
    self.socket = socket
    self.key = key
  }

  private static var now: Instant { Instant(milliseconds: Clock.monotonicMilliseconds()) }

  /// One turn of the loop.
  mutating func turn() {
    let timeout = waiting.first.map { max(0, $0.until.duration(since: Self.now).wholeMilliseconds) }
    let interests = [Interest(socket.descriptor)] + waiting.map { Interest($0.socket.descriptor) }
    // ENOMEM passes; asking again is all there is to do.
    let ready = (try? poller.poll(interests, timeoutMilliseconds: timeout)) ?? []
    for readiness in ready where readiness.descriptor != socket.descriptor {
      guard let index = waiting.firstIndex(where: { $0.socket.descriptor == readiness.descriptor })
      else { continue }
      answer(waiting.remove(at: index).socket)
    }
    let now = Self.now
    while let first = waiting.first, first.until <= now { waiting.removeFirst().socket.close() }
    if ready.first?.descriptor == socket.descriptor { obey(at: now) }
  }

  /// Reads the one question of a conversation, or that it has none, and is done with
  /// it.
  private func answer(_ conversation: MessageSocket) {
    if case .message(let request)? = try? conversation.receive(maximumLength: Self.requestLength),
      let signature = Self.signature(of: request, with: key)
    {
      _ = try? conversation.send(signature)
    }
    conversation.close()
  }

  /// `nil` for what has none of the forms that are signed.
  static func signature(of request: [UInt8], with key: PrivateKey) -> [UInt8]? {
    guard SignedForm.of(request) != nil else { return nil }
    return try? key.sign(request)
  }

  private mutating func obey(at now: Instant) {
    for _ in 0..<Self.ordersAtOnce where !isOver {
      var passed: [FileDescriptor] = []
      switch try? socket.receive(maximumLength: ControlLimits.messageLength, passed: &passed) {
      case .message(let bytes):
        guard let order = try? SignerOrder(bytes: bytes), passed.count <= order.passed else {
          isOver = true
          return
        }
        switch order {
        // Without one there was no room for it: its conversation reads the end.
        case .serve:
          waiting += passed.map {
            (MessageSocket(descriptor: $0), now.advanced(by: Self.right))
          }
        case .answer: _ = try? socket.send(SignerAnswer.alive.bytes)
        }
      case .wouldBlock: return
      // The listener is gone, or is not what it was.
      case .tooLong, .endOfFile: isOver = true
      case nil: return
      }
    }
  }
}

/// A conversation's way to the signer, for one signature.
final class SignerLine {
  /// For which it waits: the signer has nothing to do that takes longer than a
  /// thousandth of it, and the peer waits too.
  private static let patience = Duration.seconds(5)
  private static let signatureLength = 64

  private var socket: MessageSocket?

  init(_ socket: MessageSocket) {
    self.socket = socket
  }

  /// Waits for the signature of `request`; an empty one when there is none to be had.
  /// It has been asked for then, and there is no other.
  func sign(_ request: [UInt8]) -> [UInt8] {
    guard let socket else { return [] }
    defer { close() }
    guard (try? socket.send(request)) == .sent else { return [] }
    // The operator's Ctrl-C waits as the peer does.
    var poller = Poller(ignoringSignals: true)
    _ = try? poller.poll(
      [Interest(socket.descriptor)], timeoutMilliseconds: Self.patience.wholeMilliseconds)
    guard case .message(let signature)? = try? socket.receive(maximumLength: 256),
      signature.count == Self.signatureLength
    else { return [] }
    return signature
  }

  /// Gives up the right to ask.
  func close() {
    socket?.close()
    socket = nil
  }
}
