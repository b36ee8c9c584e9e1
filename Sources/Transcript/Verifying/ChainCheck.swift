import ChatCore
import ChatDigest

/// How far the chain of a conversation has come.
struct ChainProgress {
  /// The link that is stored with its last event.
  var link = Digest.zero
  /// Whether one did not fit: of each conversation the first is named.
  var isBroken = false
}

/// Makes the links again and compares: the part of `history verify` that sees what
/// changed in a row, and where rows are missing or others are in their places.
struct ChainCheck: ~Copyable {
  private let connection: Connection
  private var links: EventLinks
  private var handles = IDSet()
  private var opens = IDSet()
  /// Handles that came as a native client's, with their `seq`, in conversations
  /// that have turned out to be an original's: a second such event says so.
  private var superseded: [Int64: Int64] = [:]
  private var wereNative = IDSet()

  init(_ connection: Connection) {
    self.connection = connection
    links = EventLinks(connection)
  }

  /// Looks at the row of ``EventLinks/select`` that `event` is at; to be given every one,
  /// in their order.
  ///
  /// - Returns: what is wrong with it.
  /// - Throws: what SQLite reports.
  mutating func check(
    _ event: Statement, _ kind: Event.Kind?, _ progress: inout ChainProgress
  ) throws(TranscriptError) -> Finding? {
    let seq = event.integer(at: .id)
    let conversation = event.integer(at: .conversation)
    let stored = EventLinks.stored(event)
    var fits = try links.link(of: event, after: progress.link) == stored
    switch kind {
    case .open: opens.insert(conversation)
    case .handle:
      handles.insert(conversation)
      superseded[conversation] = nil
      // What was taken for a native client's has changed with a second handle.
      if !fits, try dialect(of: conversation) == Dialect.original.rawValue {
        fits =
          try links.link(
            of: event, after: progress.link, dialect: Dialect.native.rawValue) == stored
        if fits {
          superseded[conversation] = seq
          wereNative.insert(conversation)
        }
      }
    default: break
    }
    // What comes after one that does not fit is held against it as it is.
    progress.link = stored ?? .zero
    if !fits, !progress.isBroken {
      progress.isBroken = true
      return .chain(conversation: conversation, seq: seq)
    }
    guard kind == .handle else { return nil }
    let isNamed = try name(of: conversation) == event.bytesOrNil(at: Event.Column.text.rawValue)
    return isNamed ? nil : .handle(conversation: conversation)
  }

  /// After the last event: conversations that have a handle or a dialect,
  /// where no event gave them one.
  ///
  /// - Throws: what SQLite reports.
  func unexplainedHandles() throws(TranscriptError) -> [Finding] {
    var findings = superseded.sorted { $0.value < $1.value }.map {
      Finding.chain(conversation: $0.key, seq: $0.value)
    }
    let select = try connection.prepare(
      "SELECT id FROM conversation WHERE handle_id IS NOT NULL OR dialect IS NOT NULL ORDER BY id")
    while try select.step() {
      let id = select.integer(at: 0)
      if opens.contains(id), !handles.contains(id) { findings.append(.handle(conversation: id)) }
    }
    return findings
  }

  /// After the last event: rows that say how a conversation can go on, or how one did, and
  /// that are in no link, since no handle offered that and no client came back.
  ///
  /// - Throws: what SQLite reports.
  func unexplainedReturns() throws(TranscriptError) -> [Finding] {
    var findings: [Finding] = []
    let offered = try connection.prepare(
      """
      SELECT x.conversation_id FROM resumption AS x JOIN conversation AS c ON c.id = x.conversation_id
      WHERE c.dialect IS NOT 'native' ORDER BY x.conversation_id
      """)
    while try offered.step() {
      let id = offered.integer(at: 0)
      if !wereNative.contains(id) { findings.append(.resumption(conversation: id)) }
    }
    let resumed = try connection.prepare(
      """
      SELECT s.event_id FROM resume AS s JOIN event AS e ON e.id = s.event_id
      WHERE e.kind <> 'resume' ORDER BY s.event_id
      """)
    while try resumed.step() {
      findings.append(
        .reference(table: "resume", row: resumed.integer(at: 0), parent: "client's return"))
    }
    return findings
  }

  /// Runs that are not what was written, in their order.
  ///
  /// - Throws: what SQLite reports.
  func runs() throws(TranscriptError) -> [Finding] {
    var findings: [Finding] = []
    var digest = RunDigest(connection)
    let select = try connection.prepare(RunDigest.select)
    while try select.step() {
      if !digest.check(select) { findings.append(.run(select.integer(at: 0))) }
    }
    return findings
  }

  private func dialect(of conversation: Int64) throws(TranscriptError) -> String? {
    let select = try connection.cached("SELECT dialect FROM conversation WHERE id = ?1")
    select.bind(conversation, at: 1)
    defer { select.reset() }
    return try select.step() ? select.textOrNil(at: 0) : nil
  }

  private func name(of conversation: Int64) throws(TranscriptError) -> [UInt8]? {
    let select = try connection.cached(
      """
      SELECT h.name FROM conversation AS c JOIN handle AS h ON h.id = c.handle_id WHERE c.id = ?1
      """)
    select.bind(conversation, at: 1)
    defer { select.reset() }
    return try select.step() ? select.bytesOrNil(at: 0) : nil
  }
}
