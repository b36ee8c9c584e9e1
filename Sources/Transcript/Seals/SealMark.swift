import ChatCore
import ChatDigest

/// Which seal it was, for somebody who keeps that out of the transcript: as long as the
/// seal is there, everything up to it is what it was, or is named.
package struct SealMark: Hashable, Sendable {
  package let seal: Int64
  package let at: Timestamp
  let link: Digest

  package init(_ seal: Seal) {
    self.seal = seal.id
    at = seal.at
    link = seal.link
  }

  /// Of a row with a number, a time and a link.
  init(_ row: Statement) {
    seal = row.integer(at: 0)
    at = Timestamp(milliseconds: row.integer(at: 1))
    link = Digest(row.blob(at: 2)) ?? .zero
  }

  /// `12 1772402562000 3e7c5c57…`: its number, when it was made, its link.
  package var text: String { "\(seal) \(at.milliseconds) \(link)" }

  /// What tells transcripts apart whose seals are kept in one place: 16 hexadecimal digits.
  package static func name(of path: String) -> String {
    String(Digest(of: Array(path.utf8)).description.prefix(16))
  }

  /// `nil` for any other text, and for a number that no row has.
  package init?(_ text: String) {
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 3, let seal = Int64(parts[0]),
      (1..<1 << 62).contains(seal), let at = Int64(parts[1]),
      let link = Digest(hex: parts[2])
    else { return nil }
    self.seal = seal
    self.at = Timestamp(milliseconds: at)
    self.link = link
    guard text == self.text else { return nil }
  }
}

extension Digest {
  fileprivate init?(hex: Substring) {
    let digits = Array(hex.utf8)
    guard digits.count == 2 * Self.length else { return nil }
    var bytes: [UInt8] = []
    for place in stride(from: 0, to: digits.count, by: 2) {
      guard let byte = UInt8(String(decoding: digits[place..<place + 2], as: UTF8.self), radix: 16)
      else { return nil }
      bytes.append(byte)
    }
    self.init(bytes: bytes)
  }
}

extension Connection {
  /// Whether the transcript has the seal that was kept.
  ///
  /// - Throws: what SQLite reports.
  package func has(_ mark: SealMark) throws(TranscriptError) -> Bool {
    let select = try cached("SELECT 1 FROM seal WHERE id = ?1 AND at = ?2 AND link = ?3")
    defer { select.reset() }
    select.bind(mark.seal, at: 1)
    select.bind(mark.at.milliseconds, at: 2)
    select.bind(mark.link, at: 3)
    return try select.step()
  }

  /// The newest seal; `nil` when there is none.
  ///
  /// - Throws: what SQLite reports.
  package func newestMark() throws(TranscriptError) -> SealMark? {
    let select = try cached("SELECT id, at, link FROM seal ORDER BY id DESC LIMIT 1")
    defer { select.reset() }
    return try select.step() ? SealMark(select) : nil
  }

  /// Says, with a key, that the seal that was kept is not here: an older copy was put in
  /// the place of the transcript, or seals were taken out.
  ///
  /// - Returns: the seal that says so; `nil` where the kept one is here, or nobody signs.
  /// - Throws: what SQLite reports.
  package func sealLoss(
    of kept: SealMark, at time: Timestamp, _ signer: any SealSigner
  ) throws(TranscriptError) -> Seal? {
    try write { () throws(TranscriptError) in
      if try has(kept) { return nil }
      return try add(.lost, at: time, note: kept.text, [], signer)
    }
  }

  /// Has the owner of the key say that he knows of each seal that is not here.
  ///
  /// - Returns: those, where that could be signed; none where all seals are here.
  /// - Throws: what SQLite reports.
  package func acceptLosses(
    _ kept: SealMark?, at time: Timestamp, _ signer: any SealSigner
  ) throws(TranscriptError) -> [SealMark]? {
    var marks = try openLosses()
    if let kept, try !has(kept), !marks.contains(kept) { marks.append(kept) }
    for mark in marks {
      let seal = try write { () throws(TranscriptError) in
        try add(.accepted, at: time, note: mark.text, [], signer)
      }
      if seal == nil { return nil }
    }
    return marks
  }

  /// Seals that a seal says were not here, and that nobody has accepted since.
  private func openLosses() throws(TranscriptError) -> [SealMark] {
    let select = try prepare(
      """
      SELECT DISTINCT note FROM seal AS l WHERE kind = 'lost' AND NOT EXISTS (
        SELECT 1 FROM seal AS a WHERE a.kind = 'accepted' AND a.note = l.note AND a.id > l.id)
      """)
    var marks: [SealMark] = []
    while try select.step() { if let mark = SealMark(select.text(at: 0)) { marks.append(mark) } }
    return marks
  }
}
