import ChatCore

/// Writes one conversation. What was appended is on disk when
/// ``append(_:)`` returns; only then may it be shown, sent or acknowledged.
public final class ConversationWriter {
  let writer: TranscriptWriter
  /// The run that serves the conversation; to be changed after
  /// ``TranscriptWriter/continueRun(_:_:startedAt:)`` gave it another id.
  public var run: Int64
  let peerAddress: String
  let peerPort: Int
  let mode: Mode
  /// What the database is known to hold.
  private var state = ConversationState()

  /// The id in the transcript; `nil` until the open is recorded.
  public var conversationID: Int64? { state.id }

  public init(
    _ writer: TranscriptWriter, run: Int64, peerAddress: String, peerPort: Int, mode: Mode
  ) {
    self.writer = writer
    self.run = run
    self.peerAddress = peerAddress
    self.peerPort = peerPort
    self.mode = mode
  }

  /// Records `entries`, all or none, in one commit.
  ///
  /// After an error the same entries can be appended again. When the
  /// database was deleted or replaced and ``TranscriptWriter/reopen()`` has
  /// made a new one, the conversation's opening and handle, with their times,
  /// are recorded there again before `entries`.
  ///
  /// - Parameter entries: what happened, oldest first, and when. The
  ///   conversation's first is `open`.
  /// - Returns: the numbers of the events, which have no gap; `nil` when
  ///   `entries` only changed the conversation's row.
  /// - Throws: ``TranscriptError``: `full`, `readOnly`, `locked`, `corrupt`,
  ///   `deleted`, `replaced`, `constraint` when the conversation has a close,
  ///   among others.
  @discardableResult
  public func append(
    _ entries: [(Entry, Timestamp)]
  ) throws(TranscriptError) -> ClosedRange<Int64>? {
    if entries.isEmpty { return nil }
    // Worked on apart and kept only once the commit is through.
    var next = state
    let ids = try writer.commit { () throws(TranscriptError) in
      var insertion = EventInsertion(writer.connection, capacity: entries.count)
      if next.isOf(earlierThan: writer.generation) {
        try restore(&next, &insertion)
      }
      for (entry, time) in entries {
        try record(entry, at: time, &next, &insertion)
      }
      try insertion.finish()
      return insertion.ids
    }
    next.generation = writer.generation
    state = next
    return ids
  }

  private func record(
    _ entry: Entry, at time: Timestamp, _ state: inout ConversationState,
    _ insertion: inout EventInsertion
  ) throws(TranscriptError) {
    if case .open = entry {
      precondition(state.id == nil, "a conversation is opened once")
      let id = try insertConversation(opened: time)
      state.id = id
      state.opened = time
      insertion.open(id, at: time, checksum(opened: time))
      return
    }
    guard let id = state.id else { preconditionFailure("a conversation begins with its open") }
    switch entry {
    case .open: break
    case .handle(let handle, let dialect):
      state.handle = (handle, dialect, time)
      try setHandle(handle, dialect, of: id)
      insertion.handle(id, at: time, handle, dialect)
    case .floor:
      state.floor = time
      try setFloor(time, of: id)
    case .message(let party, let number, let message):
      insertion.message(id, at: time, party, number, message, isHeld: false)
    case .held(let number, let message):
      insertion.message(id, at: time, .client, number, message, isHeld: true)
    case .acknowledged(let number):
      state.acknowledged = max(state.acknowledged, number)
      try setAcknowledged(state.acknowledged, of: id)
    case .close(let party, let reason, let detail, let undelivered):
      insertion.close(id, at: time, party, reason, detail, undelivered)
    }
  }

  /// Records again, in a new database, what describes the conversation.
  private func restore(
    _ state: inout ConversationState, _ insertion: inout EventInsertion
  ) throws(TranscriptError) {
    let old = state
    guard let opened = old.opened else { return }
    state = ConversationState()
    try record(.open, at: opened, &state, &insertion)
    if let (handle, dialect, time) = old.handle {
      try record(.handle(handle, dialect), at: time, &state, &insertion)
    }
    if let floor = old.floor { try record(.floor, at: floor, &state, &insertion) }
    if old.acknowledged > 0 {
      try record(.acknowledged(through: old.acknowledged), at: opened, &state, &insertion)
    }
  }
}

@available(*, unavailable, message: "a writer stays in the thread that opened it")
extension ConversationWriter: Sendable {}
