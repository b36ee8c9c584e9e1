import ChatCore
import ChatPosix
import ChatSecure

/// The process that has the server's private key: it reads it before it is contained,
/// and signs with it for conversations and for the keeper, which have no way to it.
/// What it signs is in ``SignedForm``, and nothing else: a handshake for a
/// conversation, once; seals for the keeper.
struct Signer {
  /// For which a conversation may ask: what a handshake may take, and something for
  /// a clock that is looked at late.
  static let right = SecureTransport.handshakeWithin + .seconds(1)
  /// Orders read in a turn of the loop: conversations that have asked come between.
  private static let ordersAtOnce = 16
  /// Bytes of the longest request that is read; the longest that is signed has 146.
  static let requestLength = 256

  private let socket: MessageSocket
  private let key: PrivateKey
  /// Conversations that have not asked yet, the oldest first.
  private(set) var waiting: [(socket: MessageSocket, until: Instant)] = []
  /// The keeper's way here; `nil` where nothing is sealed.
  private var keeper: MessageSocket?
  private(set) var isOver = false
  private var poller = Poller(ignoringSignals: true)

  /// The body of the signer's process. Answers on `socket` first: the certificate of the
  /// key that `read` finds, or why there is none. The value is the process's exit status.
  static func main(
    socket: MessageSocket,
    _ read: () throws(KeyTrouble) -> (key: PrivateKey, isTemporary: Bool)
  ) -> Int32 {
    ProcessName.set("chatserve-sign")
    do throws(KeyTrouble) {
      let (key, isTemporary) = try read()
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
    let interests = ([socket, keeper].compactMap { $0 } + waiting.map(\.socket)).map {
      Interest($0.descriptor)
    }
    // ENOMEM passes; asking again is all there is to do.
    let ready = (try? poller.poll(interests, timeoutMilliseconds: timeout)) ?? []
    for readiness in ready where readiness.descriptor != socket.descriptor {
      guard let index = waiting.firstIndex(where: { $0.socket.descriptor == readiness.descriptor })
      else { continue }
      answer(waiting.remove(at: index).socket)
    }
    let now = Self.now
    while let first = waiting.first, first.until <= now { waiting.removeFirst().socket.close() }
    if let keeper, ready.contains(where: { $0.descriptor == keeper.descriptor }) { seal(keeper) }
    if ready.first?.descriptor == socket.descriptor { obey(at: now) }
  }

  /// Reads the one question of a conversation, or that it has none, and is done with
  /// it.
  private func answer(_ conversation: MessageSocket) {
    if case .message(let request)? = try? conversation.receive(maximumLength: Self.requestLength),
      let signature = signature(of: request, as: .serverCertificateVerify)
    {
      _ = try? conversation.send(signature)
    }
    conversation.close()
  }

  /// Reads one request of the keeper's. It has read what peers wrote: one that asks for
  /// something else has no way here any more.
  private mutating func seal(_ keeper: MessageSocket) {
    switch try? keeper.receive(maximumLength: Self.requestLength) {
    case .message(let request):
      guard let signature = signature(of: request, as: .seal) else { break }
      // One that reads no answers asks again.
      _ = try? keeper.send(SealAnswer(request: request, signature: signature).bytes)
      return
    // Without memory for it, it is read later.
    case .wouldBlock, nil: return
    case .tooLong, .endOfFile: break
    }
    keeper.close()
    self.keeper = nil
  }

  /// `nil` for what does not have the form that whoever asks may have signed.
  private func signature(of request: [UInt8], as form: SignedForm) -> [UInt8]? {
    guard SignedForm.of(request) == form else { return nil }
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
        case .seal:
          guard let next = passed.first else { break }
          keeper?.close()
          keeper = MessageSocket(descriptor: next)
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
