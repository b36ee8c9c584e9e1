import ChatCore
import ChatDigest

/// Seals that hold nothing that is said: what was removed, and which key comes next.
extension Connection {
  /// Says what was removed, signed where there is a signer that signs. To be called in
  /// the transaction of the removal.
  ///
  /// - Parameters:
  ///   - heads: of the conversations that go.
  ///   - note: how much that is.
  ///   - time: for the seal.
  ///   - signer: whoever has the key; `nil`: nobody has it.
  /// - Returns: whether it is signed.
  /// - Throws: what SQLite reports; nothing is to be removed then.
  func sealRemoval(
    of heads: [Seal.Head], note: String, at time: Timestamp, _ signer: (any SealSigner)?
  ) throws(TranscriptError) -> Bool {
    let heads = heads.sorted { $0.conversation < $1.conversation }
    if let signer, try add(.removal, at: time, note: note, heads, signer) != nil { return true }
    try insert(try next(.removal, at: time, note: note, heads, key: nil), heads)
    return false
  }

  /// Says, with the key that is, which one comes next, and with that, which one it was
  /// before: so that whoever trusts one of them trusts the other.
  ///
  /// - Parameters:
  ///   - old: the key that was, and its fingerprint.
  ///   - new: the same of the next one.
  ///   - time: for the seals.
  /// - Returns: whether both could sign.
  /// - Throws: what SQLite reports.
  package func sealKeyChange(
    from old: (signer: any SealSigner, fingerprint: String),
    to new: (signer: any SealSigner, fingerprint: String), at time: Timestamp
  ) throws(TranscriptError) -> Bool {
    for (signer, other) in [(old.signer, new.fingerprint), (new.signer, old.fingerprint)] {
      let isDone = try write { () throws(TranscriptError) in
        try add(.key, at: time, note: other, [], signer) != nil
      }
      guard isDone else { return false }
    }
    return true
  }

  /// For which a signature is waited for while all other writers wait for the lock: a
  /// thousand times what it takes, and no time to somebody who talks.
  private static let signedWithin = Duration.milliseconds(100)

  /// - Returns: what was added; `nil` when there is no signature.
  func add(
    _ kind: Seal.Kind, at time: Timestamp, note: String, _ heads: [Seal.Head],
    _ signer: any SealSigner
  ) throws(TranscriptError) -> Seal? {
    var seal = try next(kind, at: time, note: note, heads, key: signer.publicKey)
    guard let signature = signer.signature(of: seal.statement, within: Self.signedWithin) else {
      return nil
    }
    seal.signature = signature
    try insert(seal, heads)
    return seal
  }

  func next(
    _ kind: Seal.Kind, at time: Timestamp, note: String, _ heads: [Seal.Head], key: [UInt8]?
  ) throws(TranscriptError) -> Seal {
    let newest = try newestPlace()
    var seal = Seal(
      id: try nextSeal(after: newest), at: time, kind: kind, lastEvent: newest?.lastEvent ?? 0,
      key: key, note: note)
    seal.link = seal.link(after: newest?.link, heads: heads)
    return seal
  }
}
