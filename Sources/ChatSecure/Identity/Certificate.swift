import COpenSSL
import ChatCore

/// The wrapper in which TLS shows a key: self-signed, without an end (RFC 5280,
/// 4.1.2.5), and always the same bytes for one key, since nothing in it is
/// chance or time.
package struct Certificate: Hashable, Sendable {
  /// A key that lasts as long as the process: it is not worth remembering.
  static let temporaryName = "chatserve (temporary)"
  private static let lastingName = "chatserve"

  package let publicKey: PublicKey
  /// Whether it says that its key lasts as long as the process.
  package let isTemporary: Bool
  /// The whole certificate.
  package let der: [UInt8]

  /// What the signer hands to those who show the key and do not have it.
  ///
  /// - Throws: when the signer's bytes are not what
  ///   ``PrivateKey/certificate(isTemporary:)`` makes of `publicKey`, but for
  ///   the signature.
  package init(der: [UInt8], of publicKey: PublicKey) throws(SecureSetupError) {
    let isTemporary = [false, true].first {
      let contents = Self.contents(publicKey, isTemporary: $0)
      return der.count > 64 && Self.whole(contents, signature: Array(der.suffix(64))) == der
    }
    guard let isTemporary else {
      throw SecureSetupError(call: "a certificate of the signer", code: 0)
    }
    self.publicKey = publicKey
    self.isTemporary = isTemporary
    self.der = der
  }

  fileprivate init(_ key: PrivateKey, isTemporary: Bool) throws(SecureSetupError) {
    let contents = Self.contents(key.publicKey, isTemporary: isTemporary)
    publicKey = key.publicKey
    self.isTemporary = isTemporary
    der = Self.whole(contents, signature: try key.sign(contents))
  }

  /// For `socat cafile=` and `openssl s_client -CAfile`.
  package var pem: String {
    let text = Array(Base64.encode(der, isPadded: true))
    // RFC 7468, 2: 64 characters a line.
    let lines = stride(from: 0, to: text.count, by: 64).map {
      String(text[$0..<min($0 + 64, text.count)])
    }
    return (["-----BEGIN CERTIFICATE-----"] + lines + ["-----END CERTIFICATE-----", ""])
      .joined(separator: "\n")
  }

  /// TBSCertificate (RFC 5280, 4.1.2).
  private static func contents(_ key: PublicKey, isTemporary: Bool) -> [UInt8] {
    let name = DER.name(isTemporary ? temporaryName : lastingName)
    let validity = DER.sequence(
      DER.value(0x17, Array("200101000000Z".utf8)) + DER.value(0x18, Array("99991231235959Z".utf8)))
    let versionAndSerial: [UInt8] = [0xa0, 0x03, 0x02, 0x01, 0x02, 0x02, 0x01, 0x01]
    return DER.sequence(
      versionAndSerial + DER.ed25519 + name + validity + name + key.subjectInfo)
  }

  private static func whole(_ contents: [UInt8], signature: [UInt8]) -> [UInt8] {
    DER.sequence(contents + DER.ed25519 + DER.bitString(signature))
  }

  /// OpenSSL's certificate; whoever gets it frees it.
  func handle() throws(SecureSetupError) -> OpaquePointer {
    SecureLibrary.begin()
    let handle = der.withUnsafeBufferPointer { bytes in
      var start = bytes.baseAddress
      return d2i_X509(nil, &start, bytes.count)
    }
    guard let handle else { throw .last("d2i_X509") }
    return handle
  }
}

extension PrivateKey {
  /// Wraps the public half. `isTemporary`: the key is kept nowhere, and clients
  /// should not remember it.
  package func certificate(isTemporary: Bool = false) throws(SecureSetupError) -> Certificate {
    try Certificate(self, isTemporary: isTemporary)
  }
}
