import ChatCore
import ChatDigest

/// The ends of conversations whose processes could not record them.
extension TranscriptWriter {
  /// What is left to record of a conversation whose process is gone.
  package enum Unrecorded: Hashable, Sendable {
    case nothing
    /// Its close.
    case close(Int64)
    /// Its open too: it had nothing to say, or nothing could be recorded.
    case openAndClose
    /// Its close, to which its client could come back, and which this run served last.
    case resumable(Int64, run: Int64)
  }

  /// Looks for a conversation of `run` that was opened at `openedAt`: a run gives
  /// this time to no two.
  ///
  /// - Parameters:
  ///   - reported: the id that its process has reported, after its first commit:
  ///     one that is not here then was in another file, or is pruned. One that was opened
  ///     at another time is none that the process can have.
  ///   - openedAt: as the listener gave it.
  ///   - run: the run that served it.
  /// - Returns: what is left to record.
  /// - Throws: what SQLite reports.
  package func unrecorded(
    _ reported: Int64?, openedAt: Timestamp, run: Int64
  ) throws(TranscriptError) -> Unrecorded {
    // By the time: a run may have any number of conversations.
    let select = try connection.cached(
      """
      SELECT c.id, EXISTS (
        SELECT 1 FROM event AS e WHERE e.conversation_id = c.id AND e.kind = 'close') AS is_closed
      FROM conversation AS c LEFT JOIN resumption AS x
        ON x.conversation_id = c.id AND x.state <> 'elsewhere'
      WHERE c.opened_at = ?2 AND coalesce(x.run_id, +c.run_id) = ?1
      ORDER BY is_closed, c.id = ?3 DESC, c.id LIMIT 1
      """)
    select.bind(run, at: 1)
    select.bind(openedAt.milliseconds, at: 2)
    select.bind(reported, at: 3)
    defer { select.reset() }
    guard try select.step() else {
      guard let reported else { return .openAndClose }
      return try isAnothers(reported, openedAt: openedAt) ? .openAndClose : .nothing
    }
    return select.integer(at: 1) == 0 ? .close(select.integer(at: 0)) : .nothing
  }

  /// Whether there is a conversation of this id that was opened at another time.
  private func isAnothers(
    _ conversation: Int64, openedAt: Timestamp
  ) throws(TranscriptError) -> Bool {
    let select = try connection.cached(
      "SELECT 1 FROM conversation WHERE id = ?1 AND opened_at <> ?2")
    select.bind(conversation, at: 1)
    select.bind(openedAt.milliseconds, at: 2)
    defer { select.reset() }
    return try select.step()
  }

  /// What is left to record of a conversation that a client could come back to and has
  /// not: nothing where it is another one, or where another run that is alive serves it.
  ///
  /// Not to be called in a transaction: where a contained process closes the side file
  /// of the locks, its own are gone.
  ///
  /// - Parameters:
  ///   - conversation: its id, as its process has reported: where it is another's, the one
  ///     that this run served and that was opened at this time is meant.
  ///   - openedAt: when it was opened.
  ///   - run: this one.
  /// - Returns: what is left to record.
  /// - Throws: what SQLite reports.
  package func abandoned(
    _ conversation: Int64, openedAt: Timestamp, run: Int64
  ) throws(TranscriptError) -> Unrecorded {
    let select = try connection.cached(
      """
      SELECT c.id, x.run_id
      FROM conversation AS c JOIN resumption AS x ON x.conversation_id = c.id
      WHERE c.opened_at = ?2 AND (c.id = ?1 OR x.run_id = ?3) AND x.state <> 'elsewhere'
      ORDER BY c.id = ?1 DESC, c.id LIMIT 1
      """)
    select.bind(conversation, at: 1)
    select.bind(openedAt.milliseconds, at: 2)
    select.bind(run, at: 3)
    defer { select.reset() }
    guard try select.step() else { return .nothing }
    let (found, owner) = (select.integer(at: 0), select.integer(at: 1))
    if owner != run, RunLock.isHeld(database: path, run: owner) { return .nothing }
    return .resumable(found, run: owner)
  }

  /// The end of one whose process could not record it, or had no cause to.
  package struct End: Hashable, Sendable {
    package var openedAt: Timestamp
    package var peerAddress: String
    package var peerPort: Int
    package var mode: Mode
    package var at: Timestamp
    package var by: Party?
    package var reason: CloseReason
    package var detail: String?
    /// How often another process had gone on with the conversation before the one whose
    /// end this is: where one has since, it is none. `nil`: nobody counted.
    package var epoch: Int64?

    package init(
      openedAt: Timestamp, peerAddress: String, peerPort: Int, mode: Mode, at: Timestamp,
      by: Party?, reason: CloseReason, detail: String?, epoch: Int64? = nil
    ) {
      self.openedAt = openedAt
      self.peerAddress = peerAddress
      self.peerPort = peerPort
      self.mode = mode
      self.at = at
      self.by = by
      self.reason = reason
      self.detail = detail
      self.epoch = epoch
    }
  }

  /// Connections of one source that were closed before they had a process: in one
  /// minute from `since` on.
  package struct Refusals: Hashable, Sendable {
    package var source: String
    package var since: Timestamp
    package var count: Int

    package init(source: String, since: Timestamp, count: Int) {
      self.source = source
      self.since = since
      self.count = count
    }
  }

  /// Records ends, with what ``unrecorded(_:openedAt:run:)`` says of each, and
  /// refusals, in one commit. A row of refusals that is there is left: whoever asks
  /// again did not learn that it was recorded.
  ///
  /// - Returns: what their clients did not confirm, of those of whom nobody has said it.
  /// - Throws: what SQLite reports; nothing is recorded then.
  @discardableResult
  package func record(
    _ ends: [(End, Unrecorded)], _ refusals: [Refusals], run: Int64
  ) throws(TranscriptError) -> [Unconfirmed] {
    var unconfirmed: [Unconfirmed] = []
    try commit { () throws(TranscriptError) in
      unconfirmed = []
      var insertion = EventInsertion(connection)
      var closed: Set<Int64> = []
      for (end, rest) in ends {
        switch rest {
        case .nothing: break
        case .close(let id):
          guard try isUnclosed(id, run: run, epoch: end.epoch), closed.insert(id).inserted
          else { continue }
          // A process that could not record its end has named them.
          let rest = try close(id, end, &insertion)
          if end.reason == .crashed, let rest { unconfirmed.append(rest) }
        case .resumable(let id, let owner):
          guard try isUnclosed(id, run: owner, epoch: end.epoch), closed.insert(id).inserted
          else { continue }
          if let rest = try close(id, end, &insertion) { unconfirmed.append(rest) }
        case .openAndClose:
          let conversation = ConversationWriter(
            self, run: run, peerAddress: end.peerAddress, peerPort: end.peerPort, mode: end.mode)
          try conversation.insert(
            [
              (.open, end.openedAt),
              (.close(by: end.by, end.reason, detail: end.detail, undelivered: 0), end.at),
            ], &insertion)
        }
      }
      try insertion.finish()
      for refused in refusals {
        let insert = try connection.cached(
          """
          INSERT INTO refusal (run_id, since, source, connections) VALUES (?1, ?2, ?3, ?4)
          ON CONFLICT DO NOTHING
          """)
        insert.bind(run, at: 1)
        insert.bind(refused.since.milliseconds, at: 2)
        insert.bind(refused.source, at: 3)
        insert.bind(Int64(refused.count), at: 4)
        try insert.run()
      }
    }
    return unconfirmed
  }

  private func close(
    _ conversation: Int64, _ end: End, _ insertion: inout EventInsertion
  ) throws(TranscriptError) -> Unconfirmed? {
    let unconfirmed = try unconfirmed(in: conversation)
    var link = try connection.head(of: conversation)?.link ?? .zero
    try insertion.add(
      Event(
        conversation: conversation, time: end.at,
        .close(
          Event.Close(
            by: end.by, end.reason, detail: end.detail, undelivered: unconfirmed?.count))),
      after: &link, describing: connection.describedAtClose(of: conversation))
    try connection.setResumptionState("over", of: conversation)
    return unconfirmed
  }

  private func isUnclosed(
    _ conversation: Int64, run: Int64, epoch: Int64?
  ) throws(TranscriptError) -> Bool {
    let select = try connection.cached(
      """
      SELECT c.id FROM conversation AS c LEFT JOIN resumption AS x
        ON x.conversation_id = c.id AND x.state <> 'elsewhere'
      WHERE c.id = ?2 AND coalesce(x.run_id, c.run_id) = ?1 AND (?3 IS NULL OR coalesce(x.epoch, 0) <= ?3)
        AND NOT EXISTS (
          SELECT 1 FROM event AS e WHERE e.conversation_id = c.id AND e.kind = 'close')
      """)
    select.bind(run, at: 1)
    select.bind(conversation, at: 2)
    select.bind(epoch, at: 3)
    defer { select.reset() }
    return try select.step()
  }
}
