/// Cuts a stream of bytes into records that end in NUL. A record that has not
/// ended yet is kept, up to ``maximumRecordLength`` bytes.
public struct RecordFramer: Sendable {
  /// Bytes of a record with its NUL: twice the longest message, so that every
  /// verb with a message fits, and a bound on what one peer can make us keep.
  public static let maximumRecordLength = 32 * 1024

  /// The bytes of a record whose NUL has not come yet.
  public private(set) var partial: [UInt8] = []

  public init() {}

  /// Takes what was read and gives every record that is complete, without its
  /// NUL, to `body` in order; `body` says whether to go on. The buffer is
  /// valid during the call only.
  ///
  /// - Throws: ``WireError/oversized(limit:)``, after the records before it
  ///   were given.
  public mutating func feed(
    _ bytes: UnsafeRawBufferPointer,
    _ body: (UnsafeRawBufferPointer) throws(WireError) -> Bool
  ) throws(WireError) {
    var start = 0
    while let end = ByteScan.firstIndex(of: 0, in: bytes, from: start) {
      if try !emit(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), body) { return }
      start = end + 1
    }
    // The NUL counts: a record of the limit still needs one more byte.
    if partial.count + (bytes.count - start) >= Self.maximumRecordLength {
      throw .oversized(limit: Self.maximumRecordLength)
    }
    if start < bytes.count { partial.append(contentsOf: bytes[start...]) }
  }

  private mutating func emit(
    _ piece: UnsafeRawBufferPointer,
    _ body: (UnsafeRawBufferPointer) throws(WireError) -> Bool
  ) throws(WireError) -> Bool {
    if partial.count + piece.count >= Self.maximumRecordLength {
      throw .oversized(limit: Self.maximumRecordLength)
    }
    if partial.isEmpty { return try body(piece) }
    partial.append(contentsOf: piece)
    let record = partial
    partial.removeAll(keepingCapacity: true)
    var goOn: Result<Bool, WireError> = .success(false)
    record.withUnsafeBytes { whole in
      do throws(WireError) { goOn = .success(try body(whole)) } catch { goOn = .failure(error) }
    }
    return try goOn.get()
  }
}
