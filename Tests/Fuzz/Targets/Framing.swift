import ChatWire

/// Records and lines are the same wherever the reads were cut, and nothing
/// unfinished grows past its limit.
enum Framing {
  static func check(_ bytes: [UInt8]) throws(FuzzFinding) {
    try checkRecords(Cuts(bytes))
    try checkLines(Cuts(Array(bytes.dropFirst())), limit: Int(bytes.first ?? 0) % 40)
  }

  private static func checkRecords(_ cuts: Cuts) throws(FuzzFinding) {
    var pieces = cuts.data.split(separator: 0, omittingEmptySubsequences: false).map(Array.init)
    let rest = pieces.removeLast()
    let isOversized =
      pieces.contains { $0.count + 1 > RecordFramer.maximumRecordLength }
      || rest.count + 1 > RecordFramer.maximumRecordLength
    for chunks in [[cuts.data], cuts.chunks] {
      var framer = RecordFramer()
      var records: [RecordFramer.Record] = []
      for chunk in chunks {
        records += framer.feed(chunk)
        try hold(
          framer.partial.count < RecordFramer.maximumRecordLength, "a record grew past its limit")
      }
      try hold((records.last == .tooLong) == isOversized, "an oversized record: \(isOversized)")
      if isOversized { continue }
      try hold(records == pieces.map { .complete($0[...]) }, "records \(records), not \(pieces)")
      try hold(framer.partial == rest, "unfinished \(framer.partial), not \(rest)")
    }
  }

  private static func checkLines(_ cuts: Cuts, limit: Int) throws(FuzzFinding) {
    var outcomes: [[LineFramer.Line]] = []
    for chunks in [[cuts.data], cuts.chunks] {
      var framer = LineFramer(maximumLineLength: limit)
      var lines: [LineFramer.Line] = []
      for chunk in chunks {
        lines += framer.feed(chunk)
        try hold(framer.partial.count <= limit + 1, "a line grew past its limit")
      }
      lines += framer.endOfFile()
      outcomes.append(lines)
    }
    try hold(outcomes[0] == outcomes[1], "lines \(outcomes[0]) whole, \(outcomes[1]) in pieces")
    for case .complete(let line) in outcomes[0] {
      try hold(!line.contains(0x0a), "a line feed inside a line")
      try hold(line.count <= limit, "a line of \(line.count) bytes, over \(limit)")
    }
  }
}
