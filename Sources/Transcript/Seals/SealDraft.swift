import ChatCore
import ChatDigest

/// A seal that is yet to be signed, and what the newest one was when it was made.
package struct SealDraft: Hashable, Sendable {
  private var seal: Seal
  private let heads: [Seal.Head]
  /// The link of the seal before it; `nil` for the first.
  private let previous: Digest?
  /// Whether all that there was is in it, or in those before it.
  package let isLast: Bool

  /// The seal that was kept and is not here, which is all that this one says.
  package private(set) var loss: SealMark?

  /// To be kept once it is recorded.
  package var mark: SealMark { SealMark(seal) }

  /// What is to be signed.
  package var statement: [UInt8] { seal.statement }

  /// Conversations in one seal, and events that are looked at for it: some tens of
  /// milliseconds, and a list of heads that a proof can carry. Where more changed, as
  /// after a year without a key, one seal follows the other.
  package struct Limits: Sendable {
    package var heads = 1000
    package var events = 20_000

    package init() {}
  }

  /// Looks for what no seal has yet. Reads alone.
  ///
  /// - Parameters:
  ///   - connection: of the transcript.
  ///   - time: for the seal.
  ///   - key: what it will be signed with.
  ///   - run: one whose stop it is to hold.
  ///   - kept: the newest seal that is known of: where it is not here, that is said before
  ///     anything is sealed, since what is sealed then looks like all there ever was.
  ///   - limits: of one seal.
  /// - Returns: `nil` when there is nothing to seal.
  /// - Throws: what SQLite reports.
  package static func make(
    _ connection: Connection, at time: Timestamp, key: [UInt8], stopOf run: Int64? = nil,
    keeping kept: SealMark? = nil, _ limits: Limits = Limits()
  ) throws(TranscriptError) -> SealDraft? {
    try connection.read { () throws(TranscriptError) in
      let newest = try connection.newestPlace()
      if let kept, try !connection.has(kept) {
        let seal = try connection.next(.lost, at: time, note: kept.text, [], key: key)
        var draft = SealDraft(seal: seal, heads: [], previous: newest?.link, isLast: false)
        draft.loss = kept
        return draft
      }
      var heads: [Int64: Seal.Head] = [:]
      let (last, isLast) = try walk(connection, after: newest?.lastEvent ?? 0, limits) {
        heads[$0.conversation] = $0
      }
      if heads.isEmpty && run == nil { return nil }
      var seal = Seal(
        id: try connection.nextSeal(after: newest), at: time, kind: .usual, lastEvent: last,
        key: key)
      if isLast, let run, let stoppedAt = try connection.stop(of: run) {
        seal.run = run
        seal.stoppedAt = stoppedAt
      }
      let sorted = heads.values.sorted { $0.conversation < $1.conversation }
      seal.link = seal.link(after: newest?.link, heads: sorted)
      return SealDraft(seal: seal, heads: sorted, previous: newest?.link, isLast: isLast)
    }
  }

  /// Whether there is something that no seal has yet.
  ///
  /// - Throws: what SQLite reports.
  package static func isWanted(_ connection: Connection) throws(TranscriptError) -> Bool {
    try connection.integer(
      "SELECT 1 FROM event WHERE id > coalesce((SELECT max(last_event) FROM seal), 0) LIMIT 1")
      != nil
  }

  /// Goes through the events after `event`, as far as one seal reaches.
  private static func walk(
    _ connection: Connection, after event: Int64, _ limits: Limits,
    _ body: (Seal.Head) -> Void
  ) throws(TranscriptError) -> (last: Int64, isLast: Bool) {
    let select = try connection.cached(
      "SELECT conversation_id, id, link FROM event WHERE id > ?1 ORDER BY id LIMIT ?2")
    defer { select.reset() }
    select.bind(event, at: 1)
    select.bind(Int64(limits.events) + 1, at: 2)
    var last = event
    var conversations: Set<Int64> = []
    var count = 0
    while try select.step() {
      let head = Seal.Head(select)
      conversations.insert(head.conversation)
      count += 1
      if count > limits.events || conversations.count > limits.heads { return (last, false) }
      last = head.event
      body(head)
    }
    return (last, true)
  }

  /// Puts it in the transcript. To be called in a write transaction.
  ///
  /// - Returns: false when another seal has come before it, and it is none any more.
  /// - Throws: what SQLite reports.
  package func insert(
    _ connection: Connection, signature: [UInt8]
  ) throws(TranscriptError) -> Bool {
    guard try connection.newestPlace()?.link == previous else { return false }
    var seal = seal
    seal.signature = signature
    try connection.insert(seal, heads)
    return true
  }
}

extension TranscriptWriter {
  /// Records a seal that has been signed.
  ///
  /// - Parameters:
  ///   - draft: what was signed.
  ///   - signature: of its statement.
  ///   - limit: how long other writers may be waited for; `nil`: as long as ever.
  /// - Returns: false when another has come before it, and it is of no use any more.
  /// - Throws: what SQLite reports; nothing is recorded then.
  package func record(
    _ draft: SealDraft, signature: [UInt8], within limit: Duration? = nil
  ) throws(TranscriptError) -> Bool {
    try connection.waiting(within: limit) { () throws(TranscriptError) in
      try commit { () throws(TranscriptError) in
        try draft.insert(connection, signature: signature)
      }
    }
  }
}

extension Connection {
  fileprivate func stop(of run: Int64) throws(TranscriptError) -> Timestamp? {
    try integer("SELECT stopped_at FROM server_run WHERE id = \(run)").map(
      Timestamp.init(milliseconds:))
  }
}
