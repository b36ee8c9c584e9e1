import ChatDigest

/// What the signer signs: these forms and no other bytes, so that whoever asks
/// it can say nothing in the server's name but that.
package enum SignedForm: CaseIterable, Hashable, Sendable {
  /// What a TLS 1.3 server signs to prove its key (RFC 8446, 4.4.3).
  case serverCertificateVerify
  /// What seals the transcript (docs/transcript.md, "Seals").
  case seal

  /// The form that `bytes` have; `nil` when nobody should sign them.
  package static func of(_ bytes: [UInt8]) -> SignedForm? {
    allCases.first { $0.fits(bytes) }
  }

  private func fits(_ bytes: [UInt8]) -> Bool {
    switch self {
    case .serverCertificateVerify:
      let start =
        [UInt8](repeating: 0x20, count: 64) + Array("TLS 1.3, server CertificateVerify".utf8) + [0]
      // A hash of SHA-256 or SHA-384.
      return bytes.starts(with: start) && [32, 48].contains(bytes.count - start.count)
    case .seal:
      return SealStatement.isOne(bytes)
    }
  }
}
