import ChatCore
import ChatDigest

/// Makes the links of events from what is stored: each is over the one before it in its
/// conversation and the event's own row, and that of an open, a handle or a resume over
/// what other rows say of it too. What a row that is not there says is nothing.
package struct EventLinks: ~Copyable {
  private let connection: Connection
  private var builder = LinkBuilder()

  package init(_ connection: Connection) {
    self.connection = connection
  }

  /// What the link that was made last is over: the one before it, then the values.
  var bytes: [UInt8] { builder.bytes }

  /// Every event in its order: ``Event/columns``, then the link.
  package static let select =
    "SELECT \((Event.columns + ["link"]).joined(separator: ", ")) FROM event ORDER BY id"

  /// The link that is stored in the row of ``select`` that `event` is at; `nil` where it
  /// can be no link.
  package static func stored(_ event: Statement) -> Digest? {
    Digest(event.blob(at: Event.columns.count))
  }

  /// Makes the link of the row of ``select`` that `event` is at.
  ///
  /// - Parameters:
  ///   - event: the statement.
  ///   - link: that of the event before it in its conversation.
  ///   - dialect: of a handle, what the conversation's row said at that time, where that
  ///     is not what it says now.
  /// - Returns: what has to be stored with it.
  /// - Throws: what SQLite reports.
  package mutating func link(
    of event: Statement, after link: Digest, dialect: String? = nil
  ) throws(TranscriptError) -> Digest {
    builder.begin(after: link)
    builder.add(event, Event.columns.indices)
    let conversation = event.integer(at: .conversation)
    switch Event.Kind(rawValue: event.text(at: .kind)) {
    case .open: _ = try add(Self.opened, conversation)
    case .handle:
      var spoken = dialect
      if let spoken {
        builder.add(.text(spoken))
      } else {
        spoken = try add(Self.spoken, conversation)
      }
      if spoken == Dialect.native.rawValue { _ = try add(Self.offered, conversation) }
    case .resume: _ = try add(Self.resumed, event.integer(at: .id))
    case .close: _ = try add(Self.closed, conversation)
    // Nothing else says anything of another row.
    default: break
    }
    return builder.finish()
  }

  /// Adds the row that `sql` finds.
  ///
  /// - Returns: the text in its first column.
  private mutating func add(_ sql: String, _ id: Int64) throws(TranscriptError) -> String? {
    let select = try connection.cached(sql)
    select.bind(id, at: 1)
    defer { select.reset() }
    guard try select.step() else { return nil }
    builder.add(select, 0..<select.columnCount)
    return select.textOrNil(at: 0)
  }

  private static func columns(_ names: [String], of table: String) -> String {
    names.map { "\(table).\($0)" }.joined(separator: ", ")
  }

  private static let opened = """
    SELECT \(columns(conversationColumns, of: "c")), \(columns(runColumns, of: "r"))
    FROM conversation AS c LEFT JOIN server_run AS r ON r.id = c.run_id WHERE c.id = ?1
    """
  private static let spoken = "SELECT dialect FROM conversation WHERE id = ?1"
  private static let offered = """
    SELECT \(offerColumns.joined(separator: ", ")) FROM resumption WHERE conversation_id = ?1
    """
  private static let resumed = """
    SELECT \(resumeColumns.joined(separator: ", ")) FROM resume WHERE event_id = ?1
    """
  fileprivate static let closed = """
    SELECT \(closeColumns.joined(separator: ", ")) FROM conversation WHERE id = ?1
    """
}

/// What links are over beside the values of an event's own row, in this order.
extension EventLinks {
  /// Of an open: what never changes in the conversation's row.
  static let conversationColumns = [
    "run_id", "opened_at", "peer_address", "peer_port", "mode", "encrypted", "peer_key",
  ]

  /// Of an open too: what never changes in the run's row.
  static let runColumns = [
    "started_at", "pid", "boot_id", "version", "port", "handle", "address",
  ]

  /// Of a handle, after the dialect, where the client can come back: what never changes in
  /// its row of `resumption`.
  static let offerColumns = [
    "token_hash", "within", "epoch_before", "attempt_before", "client_before", "server_before",
    "speaker_before",
  ]

  /// Of a resume: its row in the table `resume` but for the event's id.
  static let resumeColumns = [
    "run_id", "epoch", "attempt", "address", "port", "encrypted", "peer_key", "away", "moved",
  ]

  /// Of a close: what changed in the conversation's row until then, and does no more.
  static let closeColumns = ["floor_at", "acknowledged"]
}

extension Connection {
  /// The last event of a conversation and its link; `nil` where it has no event. What can
  /// be no link, which is damage, fits nothing: such a conversation is closed and deleted
  /// as others are.
  ///
  /// - Throws: what SQLite reports.
  package func head(
    of conversation: Int64
  ) throws(TranscriptError) -> (event: Int64, link: Digest)? {
    let select = try cached(
      "SELECT id, link FROM event WHERE conversation_id = ?1 ORDER BY id DESC LIMIT 1")
    select.bind(conversation, at: 1)
    defer { select.reset() }
    guard try select.step() else { return nil }
    return (select.integer(at: 0), Digest(select.blob(at: 1)) ?? .zero)
  }

  /// The values that a close's link is over beside its own.
  ///
  /// - Throws: what SQLite reports.
  func describedAtClose(of conversation: Int64) throws(TranscriptError) -> [SQLValue] {
    let select = try cached(EventLinks.closed)
    select.bind(conversation, at: 1)
    defer { select.reset() }
    guard try select.step() else { return [] }
    return EventLinks.closeColumns.indices.map { select.value(at: $0) }
  }

  /// The values that an open's link is over beside its own and its conversation's.
  ///
  /// - Throws: what SQLite reports.
  func described(run: Int64) throws(TranscriptError) -> [SQLValue] {
    let select = try cached(
      "SELECT \(EventLinks.runColumns.joined(separator: ", ")) FROM server_run WHERE id = ?1")
    select.bind(run, at: 1)
    defer { select.reset() }
    guard try select.step() else { return [] }
    return EventLinks.runColumns.indices.map { select.value(at: $0) }
  }
}
