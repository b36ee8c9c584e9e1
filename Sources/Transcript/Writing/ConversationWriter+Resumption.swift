import ChatCore

/// What a conversation that can go on in another process needs beside its events: the
/// row of the table `resumption`, as the process that serves it knows it.
struct ResumptionState {
  /// Whether the client has taken the offer.
  var isTaken = false
  /// How often another process has gone on with it.
  var epoch: Int64 = 0
  /// The highest attempt of the client that came.
  var attempt: Int64 = 0
  /// Of each side the number of its last message, and who spoke last: what a new file
  /// has no events of.
  var client = 0
  var server = 0
  var speaker: Party?

  mutating func note(_ number: Int, of party: Party) {
    switch party {
    case .client: client = max(client, number)
    case .server: server = max(server, number)
    }
    speaker = party
  }
}

extension ConversationWriter {
  /// Makes sure that no other process has gone on with the conversation or has closed
  /// it, as the keeper does when the time to come back is over: a process that was
  /// stopped under a dead server may wake at any time.
  ///
  /// - Throws: `superseded`, and what SQLite reports.
  func checkEpoch(_ state: State) throws(TranscriptError) {
    guard let id = state.id, let resumption = state.resumption else { return }
    let select = try writer.connection.cached(
      "SELECT epoch, state FROM resumption WHERE conversation_id = ?1")
    select.bind(id, at: 1)
    defer { select.reset() }
    guard try select.step(), select.integer(at: 0) == resumption.epoch,
      select.text(at: 1) != "over"
    else { throw TranscriptError(.superseded, path: writer.path) }
  }

  /// A new file may be an old copy of the one that was lost, and have this conversation
  /// as it was then. What goes on is what is written from here on.
  ///
  /// - Throws: `superseded` when it has gone on elsewhere, and what SQLite reports.
  func forgetCopy(ofEpoch epoch: Int64) throws(TranscriptError) {
    guard let offer else { return }
    let select = try writer.connection.cached(
      "SELECT epoch FROM resumption WHERE token_hash = ?1 AND state <> 'elsewhere'")
    select.bind(offer.tokenHash, at: 1)
    defer { select.reset() }
    guard try select.step() else { return }
    guard select.integer(at: 0) <= epoch else {
      throw TranscriptError(.superseded, path: writer.path)
    }
    select.reset()
    let leave = try writer.connection.cached(
      """
      UPDATE resumption SET state = 'elsewhere'
      WHERE token_hash = ?1 AND state <> 'elsewhere'
      """)
    leave.bind(offer.tokenHash, at: 1)
    try leave.run()
  }

  /// Makes the row, with what was before it.
  ///
  /// - Returns: a value for each of ``EventLinks/offerColumns``.
  /// - Throws: what SQLite reports; the transaction is to be undone then.
  func insertResumption(
    _ resumption: ResumptionState, _ offer: (tokenHash: [UInt8], within: Duration), of id: Int64
  ) throws(TranscriptError) -> [SQLValue] {
    let values: [SQLValue] = [
      .blob(offer.tokenHash), .integer(offer.within.wholeMilliseconds),
      .integer(resumption.epoch), .integer(resumption.attempt),
      .integer(Int64(resumption.client)), .integer(Int64(resumption.server)),
      SQLValue(resumption.speaker?.stored),
    ]
    let insert = try writer.connection.cached(
      """
      INSERT INTO resumption (\(EventLinks.offerColumns.joined(separator: ", ")),
        conversation_id, run_id, state, epoch, attempt)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'offered', ?3, ?4)
      """)
    for (index, value) in (values + [.integer(id), .integer(run)]).enumerated() {
      insert.bind(value, at: index + 1)
    }
    try insert.run()
    return values
  }

  func setResumptionState(_ state: String, of id: Int64) throws(TranscriptError) {
    try writer.connection.setResumptionState(state, of: id)
  }
}

extension Connection {
  /// Changes how far a conversation has come that can go on in another process; nothing
  /// where it cannot.
  ///
  /// - Throws: what SQLite reports; the transaction is to be undone then.
  func setResumptionState(_ state: String, of conversation: Int64) throws(TranscriptError) {
    let update = try cached(
      "UPDATE resumption SET state = ?2 WHERE conversation_id = ?1 AND state <> 'elsewhere'")
    update.bind(conversation, at: 1)
    update.bind(state, at: 2)
    try update.run()
  }
}
