import ChatCore

/// One thing that happened in a conversation, as the transcript keeps it: the
/// same from the writer to the formats of `history`.
///
/// Who the two sides were, and where the client came from, is in the
/// conversation's own row: see ``ConversationSummary``.
package struct Event: Hashable, Sendable {
  /// The place in the one global order, from 1; 0 until it is recorded.
  package var seq: Int64 = 0
  /// The conversation's id.
  package var conversation: Int64
  package var time: Timestamp
  package var content: Content

  package enum Content: Hashable, Sendable {
    /// The connection was accepted.
    case open
    /// The client said that this is its handle.
    case handle(String)
    case message(Said)
    /// Who may speak when was changed to this.
    case mode(Word<Mode>)
    /// The link was lost, and the conversation goes on.
    case drop(Drop)
    /// The client came back.
    case resume(Resume)
    case close(Close)
    /// What a later version has recorded.
    case unknown(Unknown)
  }

  /// The kinds that this version knows. The raw values are stored and appear in
  /// JSON: they are never renamed.
  package enum Kind: String, CaseIterable, Sendable {
    case open
    case handle
    case message
    case mode
    case drop
    case resume
    case close
  }

  /// A message.
  package struct Said: Hashable, Sendable {
    package var party: Party
    /// From 1 in each direction. A native client's is its own, in which what was
    /// refused leaves gaps.
    package var number: Int
    package var text: String
    /// The bytes received, where ``text`` is their repair.
    package var raw: [UInt8]?
    /// Whether it was said out of turn and never shown.
    package var isHeld: Bool

    package init(
      by party: Party, number: Int, text: String, raw: [UInt8]? = nil, isHeld: Bool = false
    ) {
      self.party = party
      self.number = number
      self.text = text
      self.raw = raw
      self.isHeld = isHeld
    }
  }

  /// The loss of a link that the conversation outlasts.
  package struct Drop: Hashable, Sendable {
    package var reason: Word<CloseReason>
    /// The signal, the fault.
    package var detail: String?

    package init(_ reason: CloseReason, detail: String? = nil) {
      self.reason = .known(reason)
      self.detail = detail
    }
  }

  /// The end.
  package struct Close: Hashable, Sendable {
    /// Who ended it; `nil` when the link broke.
    package var party: Party?
    package var reason: Word<CloseReason>
    /// The signal, the fault.
    package var detail: String?
    /// The server's messages that the client never confirmed; `nil` when that is none,
    /// or nobody can know.
    package var undelivered: Int?

    package init(
      by party: Party?, _ reason: CloseReason, detail: String? = nil, undelivered: Int? = nil
    ) {
      self.party = party
      self.reason = .known(reason)
      self.detail = detail
      self.undelivered = undelivered
    }
  }

  /// Of an event of another kind, the columns that this version has.
  package struct Unknown: Hashable, Sendable {
    package var kind: String
    package var party: Party?
    package var number: Int?
    package var text: String?
    package var reason: String?
    package var detail: String?
  }

  package init(
    seq: Int64 = 0, conversation: Int64, time: Timestamp, _ content: Content
  ) {
    self.seq = seq
    self.conversation = conversation
    self.time = time
    self.content = content
  }

  package var kind: Word<Kind> {
    switch content {
    case .open: .known(.open)
    case .handle: .known(.handle)
    case .message: .known(.message)
    case .mode: .known(.mode)
    case .drop: .known(.drop)
    case .resume: .known(.resume)
    case .close: .known(.close)
    case .unknown(let other): .unknown(other.kind)
    }
  }

  /// Who spoke or closed.
  package var party: Party? {
    switch content {
    case .open, .mode, .drop: nil
    case .handle, .resume: .client
    case .message(let said): said.party
    case .close(let close): close.party
    case .unknown(let other): other.party
    }
  }

  /// What was said, of a message.
  package var said: Said? {
    if case .message(let said) = content { said } else { nil }
  }
}

/// A word out of a list that may grow: what a later version has stored is kept
/// as it is.
package enum Word<Known>: Hashable, Sendable
where Known: RawRepresentable<String> & Hashable & Sendable {
  case known(Known)
  case unknown(String)

  init(_ word: String) {
    self = Known(rawValue: word).map(Word.known) ?? .unknown(word)
  }

  /// As it is stored, and appears in JSON.
  package var rawValue: String {
    switch self {
    case .known(let known): known.rawValue
    case .unknown(let word): word
    }
  }
}

/// The row of the table `event`.
extension Event {
  /// Its columns but for the link. Their order is that of ``columns`` and ``values``,
  /// and that of the link: new ones come last.
  enum Column: Int {
    case id
    case conversation
    case at
    case kind
    case party
    case number
    case text
    case raw
    case held
    case reason
    case detail
    case undelivered
  }

  static let columns = [
    "id", "conversation_id", "at", "kind", "party", "number", "text", "raw", "held", "reason",
    "detail", "undelivered",
  ]

  /// Ends where joins or a WHERE can follow; names `event` as `e`.
  static let select = "SELECT \(columns.map { "e." + $0 }.joined(separator: ", ")) FROM event AS e "

  /// The event in the row that `row` is at.
  ///
  /// What a resume says beside is in another table; see ``Archive/completed(_:)``.
  ///
  /// - Parameters:
  ///   - row: a statement made from ``select``.
  ///   - path: the database, for the error.
  /// - Throws: `corrupt` when the row breaks the schema's own rules.
  init(_ row: Statement, path: String) throws(TranscriptError) {
    seq = row.integer(at: .id)
    conversation = row.integer(at: .conversation)
    time = Timestamp(milliseconds: row.integer(at: .at))
    let party = Party(stored: row.integerOrNil(at: .party))
    // Nearly every event is one: no string is made for it.
    let isMessage = row.isMessage
    let kind = isMessage ? "" : row.text(at: .kind)
    switch isMessage ? .message : Kind(rawValue: kind) {
    case .open: content = .open
    case .handle: content = .handle(row.text(at: .text))
    case .message:
      guard let party else { throw TranscriptError(.corrupt, path: path, sql: row.sql) }
      content = .message(
        Said(
          by: party, number: Int(row.integer(at: .number)), text: row.text(at: .text),
          raw: row.bytesOrNil(at: Column.raw.rawValue),
          isHeld: !row.isNull(at: Column.held.rawValue)))
    case .mode: content = .mode(Word(row.text(at: .text)))
    case .drop:
      content = .drop(
        Drop(reason: row.text(at: .reason), detail: row.textOrNil(at: .detail)))
    case .resume: content = .resume(Resume())
    case .close:
      content = .close(
        Close(
          by: party, reason: row.text(at: .reason), detail: row.textOrNil(at: .detail),
          undelivered: row.integerOrNil(at: .undelivered)))
    case nil:
      content = .unknown(
        Unknown(
          kind: kind, party: party, number: row.integerOrNil(at: .number).map { Int($0) },
          text: row.textOrNil(at: .text), reason: row.textOrNil(at: .reason),
          detail: row.textOrNil(at: .detail)))
    }
  }

  /// What is written: a value for each of ``columns``.
  var values: [SQLValue] {
    var number: Int?
    var text: String?
    var raw: [UInt8]?
    var held: Int64?
    var reason: String?
    var detail: String?
    var undelivered: Int?
    switch content {
    case .open: break
    case .handle(let name): text = name
    case .mode(let mode): text = mode.rawValue
    case .drop(let drop): (reason, detail) = (drop.reason.rawValue, drop.detail)
    case .resume: break
    case .message(let said):
      (number, text, raw) = (said.number, said.text, said.raw)
      held = said.isHeld ? 1 : nil
    case .close(let close):
      (reason, detail, undelivered) = (close.reason.rawValue, close.detail, close.undelivered)
    case .unknown(let other):
      (number, text, reason, detail) = (other.number, other.text, other.reason, other.detail)
    }
    return [
      .integer(seq), .integer(conversation), .integer(time.milliseconds), .text(kind.rawValue),
      SQLValue(party?.stored), SQLValue(number.map(Int64.init)), SQLValue(text), SQLValue(raw),
      SQLValue(held), SQLValue(reason), SQLValue(detail), SQLValue(undelivered.map(Int64.init)),
    ]
  }
}

extension Event.Drop {
  /// The drop in a row, whose reason may be a later version's.
  init(reason: String, detail: String?) {
    self.reason = Word(reason)
    self.detail = detail
  }
}

extension Event.Close {
  /// The close in a row, whose reason may be a later version's.
  init(by party: Party?, reason: String, detail: String?, undelivered: Int64?) {
    self.party = party
    self.reason = Word(reason)
    self.detail = detail
    self.undelivered = undelivered.map { Int($0) }
  }
}

/// The numbers in `event.party`.
extension Party {
  var stored: Int64 {
    switch self {
    case .client: 0
    case .server: 1
    }
  }

  /// `nil` for NULL and for a number that the schema does not allow.
  init?(stored: Int64?) {
    switch stored {
    case 0: self = .client
    case 1: self = .server
    default: return nil
    }
  }
}

extension Statement {
  /// Whether the kind is ``Event/Kind/message``.
  fileprivate var isMessage: Bool {
    let kind = bytes(at: .kind)
    let word: StaticString = "message"
    guard kind.count == word.utf8CodeUnitCount else { return false }
    for place in kind.indices where kind[place] != word.utf8Start[place] { return false }
    return true
  }

  func integer(at column: Event.Column) -> Int64 { integer(at: column.rawValue) }
  func integerOrNil(at column: Event.Column) -> Int64? { integerOrNil(at: column.rawValue) }
  func text(at column: Event.Column) -> String { text(at: column.rawValue) }
  func bytes(at column: Event.Column) -> UnsafeRawBufferPointer { bytes(at: column.rawValue) }
  func textOrNil(at column: Event.Column) -> String? { textOrNil(at: column.rawValue) }
}
