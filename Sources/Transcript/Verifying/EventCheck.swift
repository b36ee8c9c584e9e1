import ChatCore

/// One walk over all events in their order, for everything that has to see each of
/// them.
struct EventCheck {
  private let connection: Connection
  private(set) var findings: [Finding] = []
  private(set) var events: Int64 = 0
  private(set) var messages: Int64 = 0
  private(set) var gaps = Gaps()
  /// Conversations that have no close yet.
  private var states: [Int64: Progress] = [:]
  private var closed = IDSet()

  /// How far a conversation has come.
  private struct Progress {
    var numbers: (client: Int64, server: Int64) = (0, 0)
    /// What is counted of it.
    var talk: Talk?
    /// Whether its client numbers its messages itself.
    var isNative = false
    var link = LinkProgress()
    var chain = ChainProgress()
  }

  init(_ connection: Connection) {
    self.connection = connection
  }

  /// Looks at every event, and has the others see it; `progress` is given how many
  /// there were.
  mutating func walk(
    _ chain: inout ChainCheck, _ totals: inout TotalsCheck, _ index: inout IndexCheck,
    _ progress: (Int) -> Void
  ) throws(TranscriptError) {
    let statement = try connection.prepare(EventLinks.select)
    while try statement.step() {
      let seq = statement.integer(at: .id)
      let conversation = statement.integer(at: .conversation)
      let kind = Event.Kind(rawValue: statement.text(at: .kind))
      gaps.note(seq)
      events += 1
      progress(Int(events))
      let isClosed = closed.contains(conversation)
      if isClosed {
        add(
          kind == .close
            ? .secondClose(conversation: conversation, seq: seq)
            : .afterClose(conversation: conversation, seq: seq))
      }
      var state = states[conversation] ?? Progress()
      if !isClosed {
        if states[conversation] == nil { try begin(conversation, kind, seq, &state) }
        if let finding = try chain.check(statement, kind, &state.chain) { add(finding) }
      }
      let party = kind == .message ? Party(stored: statement.integerOrNil(at: .party)) : nil
      let time = Timestamp(milliseconds: statement.integer(at: .at))
      totals.add(seq, time, party, &state.talk)
      if kind == .message { try index.see(message: seq) }
      if let party {
        messages += 1
        if !isClosed { check(statement.integer(at: .number), party, conversation, seq, &state) }
      }
      if !isClosed, let fault = try state.link.fault(of: kind, statement, connection) {
        add(.link(conversation: conversation, seq: seq, fault))
      }
      if kind == .close {
        closed.insert(conversation)
        totals.end(conversation, state.talk)
        states[conversation] = nil
      } else {
        states[conversation] = state
      }
    }
    gaps.end(
      last: try connection.integer("SELECT seq FROM sqlite_sequence WHERE name = 'event'"))
    for (conversation, state) in states { totals.end(conversation, state.talk) }
  }

  private mutating func add(_ finding: Finding) {
    if findings.count < Verification.maximumFindings { findings.append(finding) }
  }

  /// The first event of a conversation.
  private mutating func begin(
    _ conversation: Int64, _ kind: Event.Kind?, _ seq: Int64, _ state: inout Progress
  ) throws(TranscriptError) {
    if kind != .open { add(.noOpen(conversation: conversation)) }
    let select = try connection.cached(
      """
      SELECT c.dialect, x.epoch_before FROM conversation AS c
      LEFT JOIN resumption AS x ON x.conversation_id = c.id WHERE c.id = ?1
      """)
    select.bind(conversation, at: 1)
    defer { select.reset() }
    guard try select.step() else {
      return add(.reference(table: "event", row: seq, parent: "conversation"))
    }
    state.isNative = select.text(at: 0) == Dialect.native.rawValue
    state.link.epoch = select.integerOrNil(at: 1)
  }

  private mutating func check(
    _ number: Int64, _ party: Party, _ conversation: Int64, _ seq: Int64, _ state: inout Progress
  ) {
    let last = party == .client ? state.numbers.client : state.numbers.server
    let expected = last == .max ? last : last + 1
    // A database that was made while the conversation went on, since the first
    // one was deleted, begins with a later number. A first message that was
    // taken away leaves a gap in the event numbers. What was refused to a native client
    // leaves one too, in its own.
    let isGap = state.isNative && party == .client && number > expected
    if number != expected, !isGap, last > 0 || number < 1 {
      add(
        .number(conversation: conversation, seq: seq, party, expected: expected, found: number))
    }
    switch party {
    case .client: state.numbers.client = number
    case .server: state.numbers.server = number
    }
  }
}
