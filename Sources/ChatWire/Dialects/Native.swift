import ChatCore

/// Records ended by NUL, with receipts: chatclient and chatserve. See
/// `docs/protocol.md`.
struct NativeDialect: PeerDialect {
  /// The first word of a record.
  enum Verb: String {
    case mode, wait, floor, say, ack, quit, ping, pong, deny, typing, ask, idle
    case session, resume, resumed, recall, past
    case away, back
  }

  var sides: Sides
  private var records = RecordFramer()
  /// Whether the peer has sent a record that only a program of ours knows, or both
  /// have agreed to be such before. Until then its handle may have been a C string's.
  var isCertain = false
  var hasGivenFloor = false
  /// Server only: the client wants to go on with a conversation, and is not answered.
  var hasClaimed = false
  /// Records behind the handle with verbs that nobody knows: a later version's,
  /// where one that is known follows at once, else an original's messages.
  private var doubtful: [UInt8] = []
  /// Client only: how long the server has owed an answer to the handle.
  var answer = Answer.notDue
  var deadline: Instant?

  enum Answer {
    case notDue, due, dueAtDeadline
    /// What is due is a greeting.
    case greetingDue
  }

  /// From the agreement to a server's greeting, which comes along with it.
  private static let greetingWithin = Duration.seconds(10)

  /// For the answer to a client's handle, which a chatserve sends at once: past
  /// it the server is one that greets with a C string.
  private static let answerWithin = Duration.seconds(5)

  /// `agreedAt`: when both ends had said that this is what they speak.
  init(_ sides: Sides, agreedAt: Instant? = nil) {
    self.sides = sides
    guard let agreedAt else { return }
    isCertain = true
    if sides.side == .client {
      answer = .greetingDue
      deadline = agreedAt.advanced(by: Self.greetingWithin)
    }
  }

  var dialect: Dialect? { .native }

  /// Whether a peer's first bytes, which hold a NUL, are this dialect's: a
  /// handle with no padding behind it, `quit REASON`, or `resume` with a token, whatever
  /// follows it.
  static func opens(_ bytes: [UInt8]) -> Bool {
    guard let end = bytes.firstIndex(of: 0) else { return false }
    let isPadded = end + 1 < bytes.endIndex && bytes[end + 1] == 0
    guard let record = String(validating: bytes[..<end], as: UTF8.self) else { return false }
    if (try? Handle(record)) != nil { return !isPadded }
    if secret(in: bytes[..<end]) == .found { return true }
    let words = record.split(separator: " ", omittingEmptySubsequences: false)
    switch words.first {
    case "quit"?: return words.count == 2 && QuitReason(rawValue: String(words[1])) != nil
    case "resume"?:
      return words.count == 3 && !words[1].isEmpty && Int(words[2]) != nil
    default: return false
    }
  }

  mutating func receive(_ bytes: [UInt8], at now: Instant, _ decoded: inout Decoded) {
    let former = records.partial
    var taken = 0
    for record in records.feed(bytes) where !decoded.isOver {
      do throws(Conversation.LinkFailure) {
        guard case .complete(let record) = record else { throw .oversized }
        taken += record.count + 1
        if sides.expectsHandle && !hasClaimed {
          try takeHandle(record, &decoded)
        } else if isCertain || isKnown(record) {
          try take(record, &decoded)
        } else if record.isEmpty {
          let rest = (former + bytes).dropFirst(taken)
          becomeOriginal(rest, isComplete: false, at: now, &decoded)
          return
        } else {
          doubtful += record + [0]
          if doubtful.count > RecordFramer.maximumRecordLength { throw .oversized }
        }
      } catch {
        decoded.finish(.failed(error))
      }
    }
    let isCut = sides.side == .client && !records.partial.isEmpty && !sides.expectsHandle
    if !doubtful.isEmpty || (isCut && !isCertain) {
      answer = .notDue
      deadline = now.advanced(by: OriginalDialect.quiet)
    }
  }

  mutating func tick(at now: Instant, _ decoded: inout Decoded) {
    guard let deadline, now >= deadline else { return }
    switch answer {
    case .greetingDue: decoded.finish(.failed(.broken("no greeting in time")))
    case .notDue: becomeOriginal(records.partial[...], isComplete: true, at: now, &decoded)
    case .due:
      answer = .dueAtDeadline
      self.deadline = now.advanced(by: Self.answerWithin)
    case .dueAtDeadline:
      decoded.successor = UnansweringServer(sides, native: self, &decoded)
    }
  }

  /// Whether the first record behind a handle is one that a program of ours
  /// sends, and not padding, or what an original says with the NUL of its C
  /// string.
  private func isKnown(_ record: ArraySlice<UInt8>) -> Bool {
    if record.isEmpty { return hasGivenFloor }
    // Whatever is wrong with it, it is no person's.
    if Self.secret(in: record) == .found { return true }
    let text = String(decoding: record, as: UTF8.self)
    return switch Verb(rawValue: String(text.prefix { $0 != " " })) {
    case nil: false
    case .idle: sides.side == .client
    // Comes first or not at all.
    case .resume: false
    case .session where sides.side == .client:
      Self.offer(record.dropFirst("session ".utf8.count)) != nil
    case .session: text == Verb.session.rawValue
    // Answers to what is certain.
    case .resumed, .recall, .past, .away, .back: false
    // Words that people begin with.
    case .typing: text == Verb.typing.rawValue
    case .ask: Mode.allCases.contains { text == "ask " + $0.rawValue }
    default: true
    }
  }

  private mutating func becomeOriginal(
    _ rest: ArraySlice<UInt8>, isComplete: Bool, at now: Instant, _ decoded: inout Decoded
  ) {
    guard let handle = sides.peerHandle else { preconditionFailure("a handle comes first") }
    decoded.append(.introduced(handle, .original))
    var original = OriginalDialect(sides)
    let said = Array((doubtful + rest).drop { $0 == 0 })
    doubtful = []
    deadline = nil
    if !said.isEmpty { original.receive(said, at: now, &decoded) }
    if isComplete, !decoded.isOver { original.endOfFile(isTruncated: false, &decoded) }
    decoded.successor = original
  }

  mutating func endOfFile(isTruncated: Bool, _ decoded: inout Decoded) {
    if !doubtful.isEmpty {
      let rest = records.partial[...]
      becomeOriginal(rest, isComplete: true, at: Instant(milliseconds: .max), &decoded)
      return
    }
    if isTruncated {
      decoded.finish(.failed(.broken("Cut off without an end")))
    } else if sides.side == .client, sides.expectsHandle || !isCertain,
      records.partial.last == 0x0a
    {
      // A server that had to close before it knew whom it greeted said so in
      // a plain line. Later it is a record, cut where a row of a message ends.
      decoded.finish(.serverRefused(PlainText.sentence(records.partial)))
    }
  }

  /// The first record of a direction: who is there.
  ///
  /// - Throws: for a claim that is in no form that one has.
  private mutating func takeHandle(
    _ record: ArraySlice<UInt8>, _ decoded: inout Decoded
  ) throws(Conversation.LinkFailure) {
    if case .greetingDue = answer {
      answer = .notDue
      deadline = nil
    }
    // A handle is one word, so a goodbye cannot be one: a person may leave at
    // the question for the name.
    if record.starts(with: "quit ".utf8) {
      decoded.finish(.quit(Self.quitReason(record.dropFirst("quit ".utf8.count))))
    } else if sides.side == .server, let claim = Self.claim(record) {
      hasClaimed = true
      isCertain = true
      decoded.append(claim)
    } else if Self.secret(in: record) == .found {
      throw Self.badArgument(.resume)
    } else {
      sides.introduce(String(decoding: record, as: UTF8.self), .native, &decoded)
    }
  }

  /// A later record, without its NUL. A verb that is not known is ignored, so
  /// that later versions can add some.
  ///
  /// - Throws: for a record that no version would send.
  private mutating func take(
    _ record: ArraySlice<UInt8>, _ decoded: inout Decoded
  ) throws(Conversation.LinkFailure) {
    if record.isEmpty { throw .malformed("an empty record") }
    let end = record.firstIndex(of: 0x20) ?? record.endIndex
    // `nil` when there is no space, so that `ping` and `ping ` differ.
    let argument = end < record.endIndex ? record[(end + 1)...] : nil
    guard let verb = Verb(rawValue: String(decoding: record[..<end], as: UTF8.self)) else {
      return
    }
    isCertain = true
    doubtful = []
    answer = .notDue
    deadline = nil
    switch verb {
    case .say:
      decoded.append(try Self.said(argument))
    case .ack:
      decoded.append(.acknowledged(try Self.number(argument, of: verb)))
    case .wait:
      decoded.append(.serverQueued(place: try Self.number(argument, of: verb)))
    case .mode:
      guard let mode = Mode(rawValue: Self.text(argument)) else { throw Self.badArgument(verb) }
      decoded.append(.serverSetMode(mode))
    case .quit:
      decoded.finish(.quit(Self.quitReason(argument ?? [])))
    case .deny:
      decoded.append(.serverDenied(Self.text(argument)))
    case .ask:
      // A mode of a later version's is no mode to allow.
      if let mode = Mode(rawValue: Self.text(argument)) { decoded.append(.asked(mode)) }
    case .idle: decoded.append(try Self.silence(argument))
    case .session, .resume, .resumed, .recall, .past:
      decoded.append(try takeOfLink(verb, argument))
    case .floor, .ping, .pong, .typing, .away, .back:
      if argument != nil { throw Self.badArgument(verb) }
      if verb == .floor { decoded.append(.serverGaveFloor) }
      if verb == .ping { decoded.append(.ping) }
      if verb == .typing { decoded.append(.typed) }
      if verb == .away || verb == .back { decoded.append(.serverIsAttended(verb == .back)) }
    }
  }

  static func badArgument(_ verb: Verb) -> Conversation.LinkFailure {
    .malformed("a bad argument of \(verb.rawValue)")
  }

  /// `N TEXT`. A text that is not a message is to be denied, and no reason to
  /// close.
  private static func said(
    _ argument: ArraySlice<UInt8>?
  ) throws(Conversation.LinkFailure) -> Conversation.Event {
    guard let argument else { throw badArgument(.say) }
    let end = argument.firstIndex(of: 0x20) ?? argument.endIndex
    let number = try number(argument[..<end], of: .say)
    do throws(MessageError) {
      return .said(number: number, try Message(bytes: argument[end...].dropFirst()))
    } catch {
      return .saidInvalid(number: number, error)
    }
  }

  /// `LIMIT LEFT`, in seconds.
  private static func silence(
    _ argument: ArraySlice<UInt8>?
  ) throws(Conversation.LinkFailure) -> Conversation.Event {
    let parts = (argument ?? []).split(separator: 0x20, omittingEmptySubsequences: false)
    guard parts.count == 2 else { throw badArgument(.idle) }
    let limit = try number(parts[0], of: .idle)
    let left = try number(parts[1], of: .idle)
    // Longer than anybody waits, and no overflow when it is counted with.
    let longest = 31_536_000
    return .serverWarnedOfSilence(
      limit: .seconds(min(limit, longest)), left: .seconds(min(left, longest)))
  }

  /// Decimal digits alone, from 1 on: no sign, nothing that overflows.
  static func number(
    _ argument: ArraySlice<UInt8>?, of verb: Verb
  ) throws(Conversation.LinkFailure) -> Int {
    guard let argument, argument.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = Int(String(decoding: argument, as: UTF8.self)), number >= 1
    else { throw badArgument(verb) }
    return number
  }

  /// A reason from a later version still means a goodbye, so one that is not
  /// known reads as `user`.
  static func quitReason(_ argument: ArraySlice<UInt8>) -> QuitReason {
    QuitReason(rawValue: text(argument)) ?? .user
  }

  static func text(_ argument: ArraySlice<UInt8>?) -> String {
    String(decoding: argument ?? [], as: UTF8.self)
  }
}
