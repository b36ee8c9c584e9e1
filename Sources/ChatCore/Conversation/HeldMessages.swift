/// What a peer said out of turn, in order and bounded.
struct HeldMessages: Sendable {
  struct Item: Sendable {
    /// As the peer counts.
    var number: Int
    var message: Message
  }

  /// Those before ``first`` have left; what is behind them is waiting.
  private var kept: [Item] = []
  private var first = 0
  private var byteCount = 0

  var items: ArraySlice<Item> { kept[first...] }
  var isEmpty: Bool { first == kept.count }

  /// Whether enough waits that the peer should be left unread: TCP then tells
  /// it to wait.
  var isFull: Bool {
    kept.count - first >= ConversationSettings.heldMessageLimit
      || byteCount >= ConversationSettings.heldByteLimit
  }

  /// Keeps one more, or says that there is no room. There is room for what one
  /// read brings beyond ``isFull``.
  mutating func append(_ item: Item) -> Bool {
    let size = item.message.text.utf8.count
    guard byteCount + size <= ConversationSettings.heldByteMaximum,
      kept.count - first < ConversationSettings.heldMessageMaximum
    else { return false }
    kept.append(item)
    byteCount += size
    return true
  }

  mutating func takeFirst() -> Item? {
    guard !isEmpty else { return nil }
    let item = kept[first]
    first += 1
    byteCount -= item.message.text.utf8.count
    if isEmpty { self = HeldMessages() }
    return item
  }

  mutating func takeAll() -> ArraySlice<Item> {
    defer { self = HeldMessages() }
    return items
  }
}
