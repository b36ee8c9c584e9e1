/// Cuts a stream of bytes into lines. A line ends in LF, CRLF or telnet's
/// CR NUL (RFC 854); other CRs and NULs are part of it.
package struct LineFramer: Sendable {
  package enum Line: Hashable, Sendable {
    /// The bytes of a line without its end: a part of what was read, which
    /// they keep in memory, when all of it came in one read.
    case complete(ArraySlice<UInt8>)
    /// A line over the limit; reported once, the rest of it is skipped.
    case tooLong
  }

  /// Bytes that a line may have, its end not counted.
  package let maximumLineLength: Int
  /// What came of a line that has not ended; at most the limit and a CR.
  package private(set) var partial: [UInt8] = []
  private var skipping = false
  private var lastWasCarriageReturn = false

  package init(maximumLineLength: Int) {
    self.maximumLineLength = maximumLineLength
  }

  /// Takes what was read and returns the lines that ended in it.
  package mutating func feed(_ bytes: [UInt8]) -> [Line] {
    var lines: [Line] = []
    var start = 0
    for (index, byte) in bytes.enumerated() {
      if byte == 0x0a || (byte == 0 && lastWasCarriageReturn) {
        finishLine(bytes[start..<index], &lines)
        start = index + 1
      }
      lastWasCarriageReturn = byte == 0x0d
    }
    keep(bytes[start...], &lines)
    return lines
  }

  /// The last line, when the stream ended without an end of line.
  package mutating func endOfFile() -> [Line] {
    var lines: [Line] = []
    if !partial.isEmpty || skipping { end(&lines) }
    return lines
  }

  private mutating func finishLine(_ piece: ArraySlice<UInt8>, _ lines: inout [Line]) {
    guard partial.isEmpty, !skipping, piece.count <= maximumLineLength + 1 else {
      keep(piece, &lines)
      end(&lines)
      return
    }
    // Nearly every line begins and ends in one read, and is not copied here.
    append(piece, &lines)
  }

  private mutating func keep(_ piece: ArraySlice<UInt8>, _ lines: inout [Line]) {
    if skipping || piece.isEmpty { return }
    // One more than the limit: it may be the CR of the end.
    if partial.count + piece.count > maximumLineLength + 1 {
      skipping = true
      partial = []
      lines.append(.tooLong)
    } else {
      partial.append(contentsOf: piece)
    }
  }

  private mutating func end(_ lines: inout [Line]) {
    defer {
      partial.removeAll(keepingCapacity: true)
      skipping = false
    }
    if !skipping { append(partial[...], &lines) }
  }

  private func append(_ line: ArraySlice<UInt8>, _ lines: inout [Line]) {
    var line = line
    while line.last == 0x0d { line = line.dropLast() }
    lines.append(line.count > maximumLineLength ? .tooLong : .complete(line))
  }
}
