import ChatDigest
import Testing

@testable import Transcript

@Suite struct LinkBuilderTests {
  /// What is on disk was made so, and is to be read for years.
  @Test func theBytesAreThoseOfTheTable() throws {
    let before = Digest(of: [1])
    var links = LinkBuilder()
    links.begin(after: before)
    links.add([.null, .integer(-2), .text("hé"), .blob([0xff])])
    let bytes: [UInt8] =
      before.bytes + [0] + [1] + [UInt8](repeating: 0xff, count: 7) + [0xfe]
      + [2, 0, 0, 0, 0, 0, 0, 0, 3, 0x68, 0xc3, 0xa9] + [3, 0, 0, 0, 0, 0, 0, 0, 1, 0xff]
    #expect(links.bytes == bytes)
    #expect(links.finish() == Digest(of: bytes))
    // The next one has nothing of it.
    links.begin(after: .zero)
    #expect(links.finish() == Digest(of: [UInt8](repeating: 0, count: 32)))
  }

  @Test func aRowIsItsValues() throws {
    let scratch = Scratch()
    let connection = try Connection.forWriting(scratch.path)
    let row = try connection.prepare("SELECT NULL, -2, 'hé', x'ff', '', x'', CAST(x'c3' AS TEXT)")
    #expect(try row.step())
    var links = LinkBuilder()
    links.begin(after: .zero)
    links.add(row, 0..<6)
    let link = links.finish()
    links.begin(after: .zero)
    links.add([.null, .integer(-2), .text("hé"), .blob([0xff]), .text(""), .blob([])])
    #expect(links.finish() == link)
    // What is not UTF-8 is not repaired before.
    links.begin(after: .zero)
    links.add(row, 6..<7)
    #expect(links.bytes.suffix(2) == [1, 0xc3])
  }

  @Test func listsOfValuesThatLookAlikeDiffer() {
    let lists: [[SQLValue]] = [
      [], [.null], [.text("")], [.blob([])], [.integer(0)], [.text("ab"), .text("c")],
      [.text("a"), .text("bc")], [.blob([0x61]), .text("bc")], [.text("a"), .null, .text("bc")],
    ]
    var links = LinkBuilder()
    var all: Set<Digest> = []
    for values in lists {
      links.begin(after: .zero)
      links.add(values)
      all.insert(links.finish())
    }
    #expect(all.count == lists.count)
  }
}
