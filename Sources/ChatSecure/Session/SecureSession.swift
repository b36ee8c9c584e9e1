import COpenSSL
import CSecure
import ChatCore

/// One TLS 1.3 connection without a socket: what the peer sent goes in and
/// becomes events, what is to be sent comes out of ``takeOutput()``. Reads no
/// clock and waits for nothing, not even for a signature.
package final class SecureSession {
  /// Bytes of a handshake: a ClientHello of one record (16 KiB), certificates,
  /// and what little comes with them. Ours take less than 1 KiB a side.
  static let handshakeLimit = 24 * 1024
  /// Messages between two ends that have finished: a key is good for 2²⁴
  /// records (RFC 8446, 5.5), so nobody honest changes it so often.
  static let laterMessageLimit = 64
  /// What one record holds (RFC 8446, 5.1).
  package static let recordLimit = 16 * 1024
  /// Records of native peers are filled up to a multiple of this, so that
  /// their lengths give away less of what is said.
  private static let padding = 256
  /// How much of a handshake is given to OpenSSL at once: what comes behind it
  /// does not count to it.
  private static let handshakePiece = 1024

  enum Phase: Equatable {
    case handshake
    /// A server's operation is paused until there is an answer.
    case awaitingSignature
    /// A client's, until the key is judged.
    case awaitingJudgement
    case established
    case failed
  }

  let side: Party
  private(set) var phase = Phase.handshake
  /// Whether the peer has ended its direction.
  private(set) var hasPeerEnded = false
  /// Whether a server's first words went out, with its half of the handshake or,
  /// where that took a round trip more, right after it.
  private(set) var hasSpokenEarly = false

  private let ssl: OpaquePointer
  private let input: OpaquePointer
  private let output: OpaquePointer
  private let callbacks: UnsafeMutablePointer<chat_callbacks>
  private let expected: Fingerprint?
  /// What OpenSSL was not given yet, and how much of the handshake it was.
  private var pending: [UInt8] = []
  private var handshakeCount = 0
  /// Whether a server has heard all that could come before its answer.
  private var hasReadEarly = false
  private var earlyWords: [UInt8] = []

  /// A server's end.
  package convenience init(server context: SecureContext) throws(SecureSetupError) {
    precondition(context.side == .server, "a context of the other side")
    try self.init(context, expecting: nil)
    SSL_set_accept_state(ssl)
    chat_allow_pauses(ssl, 1)
  }

  /// A client's end; ``takeOutput()`` has its ClientHello.
  ///
  /// The server must have the key `expected`; without one, whoever holds the
  /// session judges. It is shown `ownKey` after that, if it asks.
  package convenience init(
    client context: SecureContext, expecting expected: Fingerprint?, ownKey: PrivateKey?
  ) throws(SecureSetupError) {
    precondition(context.side == .client, "a context of the other side")
    try self.init(context, expecting: expected)
    if let ownKey { try show(ownKey) }
    SSL_set_connect_state(ssl)
    _ = advance()
  }

  private func show(_ ownKey: PrivateKey) throws(SecureSetupError) {
    let certificate = try ownKey.certificate().handle()
    defer { X509_free(certificate) }
    let key = try ownKey.handle()
    defer { EVP_PKEY_free(key) }
    guard SSL_use_certificate(ssl, certificate) == 1, SSL_use_PrivateKey(ssl, key) == 1 else {
      throw .last("SSL_use_PrivateKey")
    }
  }

  private init(_ context: SecureContext, expecting: Fingerprint?) throws(SecureSetupError) {
    guard let ssl = SSL_new(context.handle), let input = chat_memory(), let output = chat_memory()
    else { throw .last("SSL_new") }
    SSL_set_bio(ssl, input, output)
    callbacks = .allocate(capacity: 1)
    callbacks.initialize(to: chat_callbacks())
    chat_attach(ssl, callbacks)
    side = context.side
    self.ssl = ssl
    self.input = input
    self.output = output
    expected = expecting
  }

  deinit {
    // A paused operation has a stack of its own, which is given back when it
    // has ended (SSL_MODE_ASYNC in SSL_CTX_set_mode(3ssl)).
    if phase == .awaitingSignature {
      callbacks.pointee.signed_or_not = CHAT_REFUSED
      _ = step()
    }
    SSL_free(ssl)
    callbacks.deallocate()
  }

  /// Whether nothing is left of words that were to go early: they went with the
  /// handshake, or there were none.
  package var hasSpoken: Bool { hasSpokenEarly || earlyWords.isEmpty }
  package var isEstablished: Bool { phase == .established }
  package var isWaitingForAnswer: Bool {
    phase == .awaitingSignature || phase == .awaitingJudgement
  }

  /// Takes what one read gave.
  package func receive(_ bytes: some Collection<UInt8>) -> [Event] {
    guard phase != .failed, !hasPeerEnded else { return [] }
    pending += bytes
    return advance()
  }

  /// Answers ``Event/signatureWanted(_:)``: 64 bytes, or `nil` when there is no
  /// signature to be had.
  package func answer(signature: [UInt8]?) -> [Event] {
    guard phase == .awaitingSignature else { return [] }
    if let signature, signature.count == Int(CHAT_SIGNATURE_LENGTH) {
      withUnsafeMutableBytes(of: &callbacks.pointee.signature) { $0.copyBytes(from: signature) }
      callbacks.pointee.signed_or_not = CHAT_ACCEPTED
    } else {
      callbacks.pointee.signed_or_not = CHAT_REFUSED
    }
    phase = .handshake
    return advance()
  }

  /// Answers ``Event/keyShown(_:isTemporary:)``. Where it `accepts`, the server is
  /// shown `ownKey`, if it asks; without one, that of the start.
  package func judge(accepts: Bool, showing ownKey: PrivateKey? = nil) -> [Event] {
    guard phase == .awaitingJudgement else { return [] }
    var accepts = accepts
    // No key that cannot be made, and no talk as somebody else.
    if accepts, let ownKey, (try? show(ownKey)) == nil { accepts = false }
    callbacks.pointee.judgement = accepts ? CHAT_ACCEPTED : CHAT_REFUSED
    phase = .handshake
    return advance()
  }

  /// Gives a server's first words along with its half of the handshake (RFC
  /// 8446, 2: 0.5-RTT): they come a round trip earlier, and to a peer that has
  /// shown no key yet.
  ///
  /// - Returns: whether there is still time for it, and nothing was given before.
  package func speakEarly(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard side == .server, !hasReadEarly, phase != .failed, earlyWords.isEmpty, !bytes.isEmpty,
      bytes.count <= Self.recordLimit
    else { return false }
    earlyWords = Array(bytes)
    return true
  }

  /// Makes one record of `bytes`, of which there are 1 to ``recordLimit``.
  package func seal(_ bytes: ArraySlice<UInt8>) throws(Failure) {
    precondition(isEstablished, "nothing is said before the handshake is done")
    precondition(!bytes.isEmpty && bytes.count <= Self.recordLimit, "no record holds that")
    ERR_clear_error()
    let count = bytes.withUnsafeBytes { SSL_write(ssl, $0.baseAddress, Int32($0.count)) }
    guard count == bytes.count else { throw fail() }
  }

  /// Ends this direction: close_notify. Before the handshake is done there is
  /// nothing to end.
  package func end() {
    guard isEstablished else { return }
    ERR_clear_error()
    _ = SSL_shutdown(ssl)
  }

  /// What is to go to the peer, all of it.
  package func takeOutput() -> [UInt8] {
    var start: UnsafeMutablePointer<CChar>?
    let count = chat_contents(output, &start)
    guard count > 0, let start else { return [] }
    let bytes = Array(UnsafeRawBufferPointer(start: start, count: count))
    chat_empty(output)
    return bytes
  }

  // MARK: - One step after another

  private func advance() -> [Event] {
    var events: [Event] = []
    while phase == .handshake {
      feed(Self.handshakePiece)
      switch step() {
      case nil:
        if handshakeCount > Self.handshakeLimit {
          phase = .failed
          events.append(.failed(.overLimit))
        }
        if pending.isEmpty { return events }
      case .keyShown(let key, _) where expected != nil:
        callbacks.pointee.judgement = key.fingerprint == expected ? CHAT_ACCEPTED : CHAT_REFUSED
        phase = .handshake
      case let event?:
        events.append(event)
      }
    }
    if phase == .established {
      feed(pending.count)
      read(into: &events)
    } else if pending.count > Self.handshakeLimit, isWaitingForAnswer {
      phase = .failed
      events.append(.failed(.overLimit))
    }
    return events
  }

  private func feed(_ limit: Int) {
    guard !pending.isEmpty else { return }
    let piece = pending.prefix(limit)
    let count = piece.withUnsafeBytes { BIO_write(input, $0.baseAddress, Int32($0.count)) }
    precondition(count == piece.count, "no memory for \(piece.count) bytes")
    pending.removeFirst(piece.count)
    if phase == .handshake { handshakeCount += piece.count }
  }

  /// As far as the handshake goes with what there is; `nil` when it wants more.
  private func step() -> Event? {
    chat_enter(callbacks)
    defer { chat_enter(nil) }
    ERR_clear_error()
    if side == .server, !hasReadEarly {
      // OpenSSL writes early only to whoever asked it to read early. There is
      // nothing to read: no session is resumed.
      var byte: UInt8 = 0
      var count = 0
      let result = SSL_read_early_data(ssl, &byte, 1, &count)
      guard result == SSL_READ_EARLY_DATA_FINISH else {
        guard result == SSL_READ_EARLY_DATA_ERROR else { return failed(.malformed("early data")) }
        return obstacle(0)
      }
      hasReadEarly = true
      // OpenSSL also stops here after a HelloRetryRequest (RFC 8446, 4.1.4),
      // long before its answer: the words then wait for the handshake.
      if callbacks.pointee.signed_or_not == CHAT_ACCEPTED, !earlyWords.isEmpty {
        chat_allow_pauses(ssl, 0)
        padIfNative()
        let isWritten = earlyWords.withUnsafeBytes {
          SSL_write_early_data(ssl, $0.baseAddress, $0.count, &count) == 1
        }
        guard isWritten, count == earlyWords.count else { return .failed(fail()) }
        hasSpokenEarly = true
      }
    }
    ERR_clear_error()
    let result = SSL_do_handshake(ssl)
    guard result == 1 else { return obstacle(result) }
    // A server without a key is none of ours; OpenSSL would not have let it.
    if side == .client, callbacks.pointee.judgement != CHAT_ACCEPTED {
      return failed(.keyRefused)
    }
    chat_allow_pauses(ssl, 0)
    padIfNative()
    if !hasSpoken {
      let count = earlyWords.withUnsafeBytes { SSL_write(ssl, $0.baseAddress, Int32($0.count)) }
      guard count == earlyWords.count else { return .failed(fail()) }
      hasSpokenEarly = true
    }
    phase = .established
    return .established(
      Peer(key: shownKey, isTemporary: isTemporary, isNative: isNative))
  }

  /// Why the handshake does not go on.
  private func obstacle(_ result: Int32) -> Event? {
    switch SSL_get_error(ssl, result) {
    case SSL_ERROR_WANT_READ:
      return nil
    case SSL_ERROR_WANT_ASYNC:
      phase = .awaitingSignature
      let count = callbacks.pointee.request_length
      return .signatureWanted(
        withUnsafeBytes(of: &callbacks.pointee.request) { Array($0.prefix(count)) })
    case SSL_ERROR_WANT_RETRY_VERIFY:
      guard let key = shownKey else { return .failed(fail()) }
      phase = .awaitingJudgement
      return .keyShown(key, isTemporary: isTemporary)
    default:
      return .failed(fail())
    }
  }

  private func read(into events: inout [Event]) {
    while true {
      ERR_clear_error()
      var count: Int32 = 0
      let bytes = [UInt8](unsafeUninitializedCapacity: Self.recordLimit) { buffer, filled in
        count = SSL_read(ssl, buffer.baseAddress, Int32(buffer.count))
        filled = Int(max(count, 0))
      }
      if callbacks.pointee.messages_after_handshake > Self.laterMessageLimit {
        phase = .failed
        return events.append(.failed(.overLimit))
      }
      if count > 0 {
        events.append(.plaintext(bytes))
        continue
      }
      switch SSL_get_error(ssl, count) {
      case SSL_ERROR_WANT_READ: return
      case SSL_ERROR_ZERO_RETURN:
        hasPeerEnded = true
        return events.append(.ended)
      default: return events.append(.failed(fail()))
      }
    }
  }

  private func failed(_ failure: Failure) -> Event {
    phase = .failed
    return .failed(failure)
  }

  /// The failure that OpenSSL has just had.
  private func fail() -> Failure {
    phase = .failed
    let reason = chat_reason(ERR_peek_error())
    ERR_clear_error()
    if callbacks.pointee.judgement == CHAT_REFUSED { return .keyRefused }
    if callbacks.pointee.signed_or_not == CHAT_REFUSED { return .notSigned }
    if callbacks.pointee.alert >= 0 {
      return .alert(UInt8(truncatingIfNeeded: callbacks.pointee.alert))
    }
    return .of(reason: reason)
  }

  private var shownKey: PublicKey? {
    guard callbacks.pointee.has_key != 0 else { return nil }
    return PublicKey(withUnsafeBytes(of: &callbacks.pointee.key) { Array($0) })
  }

  private var isTemporary: Bool {
    withUnsafeBytes(of: &callbacks.pointee.name) {
      $0.prefix { $0 != 0 }.elementsEqual(Certificate.temporaryName.utf8)
    }
  }

  private var isNative: Bool {
    var name: UnsafePointer<UInt8>?
    var length: UInt32 = 0
    SSL_get0_alpn_selected(ssl, &name, &length)
    return length > 0
  }

  private func padIfNative() {
    if isNative { SSL_set_block_padding(ssl, Self.padding) }
  }
}
