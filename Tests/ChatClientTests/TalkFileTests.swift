import ChatCore
import ChatPosix
import ChatSecure
import Glibc
import Seeded
import SystemPackage
import Testing

@testable import ChatClient

/// What is kept of a conversation, and how it is written.
@Suite struct TalkFileTests {
  static func record(
    unconfirmed: [String] = [], draft: String = "", link: TalkRecord.Link = .clear,
    isLeaving: Bool = false, mode: Mode = .turns, hasFloor: Bool = true, turn: Party? = .client,
    saved: Int64? = nil
  ) throws -> TalkRecord {
    let token = try #require(ResumeToken(bytes: Array(1...32)))
    let past = ClientPast(
      offer: ResumeOffer(token: token, within: .seconds(300)), handle: try Handle("bob"),
      server: try Handle("SERVER"), mode: mode, hasFloor: hasFloor, turn: turn,
      ownNumber: 7, unconfirmed: try unconfirmed.map { try Message($0) }, peerNumber: 5,
      attempt: 2)
    return TalkRecord(
      host: "example.org", port: 1027, link: link, past: past, draft: draft,
      isLeaving: isLeaving, linkedAt: Timestamp(milliseconds: 1_790_000_000_000),
      saved: saved)
  }

  static func records() throws -> [TalkRecord] {
    let (server, own) = (try print(), try print())
    return [
      try record(), try record(unconfirmed: ["hi", "one\ntwo"], draft: "half a li"),
      try record(link: .encrypted(server: server, own: own), isLeaving: true),
      try record(link: .encrypted(server: server, own: nil), mode: .free, turn: nil),
      try record(unconfirmed: ["\u{1f642}"], hasFloor: false, turn: nil),
      try record(turn: .server), try record(draft: "half", saved: 1_790_000_000_123),
    ]
  }

  private static func print() throws -> Fingerprint {
    try PrivateKey.random().publicKey.fingerprint
  }

  @Test func everyRecordComesBack() throws {
    for record in try Self.records() { #expect(TalkRecord(bytes: record.bytes) == record) }
  }

  @Test func oneThatIsCutOrLongerIsNone() throws {
    for record in try Self.records() {
      let bytes = record.bytes
      for count in 0..<bytes.count {
        #expect(TalkRecord(bytes: Array(bytes.prefix(count))) == nil, "\(count)")
      }
      #expect(TalkRecord(bytes: bytes + [0]) == nil)
    }
  }

  @Test("whatever a file says, nothing traps and what is read is drawable", arguments: 0..<40)
  func garbage(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let records = try Self.records().map(\.bytes)
    for _ in 0..<300 {
      var bytes = records[random.below(records.count)]
      for _ in 0...random.below(4) { bytes[random.below(bytes.count)] = UInt8(random.below(256)) }
      guard let read = TalkRecord(bytes: bytes) else { continue }
      #expect(read.past.unconfirmed.count <= read.past.ownNumber)
      #expect(!read.draft.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" && $0 != "\t" })
    }
  }

  @Test func aLongDraftIsKeptInPart() throws {
    let draft = String(repeating: "\u{1f642}", count: 100_000)
    let read = try #require(TalkRecord(bytes: Self.record(draft: draft).bytes))
    #expect(!read.draft.isEmpty && draft.hasPrefix(read.draft))
    #expect(read.draft.utf8.count <= TalkRecord.draftLimit)
  }

  @Test func keysOfATerminalAreNoPartOfADraft() throws {
    let read = try #require(TalkRecord(bytes: Self.record(draft: "a\u{1b}[2Jb\u{9b}c\nd").bytes))
    #expect(read.draft == "a[2Jbc\nd")
  }

  @Test func howLongAgoAndHowLongStill() throws {
    var record = try Self.record()
    let at = record.linkedAt.milliseconds
    func moment(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: at + seconds * 1000) }
    #expect(record.away(at: moment(42)) == .seconds(42))
    #expect(record.away(at: moment(-42)) == .zero, "the clock was set back")
    #expect(!record.isOver(at: moment(299)))
    #expect(record.isOver(at: moment(300)))
    record.linkedAt = Timestamp(milliseconds: 0)
    #expect(record.isOver(at: moment(0)))
  }

  // MARK: Slots

  /// A file in memory.
  private struct Bytes {
    var bytes: [UInt8] = []

    mutating func write(_ new: [UInt8], at offset: Int64) {
      let end = Int(offset) + new.count
      if bytes.count < end { bytes += [UInt8](repeating: 0, count: end - bytes.count) }
      bytes.replaceSubrange(Int(offset)..<end, with: new)
    }

    /// What is found in it.
    var content: [UInt8]? {
      let found = TalkSlots.newest { (offset: Int64, count: Int) -> [UInt8] in
        Array(bytes.dropFirst(Int(offset)).prefix(count))
      }
      return found?.content
    }
  }

  private static func text(_ number: Int, _ random: inout SeededRandom) -> [UInt8] {
    Array("content \(number) ".utf8) + (0..<random.below(300)).map { _ in UInt8(random.below(256)) }
  }

  @Test("a kill at any byte of any write leaves the old content or the new", arguments: 0..<8)
  func killed(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var file = Bytes()
    var slots = TalkSlots()
    var old: [UInt8]?
    for number in 0..<30 {
      let new = Self.text(number, &random)
      let (head, offset, headOffset) = slots.writes(for: new)
      for count in 0...new.count {
        var torn = file
        torn.write(Array(new.prefix(count)), at: offset)
        #expect(torn.content == old, "seed \(seed), \(number), \(count)")
      }
      file.write(new, at: offset)
      for count in 0..<head.bytes.count {
        var torn = file
        torn.write(Array(head.bytes.prefix(count)), at: headOffset)
        let content = torn.content
        #expect(content == old || content == new, "seed \(seed), \(number), \(count)")
      }
      file.write(head.bytes, at: headOffset)
      #expect(file.content == new)
      slots.wrote(head)
      old = new
    }
    #expect(file.bytes.count < 2000, "room is used again")
  }

  @Test func everyFlipAndEveryCutGivesTheNewestTheOneBeforeOrNothing() {
    var random = SeededRandom(seed: 1)
    var file = Bytes()
    var slots = TalkSlots()
    var contents: [[UInt8]] = []
    for number in 0..<5 {
      let new = Self.text(number, &random)
      let (head, offset, headOffset) = slots.writes(for: new)
      file.write(new, at: offset)
      file.write(head.bytes, at: headOffset)
      slots.wrote(head)
      contents.append(new)
    }
    for index in file.bytes.indices {
      for bit in [0, 3, 7] {
        var flipped = file
        flipped.bytes[index] ^= 1 << bit
        let content = flipped.content
        #expect(content.map { contents.suffix(2).contains($0) } ?? true)
      }
    }
    for count in file.bytes.indices {
      let cut = Bytes(bytes: Array(file.bytes.prefix(count)))
      #expect(cut.content.map { contents.suffix(2).contains($0) } ?? true)
    }
  }

  @Test("heads that lead anywhere trap nothing", arguments: 0..<20)
  func hostileHeads(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    for _ in 0..<200 {
      let values: [Int64] = [0, 1, -1, 128, .max, .min, .max / 2, 1 << 40]
      let head = TalkSlots.Head(
        count: random.next(), offset: values[random.below(values.count)],
        length: values[random.below(values.count)], sum: random.next())
      var file = Bytes()
      file.write(head.bytes, at: Int64(random.below(2)) * 64)
      #expect(file.content == nil)
    }
  }
}
