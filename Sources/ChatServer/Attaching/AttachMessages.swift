import ChatCore
import ChatPosix
import ChatTerminal

/// What a terminal that attaches says to the server: one message on their socket each. To the
/// server it is a stranger's input, though of a process of its own user.
enum AttachRequest: Hashable {
  /// The terminal, whose input and output come with this (``passed``), and how it is to be
  /// drawn on.
  case attach(TerminalView)
  /// It has another size: SIGWINCH comes to the terminal's own processes alone.
  case resized
  /// Its program was stopped and goes on: a shell may have had it meanwhile.
  case continued
  /// It is wanted back.
  case leave(suspends: Bool)

  /// Descriptors that come with ``attach(_:)``.
  static let passed = 2

  enum Code: UInt8, CaseIterable {
    case attach = 0x81
    case resized = 0x82
    case leave = 0x83
    case continued = 0x84
  }

  var bytes: [UInt8] {
    switch self {
    case .attach(let view): ControlWriter.message(Code.attach.rawValue) { $0.add(view) }
    case .resized: ControlWriter.message(Code.resized.rawValue)
    case .continued: ControlWriter.message(Code.continued.rawValue)
    case .leave(let suspends): ControlWriter.message(Code.leave.rawValue) { $0.add(suspends) }
    }
  }

  init(bytes: [UInt8]) throws(ControlError) {
    guard let first = bytes.first else { throw .empty }
    guard let code = Code(rawValue: first) else { throw .unknownCode(first) }
    var fields = ControlReader(bytes.dropFirst())
    switch code {
    case .attach: self = .attach(try fields.view())
    case .resized: self = .resized
    case .continued: self = .continued
    case .leave: self = .leave(suspends: try fields.bool())
    }
    try fields.end()
  }
}

/// What the server answers.
enum AttachAnswer: Hashable {
  case attached
  case refused(AttachRefusal)
  /// The terminal is given back, as it was.
  case detached(AttachEnd)

  enum Code: UInt8, CaseIterable {
    case attached = 0x91
    case taken = 0x92
    case unusable = 0x93
    case stopping = 0x94
    case detached = 0x95
  }

  var bytes: [UInt8] {
    switch self {
    case .attached: ControlWriter.message(Code.attached.rawValue)
    case .refused(.taken(let process, let since)):
      ControlWriter.message(Code.taken.rawValue) { fields in
        fields.add(Int64(process))
        fields.add(since.milliseconds)
      }
    case .refused(.unusable): ControlWriter.message(Code.unusable.rawValue)
    case .refused(.stopping): ControlWriter.message(Code.stopping.rawValue)
    case .detached(let end):
      ControlWriter.message(Code.detached.rawValue) { $0.add(Int64(end.rawValue)) }
    }
  }

  init(bytes: [UInt8]) throws(ControlError) {
    guard let first = bytes.first else { throw .empty }
    guard let code = Code(rawValue: first) else { throw .unknownCode(first) }
    var fields = ControlReader(bytes.dropFirst())
    switch code {
    case .attached: self = .attached
    case .taken:
      let process = Int32(try fields.integer(in: 0...Int64(Int32.max)))
      self = .refused(.taken(by: process, since: try fields.timestamp()))
    case .unusable: self = .refused(.unusable)
    case .stopping: self = .refused(.stopping)
    case .detached:
      let number = try fields.integer(in: 0...Int64(UInt8.max))
      guard let end = AttachEnd(rawValue: UInt8(number)) else { throw .outOfRange }
      self = .detached(end)
    }
    try fields.end()
  }
}

/// Why a terminal is not taken.
package enum AttachRefusal: Hashable, Sendable {
  /// Another is attached, since then.
  case taken(by: Int32, since: Timestamp)
  /// What came is not a terminal, or no request.
  case unusable
  /// The server stops.
  case stopping
}

/// Why a terminal is given back.
package enum AttachEnd: UInt8, Hashable, Sendable {
  /// `\detach`
  case asked = 1
  /// Ctrl-C on an empty line.
  case interrupted = 2
  /// `\quit` or Ctrl-D, while nobody was there.
  case quit = 3
  /// Ctrl-Z: it comes back.
  case suspended = 4
  /// The program of the terminal asked for it: a signal.
  case wanted = 5
  /// It is gone.
  case lost = 6
  /// The server has stopped.
  case stopped = 7
}

/// How an attached terminal is to be drawn on: what its program found out about it, whose
/// environment and options no process of the server has.
package struct TerminalView: Hashable, Sendable {
  /// The variables that a desk asks for.
  fileprivate static let names = ["TERM", "TERM_PROGRAM", "TMUX", "STY", "XTERM_VERSION"]

  var showsTimes = false
  var ringsBell = true
  var isPlain = false
  var usesColor = false
  var setsTitle = true
  /// Of ``names``, those that are set.
  var variables: [String: String] = [:]

  package init(_ options: DeskOptions, _ environment: (String) -> String?) {
    showsTimes = options.showsTimes
    ringsBell = options.ringsBell
    isPlain = options.isPlain
    usesColor = options.usesColor
    setsTitle = options.setsTitle
    for name in Self.names { variables[name] = environment(name) }
  }

  fileprivate init() {}

  /// As the options of a desk.
  var options: DeskOptions {
    var options = DeskOptions()
    options.showsTimes = showsTimes
    options.ringsBell = ringsBell
    options.isPlain = isPlain
    options.usesColor = usesColor
    options.setsTitle = setsTitle
    options.environment = { [variables] in variables[$0] }
    return options
  }

  /// Whether it takes nothing but text.
  var isDumb: Bool { DeskOptions.isDumb { variables[$0] } }

  fileprivate static var fields: [WritableKeyPath<TerminalView, Bool>] {
    [\.showsTimes, \.ringsBell, \.isPlain, \.usesColor, \.setsTitle]
  }
}

extension ControlWriter {
  mutating func add(_ view: TerminalView) {
    for field in TerminalView.fields { add(view[keyPath: field]) }
    for name in TerminalView.names {
      add(view.variables[name] != nil)
      add(view.variables[name] ?? "")
    }
  }
}

extension ControlReader {
  mutating func view() throws(ControlError) -> TerminalView {
    var view = TerminalView()
    for field in TerminalView.fields { view[keyPath: field] = try bool() }
    for name in TerminalView.names {
      let isSet = try bool()
      let value = try text()
      guard isSet || value.isEmpty else { throw .outOfRange }
      if isSet { view.variables[name] = value }
    }
    return view
  }
}
