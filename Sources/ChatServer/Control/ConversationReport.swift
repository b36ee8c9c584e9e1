import ChatCore
import ChatSecure
import Transcript

/// What a conversation's process, or that of the desk between conversations,
/// reports to the listener: one message on their private socket each. None of it is
/// a byte that a peer sent but for its name and a token, and no text of it is printed
/// but that name. Still, the process has read
/// what a peer sent, and somebody may have taken it over: to the listener a report is
/// a stranger's input, and ``ReportRule`` says which is legal when.
enum ConversationReport: Hashable {
  /// The peer has a handle; the floor can be given.
  case ready
  /// The peer has gone and left words that the operator has not read; the floor
  /// can be given to show them.
  case unread
  /// The peer calls itself so, and goes by that from here on. Comes before ``ready`` and
  /// ``unread``.
  case named(Handle)
  /// The conversation ended so. Comes before ``released``.
  case over(by: Party?, CloseReason)
  /// The order that gives it the floor is read, and the draft before it.
  case tookFloor
  /// The terminal is given back and what is left is the connection's end.
  case released
  /// The attached terminal is given back, and the talk goes on without it.
  case gaveBack
  /// The operator wants the attached terminal back: `\detach`; or Ctrl-Z, which stops its
  /// program.
  case detachAsked(suspends: Bool)
  /// The open is in the transcript, under this id: after the first commit, and
  /// after the first one to a transcript that took the place of another.
  case recorded(conversation: Int64)
  /// A part of what the operator typed and did not say.
  case draft([UInt8])
  /// What the operator has typed and not said at this moment, in place of what was reported
  /// before, should the process be killed: the line, where it `isOnLine`, or what is yet to
  /// be offered. Whatever is beyond one message is not kept.
  case unsaid(isOnLine: Bool, [UInt8])
  /// A part of what the desk remembers for the next one.
  case memory([UInt8])
  /// The operator asked the server to stop: Ctrl-C on an empty line, which
  /// raw mode gives as a key.
  case interrupted
  /// Standard input has ended before the operator typed anything.
  case operatorAbsent
  /// Nobody reads standard output any more: there is no use in serving on.
  case outputGone
  /// What the operator should read, from a conversation that has no terminal:
  /// recording fails for this cause.
  case recordingFailed(TranscriptTrouble)
  /// Recording works again.
  case recordingWorks
  /// So many messages of a peer that has left can be shown to nobody.
  case wordsUnread(count: Int)
  /// The conversation ended so, and that could not be recorded, or need not be
  /// by the conversation itself: its peer had said nothing. The text is for the
  /// transcript alone.
  case unrecorded(by: Party?, CloseReason, detail: String)
  /// A peer that has not said who it is sends something.
  case typed
  /// The peer broke the protocol, or gave only names that are none.
  case badWords
  /// The answer to ``ListenerOrder/answer``; and where it is awake anyway.
  case alive
  /// So many more of the orders that show the queue are done with: the operator has
  /// read of whoever is new in them.
  case queueRead(count: Int)
  /// The peer has proved that it has this key; where there is an allow-list.
  case proved(Fingerprint)
  /// The peer, who has this name, can come back after its link or this process is lost;
  /// its words come so, and are to come so again.
  case resumable(Handle, Protection)
  /// The link is down. The peer can come back; its conversation goes on.
  case detached
  /// The peer, whose words come so, wants to go on with the conversation that this token
  /// belongs to, and tries for the `attempt`th time.
  case claim(ResumeToken, attempt: Int, Protection)
  /// The peer, who has come back, says something.
  case spoke
  /// All that the peer said is on the screen, through this number.
  case shown(through: Int)
  /// It could not go on with the conversation that it was given, and leaves what was
  /// recorded as it is. Where that `goesOn`, its peer tries again; otherwise nobody can
  /// go on with it.
  case notTakenOver(goesOn: Bool)
  /// Somebody else has the transcript's lock, for longer than a commit waits; or its
  /// file is gone, and the keeper, which is to make it again, should look.
  case lockedOut
  /// The operator asks, while nobody is there, who has connected.
  case who
  /// The operator asks, while nobody is there, that the server stop.
  case stopAsked
  /// The operator pressed Ctrl-Z while nobody was there; the terminal is given
  /// back.
  case suspended
  /// The operator does not wait any longer for whoever has the floor and is not there.
  case floorFreed

  var code: ReportCode {
    switch self {
    case .ready: .ready
    case .unread: .unread
    case .tookFloor: .tookFloor
    case .named: .named
    case .over: .over
    case .gaveBack: .gaveBack
    case .detachAsked: .detachAsked
    case .released: .released
    case .recorded: .recorded
    case .draft: .draft
    case .unsaid: .unsaid
    case .memory: .memory
    case .interrupted: .interrupted
    case .operatorAbsent: .operatorAbsent
    case .outputGone: .outputGone
    case .recordingFailed: .recordingFailed
    case .recordingWorks: .recordingWorks
    case .wordsUnread: .wordsUnread
    case .unrecorded: .unrecorded
    case .typed: .typed
    case .badWords: .badWords
    case .alive: .alive
    case .lockedOut: .lockedOut
    case .proved: .proved
    case .queueRead: .queueRead
    case .who: .who
    case .stopAsked: .stopAsked
    case .suspended: .suspended
    case .resumable: .resumable
    case .detached: .detached
    case .claim: .claim
    case .notTakenOver: .notTakenOver
    case .spoke: .spoke
    case .shown: .shown
    case .floorFreed: .floorFreed
    }
  }

  var bytes: [UInt8] {
    ControlWriter.message(code.rawValue) { fields in
      switch self {
      case .ready, .unread, .tookFloor, .released, .interrupted, .operatorAbsent, .outputGone,
        .recordingWorks, .typed, .badWords, .alive, .lockedOut, .who, .stopAsked, .suspended,
        .detached, .floorFreed, .spoke, .gaveBack:
        break
      case .detachAsked(let suspends): fields.add(suspends)
      case .recorded(let conversation): fields.add(conversation)
      case .proved(let key): fields.add(key.description)
      case .named(let handle): fields.add(handle.text)
      case .over(let party, let reason):
        fields.add(party)
        fields.add(reason.rawValue)
      case .resumable(let handle, let protection):
        fields.add(handle.text)
        fields.add(protection)
      case .claim(let token, let attempt, let protection):
        fields.add(Int64(attempt))
        fields.add(protection)
        fields.add(bytes: token.bytes)
      case .notTakenOver(let goesOn): fields.add(goesOn)
      case .draft(let part), .memory(let part): fields.add(bytes: part)
      case .unsaid(let isOnLine, let text):
        fields.add(isOnLine)
        fields.add(bytes: text)
      case .recordingFailed(let trouble): fields.add(trouble)
      case .wordsUnread(let count), .queueRead(let count): fields.add(Int64(count))
      case .shown(let number): fields.add(Int64(number))
      case .unrecorded(let party, let reason, let detail):
        fields.add(party)
        fields.add(reason.rawValue)
        fields.add(detail)
      }
    }
  }

  init(bytes: [UInt8]) throws(ControlError) {
    guard let first = bytes.first else { throw .empty }
    guard let code = ReportCode(rawValue: first) else { throw .unknownCode(first) }
    var fields = ControlReader(bytes.dropFirst())
    switch code {
    case .ready: self = .ready
    case .unread: self = .unread
    case .tookFloor: self = .tookFloor
    case .named: self = .named(try fields.handle())
    case .over: self = .over(by: try fields.party(), try fields.reason())
    case .released: self = .released
    case .recorded: self = .recorded(conversation: try fields.rowID())
    case .draft: self = .draft(fields.bytes())
    case .unsaid: self = .unsaid(isOnLine: try fields.bool(), fields.bytes())
    case .memory: self = .memory(fields.bytes())
    case .interrupted: self = .interrupted
    case .operatorAbsent: self = .operatorAbsent
    case .outputGone: self = .outputGone
    case .recordingFailed: self = .recordingFailed(try fields.trouble())
    case .recordingWorks: self = .recordingWorks
    case .wordsUnread: self = .wordsUnread(count: try fields.count())
    case .queueRead: self = .queueRead(count: try fields.count())
    case .proved:
      guard let key = Fingerprint(try fields.text()) else { throw .outOfRange }
      self = .proved(key)
    case .unrecorded:
      self = .unrecorded(
        by: try fields.party(), try fields.reason(), detail: try fields.text())
    case .typed: self = .typed
    case .badWords: self = .badWords
    case .alive: self = .alive
    case .lockedOut: self = .lockedOut
    case .who: self = .who
    case .stopAsked: self = .stopAsked
    case .suspended: self = .suspended
    case .resumable: self = .resumable(try fields.handle(), try fields.protection())
    case .detached: self = .detached
    case .claim:
      let (attempt, protection) = (try fields.attempt(), try fields.protection())
      self = .claim(try fields.token(), attempt: attempt, protection)
    case .spoke: self = .spoke
    case .shown: self = .shown(through: try fields.messageNumber())
    case .notTakenOver: self = .notTakenOver(goesOn: try fields.bool())
    case .floorFreed: self = .floorFreed
    case .gaveBack: self = .gaveBack
    case .detachAsked: self = .detachAsked(suspends: try fields.bool())
    }
    try fields.end()
  }
}
