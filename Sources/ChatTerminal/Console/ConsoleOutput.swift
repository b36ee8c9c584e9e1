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
