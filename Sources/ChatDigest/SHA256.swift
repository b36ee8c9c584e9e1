import COpenSSL

/// SHA-256 (FIPS 180-4) over what is added, by OpenSSL: the only one in the
/// programs. EVP_DigestInit(3ssl).
///
/// One can be used for any number of digests, one after the other, which saves the
/// making of a context for each.
package struct SHA256: ~Copyable {
  private let context: OpaquePointer

  package init() {
    guard let context = EVP_MD_CTX_new() else { fatalError("no memory for SHA-256") }
    self.context = context
    begin()
  }

  deinit { EVP_MD_CTX_free(context) }

  package func add(_ bytes: UnsafeRawBufferPointer) {
    // A pointer to no bytes may be null.
    guard bytes.count > 0 else { return }
    Self.check(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count))
  }

  /// Of what was added since the last one; the next one begins.
  package func finish() -> Digest {
    let digest = Digest { bytes in
      Self.check(
        EVP_DigestFinal_ex(
          context, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), nil))
    }
    begin()
    return digest
  }

  private func begin() { Self.check(EVP_DigestInit_ex2(context, Self.algorithm, nil)) }

  /// Looked for once a process: the search for it takes longer than a digest
  /// (ossl-guide-libcrypto-introduction(7ossl), "Performance"). No configuration
  /// file is read: a contained process could not open it.
  private nonisolated(unsafe) static let algorithm: OpaquePointer = {
    check(OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_LOAD_CONFIG), nil))
    guard let found = EVP_MD_fetch(nil, "SHA256", "provider=default") else {
      fatalError("OpenSSL has no SHA-256")
    }
    return found
  }()

  /// Only a library without memory, or without SHA-256, can fail at it.
  private static func check(_ code: Int32) {
    if code != 1 { fatalError("OpenSSL fails at SHA-256") }
  }
}
