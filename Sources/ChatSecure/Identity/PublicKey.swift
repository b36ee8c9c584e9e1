import COpenSSL
import ChatDigest

/// An Ed25519 public key (RFC 8032): who somebody is.
package struct PublicKey: Hashable, Sendable {
  package static let length = 32

  /// As RFC 8032 writes it, 32 bytes.
  package let bytes: [UInt8]

  /// `nil` when there are not 32 bytes. Whether they are a point of the curve
  /// is seen when something is verified with them.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.length else { return nil }
    self.bytes = bytes
  }

  /// The SubjectPublicKeyInfo (RFC 8410, 4).
  var subjectInfo: [UInt8] {
    DER.sequence(DER.ed25519 + DER.bitString(bytes))
  }

  package var fingerprint: Fingerprint { Fingerprint(of: self) }

  /// Whether the private half has signed `message` with this (RFC 8032, 5.1.7): not
  /// where the key is no point of the curve.
  package func hasSigned(_ message: [UInt8], _ signature: [UInt8]) -> Bool {
    SecureLibrary.begin()
    guard
      let key = EVP_PKEY_new_raw_public_key_ex(
        nil, "ED25519", SecureLibrary.ownProvider, bytes, bytes.count)
    else { return false }
    defer { EVP_PKEY_free(key) }
    let context = EVP_MD_CTX_new()
    defer { EVP_MD_CTX_free(context) }
    return EVP_DigestVerifyInit_ex(context, nil, nil, nil, SecureLibrary.ownProvider, key, nil)
      == 1
      && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
  }
}

/// What people compare: SHA-256 over the SubjectPublicKeyInfo, so that another
/// certificate of the same key has the same. `openssl pkey -pubin -outform DER |
/// openssl dgst -sha256 -binary | base64` gives the same characters.
package struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
  private static let prefix = "SHA256:"
  package static let length = Digest.length

  package let bytes: [UInt8]

  init(of key: PublicKey) {
    bytes = Digest(of: key.subjectInfo).bytes
  }

  /// What ``bytes`` gave; `nil` for any other number of them.
  package init?(bytes: [UInt8]) {
    guard bytes.count == Self.length else { return nil }
    self.bytes = bytes
  }

  /// As ``description`` writes it; `nil` for anything else, however close.
  package init?(_ text: some StringProtocol) {
    guard text.hasPrefix(Self.prefix), text.utf8.count == Self.prefix.utf8.count + 43,
      let bytes = Base64.decode(text.utf8.dropFirst(Self.prefix.utf8.count), isPadded: false)
    else { return nil }
    self.bytes = bytes
  }

  /// `SHA256:` and 43 characters of base64, as ssh prints it.
  package var description: String { Self.prefix + Base64.encode(bytes, isPadded: false) }

  /// ssh's picture of it, 11 lines of 19 characters: the walk of a drunken
  /// bishop (OpenSSH, sshkey.c, fingerprint_randomart).
  package var randomart: [String] {
    ["+--[ED25519 256]--+"] + Self.walk(bytes).map { "|\($0)|" } + ["+----[SHA256]-----+"]
  }

  static func walk(_ bytes: [UInt8]) -> [String] {
    let (width, height) = (17, 9)
    let signs = Array(" .o+=*BOX@%&#/^SE")
    var visits = [[Int]](repeating: [Int](repeating: 0, count: width), count: height)
    var (x, y) = (width / 2, height / 2)
    for byte in bytes {
      for shift in stride(from: 0, to: 8, by: 2) {
        let step = byte >> shift
        x = min(max(x + (step & 1 == 1 ? 1 : -1), 0), width - 1)
        y = min(max(y + (step & 2 == 2 ? 1 : -1), 0), height - 1)
        // The last two are for the start and the end.
        visits[y][x] = min(visits[y][x] + 1, signs.count - 3)
      }
    }
    visits[height / 2][width / 2] = signs.count - 2
    visits[y][x] = signs.count - 1
    return visits.map { String($0.map { signs[$0] }) }
  }
}
