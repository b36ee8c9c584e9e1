import ChatCore

/// Where in a file the last content is: written beside the one before, so that a kill at
/// any moment leaves the one or the other.
///
///     0      a head of 48 bytes: `chattalk`, a count, where the content is, its length,
///            its sum, and the sum of the head
///     64     the same once more; the one with the higher count is the newer
///     128    contents, anywhere behind this
struct TalkSlots: Sendable {
  /// A head, and what it leads to.
  struct Head: Hashable, Sendable {
    var count: UInt64
    var offset: Int64
    var length: Int64
    var sum: UInt64

    var end: Int64 { offset + length }
  }

  /// What is read of a file, from where, and at most so much.
  typealias Read<Failure: Error> = (Int64, Int) throws(Failure) -> [UInt8]

  private static let magic = Array("chattalk".utf8)
  private static let headLength = 48
  private static let headDistance: Int64 = 64
  static let contentStart = 2 * headDistance
  /// Bytes of a content: all messages that may be under way, each as long as one can be.
  static let longest: Int64 = 80 * 1024 * 1024

  /// The newest content's.
  private(set) var live: Head?

  /// Of an empty file.
  init() {}

  /// Finds the newest content that is whole.
  ///
  /// - Returns: `nil` where there is none.
  static func newest<Failure: Error>(
    _ read: Read<Failure>
  ) throws(Failure) -> (slots: TalkSlots, content: [UInt8])? {
    var heads: [Head] = []
    for place in 0..<2 {
      if let head = Head(bytes: try read(Int64(place) * headDistance, headLength), at: place) {
        heads.append(head)
      }
    }
    for head in heads.sorted(by: { $0.count > $1.count }) {
      let content = try read(head.offset, Int(head.length))
      guard content.count == Int(head.length), sum(of: content) == head.sum else { continue }
      var slots = TalkSlots()
      slots.live = head
      return (slots, content)
    }
    return nil
  }

  /// What to write for `content`, in this order, and where; ``wrote(_:)`` when it is done.
  func writes(for content: [UInt8]) -> (head: Head, content: Int64, headOffset: Int64) {
    let length = Int64(content.count)
    let start = Self.contentStart
    // Before the live one where it fits there, else behind it.
    let offset = live.map { start + length <= $0.offset ? start : max($0.end, start) } ?? start
    let count = (live?.count ?? 0) &+ 1
    let head = Head(count: count, offset: offset, length: length, sum: Self.sum(of: content))
    return (head, offset, Int64(count % 2) * Self.headDistance)
  }

  mutating func wrote(_ head: Head) { live = head }

  /// FNV-1a of 64 bits: with any one byte changed it is another.
  static func sum(of bytes: some Sequence<UInt8>) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}

extension TalkSlots.Head {
  var bytes: [UInt8] {
    var bytes = Array("chattalk".utf8)
    bytes.append(integer: count)
    bytes.append(integer: offset)
    bytes.append(integer: length)
    bytes.append(integer: sum)
    bytes.append(integer: TalkSlots.sum(of: bytes))
    return bytes
  }

  /// `nil` for what is not one of the place.
  fileprivate init?(bytes: [UInt8], at place: Int) {
    var reader = ByteReader(bytes)
    guard reader.take(8).map(Array.init) == Array("chattalk".utf8),
      let count = reader.integer(UInt64.self), let offset = reader.integer(Int64.self),
      let length = reader.integer(Int64.self), let sum = reader.integer(UInt64.self),
      let own = reader.integer(UInt64.self), own == TalkSlots.sum(of: bytes.prefix(40))
    else { return nil }
    guard count > 0, count < .max, count % 2 == UInt64(place),
      (TalkSlots.contentStart...(4 * TalkSlots.longest)).contains(offset),
      (1...TalkSlots.longest).contains(length)
    else { return nil }
    self.init(count: count, offset: offset, length: length, sum: sum)
  }
}
