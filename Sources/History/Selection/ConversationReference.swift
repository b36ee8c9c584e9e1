import Transcript

/// A conversation as a user names it: its id, `@` for the newest, `@~2` for
/// the second before that.
public enum ConversationReference: Hashable, Sendable {
  case id(Int64)
  /// The newest but so many.
  case newest(skipping: Int)

  public init?(_ text: some StringProtocol) {
    if text == "@" {
      self = .newest(skipping: 0)
    } else if text.hasPrefix("@~") {
      guard let count = Self.number(text.dropFirst(2)).flatMap(Int.init(exactly:)) else {
        return nil
      }
      self = .newest(skipping: count)
    } else if let id = Self.number(text) {
      self = .id(id)
    } else {
      return nil
    }
  }

  /// Digits alone: `Int64.init` would take a sign.
  private static func number(_ text: some StringProtocol) -> Int64? {
    text.utf8.allSatisfy { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") } ? Int64(text) : nil
  }
}

/// One conversation, or all from one to another: `7`, `3..7`, `1..@`.
public struct ConversationRange: Hashable, Sendable {
  public let text: String
  public let first: ConversationReference
  public let last: ConversationReference

  public init?(_ text: String) {
    self.text = text
    if let one = ConversationReference(text) {
      (first, last) = (one, one)
      return
    }
    var position = text.startIndex
    while position < text.endIndex, !text[position...].hasPrefix("..") {
      position = text.index(after: position)
    }
    guard position < text.endIndex,
      let first = ConversationReference(text[..<position]),
      let last = ConversationReference(text[position...].dropFirst(2))
    else { return nil }
    (self.first, self.last) = (first, last)
  }
}

extension Archive {
  /// The ids that a user's references mean now.
  ///
  /// - Throws: ``HistoryError``, for what is no reference, or one to nothing.
  func resolve(_ references: [String]) throws(HistoryError) -> [IDRange] {
    var ranges: [IDRange] = []
    for text in references {
      guard let range = ConversationRange(text) else { throw .reference(text) }
      guard let first = try resolve(range.first), let last = try resolve(range.last) else {
        throw .unknownConversation(text)
      }
      let ids = IDRange(first, last)
      do {
        guard try hasConversation(in: ids) else { throw HistoryError.unknownConversation(text) }
      } catch { throw HistoryError(error) }
      ranges.append(ids)
    }
    return ranges
  }

  private func resolve(_ reference: ConversationReference) throws(HistoryError) -> Int64? {
    switch reference {
    case .id(let id): return id
    case .newest(let count):
      do {
        return try newestConversation(skipping: count)
      } catch {
        throw HistoryError(error)
      }
    }
  }
}
