import ChatCore

/// What the operator has yet to read of those who joined the queue: a few by name,
/// of a crowd the number, and more seldom the longer it goes on.
struct QueueNews {
  /// Named in one notice.
  static let namedAtOnce = 3

  private var named: [WaitingPeer] = []
  private var others = 0
  /// Orders that have been added and not taken.
  private var orders = 0
  private var nextAt: Instant?
  private var pace = NoticePace()

  /// When there is something to say; `nil` when there is not.
  var deadline: Instant? { named.isEmpty ? nil : nextAt }

  /// Adds who is new in one order of the listener's.
  mutating func add(_ peers: [WaitingPeer], at now: Instant) {
    orders += 1
    if nextAt == nil { nextAt = now }
    let room = Self.namedAtOnce - named.count
    named += peers.prefix(room)
    others += max(0, peers.count - room)
  }

  /// How many orders have nobody any more of whom the operator has not read.
  mutating func takeRead() -> Int {
    guard named.isEmpty else { return 0 }
    defer { orders = 0 }
    return orders
  }

  /// What is to be said now; `nil` when that is nothing.
  mutating func take(at now: Instant) -> (named: [WaitingPeer], others: Int)? {
    guard let deadline, now >= deadline else { return nil }
    defer {
      nextAt = now.advanced(by: pace.next(at: now))
      named = []
      others = 0
    }
    return (named, others)
  }
}
