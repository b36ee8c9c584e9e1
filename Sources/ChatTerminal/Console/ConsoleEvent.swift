/// What somebody at the console wants.
public enum ConsoleEvent: Hashable, Sendable {
  /// A line was entered. It stays where it is, and no further event comes,
  /// until the program calls ``Console/acceptLine(showing:time:)``,
  /// ``Console/keepLine(notice:)`` or ``Console/dropLine()``.
  case line(String)
  /// Ctrl-C on an empty line; on any other it only clears the line.
  case interrupt
  /// Ctrl-D on an empty line, or the end of a file or pipe.
  case endOfInput
  /// Ctrl-Z: the program calls ``Console/suspend()``, writes what there is,
  /// gives the terminal back and stops itself.
  case suspend
}

/// What is shown where the next line is typed.
public enum Prompt: Hashable, Sendable {
  /// It is our turn: `SERVER> `.
  case speak(String)
  /// It is somebody else's turn: `waiting for tatyana …` is in the
  /// prompt's place. What is typed ahead is where it will be after
  /// `then`, the prompt that is to come.
  case waiting(String, then: String)
  /// A question, whose answer is no part of the conversation.
  case ask(String)
  /// Nothing is asked; what is typed is shown all the same.
  case none

  /// What is before a line once it is taken.
  var record: String {
    switch self {
    case .speak(let prompt), .ask(let prompt), .waiting(_, then: let prompt): prompt
    case .none: ""
    }
  }

  /// Whether lines typed here are said in the conversation.
  var isConversation: Bool {
    switch self {
    case .speak, .waiting: true
    case .ask, .none: false
    }
  }
}

/// Bytes to write, in this order, to the two streams.
public struct ConsoleOutput: Hashable, Sendable {
  public var standardOutput: [UInt8] = []
  public var standardError: [UInt8] = []

  public init() {}

  mutating func append(_ bytes: some Sequence<UInt8>, to channel: ConsoleChannel) {
    switch channel {
    case .conversation: standardOutput.append(contentsOf: bytes)
    case .notice: standardError.append(contentsOf: bytes)
    }
  }

  public var isEmpty: Bool { standardOutput.isEmpty && standardError.isEmpty }
}

/// Which of the two streams something belongs to where they are apart.
public enum ConsoleChannel: Hashable, Sendable {
  /// What is said, and what the original programs printed: standard output.
  case conversation
  /// What is said about it: standard error.
  case notice
}
