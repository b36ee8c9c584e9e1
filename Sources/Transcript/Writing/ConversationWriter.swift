import ChatCore
import ChatDigest

/// Writes one conversation. What was appended is on disk when
/// ``append(_:)`` returns; only then may it be shown, sent or acknowledged.
package final class ConversationWriter {
  let writer: TranscriptWriter
  /// The run that serves the conversation; to be changed after
  /// ``TranscriptWriter/continueRun(_:_:startedAt:)`` gave it another id.
  package var run: Int64
  let peerAddress: String
  let peerPort: Int
  let mode: Mode
  /// How the peer's words come; to be set before the first ``append(_:)``. `nil`: it
  /// has said nothing.
  package var protection: Protection?
  /// What a native client can go on with the conversation by, and how long after it
  /// lost its link: the SHA-256 of its token. To be set before the handle is appended;
  /// `nil`: it cannot.
  package var offer: (tokenHash: [UInt8], within: Duration)?
  /// What the database is known to hold.
  var state = State()

  /// What one database holds of a conversation beside its messages.
  struct State {
    var id: Int64?
    /// Of its last event. Nobody else adds to the conversation while its epoch is this
    /// process's, so the database need not be asked for it.
    var link = Digest.zero
    var opened: Timestamp?
    var handle: (Handle, Dialect, Timestamp)?
    var floor: Timestamp?
    var acknowledged = 0
    /// Whether it has its close, whose link is over what its row says by then.
    var isClosed = false
    /// Of a conversation that can go on in another process.
    var resumption: ResumptionState?
    /// The mode that it was changed to.
    var mode: (Mode, Timestamp)?
    /// Since when the link is down, and why.
    var drop: (reason: CloseReason, detail: String?, at: Timestamp)?
    /// The database it was written to; see ``TranscriptWriter/generation``.
    var generation = 0
  }

  /// The id in the transcript, by which everybody else knows the conversation;
  /// `nil` until the first commit. It is another one after the conversation
  /// went on in a new file.
  package var conversationID: Int64? { state.id }

  package init(
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
  /// - Throws: ``TranscriptError``: `full`, `readOnly`, `locked`, `corrupt`,
  ///   `deleted`, `replaced`, `constraint` when the conversation has a close, and
  ///   `superseded` when another process goes on with it, among others.
  package func append(_ entries: [(Entry, Timestamp)]) throws(TranscriptError) {
    if entries.isEmpty { return }
    // Worked on apart and kept only once the commit is through.
    var next = state
    try writer.commit { () throws(TranscriptError) in
      var insertion = EventInsertion(writer.connection)
      if next.id == nil || next.generation == writer.generation {
        try checkEpoch(next)
      } else {
        try restore(&next, &insertion)
      }
      for (entry, time) in entries {
        try record(entry, at: time, &next, &insertion)
      }
      try insertion.finish()
    }
    next.generation = writer.generation
    state = next
    writer.note(written: entries.reduce(0) { $0 + $1.0.size })
  }

  /// Adds a whole conversation, of which nothing is recorded yet, to a commit that
  /// others share.
  func insert(
    _ entries: [(Entry, Timestamp)], _ insertion: inout EventInsertion
  ) throws(TranscriptError) {
    var state = State()
    for (entry, time) in entries { try record(entry, at: time, &state, &insertion) }
  }

  /// What an entry asks for is an event, a change of the conversation's row, or
  /// both.
  private func record(
    _ entry: Entry, at time: Timestamp, _ state: inout State, _ insertion: inout EventInsertion
  ) throws(TranscriptError) {
    if case .open = entry {
      precondition(state.id == nil, "a conversation is opened once")
      let row = row(opened: time)
      let id = try insert(row)
      state.id = id
      state.opened = time
      try insertion.add(
        Event(conversation: id, time: time, .open), after: &state.link,
        describing: row + writer.connection.described(run: run))
      return
    }
    guard let id = state.id else { preconditionFailure("a conversation begins with its open") }
    var described: [SQLValue] = []
    let content: Event.Content
    switch entry {
    case .open: return
    case .handle(let handle, let dialect):
      try setHandle(handle, dialect, of: id)
      described = [.text(dialect.rawValue)]
      if dialect == .native, state.handle == nil, let offer {
        let resumption = state.resumption ?? ResumptionState()
        state.resumption = resumption
        described += try insertResumption(resumption, offer, of: id)
      }
      state.handle = (handle, dialect, time)
      content = .handle(handle.text)
    case .floor:
      if state.isClosed { return }
      state.floor = time
      return try update(
        "UPDATE conversation SET floor_at = ?2 WHERE id = ?1", id, time.milliseconds)
    case .resumable:
      guard state.resumption != nil else { return }
      state.resumption?.isTaken = true
      return try setResumptionState("taken", of: id)
    case .mode(let mode):
      state.mode = (mode, time)
      content = .mode(.known(mode))
    case .drop(let reason, let detail):
      state.drop = (reason, detail, time)
      content = .drop(Event.Drop(reason, detail: detail))
    case .message(let party, let number, let message):
      state.resumption?.note(number, of: party)
      content = .message(
        Event.Said(by: party, number: number, text: message.text, raw: message.raw))
    case .held(let number, let message):
      content = .message(
        Event.Said(
          by: .client, number: number, text: message.text, raw: message.raw, isHeld: true))
    case .acknowledged(let number):
      if state.isClosed { return }
      state.acknowledged = max(state.acknowledged, number)
      return try update(
        "UPDATE conversation SET acknowledged = ?2 WHERE id = ?1", id, Int64(state.acknowledged))
    case .close(let party, let reason, let detail, let undelivered):
      content = .close(Event.Close(by: party, reason, detail: detail, undelivered: undelivered))
      if state.resumption != nil { try setResumptionState("over", of: id) }
      described = try writer.connection.describedAtClose(of: id)
      state.isClosed = true
    }
    try insertion.add(
      Event(conversation: id, time: time, content), after: &state.link, describing: described)
  }

  /// Records again, in a new database, what describes the conversation.
  private func restore(
    _ state: inout State, _ insertion: inout EventInsertion
  ) throws(TranscriptError) {
    let old = state
    guard let opened = old.opened else { return }
    if let resumption = old.resumption { try forgetCopy(ofEpoch: resumption.epoch) }
    state = State()
    // One whose client turned out not to know the offer has no row here.
    state.resumption = old.handle?.1 == .native ? old.resumption : nil
    try record(.open, at: opened, &state, &insertion)
    if let (handle, dialect, time) = old.handle {
      try record(.handle(handle, dialect), at: time, &state, &insertion)
    }
    if old.resumption?.isTaken == true {
      try record(.resumable, at: opened, &state, &insertion)
    }
    if let floor = old.floor { try record(.floor, at: floor, &state, &insertion) }
    if let (mode, time) = old.mode { try record(.mode(mode), at: time, &state, &insertion) }
    if let drop = old.drop {
      try record(.drop(drop.reason, detail: drop.detail), at: drop.at, &state, &insertion)
    }
    if old.acknowledged > 0 {
      try record(.acknowledged(through: old.acknowledged), at: opened, &state, &insertion)
    }
  }
}

@available(*, unavailable, message: "a writer stays in the thread that opened it")
extension ConversationWriter: Sendable {}

extension Entry {
  /// About what it takes in the file, in bytes: a row with its places in two
  /// indexes, and what was said.
  fileprivate var size: Int {
    switch self {
    case .message(_, _, let message), .held(_, let message): 160 + message.text.utf8.count
    default: 160
    }
  }
}
