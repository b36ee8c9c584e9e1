/// What a peer said out of turn, in order and bounded.
struct Backlog: Sendable {
  /// Messages held for a peer that speaks out of turn, past which it is left
  /// unread until they have had their turn. More than anyone types while
  /// waiting for an answer; a file piped into nc waits in the pipe.
  private static let messageLimit = 64
  /// The same in bytes, for messages that are long.
  private static let byteLimit = 64 * 1024
  /// Bytes held at most; beyond, messages are refused. One read of 64 KiB may
  /// come on top of the limit, its repair can triple it.
  private static let byteMaximum = 4 * byteLimit
  /// Messages held at most: a read of 64 KiB is no more than this many.
  private static let messageMaximum = 33 * 1024

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

  /// Whether enough waits that the peer should be left unread: TCP then makes
  /// it wait.
  var isFull: Bool {
    kept.count - first >= Self.messageLimit
      || byteCount >= Self.byteLimit
  }

  /// Keeps one more, or says that there is no room. There is room for what one
  /// read brings beyond ``isFull``.
  mutating func append(_ item: Item) -> Bool {
    let size = item.message.text.utf8.count
    guard byteCount + size <= Self.byteMaximum,
      kept.count - first < Self.messageMaximum
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
    if isEmpty { self = Backlog() }
    return item
  }

  mutating func takeAll() -> ArraySlice<Item> {
    defer { self = Backlog() }
    return items
  }
}
