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
