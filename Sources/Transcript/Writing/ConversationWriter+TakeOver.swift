import ChatCore
import ChatDigest

extension ConversationWriter {
  /// Goes on with a conversation that another process has begun, which must be gone or
  /// leave without another word: from here on it is refused.
  ///
  /// One transaction, in which all is read that the conversation is gone on with; who
  /// writes to it before is read, and who does after is refused.
  ///
  /// - Parameters:
  ///   - writer: of the transcript.
  ///   - run: the run that goes on with it.
  ///   - conversation: its id.
  ///   - openedAt: when it was opened.
  ///   - tokenHash: the SHA-256 of the token that the client has shown.
  ///   - client: where the client comes from now, numeric.
  ///   - protection: how its words come now.
  ///   - shown: the server's last message that it has shown; 0: none.
  ///   - attempt: as it counts its attempts.
  ///   - seen: the client's last message that the operator is known to have seen; 0: nothing
  ///     is known.
  ///   - time: now.
  ///   - lostAt: when the link or the process was lost, where no drop says so; `nil`:
  ///     nobody knows, and the last event is taken for it.
  ///   - reason: why, where no drop says so.
  /// - Returns: what goes on writing, and where the conversation stands.
  /// - Throws: `notResumable` where it is not there, is another one or cannot go on,
  ///   also since the client has not shown what is not repeated;
  ///   `over` where it is closed; `superseded` where a later attempt has come;
  ///   `overstated` where `shown` was never said; and what SQLite reports. Nothing is
  ///   written then.
  package static func takeOver(
    _ writer: TranscriptWriter, run: Int64, conversation: Int64, openedAt: Timestamp,
    tokenHash: [UInt8], from client: (address: String, port: Int), protection: Protection?,
    shown: Int, attempt: Int, seen: Int = 0, at time: Timestamp, lostAt: Timestamp? = nil,
    lostBy reason: CloseReason = .reset
  ) throws(TranscriptError) -> (ConversationWriter, Resumption) {
    let (successor, resumption) = try writer.commit { () throws(TranscriptError) in
      let claimed = try ClaimedConversation(conversation, writer.connection)
      guard let claimed, claimed.openedAt == openedAt, claimed.tokenHash == tokenHash else {
        throw TranscriptError(.notResumable, path: writer.path)
      }
      if claimed.isClosed { throw TranscriptError(.over, path: writer.path) }
      guard attempt > claimed.attempt else { throw TranscriptError(.superseded, path: writer.path) }
      guard shown >= 0, shown <= claimed.server.number else {
        throw TranscriptError(.overstated, path: writer.path)
      }

      let lost = claimed.droppedAt ?? lostAt ?? claimed.lastEventAt
      var resume = Event.Resume()
      resume.run = run
      resume.epoch = claimed.epoch + 1
      resume.attempt = Int64(attempt)
      (resume.address, resume.port) = client
      resume.protection = protection
      resume.away = max(0, time.elapsed(since: lost))
      resume.hasMoved = client.address != claimed.address
      var link = try writer.connection.head(of: conversation)?.link ?? .zero
      var insertion = EventInsertion(writer.connection)
      if claimed.droppedAt == nil {
        try insertion.add(
          Event(conversation: conversation, time: lost, .drop(Event.Drop(reason))), after: &link)
      }
      let event = try insertion.add(
        Event(conversation: conversation, time: time, .resume(resume)), after: &link,
        describing: resume.values)
      try insertion.finish()
      try insert(resume, of: event, writer.connection)
      try update(conversation, resume, shown: shown, writer.connection)

      let successor = ConversationWriter(
        writer, run: run, peerAddress: client.address, peerPort: client.port, mode: claimed.mode)
      successor.protection = protection
      successor.offer = (claimed.tokenHash, claimed.within)
      successor.state = claimed.state(
        epoch: resume.epoch, attempt: resume.attempt, shown: shown,
        generation: writer.generation)
      successor.state.link = link
      var resumption = try claimed.resumption(
        shown: shown, seen: seen, away: resume.away, hasMoved: resume.hasMoved, writer.connection)
      resumption.silentFor = try writer.silence(in: conversation, at: time)
      return (successor, resumption)
    }
    return (successor, resumption)
  }

  private static func insert(
    _ resume: Event.Resume, of event: Int64, _ connection: Connection
  ) throws(TranscriptError) {
    let insert = try connection.cached(
      """
      INSERT INTO resume (event_id, \(EventLinks.resumeColumns.joined(separator: ", ")))
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
      """)
    insert.bind(event, at: 1)
    for (index, value) in resume.values.enumerated() { insert.bind(value, at: index + 2) }
    try insert.run()
  }

  /// The rows of the conversation as they are from now on.
  private static func update(
    _ conversation: Int64, _ resume: Event.Resume, shown: Int, _ connection: Connection
  ) throws(TranscriptError) {
    let raise = try connection.cached(
      """
      UPDATE resumption SET state = 'taken', run_id = ?2, epoch = ?3, attempt = ?4
      WHERE conversation_id = ?1
      """)
    raise.bind(conversation, at: 1)
    raise.bind(resume.run, at: 2)
    raise.bind(resume.epoch, at: 3)
    raise.bind(resume.attempt, at: 4)
    try raise.run()
    let confirm = try connection.cached(
      "UPDATE conversation SET acknowledged = max(acknowledged, ?2) WHERE id = ?1")
    confirm.bind(conversation, at: 1)
    confirm.bind(Int64(shown), at: 2)
    try confirm.run()
  }
}
