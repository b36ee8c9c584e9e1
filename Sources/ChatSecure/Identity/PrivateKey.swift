import COpenSSL

/// The private half of an Ed25519 key. Held by the signer and by clients, never
/// by a server's conversation.
package struct PrivateKey: Sendable {
  /// What is wrong with the text of a key.
  package enum Damage: Error, Hashable, Sendable {
    /// Not PEM with one `PRIVATE KEY` (RFC 7468, 10): an encrypted key, too.
    case notPEM
    /// A key, but not of Ed25519 in the form of RFC 8410, 7, without attributes.
    case otherKind
    /// Nothing: this system had no memory for it.
    case noMemory
  }

  /// The longest text that is looked at, in bytes: one of ours has 119, and
  /// people put remarks before it.
  package static let longestText = 4096
  /// PrivateKeyInfo up to the 32 bytes (RFC 8410, 7).
  private static let prefix: [UInt8] =
    [
      0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04,
      0x20,
    ]
  private static let firstLine = "-----BEGIN PRIVATE KEY-----"
  private static let lastLine = "-----END PRIVATE KEY-----"

  /// The 32 bytes of RFC 8032, 5.1.5.
  let seed: [UInt8]
  package let publicKey: PublicKey

  init(seed: [UInt8]) throws(SecureSetupError) {
    precondition(seed.count == 32, "a seed has 32 bytes")
    self.seed = seed
    let key = try Self.handle(seed)
    defer { EVP_PKEY_free(key) }
    var bytes = [UInt8](repeating: 0, count: PublicKey.length)
    var length = bytes.count
    guard EVP_PKEY_get_raw_public_key(key, &bytes, &length) == 1, let half = PublicKey(bytes)
    else { throw .last("EVP_PKEY_get_raw_public_key") }
    publicKey = half
  }

  /// A key that nobody has had before.
  ///
  /// - Throws: when the system has no random bytes.
  package static func random() throws(SecureSetupError) -> PrivateKey {
    SecureLibrary.begin()
    var seed = [UInt8](repeating: 0, count: 32)
    guard RAND_priv_bytes(&seed, Int32(seed.count)) == 1 else { throw .last("RAND_priv_bytes") }
    return try PrivateKey(seed: seed)
  }

  /// From the text of a file.
  package init(pem text: [UInt8]) throws(Damage) {
    guard text.count <= Self.longestText else { throw .notPEM }
    let lines = text.split(separator: UInt8(ascii: "\n")).map {
      $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0
    }
    guard let first = lines.firstIndex(where: { $0.elementsEqual(Self.firstLine.utf8) }),
      let last = lines[first...].firstIndex(where: { $0.elementsEqual(Self.lastLine.utf8) }),
      let bytes = Base64.decode(lines[(first + 1)..<last].joined(), isPadded: true)
    else { throw .notPEM }
    guard bytes.count == Self.prefix.count + 32, bytes.starts(with: Self.prefix) else {
      throw .otherKind
    }
    do throws(SecureSetupError) {
      try self.init(seed: Array(bytes.suffix(32)))
    } catch {
      // Any 32 bytes are a seed (RFC 8032, 5.1.5).
      throw .noMemory
    }
  }

  /// PKCS#8 in PEM, as `openssl pkey` reads and `openssl genpkey` writes it.
  package var pem: String {
    let body = Base64.encode(Self.prefix + seed, isPadded: true)
    return "\(Self.firstLine)\n\(body)\n\(Self.lastLine)\n"
  }

  /// Signs `message`, 64 bytes.
  package func sign(_ message: [UInt8]) throws(SecureSetupError) -> [UInt8] {
    let key = try Self.handle(seed)
    defer { EVP_PKEY_free(key) }
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    var signature = [UInt8](repeating: 0, count: 64)
    var length = signature.count
    guard EVP_DigestSignInit_ex(context, nil, nil, nil, SecureLibrary.ownProvider, key, nil) == 1,
      EVP_DigestSign(context, &signature, &length, message, message.count) == 1
    else { throw .last("EVP_DigestSign") }
    return signature
  }

  /// OpenSSL's key; whoever gets it frees it.
  func handle() throws(SecureSetupError) -> OpaquePointer { try Self.handle(seed) }

  private static func handle(_ seed: [UInt8]) throws(SecureSetupError) -> OpaquePointer {
    SecureLibrary.begin()
    guard
      let key = EVP_PKEY_new_raw_private_key_ex(
        nil, "ED25519", SecureLibrary.ownProvider, seed, seed.count)
    else { throw .last("EVP_PKEY_new_raw_private_key_ex") }
    return key
  }
}
