import ChatCore

/// What is counted of one conversation, event by event in their order: a row of
/// the table `conversation_total`.
package struct Talk: Hashable, Sendable {
  /// Messages of each side.
  package var clients: Int64 = 0
  package var servers: Int64 = 0
  /// The time of the newest event.
  package var last: Timestamp
  /// The earliest and the latest time of a message; `nil` without any.
  package private(set) var saidFrom: Timestamp?
  package private(set) var saidTo: Timestamp?
  /// The newest message, whatever the clock did since.
  private var newest: (at: Timestamp, by: Party)?

  package init(last: Timestamp) {
    self.last = last
  }

  package static func == (one: Talk, other: Talk) -> Bool { one.values == other.values }

  package func hash(into hasher: inout Hasher) { hasher.combine(values) }

  package var messages: Int64 { clients + servers }

  /// Counts the next event.
  ///
  /// - Parameters:
  ///   - time: when it was.
  ///   - speaker: who said it, of a message; `nil` of any other event.
  /// - Returns: of a message that answers the other side, how long it took.
  package mutating func add(at time: Timestamp, by speaker: Party?) -> Reply? {
    last = time
    guard let speaker else { return nil }
    saidFrom = min(saidFrom ?? time, time)
    saidTo = max(saidTo ?? time, time)
    switch speaker {
    case .client: clients += 1
    case .server: servers += 1
    }
    defer { newest = (time, speaker) }
    guard let newest, newest.by != speaker else { return nil }
    return Reply(by: speaker, after: time.elapsed(since: newest.at))
  }
}

/// The row of the table.
extension Talk {
  static let columns = [
    "client", "server", "last_at", "said_from", "said_to", "said_at", "said_by",
  ]

  /// From a row in which ``columns`` begin at `column`.
  init(_ row: Statement, at column: Int) {
    clients = row.count(at: column)
    servers = row.count(at: column + 1)
    last = Timestamp(milliseconds: row.integer(at: column + 2))
    saidFrom = row.integerOrNil(at: column + 3).map(Timestamp.init(milliseconds:))
    saidTo = row.integerOrNil(at: column + 4).map(Timestamp.init(milliseconds:))
    if let time = row.integerOrNil(at: column + 5),
      let party = Party(stored: row.integerOrNil(at: column + 6))
    {
      newest = (Timestamp(milliseconds: time), party)
    }
  }

  var values: [Int64?] {
    [
      clients, servers, last.milliseconds, saidFrom?.milliseconds, saidTo?.milliseconds,
      newest?.at.milliseconds, newest?.by.stored,
    ]
  }
}

extension Statement {
  /// A number of messages: whatever a file holds there, as many as can be added up
  /// for every row that a file can have.
  func count(at column: Int) -> Int64 { min(max(integer(at: column), 0), 1 << 40) }
}

extension Timestamp {
  /// Milliseconds from `start` to this; negative when a clock was set back.
  /// A file may hold any number for a time: what is out of reach is the
  /// farthest there is.
  package func elapsed(since start: Timestamp) -> Int64 {
    let (difference, isTooFar) = milliseconds.subtractingReportingOverflow(start.milliseconds)
    if !isTooFar { return difference }
    return milliseconds < start.milliseconds ? .min : .max
  }
}
