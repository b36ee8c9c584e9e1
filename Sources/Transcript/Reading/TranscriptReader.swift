import ChatCore

/// Reads one transcript. Every call sees the newest commits and holds no
/// transaction when it returns, so that writers are never in its way.
public final class TranscriptReader {
  public let connection: Connection

  /// Opens the transcript at `path`; nothing is created or migrated.
  ///
  /// - Parameters:
  ///   - path: the database.
  ///   - busyTimeout: how long a read may wait for a lock, in milliseconds.
  /// - Throws: as ``Connection/forReading(_:busyTimeout:)``.
  public convenience init(
    path: String, busyTimeout: Int32 = Connection.defaultBusyTimeout
  ) throws(TranscriptError) {
    self.init(try Connection.forReading(path, busyTimeout: busyTimeout))
  }

  /// Reads through a connection that is open already.
  public init(_ connection: Connection) {
    self.connection = connection
  }

  /// How many events one read transaction returns at most: short enough, at
  /// 16 KiB a message, to hold up no checkpoint for long.
  static let pageSize = 1000

  /// The events of a conversation after a number, oldest first.
  ///
  /// - Parameters:
  ///   - conversation: its id.
  ///   - seq: only events with a higher number.
  ///   - limit: how many at most.
  /// - Returns: the events; empty when there are none, or no such conversation.
  /// - Throws: what SQLite reports.
  public func events(
    conversation: Int64, after seq: Int64, limit: Int
  ) throws(TranscriptError) -> [TranscriptEvent] {
    let select = try connection.cached(
      EventRow.select + "WHERE e.conversation_id = ?1 AND e.id > ?2 ORDER BY e.id LIMIT ?3")
    select.bind(conversation, at: 1)
    select.bind(seq, at: 2)
    select.bind(Int64(limit), at: 3)
    defer { select.reset() }
    var events: [TranscriptEvent] = []
    while try select.step() { events.append(try EventRow.event(select, path: connection.path)) }
    return events
  }

  /// All events of a conversation, oldest first, read a page at a time.
  ///
  /// - Parameter conversation: its id.
  /// - Returns: the events; empty when there is no such conversation.
  /// - Throws: what SQLite reports.
  public func events(conversation: Int64) throws(TranscriptError) -> [TranscriptEvent] {
    var events: [TranscriptEvent] = []
    while true {
      let page = try self.events(
        conversation: conversation, after: events.last?.seq ?? 0, limit: Self.pageSize)
      events += page
      if page.count < Self.pageSize { return events }
    }
  }
}

@available(*, unavailable, message: "a reader stays in the thread that opened it")
extension TranscriptReader: Sendable {}
