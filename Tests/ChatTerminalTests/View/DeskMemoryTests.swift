import ChatCore
import Seeded
import Testing

@testable import ChatTerminal

/// What one desk leaves to the next.
@Suite struct DeskMemoryTests {
  private static func talk(_ lines: [RecentLines.Line]) -> DeskMemory.Talk {
    DeskMemory.Talk(name: "mike", address: "[::1]:50112", endedAt: "15:44:05", lines: lines)
  }

  @Test func whatIsWrittenIsRead() {
    var memory = DeskMemory()
    #expect(DeskMemory(bytes: memory.bytes) == memory)
    memory.knowsOfClear = true
    #expect(DeskMemory(bytes: memory.bytes) == memory)
    memory.draftIsOnLine = true
    memory.trouble = "full"
    #expect(DeskMemory(bytes: memory.bytes) == memory)
    memory.typed = ["one", "", "two\nrows", "👩‍🚀\0"]
    #expect(DeskMemory(bytes: memory.bytes) == memory)
    memory.hasFocus = false
    memory.lastTalk = Self.talk([
      .init(name: "mike", text: "hi"), .init(when: "15:44", name: "SERVER", text: "hello"),
    ])
    #expect(DeskMemory(bytes: memory.bytes) == memory)
  }

  @Test func theNewestIsKeptWithinTheLimits() {
    var memory = DeskMemory()
    memory.typed = (0..<10_000).map { "line \($0)" }
    memory.lastTalk = Self.talk(
      (0..<20).map {
        .init(name: "mike", text: PeerText(String(repeating: "x", count: 1000) + "\($0)"))
      })
    let bytes = memory.bytes
    #expect(bytes.count <= DeskMemory.typedLimit + DeskMemory.talkLimit + 1024)
    let read = DeskMemory(bytes: bytes)
    #expect(read.typed.last == "line 9999" && read.typed.count > 500)
    #expect(read.lastTalk?.lines.last?.text.description.hasSuffix("19") == true)
    #expect((read.lastTalk?.lines.count ?? 0) > 5)
  }

  /// The process that wrote it may be another's by then.
  @Test func whatIsForgedIsSafeForARow() {
    let forged = "x\u{1b}[2J\nSERVER> I agree\r\u{9b}1A\u{202e}\t"
    var memory = DeskMemory()
    memory.lastTalk = DeskMemory.Talk(
      name: forged, address: forged, endedAt: forged,
      lines: [.init(when: forged, name: forged, text: PeerText(forged))])
    guard let talk = DeskMemory(bytes: memory.bytes).lastTalk, let line = talk.lines.first else {
      Issue.record("nothing is read")
      return
    }
    for text in [talk.name, talk.address, talk.endedAt, line.when ?? "", line.name] {
      #expect(text == TextSanitizer.escapedOnOneLine(forged))
      #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7f })
    }
  }

  @Test func whateverComesIsRead() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededRandom(seed: seed)
    var memory = DeskMemory()
    memory.typed = ["one", "two"]
    memory.lastTalk = Self.talk([.init(name: "mike", text: "hi")])
    let sample = memory.bytes
    for _ in 0..<20_000 {
      var bytes = Array(sample.prefix(random.below(sample.count + 1)))
      for _ in 0..<random.below(4) where !bytes.isEmpty {
        bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
      }
      let read = DeskMemory(bytes: bytes)
      #expect(read.typed.count <= bytes.count, "seed \(seed)")
    }
  }
}
