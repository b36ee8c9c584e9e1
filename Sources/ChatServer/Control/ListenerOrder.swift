import ChatCore

/// What the listener orders a conversation's process, or that of the desk between
/// conversations, to do: one message on their private socket each.
enum ListenerOrder: Hashable {
  /// The terminal is yours, and comes with this: standard input, output and
  /// error (``passedWithFloor``). What the operator typed and did not say in the
  /// last conversation came before, by ``draft``.
  case floor
  /// The floor is yours, and nobody is at the terminal. The draft and the memory came
  /// before, as with ``floor``, and are to be given back.
  case unattendedFloor
  /// A terminal is attached in the middle of the talk, and comes with this as with
  /// ``floor``: take it.
  case attach
  /// The attached terminal is wanted back: give it, and go on without one.
  case giveBack
  /// The terminal that comes next is an attached one, and is drawn on so.
  case view(TerminalView)
  /// A part of the operator's draft; its parts come in order.
  case draft([UInt8])
  /// A part of what the desk before remembered.
  case memory([UInt8])
  /// The place in the queue, from 1.
  case place(Int)
  /// There is no room in the queue.
  case full
  /// The peer's key is not allowed any more: say goodbye and go.
  case blocked
  /// Say goodbye and go; the text names what stopped the server.
  case stop(String)
  /// Show this to the operator.
  case notice(String)
  /// Who waits in the queue, in order, and how many do: those included whose places are
  /// kept.
  case queue([WaitingPeer], total: Int)
  /// Say that you are there.
  case answer
  /// Somebody has come: give the terminal back.
  case yield
  /// The terminal is as the shell left it: take it again.
  case resume
  /// Another process goes on with the conversation: give the terminal back and go,
  /// without a close and without waiting for the peer.
  case handOver
  /// The conversation that the peer has claimed is this process's from now on. Where it
  /// has the floor, the terminal came before.
  case takeOver(Inheritance)
  /// What the peer has claimed is not to be had. Where it `goesOn`, there is such a
  /// conversation, and the peer is late or not the one who had it.
  case claimRefused(goesOn: Bool)
  /// The others have waited long enough for a peer whose link is down.
  case graceIsOver
  /// Go, so that another server can go on with the conversation; the text names what
  /// said so.
  case restart(String)
  /// Whether the floor is kept for somebody who is not there.
  case awaited(Bool)
  /// The answer to ``ConversationReport/who``.
  case presence(Presence)

  /// Descriptors that come with ``floor`` and ``attach``.
  static let passedWithFloor = 3

  /// Whether so many descriptors came with it as belong to it.
  func isComplete(with passed: Int) -> Bool {
    guard bringsTerminal else { return passed == 0 }
    // The file of typed lines, where there is one.
    return passed == Self.passedWithFloor || passed == Self.passedWithFloor + 1
  }

  /// Whether the terminal comes with it.
  var bringsTerminal: Bool { self == .floor || self == .attach }

  var code: OrderCode {
    switch self {
    case .floor: .floor
    case .attach: .attach
    case .giveBack: .giveBack
    case .view: .view
    case .unattendedFloor: .unattendedFloor
    case .draft: .draft
    case .memory: .memory
    case .place: .place
    case .full: .full
    case .blocked: .blocked
    case .stop: .stop
    case .notice: .notice
    case .queue: .queue
    case .answer: .answer
    case .yield: .yield
    case .resume: .resume
    case .handOver: .handOver
    case .takeOver: .takeOver
    case .claimRefused: .claimRefused
    case .graceIsOver: .graceIsOver
    case .restart: .restart
    case .awaited: .awaited
    case .presence: .presence
    }
  }

  var bytes: [UInt8] {
    ControlWriter.message(code.rawValue) { fields in
      switch self {
      case .floor, .unattendedFloor, .full, .blocked, .answer, .yield, .resume, .handOver,
        .graceIsOver, .attach, .giveBack:
        break
      case .view(let view): fields.add(view)
      case .claimRefused(let goesOn): fields.add(goesOn)
      case .draft(let part), .memory(let part): fields.add(bytes: part)
      case .place(let place): fields.add(Int64(place))
      case .stop(let cause), .restart(let cause): fields.add(cause)
      case .awaited(let isAwaited): fields.add(isAwaited)
      case .takeOver(let inheritance): fields.add(inheritance)
      case .notice(let text): fields.add(text)
      case .presence(let presence): fields.add(presence)
      case .queue(let peers, let total):
        fields.add(Int64(total))
        for peer in peers { fields.add(peer) }
      }
    }
  }

  init(bytes: [UInt8]) throws(ControlError) {
    guard let first = bytes.first else { throw .empty }
    guard let code = OrderCode(rawValue: first) else { throw .unknownCode(first) }
    var fields = ControlReader(bytes.dropFirst())
    switch code {
    case .floor: self = .floor
    case .attach: self = .attach
    case .giveBack: self = .giveBack
    case .view: self = .view(try fields.view())
    case .unattendedFloor: self = .unattendedFloor
    case .draft: self = .draft(fields.bytes())
    case .memory: self = .memory(fields.bytes())
    case .place: self = .place(Int(try fields.integer(in: 1...Int64(Int32.max))))
    case .full: self = .full
    case .blocked: self = .blocked
    case .stop: self = .stop(try fields.text())
    case .notice: self = .notice(try fields.text())
    case .queue:
      let total = try fields.count()
      self = .queue(try fields.waitingPeers(), total: total)
    case .answer: self = .answer
    case .yield: self = .yield
    case .resume: self = .resume
    case .handOver: self = .handOver
    case .takeOver: self = .takeOver(try fields.inheritance())
    case .claimRefused: self = .claimRefused(goesOn: try fields.bool())
    case .graceIsOver: self = .graceIsOver
    case .restart: self = .restart(try fields.text())
    case .awaited: self = .awaited(try fields.bool())
    case .presence: self = .presence(try fields.presence())
    }
    try fields.end()
  }
}

/// A peer in the queue, as far as the listener knows it.
struct WaitingPeer: Hashable {
  /// Of its conversation.
  var processID: Int32
  /// Its conversation in the transcript; `nil` where there is none.
  var conversation: Int64?
  /// When its conversation was opened, for the search of its handle.
  var openedAt: Timestamp
  /// Numeric, with the port: `127.0.0.1:50112`, `[::1]:50112`.
  var address: String
  /// Whether an operator was shown it before, perhaps in another conversation.
  var wasShown = false
}

/// What a process needs to know of the conversation that it takes over.
struct Inheritance: Hashable {
  /// In the transcript.
  var conversation: Int64
  var openedAt: Timestamp
  /// Whether the terminal came with it.
  var hasFloor: Bool
  /// Whether the process before may have shown less than it recorded.
  var predecessorDied: Bool
  /// When that process went; `nil`: nobody knows.
  var lostAt: Timestamp?
  /// The peer's last message of which that process said that it was on the screen; 0: of
  /// none.
  var shown = 0
}

extension ControlWriter {
  fileprivate mutating func add(_ inheritance: Inheritance) {
    add(inheritance.conversation)
    add(inheritance.openedAt.milliseconds)
    add(inheritance.hasFloor)
    add(inheritance.predecessorDied)
    add(inheritance.lostAt != nil)
    add(inheritance.lostAt?.milliseconds ?? 0)
    add(Int64(inheritance.shown))
  }

  fileprivate mutating func add(_ peer: WaitingPeer) {
    add(Int64(peer.processID))
    add(peer.conversation ?? 0)
    add(peer.openedAt.milliseconds)
    add(peer.address)
    add(peer.wasShown)
  }
}

extension ControlReader {
  fileprivate mutating func inheritance() throws(ControlError) -> Inheritance {
    var inheritance = Inheritance(
      conversation: try rowID(), openedAt: try timestamp(), hasFloor: try bool(),
      predecessorDied: try bool())
    let isKnown = try bool()
    let lostAt = try timestamp()
    guard isKnown || lostAt.milliseconds == 0 else { throw .outOfRange }
    if isKnown { inheritance.lostAt = lostAt }
    inheritance.shown = try messageNumber()
    return inheritance
  }

  fileprivate mutating func waitingPeers() throws(ControlError) -> [WaitingPeer] {
    var peers: [WaitingPeer] = []
    while !isAtEnd {
      guard peers.count < ControlLimits.queueLength else { throw .trailing }
      peers.append(
        WaitingPeer(
          processID: Int32(try integer(in: 1...Int64(Int32.max))),
          conversation: try optionalRowID(), openedAt: try timestamp(), address: try text(),
          wasShown: try bool()))
    }
    return peers
  }
}
