import COpenSSL
import CSecure
import ChatCore

/// What all sessions of one side share. A server makes it before it forks, so
/// that its children have it made.
package final class SecureContext {
  /// Bytes of a peer's certificates: one of ours has some 250, and a name with
  /// a long chain says no more here than a bare key.
  private static let certificateLimit = 4096
  /// X25519 for ours; P-256 since without it socat of Debian is shut out.
  private static let groups = "X25519:P-256"
  /// Fast in software first: messages are short, and not every machine has AES.
  private static let suites =
    "TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384"

  let handle: OpaquePointer
  let side: Party
  /// Of the key that a server shows.
  package private(set) var fingerprint: Fingerprint?

  /// For a server that shows `certificate` and asks whoever holds the session
  /// for signatures: the private half is nowhere here.
  package static func server(_ certificate: Certificate) throws(SecureSetupError) -> SecureContext {
    let context = try SecureContext(.server)
    context.fingerprint = certificate.publicKey.fingerprint
    let wrapper = try certificate.handle()
    defer { X509_free(wrapper) }
    guard let key = chat_signer_key(certificate.publicKey.bytes) else {
      throw .last("chat_signer_key")
    }
    defer { EVP_PKEY_free(key) }
    guard SSL_CTX_use_certificate(context.handle, wrapper) == 1,
      SSL_CTX_use_PrivateKey(context.handle, key) == 1
    else { throw .last("SSL_CTX_use_PrivateKey") }
    return context
  }

  /// For clients. One that does not say that it is native leaves it to its words, as
  /// other programs do.
  package static func client(
    saysItIsNative: Bool = true
  ) throws(SecureSetupError) -> SecureContext {
    let context = try SecureContext(.client)
    if !saysItIsNative { SSL_CTX_set_alpn_protos(context.handle, nil, 0) }
    return context
  }

  private init(_ side: Party) throws(SecureSetupError) {
    SecureLibrary.begin()
    self.side = side
    let method = side == .server ? TLS_server_method() : TLS_client_method()
    // Of two providers that have Ed25519, OpenSSL's own verifies; the signer's
    // key has no other that could sign with it.
    guard let handle = SSL_CTX_new_ex(nil, "?" + SecureLibrary.ownProvider, method) else {
      throw .last("SSL_CTX_new_ex")
    }
    self.handle = handle
    chat_set_habits(handle, Self.certificateLimit)
    chat_set_callbacks(handle, side == .server ? 1 : 0)
    guard chat_allow_tls13_alone(handle) == 1, SSL_CTX_set_num_tickets(handle, 0) == 1,
      SSL_CTX_set_ciphersuites(handle, Self.suites) == 1,
      chat_set_groups(handle, Self.groups) == 1, chat_set_signatures(handle, "ed25519") == 1
    else { throw .last("SSL_CTX_set_ciphersuites") }
  }

  deinit { SSL_CTX_free(handle) }
}
