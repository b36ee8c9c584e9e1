import ChatCore

/// The ends of conversations whose processes could not record them.
extension TranscriptWriter {
  /// Records how a conversation of another, dead process ended. Where it is not
  /// of that run, or has a close already, nothing is recorded.
  ///
  /// - Parameters:
  ///   - conversation: its id, as its process has reported it.
  ///   - run: the run that served it.
  ///   - time: when it was noticed.
  ///   - party: who ended it; `nil` when nobody meant to.
  ///   - reason: the cause.
  ///   - detail: the signal, the fault.
  /// - Returns: whether it was recorded.
  /// - Throws: what SQLite reports; nothing is recorded then.
  @discardableResult
  public func recordDeath(
    conversation: Int64, run: Int64, at time: Timestamp, by party: Party?, reason: CloseReason,
    detail: String? = nil
  ) throws(TranscriptError) -> Bool {
    try commit { () throws(TranscriptError) in
      guard try isUnclosed(conversation, run: run) else { return false }
      var insertion = EventInsertion(connection)
      insertion.add(
        Event(
          conversation: conversation, time: time,
          .close(Event.Close(by: party, reason, detail: detail))))
      try insertion.finish()
      return true
    }
  }

  private func isUnclosed(_ conversation: Int64, run: Int64) throws(TranscriptError) -> Bool {
    let select = try connection.cached(Self.unclosed + "AND c.id = ?2")
    select.bind(run, at: 1)
    select.bind(conversation, at: 2)
    defer { select.reset() }
    return try select.step()
  }

  /// The conversations of a run that have no close, the oldest first.
  ///
  /// - Throws: what SQLite reports.
  public func unclosedConversations(run: Int64) throws(TranscriptError) -> [Int64] {
    let select = try connection.cached(Self.unclosed + "ORDER BY c.id")
    select.bind(run, at: 1)
    defer { select.reset() }
    var ids: [Int64] = []
    while try select.step() { ids.append(select.integer(at: 0)) }
    return ids
  }

  private static let unclosed = """
    SELECT c.id FROM conversation AS c WHERE c.run_id = ?1 AND NOT EXISTS (
      SELECT 1 FROM event AS e WHERE e.conversation_id = c.id AND e.kind = 'close')

    """

  /// The newest of them with a peer's address and port, for whoever knows no
  /// more of it; `nil` when there is none.
  ///
  /// - Throws: what SQLite reports.
  public func unclosedConversation(
    run: Int64, peerAddress: String, peerPort: Int
  ) throws(TranscriptError) -> Int64? {
    let select = try connection.cached(
      Self.unclosed + "AND c.peer_address = ?2 AND c.peer_port = ?3 ORDER BY c.id DESC LIMIT 1")
    select.bind(run, at: 1)
    select.bind(peerAddress, at: 2)
    select.bind(Int64(peerPort), at: 3)
    defer { select.reset() }
    return try select.step() ? select.integer(at: 0) : nil
  }
}
