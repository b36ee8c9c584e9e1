/// Cuts a stream of bytes into records that end in NUL. A record that has not
/// ended yet is kept, up to ``maximumRecordLength`` bytes.
package struct RecordFramer: Sendable {
  package enum Record: Hashable, Sendable {
    /// The bytes of a record without its NUL: a part of what was read, which
    /// they keep in memory, when all of it came in one read.
    case complete(ArraySlice<UInt8>)
    /// A record over the limit; nothing follows it.
    case tooLong
  }

  /// Bytes of a record with its NUL: twice the longest message, so that every
  /// verb with a message fits, and a bound on what one peer can make us keep.
  package static let maximumRecordLength = 32 * 1024

  /// The bytes of a record whose NUL has not come yet.
  package private(set) var partial: [UInt8] = []
  private var isOver = false

  package init() {}

  /// Takes what was read and returns the records that ended in it.
  package mutating func feed(_ bytes: [UInt8]) -> [Record] {
    if isOver { return [] }
    var records: [Record] = []
    var rest = bytes[...]
    while let end = rest.firstIndex(of: 0) {
      // Nearly every record begins and ends in one read, and is not copied.
      let record = partial.isEmpty ? rest[..<end] : (partial + rest[..<end])[...]
      if record.count >= Self.maximumRecordLength { return records + [giveUp()] }
      records.append(.complete(record))
      partial = []
      rest = rest[(end + 1)...]
    }
    // The NUL counts: a record of the limit still needs one more byte.
    if partial.count + rest.count >= Self.maximumRecordLength { return records + [giveUp()] }
    partial += rest
    return records
  }

  private mutating func giveUp() -> Record {
    isOver = true
    partial = []
    return .tooLong
  }
}
