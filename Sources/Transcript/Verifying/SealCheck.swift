import ChatCore
import ChatDigest

/// Checks seals: that each fits the one before it and its signature, and that the
/// conversations are as the seals say. What the links of the events are is not looked at
/// here: that an event's link is that of its values, ``ChainCheck`` sees to.
struct SealCheck: ~Copyable {
  private let connection: Connection
  private let keys: SealKeys
  private(set) var summary = SealSummary()
  private var builder = LinkBuilder()
  private var findings: [Finding] = []
  private var signers = SealSigners()
  /// Conversations of which something was found: once is enough.
  private var accused: Set<Int64> = []
  /// Conversations that removals took.
  private var removed: Int64 = 0
  /// Seals that were not here when another was made, by what is kept of them.
  private var losses: [(note: String, seal: Int64)] = []

  init(_ connection: Connection, _ keys: SealKeys) {
    self.connection = connection
    self.keys = keys
  }

  mutating func check() throws(TranscriptError) -> [Finding] {
    let select = try connection.prepare("SELECT \(Connection.sealColumns) FROM seal ORDER BY id")
    var previous: Seal?
    while try select.step(), findings.count < Verification.maximumFindings {
      let seal = Seal(select)
      try check(seal, after: previous)
      previous = seal
    }
    summary.count = previous?.id ?? 0
    // Not all was looked at: what comes next would count what was not.
    if findings.count >= Verification.maximumFindings { return findings }
    let given = try connection.integer("SELECT seq FROM sqlite_sequence WHERE name = 'seal'") ?? 0
    let through = max(summary.count, 0)
    if given > through { findings.append(.sealsMissing(through + 1...given)) }
    summary.unsealedEvents =
      try connection.integer(
        "SELECT count(*) FROM event WHERE id > \(previous?.lastEvent ?? 0)") ?? 0
    let trusted = keys.isOwn && !signers.include(keys.trusted) ? [] : keys.trusted
    let foreign = signers.foreign(to: trusted)
    findings += foreign
    for loss in losses {
      guard let mark = SealMark(loss.note) else { continue }
      findings.append(.sealLost(mark, by: loss.seal))
    }
    summary.isTrusted = summary.newest != nil && !trusted.isEmpty && foreign.isEmpty
    summary.isFormer = summary.newest.map { keys.former.contains($0.key) } ?? false
    let pruned = try connection.integer("SELECT sum(max(conversations, 0)) FROM pruning") ?? 0
    if pruned != removed { findings.append(.removals(pruned: pruned, sealed: removed)) }
    return findings
  }

  private mutating func check(_ seal: Seal, after previous: Seal?) throws(TranscriptError) {
    let (expected, through) = ((previous?.id ?? 0) + 1, previous?.lastEvent ?? 0)
    guard seal.id == expected else {
      // Of an id that no seal can have, only that the one to come is not there.
      let last = seal.id > expected ? seal.id - 1 : expected
      return findings.append(.sealsMissing(expected...last))
    }
    let kind = Seal.Kind(rawValue: seal.kind)
    let covered = try covers(seal, after: through, kind)
    seal.begin(&builder, after: previous?.link)
    let heads = try connection.prepare(Connection.selectSealHeads)
    heads.bind(seal.id, at: 1)
    var rest = covered
    while try heads.step() {
      let head = Seal.Head(heads)
      Seal.add(head, to: &builder)
      switch kind {
      case .usual: try check(head, of: seal.id, found: rest.removeValue(forKey: head.conversation))
      case .removal:
        removed += 1
        if try isThere(head.conversation) { accuse(head.conversation, .returned, seal.id) }
      case .key, .lost, .accepted, nil: break
      }
    }
    if builder.finish() != seal.link { findings.append(.seal(seal.id, .changed)) }
    for conversation in rest.keys.sorted() { accuse(conversation, .unsealed, seal.id) }
    checkSignature(of: seal, kind)
    try checkStop(of: seal)
    noteLoss(seal, kind)
  }

  private mutating func noteLoss(_ seal: Seal, _ kind: Seal.Kind?) {
    let note = seal.note ?? ""
    switch kind {
    case .lost, .accepted:
      guard let mark = SealMark(note) else { return findings.append(.seal(seal.id, .changed)) }
      if kind == .lost { return losses.append((note, seal.id)) }
      losses.removeAll { $0.note == note }
      summary.accepted.append(SealSummary.Accepted(mark: mark, at: seal.at))
    case .usual, .removal, .key, nil: break
    }
  }

  /// The heads that a usual seal must have: of each conversation with events after those
  /// of the seal before, the last up to its own.
  private mutating func covers(
    _ seal: Seal, after through: Int64, _ kind: Seal.Kind?
  ) throws(TranscriptError) -> [Int64: Seal.Head] {
    guard kind == .usual else {
      if seal.lastEvent != through { findings.append(.seal(seal.id, .reach)) }
      return [:]
    }
    if seal.lastEvent < through { findings.append(.seal(seal.id, .reach)) }
    let select = try connection.cached(
      "SELECT conversation_id, id, link FROM event WHERE id > ?1 AND id <= ?2 ORDER BY id")
    defer { select.reset() }
    select.bind(through, at: 1)
    select.bind(seal.lastEvent, at: 2)
    var heads: [Int64: Seal.Head] = [:]
    while try select.step() {
      let head = Seal.Head(select)
      heads[head.conversation] = head
    }
    return heads
  }

  private mutating func check(
    _ head: Seal.Head, of seal: Int64, found: Seal.Head?
  ) throws(TranscriptError) {
    if found == head { return }
    if found == nil, try wasRemoved(head.conversation, after: seal) { return }
    let isThere = try isThere(head.conversation)
    accuse(head.conversation, found == nil && !isThere ? .vanished : .head, seal)
  }

  private mutating func accuse(_ conversation: Int64, _ fault: SealedFault, _ seal: Int64) {
    guard accused.insert(conversation).inserted, findings.count < Verification.maximumFindings
    else { return }
    findings.append(.sealed(conversation: conversation, seal: seal, fault))
  }

  private func isThere(_ conversation: Int64) throws(TranscriptError) -> Bool {
    try has("SELECT 1 FROM conversation WHERE id = ?1", [conversation])
  }

  private func wasRemoved(
    _ conversation: Int64, after seal: Int64
  ) throws(TranscriptError) -> Bool {
    try has(
      """
      SELECT 1 FROM seal_head AS h JOIN seal AS s ON s.id = h.seal_id
      WHERE h.conversation_id = ?1 AND h.seal_id > ?2 AND s.kind = 'removal'
      """, [conversation, seal])
  }

  private func has(_ sql: String, _ values: [Int64]) throws(TranscriptError) -> Bool {
    let select = try connection.cached(sql)
    defer { select.reset() }
    for (index, value) in values.enumerated() { select.bind(value, at: index + 1) }
    return try select.step()
  }

  private mutating func checkSignature(of seal: Seal, _ kind: Seal.Kind?) {
    guard let key = seal.key, let signature = seal.signature else {
      // A removal alone may be noted by who does not have the key.
      if kind == .removal && seal.key == nil && seal.signature == nil {
        summary.unsigned.append(seal.id)
      } else {
        findings.append(.seal(seal.id, .unsigned))
      }
      return
    }
    guard let print = keys.fingerprint(key), keys.hasSigned(key, seal.statement, signature) else {
      return findings.append(.seal(seal.id, .signature))
    }
    signers.note(seal.id, by: print, for: kind == .key ? seal.note : nil)
    summary.newest = SealSummary.Signed(
      seal: seal.id, at: seal.at, lastEvent: seal.lastEvent, key: print)
  }

  /// What a run's stop was is in no event.
  private mutating func checkStop(of seal: Seal) throws(TranscriptError) {
    guard let run = seal.run else { return }
    let stop = try connection.integer("SELECT stopped_at FROM server_run WHERE id = \(run)")
    if stop == nil || stop != seal.stoppedAt?.milliseconds {
      findings.append(.sealedStop(run: run, seal: seal.id))
    }
  }
}

/// What is wrong with a seal.
package enum SealFault: Hashable, Sendable {
  /// Its values, its heads or the seal before it are not those that were sealed.
  case changed
  /// It reaches less far than the one before it, or further than its kind does.
  case reach
  case signature
  case unsigned
}

/// In what a conversation is not what a seal says.
package enum SealedFault: Hashable, Sendable {
  /// Its links are others.
  case head
  /// It is gone, and no seal says who removed it.
  case vanished
  /// It was removed, and is there.
  case returned
  /// It has events of a time that is sealed, and was not there.
  case unsealed
}

/// What the seals are, as far as they were looked at.
package struct SealSummary: Hashable, Sendable {
  package var count: Int64 = 0
  /// The newest one that is signed.
  package var newest: Signed?
  /// Whether that one's key is one that was said to be trusted, or that such a one vouches
  /// for.
  package var isTrusted = false
  /// Whether that one's key is the user's, from before a change.
  package var isFormer = false
  /// Removals that were noted by who did not have the key.
  package var unsigned: [Int64] = []
  /// Seals that are not here, of which whoever has the key knows.
  package var accepted: [Accepted] = []
  /// Events that are in no seal yet.
  package var unsealedEvents: Int64 = 0

  package struct Accepted: Hashable, Sendable {
    package var mark: SealMark
    package var at: Timestamp
  }

  package struct Signed: Hashable, Sendable {
    package var seal: Int64
    package var at: Timestamp
    package var lastEvent: Int64
    /// The fingerprint of who signed it.
    package var key: String
  }
}
