/// Bytes that the socket has not taken yet, and which messages they end.
struct OutboundQueue {
  /// Bytes already sent that may lie before the unsent ones: moving the rest
  /// down is not worth it for less.
  private static let wasteLimit = 64 * 1024

  private struct Piece {
    var end: Int
    var receipt: Int?
  }

  private var bytes: [UInt8] = []
  /// Where in ``bytes`` the unsent ones begin.
  private var start = 0
  private var pieces: [Piece] = []
  private var firstPiece = 0

  var byteCount: Int { bytes.count - start }
  var isEmpty: Bool { byteCount == 0 }

  /// Takes `new`; once it is written, the message numbered `receipt` is on its
  /// way.
  mutating func append(_ new: [UInt8], receipt: Int?) {
    if new.isEmpty { return }
    bytes += new
    pieces.append(Piece(end: bytes.count, receipt: receipt))
  }

  /// What to write next: everything, or one piece at a time.
  func next(joined: Bool) -> ArraySlice<UInt8>? {
    guard !isEmpty else { return nil }
    return joined ? bytes[start...] : bytes[start..<pieces[firstPiece].end]
  }

  /// Forgets what was written.
  ///
  /// - Returns: the last message that is wholly taken by it.
  mutating func drop(_ count: Int) -> Int? {
    start += count
    var receipt: Int?
    while firstPiece < pieces.count, pieces[firstPiece].end <= start {
      receipt = pieces[firstPiece].receipt ?? receipt
      firstPiece += 1
    }
    if isEmpty || start >= Self.wasteLimit {
      bytes.removeFirst(start)
      pieces.removeFirst(firstPiece)
      for index in pieces.indices { pieces[index].end -= start }
      start = 0
      firstPiece = 0
    }
    return receipt
  }
}
