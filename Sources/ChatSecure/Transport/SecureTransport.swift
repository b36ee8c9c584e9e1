import ChatCore
import ChatLink
import ChatPosix

/// TLS over a socket: what an encrypted conversation has in the place of
/// `SocketTransport`.
package final class SecureTransport: Transport {
  /// What is wanted of whoever made the transport, which answers at once or,
  /// with `nil`, later: ``answer(signature:)`` and ``judge(_:)``.
  package struct Owner {
    /// Signs for a server; an empty answer is a refusal.
    package var sign: ([UInt8]) -> [UInt8]?
    /// Judges the key of a server that was not known; whether it is temporary.
    package var judge: (PublicKey, Bool) -> Judgement?

    package init(
      sign: @escaping ([UInt8]) -> [UInt8]? = { _ in [] },
      judge: @escaping (PublicKey, Bool) -> Judgement? = { _, _ in .refused }
    ) {
      self.sign = sign
      self.judge = judge
    }
  }

  /// What is thought of a server's key.
  package enum Judgement {
    /// The server is shown this key, if it asks.
    case accepted(showing: PrivateKey?)
    case refused
  }

  /// Why there is no talk in TLS, where a user reads more than that the link
  /// broke.
  package enum Refusal: Hashable, Sendable {
    case failure(SecureSession.Failure)
    /// A server that was to speak TLS spoke in clear.
    case answeredInClear
    /// The same, and one line was all it said.
    case saidInClear([UInt8])
    case tooSlow
  }

  /// How long a handshake may take, from the connection on.
  package static let handshakeWithin = Duration.seconds(10)

  package let descriptor: FileDescriptor
  /// Who is at the other end, once the handshake is done.
  package private(set) var peer: SecureSession.Peer?
  package private(set) var refusal: Refusal?
  package private(set) var receivedCount = 0

  private let session: SecureSession
  private let owner: Owner
  private let connectedAt: Instant
  private var preface: Preface?
  private let buffer: UnsafeMutableRawBufferPointer
  /// Opened records that nobody has read, and what comes after them.
  private var opened: [[UInt8]] = []
  private var firstOpened = 0
  private var end: Result<TransportRead, Conversation.LinkFailure>?
  /// Sealed bytes that the socket has not taken.
  private var output: [UInt8] = []
  /// Bytes of the record in ``output`` that its writer does not know to be out.
  private var sealed = 0
  private var isEnding = false
  private var hasShutDown = false

  /// On a connected, non-blocking socket, with a new session of the side that
  /// this is. `mayHavePreface`: a greeting in clear may come first, for a client
  /// that speaks TLS at once.
  package init(
    _ descriptor: FileDescriptor, session: SecureSession, owner: Owner,
    mayHavePreface: Bool = false, at now: Instant
  ) {
    self.descriptor = descriptor
    self.session = session
    self.owner = owner
    connectedAt = now
    preface = mayHavePreface ? Preface() : nil
    buffer = .allocate(byteCount: PeerLink.readLength, alignment: 16)
    output = session.takeOutput()
  }

  deinit { buffer.deallocate() }

  package var isOpen: Bool { session.isEstablished }
  package var isNative: Bool { peer?.isNative ?? false }
  package var hasBufferedInput: Bool { firstOpened < opened.count || end != nil }
  package var hasPendingOutput: Bool { !output.isEmpty }
  package var deadline: Instant? {
    session.isEstablished || end != nil ? nil : connectedAt.advanced(by: Self.handshakeWithin)
  }

  package func interest(reading: Bool, writing: Bool) -> Interest? {
    // A handshake is carried on whoever wants what; and one that waits for an
    // answer of ours takes nothing in.
    let wantsMore = session.isEstablished ? reading : (reading || writing)
    let read = wantsMore && end == nil && !session.isWaitingForAnswer
    let write = !output.isEmpty || (writing && session.isEstablished)
    return read || write ? Interest(descriptor, read: read, write: write) : nil
  }

  package func tick(at now: Instant) throws(Conversation.LinkFailure) {
    guard let deadline, now >= deadline else { return }
    refusal = refusal ?? (preface?.hasHeard == true ? .answeredInClear : .tooSlow)
    let failure = Conversation.LinkFailure.broken("no encryption in time")
    end = .failure(failure)
    throw failure
  }

  package func read(upTo limit: Int) throws(Conversation.LinkFailure) -> TransportRead {
    if !hasBufferedInput, !session.isWaitingForAnswer { try readSocket(upTo: limit) }
    guard firstOpened < opened.count else { return try end?.get() ?? .wouldBlock }
    let record = opened[firstOpened]
    if record.count > limit {
      opened[firstOpened] = Array(record[limit...])
      return .bytes(Array(record[..<limit]))
    }
    firstOpened += 1
    if firstOpened == opened.count {
      opened = []
      firstOpened = 0
    }
    return .bytes(record)
  }

  private func readSocket(upTo limit: Int) throws(Conversation.LinkFailure) {
    let part = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(limit))
    switch try Conversation.LinkFailure.of({ () throws(SystemCallError) in
      try descriptor.readAvailable(into: part)
    }) {
    case .bytes(let count):
      receivedCount += count
      receive(Array(part[..<count]))
    case .wouldBlock: break
    case .endOfFile:
      if preface?.hasHeard == true, let verdict = preface?.endOfFile() { take(verdict) }
      end = end ?? .success(.truncated)
    }
  }

  private func receive(_ bytes: [UInt8]) {
    guard preface != nil, let verdict = preface?.receive(bytes) else {
      return take(session.receive(bytes))
    }
    take(verdict)
  }

  private func take(_ verdict: Preface.Verdict) {
    let text: String
    switch verdict {
    case .wait: return
    case .secure(let bytes):
      preface = nil
      return take(session.receive(bytes))
    case .clear:
      refusal = .answeredInClear
      text = "an answer without encryption"
    case .refusal(let line):
      refusal = .saidInClear(line)
      text = "a refusal without encryption"
    }
    end = .failure(.malformed(text))
  }

  private func take(_ events: [SecureSession.Event]) {
    output += session.takeOutput()
    for event in events {
      switch event {
      case .signatureWanted(let request):
        if let signature = owner.sign(request) { answer(signature: signature) }
      case .keyShown(let key, let isTemporary):
        if let judgement = owner.judge(key, isTemporary) { judge(judgement) }
      case .established(let peer): self.peer = peer
      case .plaintext(let bytes): opened.append(bytes)
      case .ended: end = .success(.endOfFile)
      case .failed(let failure):
        refusal = .failure(failure)
        end = .failure(failure.asLinkFailure)
      }
    }
  }

  /// What ``Owner/sign`` could not answer at once.
  package func answer(signature: [UInt8]) { take(session.answer(signature: signature)) }

  /// What ``Owner/judge`` could not answer at once.
  package func judge(_ judgement: Judgement) {
    switch judgement {
    case .accepted(let ownKey): take(session.judge(accepts: true, showing: ownKey))
    case .refused: take(session.judge(accepts: false))
    }
  }

  package func write(_ bytes: ArraySlice<UInt8>) throws(Conversation.LinkFailure) -> Int {
    if case .failure(let failure) = end { throw failure }
    if sealed == 0 {
      let part = bytes.prefix(SecureSession.recordLimit)
      if session.isEstablished {
        do {
          try session.seal(part)
        } catch {
          throw error.asLinkFailure
        }
        output += session.takeOutput()
      } else if !session.speakEarly(part) {
        return 0
      }
      sealed = part.count
    }
    try flush()
    // Words that were to go early and did not go yet are in the session.
    guard output.isEmpty, session.hasSpoken else { return 0 }
    defer { sealed = 0 }
    return sealed
  }

  package func flush() throws(Conversation.LinkFailure) {
    while !output.isEmpty {
      let result = try Conversation.LinkFailure.of { () throws(SystemCallError) in
        try descriptor.writeAvailable(output)
      }
      guard case .wrote(let count) = result else { return }
      output.removeFirst(count)
    }
    if isEnding, !hasShutDown {
      hasShutDown = true
      try? descriptor.shutdownWrite()
    }
  }

  package func endWriting() throws(Conversation.LinkFailure) {
    isEnding = true
    session.end()
    output += session.takeOutput()
    try flush()
  }

  package func close() { descriptor.closeOnce() }
}

extension SecureSession.Failure {
  /// bad_certificate, unsupported_certificate, certificate_revoked, certificate_expired,
  /// certificate_unknown and unknown_ca (RFC 8446, 6).
  private static let certificateAlerts: Set<UInt8> = [42, 43, 44, 45, 46, 48]

  /// As the conversation hears of it.
  fileprivate var asLinkFailure: Conversation.LinkFailure {
    switch self {
    case .keyRefused: .malformed("another key than expected")
    case .notSigned: .broken("no signature for our key")
    case .alert(let number) where Self.certificateAlerts.contains(number):
      .broken("the other side does not accept the key (TLS alert \(number))")
    case .alert(let number): .broken("TLS alert \(number)")
    case .overLimit: .malformed("too much before encryption")
    case .malformed(let text): .malformed(text)
    }
  }
}
