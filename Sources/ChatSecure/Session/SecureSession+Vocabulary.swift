import COpenSSL

extension SecureSession {
  /// What came of bytes or of an answer.
  package enum Event: Hashable, Sendable {
    /// A client without a pin has been shown this key, and has said nothing yet
    /// but that it wants to talk: ``SecureSession/judge(accepts:)`` goes on.
    case keyShown(PublicKey, isTemporary: Bool)
    /// These bytes are to be signed: ``SecureSession/answer(signature:)`` goes
    /// on.
    case signatureWanted([UInt8])
    /// The handshake is done, and the peer has proved what it showed.
    case established(Peer)
    /// What one record held, at least one byte and 16 KiB at most.
    case plaintext([UInt8])
    /// close_notify: nothing was cut off. Nothing more comes.
    case ended
    /// Nothing more comes, and nothing more can be said but what is left in
    /// ``SecureSession/takeOutput()``: an alert to the peer.
    case failed(Failure)
  }

  /// Who is at the other end.
  package struct Peer: Hashable, Sendable {
    /// A server always has one; a client need not.
    package let key: PublicKey?
    /// Whether the key is kept nowhere, so that it is not worth remembering.
    package let isTemporary: Bool
    /// Whether both sides named the protocol of `docs/protocol.md` (ALPN).
    package let isNative: Bool
  }

  package enum Failure: Error, Hashable, Sendable {
    /// The server's key is not the one that was expected, or not wanted.
    case keyRefused
    /// Nobody signed for us.
    case notSigned
    /// The peer gave up, with this alert (RFC 8446, 6.2).
    case alert(UInt8)
    /// A handshake longer than any honest one, or no end of messages after it.
    case overLimit
    /// The peer broke TLS; the text says how, for people.
    case malformed(String)
  }
}

extension SecureSession.Failure {
  /// OpenSSL's reasons in words, for those that a mistake or an attack can
  /// bring; its own table costs every start more than all the rest of it.
  static func of(reason: Int32) -> Self {
    let text: String
    switch reason {
    case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_NO_PROTOCOLS_AVAILABLE, SSL_R_VERSION_TOO_LOW:
      text = "a version of TLS before 1.3"
    case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_RECORD_LENGTH_MISMATCH,
      SSL_R_BAD_RECORD_TYPE:
      text = "bytes that are not TLS"
    case SSL_R_DECRYPTION_FAILED_OR_BAD_RECORD_MAC: text = "a record that was changed on its way"
    case SSL_R_PACKET_LENGTH_TOO_LONG, SSL_R_ENCRYPTED_LENGTH_TOO_LONG, SSL_R_DATA_LENGTH_TOO_LONG:
      text = "a record over the limit"
    case SSL_R_EXCESSIVE_MESSAGE_SIZE: text = "a message over the limit"
    case SSL_R_NO_APPLICATION_PROTOCOL: text = "another protocol inside TLS"
    case SSL_R_NO_SHARED_CIPHER, SSL_R_NO_SUITABLE_KEY_SHARE, SSL_R_NO_SHARED_GROUPS,
      SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS, SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
      text = "no algorithm in common"
    case SSL_R_BAD_SIGNATURE: text = "a key without its private half"
    case SSL_R_CERTIFICATE_VERIFY_FAILED: text = "a key that is not Ed25519"
    case SSL_R_UNEXPECTED_MESSAGE: text = "a message out of turn"
    default: text = "TLS error \(reason)"
    }
    return .malformed(text)
  }
}
