/// The changes of one zone as a file of the time zone database holds them
/// (RFC 9636, tzfile(5)).
struct ZoneTable: Hashable, Sendable {
  /// Seconds since 1970, in order.
  private var transitions: [Int64] = []
  /// The offset, in seconds, from the transition of the same index on.
  private var offsets: [Int] = []
  /// Before the first transition.
  private var firstOffset = 0
  /// After the last transition.
  private var footer: PosixZoneRule?

  /// Reads a file of version 2 or later; version 1 ends in 2038 and no system
  /// has shipped it alone for a decade.
  ///
  /// - Returns: `nil` when `bytes` are not such a file.
  init?(_ bytes: [UInt8]) {
    var reader = ByteReader(bytes)
    guard let first = Header(&reader), first.version >= 0x32 else { return nil }
    // The same data in 32 bits, for old readers.
    guard reader.skip(first.dataSize(timeSize: 4)), let header = Header(&reader) else { return nil }

    for _ in 0..<header.transitionCount {
      guard let time = reader.integer(size: 8) else { return nil }
      transitions.append(time)
    }
    var types: [Int] = []
    for _ in 0..<header.transitionCount {
      guard let type = reader.byte(), type < header.typeCount else { return nil }
      types.append(Int(type))
    }
    var typeOffsets: [Int] = []
    for _ in 0..<header.typeCount {
      guard let offset = reader.integer(size: 4), reader.skip(2) else { return nil }
      typeOffsets.append(Int(offset))
    }
    guard let firstOffset = typeOffsets.first else { return nil }
    self.firstOffset = firstOffset
    for type in types { offsets.append(typeOffsets[type]) }

    let rest =
      header.designationSize + header.leapCount * 12 + header.standardCount
      + header.universalCount
    guard reader.skip(rest), reader.byte() == 0x0a, let line = reader.line() else { return nil }
    if !line.isEmpty {
      guard let footer = PosixZoneRule(String(decoding: line, as: UTF8.self)) else { return nil }
      self.footer = footer
    }
  }

  /// Seconds east of UTC at a moment in seconds since 1970.
  func offset(at time: Int64) -> Int {
    guard let last = transitions.last, time < last else {
      return footer?.offset(at: time) ?? offsets.last ?? firstOffset
    }
    // The first transition after `time`.
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle] <= time { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? firstOffset : offsets[low - 1]
  }
}

extension ZoneTable {
  /// RFC 9636 section 3.1.
  private struct Header {
    var version: UInt8
    var universalCount: Int
    var standardCount: Int
    var leapCount: Int
    var transitionCount: Int
    var typeCount: Int
    var designationSize: Int

    init?(_ reader: inout ByteReader) {
      guard reader.take(4) == Array("TZif".utf8), let version = reader.byte(), reader.skip(15)
      else { return nil }
      var counts: [Int] = []
      for _ in 0..<6 {
        guard let count = reader.integer(size: 4), count >= 0 else { return nil }
        counts.append(Int(count))
      }
      self.version = version
      universalCount = counts[0]
      standardCount = counts[1]
      leapCount = counts[2]
      transitionCount = counts[3]
      typeCount = counts[4]
      designationSize = counts[5]
    }

    func dataSize(timeSize: Int) -> Int {
      transitionCount * (timeSize + 1) + typeCount * 6 + designationSize
        + leapCount * (timeSize + 4) + standardCount + universalCount
    }
  }
}
