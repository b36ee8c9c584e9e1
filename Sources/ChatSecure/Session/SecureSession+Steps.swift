import COpenSSL
import CSecure
import ChatCore

/// One step of the handshake after another, and then one record.
extension SecureSession {
  func advance() -> [Event] {
    var events: [Event] = []
    while phase == .handshake {
      feed(min(Self.handshakePiece, limit - handshakeCount))
      switch step() {
      case nil:
        if handshakeCount >= limit, !pending.isEmpty {
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

  /// Bytes of the handshake that are looked at by now.
  private var limit: Int {
    side == .server && !hasReadEarly ? Self.helloLimit : Self.handshakeLimit
  }

  private func feed(_ limit: Int) {
    guard limit > 0, !pending.isEmpty else { return }
    let piece = pending.prefix(limit)
    let count = piece.withUnsafeBytes { BIO_write(input, $0.baseAddress, Int32($0.count)) }
    precondition(count == piece.count, "no memory for \(piece.count) bytes")
    pending.removeFirst(piece.count)
    if phase == .handshake { handshakeCount += piece.count }
  }

  /// As far as the handshake goes with what there is; `nil` when it wants more.
  func step() -> Event? {
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
    // Every server of ours has a key, and OpenSSL lets no other pass.
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
      let count = SSL_read(ssl, record.baseAddress, Int32(record.count))
      if callbacks.pointee.messages_after_handshake > Self.laterMessageLimit {
        phase = .failed
        return events.append(.failed(.overLimit))
      }
      if count > 0 {
        events.append(.plaintext(Array(record[..<Int(count)])))
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
  func fail() -> Failure {
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
