import COpenSSL
import CSecure

/// OpenSSL as a whole.
package enum SecureLibrary {
  /// The property that chooses OpenSSL's own keys, not those of the signer.
  static let ownProvider = "provider=default"

  /// The library's version, for `--version`: `3.0.19`.
  package static var version: String { String(cString: OpenSSL_version(OPENSSL_VERSION_STRING)) }

  /// Before anything else of OpenSSL's, once a process however often it is
  /// called. No configuration file is read: a contained process could not open
  /// it, and what it names would be loaded into one that is not.
  package static func begin() { precondition(isReady, "OpenSSL cannot begin") }

  private static let isReady =
    OPENSSL_init_ssl(
      UInt64(OPENSSL_INIT_NO_LOAD_CONFIG) | UInt64(OPENSSL_INIT_NO_LOAD_SSL_STRINGS), nil) == 1
    && chat_register_signer() == 1
}

/// OpenSSL could not make something of our own: no memory, no random bytes, or
/// a library built without what is needed. Nothing of a peer's is behind it.
package struct SecureSetupError: Error, Hashable, Sendable {
  /// The call that failed.
  package let call: String
  /// OpenSSL's number for it (ERR_get_error(3ssl)); 0 when it has none.
  package let code: UInt

  static func last(_ call: String) -> SecureSetupError {
    let code = ERR_peek_last_error()
    ERR_clear_error()
    return SecureSetupError(call: call, code: code)
  }
}
