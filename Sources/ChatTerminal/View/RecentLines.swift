import ChatCore

/// The last lines of a conversation, for a program that keeps no transcript.
public struct RecentLines: Sendable {
  /// A screenful.
  public static let limit = 20

  private(set) public var lines: [(name: String, party: Party, text: String)] = []

  public init() {}

  public mutating func append(_ message: Message, from name: String, party: Party) {
    if lines.count == Self.limit { lines.removeFirst() }
    lines.append((name, party, message.text))
  }
}
