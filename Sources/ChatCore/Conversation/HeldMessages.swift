/// What a peer said out of turn, in order and bounded.
struct HeldMessages: Sendable {
  struct Item: Sendable {
    /// As the peer counts.
    var number: Int
    var message: Message
  }

  private(set) var items: [Item] = []
  private var byteCount = 0

  var isEmpty: Bool { items.isEmpty }

  /// Keeps one more, or says that there is no room.
  mutating func append(_ item: Item) -> Bool {
    let size = item.message.text.utf8.count
    guard items.count < ConversationSettings.heldMessageLimit,
      byteCount + size <= ConversationSettings.heldByteLimit
    else { return false }
    items.append(item)
    byteCount += size
    return true
  }

  mutating func takeFirst() -> Item? {
    guard !items.isEmpty else { return nil }
    let item = items.removeFirst()
    byteCount -= item.message.text.utf8.count
    return item
  }

  mutating func takeAll() -> [Item] {
    defer { self = HeldMessages() }
    return items
  }
}
