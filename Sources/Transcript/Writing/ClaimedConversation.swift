import ChatCore

/// A conversation that a client wants to go on with, as the transcript has it.
struct ClaimedConversation {
  let id: Int64
  let openedAt: Timestamp
  let tokenHash: [UInt8]
  let within: Duration
  let isClosed: Bool
  let epoch: Int64
  let attempt: Int64
  /// The mode that it began in.
  let mode: Mode
  /// Where its client came from last.
  private(set) var address: String
  private let handle: (Handle, at: Timestamp)
  private let floorAt: Timestamp?
  private let acknowledged: Int
  let lastEventAt: Timestamp
  /// Since when the link is down, where that was recorded.
  private(set) var droppedAt: Timestamp?
  /// The mode that it was changed to.
  private var newMode: (Mode, at: Timestamp)?
  /// The last message of each side.
  private(set) var client = (number: 0, seq: Int64(0))
  private(set) var server = (number: 0, seq: Int64(0))
  private var speaker: Party?

  private static let columns = """
    c.opened_at, c.mode, h.name, c.floor_at, c.acknowledged, c.peer_address,
    x.token_hash, x.within, x.state, x.epoch, x.attempt,
    x.client_before, x.server_before, x.speaker_before,
    EXISTS (SELECT 1 FROM event AS e WHERE e.conversation_id = c.id AND e.kind = 'close'),
    (SELECT e.at FROM event AS e WHERE e.conversation_id = c.id ORDER BY e.id DESC LIMIT 1),
    (SELECT e.at FROM event AS e WHERE e.conversation_id = c.id AND e.kind = 'handle'
      ORDER BY e.id LIMIT 1)
    """

  /// Reads it; in the transaction that goes on with it.
  ///
  /// - Returns: `nil` where there is none with this id that can be gone on with.
  /// - Throws: `corrupt` where it is not as it was written, and what SQLite reports.
  init?(_ id: Int64, _ connection: Connection) throws(TranscriptError) {
    let row = try connection.cached(
      """
      SELECT \(Self.columns) FROM conversation AS c
      JOIN resumption AS x ON x.conversation_id = c.id
      LEFT JOIN handle AS h ON h.id = c.handle_id
      WHERE c.id = ?1 AND x.state <> 'elsewhere'
      """)
    row.bind(id, at: 1)
    defer { row.reset() }
    guard try row.step() else { return nil }
    let damage = TranscriptError(.corrupt, path: connection.path)
    guard let mode = Mode(rawValue: row.text(at: 1)), let name = row.textOrNil(at: 2),
      let handle = try? Handle(name), let hash = row.bytesOrNil(at: 6)
    else { throw damage }
    // The next one has to be higher.
    guard row.integer(at: 9) < .max else { throw damage }
    self.id = id
    openedAt = Timestamp(milliseconds: row.integer(at: 0))
    self.mode = mode
    floorAt = row.integerOrNil(at: 3).map(Timestamp.init(milliseconds:))
    acknowledged = Int(row.integer(at: 4))
    address = row.text(at: 5)
    tokenHash = hash
    within = .milliseconds(row.integer(at: 7))
    epoch = row.integer(at: 9)
    attempt = row.integer(at: 10)
    client.number = Int(max(0, row.integer(at: 11)))
    server.number = Int(max(0, row.integer(at: 12)))
    speaker = Party(stored: row.integerOrNil(at: 13))
    isClosed = row.integer(at: 14) == 1 || row.text(at: 8) == "over"
    lastEventAt = Timestamp(milliseconds: row.integer(at: 15))
    self.handle = (
      handle, row.integerOrNil(at: 16).map(Timestamp.init(milliseconds:)) ?? openedAt
    )
    try readLink(connection)
    try readNumbers(connection)
  }

  /// The newest of what came between the messages: a client may have come back any
  /// number of times.
  private mutating func readLink(_ connection: Connection) throws(TranscriptError) {
    droppedAt =
      try newest("kind IN ('drop', 'resume')", connection) { (row) -> Timestamp? in
        Event.Kind(rawValue: row.text(at: 2)) == .drop
          ? Timestamp(milliseconds: row.integer(at: 1)) : nil
      } ?? nil
    let resume = try newest("kind IN ('drop', 'resume') AND kind = 'resume'", connection) {
      $0.integer(at: 0)
    }
    if let resume, let past = try connection.resume(resume) { address = past.address }
    let mode = try newest("kind = 'mode'", connection) { row in
      (Mode(rawValue: row.text(at: 3)), at: Timestamp(milliseconds: row.integer(at: 1)))
    }
    guard let mode else { return }
    guard let word = mode.0 else { throw TranscriptError(.corrupt, path: connection.path) }
    newMode = (word, mode.at)
  }

  /// The newest event of the conversation that is such.
  private func newest<Value>(
    _ condition: String, _ connection: Connection, _ body: (Statement) -> Value
  ) throws(TranscriptError) -> Value? {
    let select = try connection.cached(
      """
      SELECT id, at, kind, text FROM event
      WHERE conversation_id = ?1 AND \(condition) ORDER BY id DESC LIMIT 1
      """)
    select.bind(id, at: 1)
    defer { select.reset() }
    return try select.step() ? body(select) : nil
  }

  private mutating func readNumbers(_ connection: Connection) throws(TranscriptError) {
    client = try last(of: .client, connection) ?? client
    server = try last(of: .server, connection) ?? server
    if client.seq != server.seq { speaker = client.seq > server.seq ? .client : .server }
  }

  private func last(
    of party: Party, _ connection: Connection
  ) throws(TranscriptError) -> (number: Int, seq: Int64)? {
    let select = try connection.cached(
      """
      SELECT number, id FROM event
      WHERE conversation_id = ?1 AND kind = 'message' AND party = ?2 ORDER BY id DESC LIMIT 1
      """)
    select.bind(id, at: 1)
    select.bind(party.stored, at: 2)
    defer { select.reset() }
    guard try select.step() else { return nil }
    // Whatever a file holds there.
    return (Int(max(0, select.integer(at: 0))), select.integer(at: 1))
  }
}

extension ClaimedConversation {
  /// What the process that goes on with it knows of the database.
  func state(
    epoch: Int64, attempt: Int64, shown: Int, generation: Int
  ) -> ConversationWriter.State {
    var state = ConversationWriter.State()
    state.id = id
    state.opened = openedAt
    state.handle = (handle.0, .native, handle.at)
    state.floor = floorAt
    state.acknowledged = max(acknowledged, shown)
    state.resumption = ResumptionState(
      isTaken: true, epoch: epoch, attempt: attempt, client: client.number,
      server: server.number, speaker: speaker)
    state.mode = newMode.map { ($0.0, $0.at) }
    state.generation = generation
    return state
  }

  /// As many of the server's messages are said once more at most: no more than may be
  /// under way at a time, 16 MiB together (`Message.maximumByteCount`).
  private static let mostRepeated = 1024

  /// Where the conversation stands.
  ///
  /// - Parameters:
  ///   - shown: the server's last message that the client has shown.
  ///   - seen: the client's last message that the operator is known to have seen; 0: nothing
  ///     is known.
  ///   - away: milliseconds since the link was lost.
  ///   - hasMoved: whether it comes from another address.
  ///   - connection: in the transaction that it was read in.
  /// - Returns: what its next process begins with.
  /// - Throws: `notResumable` where more than may be said once more would have to be, or
  ///   some of it is not there: to the client that would be a gap; `corrupt` where a
  ///   message is none, and what SQLite reports.
  func resumption(
    shown: Int, seen: Int, away: Int64, hasMoved: Bool, _ connection: Connection
  ) throws(TranscriptError) -> Resumption {
    // However much was confirmed: what the client has shown is what it knows of.
    let missing = server.number - shown
    let refusal = TranscriptError(.notResumable, path: connection.path)
    guard missing <= Self.mostRepeated else { throw refusal }
    let unconfirmed = try messages(connection, atMost: missing) { number, party in
      party == .client ? .passed : number > shown ? .wanted : .last
    }
    // Another transcript may have taken the place of the one that had them.
    guard unconfirmed.count == missing else { throw refusal }
    let mode = newMode?.0 ?? mode
    let hasFloor = floorAt != nil
    return Resumption(
      peer: handle.0, mode: mode, hasFloor: hasFloor,
      turn: hasFloor && mode == .turns ? speaker?.other ?? .client : nil,
      ownNumber: server.number, peerNumber: client.number,
      unconfirmed: unconfirmed.map(\.message),
      recent: try recent(connection, shown: shown, seen: seen),
      awayFor: .milliseconds(away), addressChanged: hasMoved)
  }

  /// The last messages that both sides have, and all of the client's that the operator may
  /// not have seen.
  private func recent(
    _ connection: Connection, shown: Int, seen: Int
  ) throws(TranscriptError) -> [PastMessage] {
    var count = 0
    return try messages(connection, atMost: Self.mostRepeated) { number, party in
      if count >= PastMessage.limit {
        // What the operator said in between does not hide what the client said before it.
        guard seen > 0, party == .client else { return seen > 0 ? .passed : .last }
        return number > seen ? .wanted : .last
      }
      guard party == .client || number <= shown else { return .passed }
      count += 1
      return .wanted
    }
  }

  private enum Use {
    case wanted
    case passed
    /// Neither it nor what was said before it.
    case last
  }

  /// The newest messages that are wanted, oldest first.
  private func messages(
    _ connection: Connection, atMost limit: Int, _ use: (Int, Party) -> Use
  ) throws(TranscriptError) -> [PastMessage] {
    let select = try connection.cached(
      """
      SELECT number, party, text, raw FROM event
      WHERE conversation_id = ?1 AND kind = 'message' ORDER BY id DESC
      """)
    select.bind(id, at: 1)
    defer { select.reset() }
    var messages: [PastMessage] = []
    while messages.count < limit, try select.step() {
      let number = Int(select.integer(at: 0))
      guard let party = Party(stored: select.integerOrNil(at: 1)),
        let message = try? Message(select.text(at: 2), raw: select.bytesOrNil(at: 3))
      else { throw TranscriptError(.corrupt, path: connection.path) }
      let use = use(number, party)
      if use == .last { break }
      if use == .wanted { messages.append(PastMessage(from: party, number: number, message)) }
    }
    return messages.reversed()
  }
}
