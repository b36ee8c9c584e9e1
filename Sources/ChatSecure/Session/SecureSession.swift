import COpenSSL
import CSecure
import ChatCore

/// One TLS 1.3 connection without a socket: what the peer sent goes in and
/// becomes events, what is to be sent comes out of ``takeOutput()``. Reads no
/// clock and waits for nothing, not even for a signature.
package final class SecureSession {
  /// Bytes of a ClientHello: as much as one record holds, and that record's
  /// header, in however many records it comes.
  static let helloLimit = recordLimit + 5
  /// Bytes of a handshake: a ClientHello, certificates, and what little comes
  /// with them. Ours take less than 1 KiB a side.
  static let handshakeLimit = 24 * 1024
  /// Messages between two ends that have finished: a key is good for 2²⁴
  /// records (RFC 8446, 5.5), so nobody honest changes it so often.
  static let laterMessageLimit = 64
  /// What one record holds (RFC 8446, 5.1).
  package static let recordLimit = 16 * 1024
  /// Records of native peers are filled up to a multiple of this, so that
  /// their lengths give away less of what is said.
  static let padding = 256
  /// How much of a handshake is given to OpenSSL at once: what comes behind it
  /// does not count to it.
  static let handshakePiece = 1024

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
  var phase = Phase.handshake
  /// Whether the peer has ended its direction.
  var hasPeerEnded = false
  /// Whether a server's first words went out, with its half of the handshake or,
  /// where that took a round trip more, right after it.
  var hasSpokenEarly = false

  let ssl: OpaquePointer
  let input: OpaquePointer
  let output: OpaquePointer
  let callbacks: UnsafeMutablePointer<chat_callbacks>
  let expected: Fingerprint?
  /// Where a record is opened, one after another: what is kept of it is as long
  /// as what it held.
  let record: UnsafeMutableRawBufferPointer
  /// What OpenSSL was not given yet, and how much of the handshake it was.
  var pending: [UInt8] = []
  var handshakeCount = 0
  /// Whether a server has heard all that could come before its answer.
  var hasReadEarly = false
  var earlyWords: [UInt8] = []

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
    record = .allocate(byteCount: Self.recordLimit, alignment: 16)
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
    record.deallocate()
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
}
