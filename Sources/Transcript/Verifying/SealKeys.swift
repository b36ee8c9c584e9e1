/// What the check of seals knows of keys.
package struct SealKeys {
  /// The fingerprints of those that are trusted, SHA256:…; of none, whoever signed the
  /// first seal is taken for the one who signs, and nobody says who that is.
  package var trusted: Set<String>
  /// Whether these are the user's own, of whom nobody said that they are this
  /// transcript's: where none of them has sealed anything in it, it is another's.
  package var isOwn: Bool
  /// Of those that are trusted, the user's from before a change.
  package var former: Set<String> = []
  /// The fingerprint of a public key; `nil` for bytes that are none.
  package var fingerprint: ([UInt8]) -> String?
  /// Whether the private half of the key has signed the message so.
  package var hasSigned: (_ key: [UInt8], _ message: [UInt8], _ signature: [UInt8]) -> Bool

  /// No signature fits: for a transcript without seals.
  package static var none: SealKeys {
    SealKeys(trusted: [], isOwn: false, fingerprint: { _ in nil }, hasSigned: { _, _, _ in false })
  }

  package init(
    trusted: Set<String>, isOwn: Bool, fingerprint: @escaping ([UInt8]) -> String?,
    hasSigned: @escaping (_ key: [UInt8], _ message: [UInt8], _ signature: [UInt8]) -> Bool
  ) {
    self.trusted = trusted
    self.isOwn = isOwn
    self.fingerprint = fingerprint
    self.hasSigned = hasSigned
  }
}

/// Which keys signed, one after the other, and which key vouches for which.
struct SealSigners {
  private struct Turn {
    var first: Int64
    var key: String
  }

  /// Where the key changed.
  private var turns: [Turn] = []
  private var vouchers: [String: Set<String>] = [:]

  /// - Parameters:
  ///   - seal: a seal whose signature fits.
  ///   - key: the fingerprint of who signed it.
  ///   - other: the key that it vouches for; `nil`: for none.
  mutating func note(_ seal: Int64, by key: String, for other: String?) {
    if turns.last?.key != key { turns.append(Turn(first: seal, key: key)) }
    if let other { vouchers[key, default: []].insert(other) }
  }

  /// Whether one of these has signed.
  func include(_ keys: Set<String>) -> Bool { turns.contains { keys.contains($0.key) } }

  /// Those who are not trusted, and for whom nobody vouches who is: with the first seal
  /// of theirs, each time they follow another.
  func foreign(to trusted: Set<String>) -> [Finding] {
    var known = trusted
    if known.isEmpty, let first = turns.first { known.insert(first.key) }
    var rest = Array(known)
    while let key = rest.popLast() {
      for other in vouchers[key] ?? [] where known.insert(other).inserted { rest.append(other) }
    }
    return turns.filter { !known.contains($0.key) }.map { .foreignSeal($0.first, key: $0.key) }
  }
}
