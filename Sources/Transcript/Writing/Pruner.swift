import ChatCore
import ChatDigest

/// Deletes whole conversations, for good.
package struct Pruner {
  private let connection: Connection
  private let archive: Archive

  /// What a prune would take, or took.
  package struct Extent: Hashable, Sendable {
    package var conversations = 0
    package var messages = 0
    /// Messages among them; only of what was taken.
    var events: Int64 = 0
    package var first: Int64?
    package var last: Int64?
    /// Whether the notes of all that was taken are signed.
    package var isSigned = true

    package init() {}
  }

  /// - Parameters:
  ///   - connection: may write, unless only a preview is wanted.
  ///   - now: the clock by which a client may still come back; `nil`: the machine's.
  package init(_ connection: Connection, now: (() -> Timestamp)? = nil) {
    self.connection = connection
    archive = Archive(connection)
    if let now { archive.now = now }
  }

  /// Which conversations are meant: of them, those that are closed or lost.
  package enum Wanted: Hashable, Sendable {
    /// Those without an event at or after this time.
    case ended(before: Timestamp)
    /// Those with these ids.
    case conversations([IDRange])

    /// One for each note that is left.
    fileprivate var filters: [ConversationFilter] {
      var filter = ConversationFilter()
      filter.states = [.closed, .lost]
      switch self {
      case .ended(let limit):
        filter.endedBefore = limit
        return [filter]
      case .conversations(let ranges):
        // Each for itself, so that a note names no id between two of them, and
        // a query has one range however many were typed.
        return IDRange.merged(ranges).map { range in
          filter.ids = [range]
          return filter
        }
      }
    }
  }

  /// The conversations that `wanted` means now.
  package func each(
    _ wanted: Wanted, _ body: (ConversationSummary) -> Void
  ) throws(TranscriptError) {
    for filter in wanted.filters { try each(filter, body) }
  }

  private func each(
    _ filter: ConversationFilter, _ body: (ConversationSummary) -> Void
  ) throws(TranscriptError) {
    let cursor = archive.conversations(filter, newestFirst: false, counting: true)
    while let conversation = try cursor.next() { body(conversation) }
  }

  /// How much there is of `wanted`.
  package func preview(_ wanted: Wanted) throws(TranscriptError) -> Extent {
    var extent = Extent()
    try each(wanted) { extent.add($0) }
    return extent
  }

  /// Deletes, a few conversations at a time, so that a server that is running
  /// waits for none of it long, and notes it in the table `pruning` in the
  /// same transactions.
  ///
  /// - Parameters:
  ///   - wanted: what goes.
  ///   - now: for the note.
  ///   - signer: whoever signs the note; `nil`: nobody does.
  ///   - progress: is given how many conversations are gone.
  /// - Returns: what was deleted.
  /// - Throws: what SQLite reports; what was deleted until then is noted.
  package func prune(
    _ wanted: Wanted, now: Timestamp, _ signer: (any SealSigner)? = nil,
    _ progress: (Int) -> Void
  ) throws(TranscriptError) -> Extent {
    // Freed pages are overwritten
    // (https://www.sqlite.org/pragma.html#pragma_secure_delete).
    try connection.execute("PRAGMA secure_delete = ON")
    // Of those that are named, all had ended by now.
    var limit = now
    if case .ended(let time) = wanted {
      limit = time
      try connection.write { () throws(TranscriptError) in
        try connection.execute("DELETE FROM refusal WHERE since < \(limit.milliseconds)")
      }
    }
    var total = Extent()
    for filter in wanted.filters {
      let earlier = total.conversations
      total.add(
        try prune(filter, before: limit, now: now, signer) { progress(earlier + $0) })
    }
    return total
  }

  /// Leaves one note, if anything went.
  private func prune(
    _ filter: ConversationFilter, before limit: Timestamp, now: Timestamp,
    _ signer: (any SealSigner)?, _ progress: (Int) -> Void
  ) throws(TranscriptError) -> Extent {
    var ids: [(id: Int64, messages: Int)] = []
    try each(filter) { ids.append(($0.id, $0.messageCount)) }
    var extent = Extent()
    var note: Int64?
    var rest = ids[...]
    while !rest.isEmpty {
      var step: [(id: Int64, messages: Int)] = []
      var size = 0
      while size < Self.stepSize, let next = rest.popFirst() {
        step.append(next)
        size += 1 + next.messages
      }
      try connection.write { () throws(TranscriptError) in
        var taken = Extent()
        var heads: [Seal.Head] = []
        // Another prune may have taken one since, and noted it.
        for (id, messages) in step {
          let head = try connection.head(of: id)
          guard let events = try delete(id) else { continue }
          // One without an event, which is damage, has gone too.
          heads.append(
            Seal.Head(conversation: id, event: head?.event ?? 0, link: head?.link ?? .zero))
          taken.add(id, messages: messages)
          taken.events += events
        }
        if taken.conversations == 0 { return }
        extent.add(taken)
        note = try self.note(extent, before: limit, now: now, row: note)
        if try !connection.sealRemoval(of: heads, note: taken.note, at: now, signer) {
          extent.isSigned = false
        }
      }
      progress(extent.conversations)
    }
    return extent
  }

  /// Messages in one transaction: some tens of milliseconds.
  private static let stepSize = 1000

  /// - Returns: how many events went; `nil` when it was not there, or its client has
  ///   come back since.
  private func delete(_ id: Int64) throws(TranscriptError) -> Int64? {
    guard let found = try archive.conversation(id, counting: false), found.ending.state != .open
    else { return nil }
    try SearchIndex.remove(conversation: id, connection)
    try Totals.remove(conversation: id, connection)
    try run(
      """
      DELETE FROM resume WHERE event_id IN (
        SELECT id FROM event WHERE conversation_id = ?1 AND kind IN ('drop', 'resume'))
      """, id)
    try run("DELETE FROM event WHERE conversation_id = ?1", id)
    let events = connection.changes
    try run("DELETE FROM resumption WHERE conversation_id = ?1", id)
    try run("DELETE FROM conversation WHERE id = ?1", id)
    return events
  }

  private func run(_ sql: String, _ id: Int64) throws(TranscriptError) {
    let statement = try connection.cached(sql)
    statement.bind(id, at: 1)
    try statement.run()
  }

  private func note(
    _ extent: Extent, before limit: Timestamp, now: Timestamp, row: Int64?
  ) throws(TranscriptError) -> Int64 {
    let statement = try connection.cached(
      """
      INSERT INTO pruning (id, at, before, conversations, messages, events, first_id, last_id)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO UPDATE SET
        conversations = excluded.conversations, messages = excluded.messages,
        events = excluded.events, first_id = excluded.first_id, last_id = excluded.last_id
      """)
    statement.bind(row, at: 1)
    statement.bind(now.milliseconds, at: 2)
    statement.bind(limit.milliseconds, at: 3)
    statement.bind(Int64(extent.conversations), at: 4)
    statement.bind(Int64(extent.messages), at: 5)
    statement.bind(extent.events, at: 6)
    statement.bind(extent.first, at: 7)
    statement.bind(extent.last, at: 8)
    try statement.run()
    return row ?? connection.lastInsertedID
  }

  /// Takes what was deleted out of the file: names that nobody has any more,
  /// the words of the full-text index, free pages, and the write-ahead log.
  ///
  /// - Parameter progress: is given how far it has come.
  /// - Returns: whether the log could be emptied too. Where another program
  ///   reads at that moment, it cannot.
  /// - Throws: what SQLite reports; the conversations are deleted anyway.
  package func scrub(_ progress: (Scrubbed) -> Void) throws(TranscriptError) -> Bool {
    try connection.write { () throws(TranscriptError) in
      try connection.execute(
        """
        DELETE FROM handle
        WHERE id NOT IN (SELECT handle_id FROM conversation WHERE handle_id IS NOT NULL)
        """)
    }
    try SearchIndex.scrub(connection) { progress(.index($0)) }
    return try connection.vacuum { progress(.file($0, of: $1)) }
  }

  /// Pages that were written to take out what was deleted.
  package enum Scrubbed: Hashable, Sendable {
    /// Of the full-text index.
    case index(Int)
    /// Of the whole file.
    case file(Int, of: Int)
  }
}

extension Pruner.Extent {
  package mutating func add(_ conversation: ConversationSummary) {
    add(conversation.id, messages: conversation.messageCount)
  }

  fileprivate mutating func add(_ other: Self) {
    conversations += other.conversations
    messages += other.messages
    events += other.events
    first = first ?? other.first
    last = other.last ?? last
    isSigned = isSigned && other.isSigned
  }

  /// For the seal.
  fileprivate var note: String {
    "\(conversations) conversations, \(messages) messages, \(events) events"
  }

  fileprivate mutating func add(_ id: Int64, messages: Int) {
    conversations += 1
    self.messages += messages
    first = min(first ?? id, id)
    last = max(last ?? id, id)
  }
}
