import ChatCore
import ChatLink
import ChatPosix

/// A connection that a server has just accepted: whether it is TLS or clear text, its
/// first byte says (``ArrivalRule``). After that it is one of the two.
package final class ArrivingTransport: Transport {
  /// What the server wants.
  package struct Terms {
    let context: SecureContext
    let requiresEncryption: Bool
    /// What one that is not served reads, with its LF: it speaks in clear where
    /// encryption is wanted, or is not admitted.
    let refusal: [UInt8]
    /// Judges the key that a peer has proved, or that it has none; nothing is said
    /// before. Without it everybody is admitted.
    let admits: ((Fingerprint?) -> Bool)?

    package init(
      context: SecureContext, requiresEncryption: Bool, refusal: [UInt8],
      admits: ((Fingerprint?) -> Bool)? = nil
    ) {
      self.context = context
      self.requiresEncryption = requiresEncryption
      self.refusal = refusal
      self.admits = admits
    }
  }

  /// How the peer talks.
  package enum Link: Hashable, Sendable {
    /// It has said nothing.
    case undecided
    case clear
    /// In TLS; who it is, once the handshake is done.
    case secure(SecureSession.Peer?)
  }

  private enum State {
    case waiting
    case clear
    case secure(SecureTransport)
    /// Nothing more is read. It reads why, or, where it began with an alert, nothing.
    case refused(readsWhy: Bool)
    /// Its key is not admitted: it reads why, and none of what was to be sent to it.
    case dismissed(SecureTransport)
  }

  package let descriptor: FileDescriptor
  private let terms: Terms
  private let sign: ([UInt8]) -> [UInt8]
  private let spokeClear: () -> Void
  private let connectedAt: Instant
  private let clear: SocketTransport
  private var rule: ArrivalRule
  private var state = State.waiting
  /// Whether words in clear may go out, and which did before anything came.
  private var mayGreet = false
  private var said: [UInt8] = []
  /// Whether the peer's key was judged, or need not be.
  private var isAdmitted: Bool

  /// On a connected, non-blocking socket. `sign` is called once at most, in a
  /// handshake; `spokeClear` when it is known that there is none.
  package init(
    _ descriptor: FileDescriptor, _ terms: Terms, at now: Instant,
    sign: @escaping ([UInt8]) -> [UInt8], spokeClear: @escaping () -> Void
  ) {
    self.descriptor = descriptor
    self.terms = terms
    self.sign = sign
    self.spokeClear = spokeClear
    connectedAt = now
    isAdmitted = terms.admits == nil
    clear = SocketTransport(descriptor)
    rule = ArrivalRule(requiresEncryption: terms.requiresEncryption, at: now)
  }

  package var link: Link {
    switch state {
    case .waiting: .undecided
    case .clear, .refused: .clear
    case .secure(let transport), .dismissed(let transport): .secure(transport.peer)
    }
  }

  /// What carries the bytes, once that is known.
  private var carrier: (any Transport)? {
    switch state {
    case .waiting, .refused: nil
    case .clear: clear
    case .secure(let transport), .dismissed(let transport): transport
    }
  }

  package func interest(reading: Bool, writing: Bool) -> Interest? {
    switch state {
    case .dismissed(let transport): return transport.interest(reading: false, writing: false)
    // Whoever is to be written to has to be heard before.
    case .secure(let transport) where !isAdmitted:
      return transport.interest(reading: reading || writing, writing: false)
    case .secure, .clear, .waiting, .refused: break
    }
    if let carrier { return carrier.interest(reading: reading, writing: writing) }
    return clear.interest(reading: reading, writing: writing && mayGreet)
  }

  /// Who connects is heard from the first byte on.
  package var isOpen: Bool { true }
  package var isNative: Bool { carrier?.isNative ?? false }
  package var receivedCount: Int { carrier?.receivedCount ?? 0 }
  package var hasBufferedInput: Bool { carrier?.hasBufferedInput ?? false }
  package var hasPendingOutput: Bool {
    guard case .secure(let transport) = state else { return carrier?.hasPendingOutput ?? false }
    return transport.hasPendingOutput || (isAdmitted && !said.isEmpty)
  }

  package var deadline: Instant? {
    if case .waiting = state { return rule.deadline }
    return carrier?.deadline
  }

  package func tick(at now: Instant) throws(Conversation.LinkFailure) {
    if case .waiting = state { return try follow(rule.handle(.time(now))) }
    try carrier?.tick(at: now)
  }

  package func read(upTo limit: Int) throws(Conversation.LinkFailure) -> TransportRead {
    if case .waiting = state {
      switch try Conversation.LinkFailure.of({ () throws(SystemCallError) in
        try descriptor.peekByte()
      }) {
      case .wouldBlock: return .wouldBlock
      case .byte(let byte): try follow(rule.handle(.byte(byte)))
      case .endOfFile: try follow(rule.handle(.endOfFile))
      }
      // The greeting goes first, so that it can go with the handshake.
      if case .secure = state { return .wouldBlock }
    }
    let result = try carrier?.read(upTo: limit) ?? .endOfFile
    try admit()
    return result
  }

  /// Judges the peer's key, once it is proved.
  private func admit() throws(Conversation.LinkFailure) {
    guard !isAdmitted, case .secure(let transport) = state, let peer = transport.peer else {
      return
    }
    isAdmitted = terms.admits?(peer.key?.fingerprint) ?? true
    if isAdmitted { return }
    state = .dismissed(transport)
    // The socket of one that was sent nothing else has room for a sentence.
    _ = try? transport.write(terms.refusal[...])
    throw .broken(peer.key.map { "the key \($0.fingerprint) is not allowed" } ?? "no key")
  }

  private func follow(_ actions: [ArrivalRule.Action]) throws(Conversation.LinkFailure) {
    for action in actions {
      switch action {
      case .greet: mayGreet = true
      case .speakClear:
        state = .clear
        spokeClear()
      case .speakSecure: try speakSecure()
      case .refuse:
        state = .refused(readsWhy: true)
        spokeClear()
        throw .broken("no encryption")
      case .close:
        state = .refused(readsWhy: false)
        spokeClear()
        throw .broken("an alert of TLS and no handshake")
      }
    }
  }

  private func speakSecure() throws(Conversation.LinkFailure) {
    let session: SecureSession
    do throws(SecureSetupError) {
      session = try SecureSession(server: terms.context)
    } catch {
      state = .refused(readsWhy: false)
      throw .broken("no encryption: \(error.call)")
    }
    if isAdmitted, !said.isEmpty, session.speakEarly(said[...]) { said = [] }
    let sign = sign
    state = .secure(
      SecureTransport(
        descriptor, session: session, owner: .init(sign: { sign($0) }), at: connectedAt))
  }

  package func write(_ bytes: ArraySlice<UInt8>) throws(Conversation.LinkFailure) -> Int {
    if let carrier {
      if case .dismissed = state { return bytes.count }
      guard isAdmitted else { return 0 }
      // The greeting first: ``flush()``.
      if case .secure = state, !said.isEmpty { return 0 }
      return try carrier.write(bytes)
    }
    if case .refused(readsWhy: false) = state { throw .broken("nothing is said to it") }
    guard mayGreet else { return 0 }
    let count = try clear.write(bytes)
    // It meant nothing in clear should TLS come, and is said again inside.
    said += bytes.prefix(count)
    return count
  }

  package func flush() throws(Conversation.LinkFailure) {
    try carrier?.flush()
    if case .secure(let transport) = state, isAdmitted, !said.isEmpty {
      said.removeFirst(try transport.write(said[...]))
    }
  }

  package func endWriting() throws(Conversation.LinkFailure) {
    switch state {
    case .dismissed(let transport):
      dropUnread()
      try transport.endWriting()
    case .secure(let transport): try transport.endWriting()
    case .refused(readsWhy: true):
      // The socket of one that was sent next to nothing has room for a sentence.
      _ = try? clear.write(terms.refusal[...])
      dropUnread()
      clear.endWriting()
    case .clear, .waiting, .refused(readsWhy: false): clear.endWriting()
    }
  }

  /// What is left unread would reset the connection, and could take the sentence from
  /// the peer (RFC 1122, 4.2.2.13).
  private func dropUnread() { _ = try? clear.read(upTo: PeerLink.readLength) }

  package func close() { descriptor.closeOnce() }
}
