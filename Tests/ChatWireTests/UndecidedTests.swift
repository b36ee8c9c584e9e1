import ChatCore
import ChatWire
import Testing
import WireSamples

/// A server that finds out what its client speaks.
struct UndecidedClientTests {
  private var codec = PeerCodec(side: .server)

  @Test mutating func nulIsNative() throws {
    #expect(codec.receive("taty") == [])
    #expect(codec.dialect == nil)
    #expect(
      codec.receive("ana\0say 1 a\n", at: at(299)) == [try .introduced("tatyana", .native)])
    #expect(codec.receive("\0", at: at(299)) == [try .said("a\n", number: 1)])
  }

  @Test(arguments: [
    ("tatyana\n", "tatyana"), ("tatyana\r\n", "tatyana"), ("tatyana\r\0", "tatyana"),
    ("a\r\0", "a"), ("\n", ""),
  ])
  mutating func lineEndIsLine(_ text: String, _ name: String) throws {
    let event: Conversation.Event =
      name.isEmpty ? .misnamed(.empty) : try .introduced(name, .line)
    #expect(codec.receive(text) == [event])
    #expect(codec.dialect == .line)
  }

  @Test mutating func whatDecidedIsFirst() throws {
    #expect(
      codec.receive("a\r\0b\0c\n") == [try .introduced("a", .line), try .said("b\0c")])
    var other = PeerCodec(side: .server)
    #expect(other.receive("a\nb\0") == [try .introduced("a", .line)])
  }

  @Test mutating func carriageReturnAndNulInTwoReads() throws {
    #expect(codec.receive("a\r") == [])
    #expect(codec.receive("\0", at: at(1)) == [try .introduced("a", .line)])
  }

  @Test mutating func quietIsOriginal() throws {
    #expect(codec.deadline == nil)
    #expect(codec.tick(at: at(.max)) == [])
    #expect(codec.receive("taty", at: at(1000)) == [])
    #expect(codec.receive("ana", at: at(1200)) == [])
    #expect(codec.deadline == at(1500))
    #expect(codec.tick(at: at(1499)) == [])
    // Two reads are two messages.
    #expect(
      codec.tick(at: at(1500)) == [try .introduced("taty", .original), try .said("ana")])
    #expect(codec.deadline == nil)
  }

  @Test mutating func telnetOptionsAreAnsweredAndAreNoText() throws {
    #expect(codec.receive([255, 251, 1, 255, 250, 31, 10, 0], at: at(0)) == [])
    #expect(codec.takeReplies() == [255, 254, 1])
    #expect(codec.takeReplies() == [])
    #expect(codec.deadline == nil)
    #expect(codec.tick(at: at(.max)) == [])
    #expect(codec.receive([255, 240, 0x61], at: at(5)) == [])
    // Typed a character at a time, by a telnet: never the original program.
    #expect(codec.tick(at: at(.max)) == [])
    #expect(codec.receive([0x62, 13, 10], at: at(900)) == [try .introduced("ab", .line)])
  }

  @Test mutating func aTelnetCommandMayBeCutWhereTheDialectIsKnown() throws {
    #expect(
      codec.receive([0x61, 10, 255], at: at(0)) == [try .introduced("a", .line)])
    #expect(codec.receive([251, 1, 0x62, 10], at: at(0)) == [try .said("b")])
    #expect(codec.takeReplies() == [255, 254, 1])
  }

  @Test(arguments: [1, 1000, 40_000])
  mutating func bounded(_ size: Int) {
    var received = 0
    var events: [Conversation.Event] = []
    while events.isEmpty, received <= 40_000 {
      events = codec.receive([UInt8](repeating: 0x61, count: size), at: at(0))
      received += size
    }
    #expect(events == [.failed(.malformed("more than 32768 bytes before the conversation began"))])
    #expect(received - size < 32768)
  }

  @Test mutating func endOfFile() throws {
    var silent = codec
    #expect(silent.endOfFile(at: at(0)) == [.ended])
    #expect(codec.receive("bob> hi") == [])
    #expect(
      codec.endOfFile(at: at(0)) == [try .introduced("bob", .line), try .said("hi"), .ended])
  }
}

/// A client that finds out what its server speaks.
struct UndecidedServerTests {
  private var codec = PeerCodec(side: .client, phrases: .samples, connectedAt: at(1000))

  @Test mutating func nulIsNative() throws {
    #expect(codec.receive("SERV", at: at(2999)) == [])
    #expect(codec.receive("ER\0mode", at: at(3298)) == [try .introduced("SERVER", .native)])
    #expect(codec.receive(" free\0", at: at(3298)) == [.serverSetMode(.free)])
  }

  @Test mutating func noNulInTimeIsOriginal() throws {
    #expect(codec.receive("SERV", at: at(1100)) == [])
    #expect(codec.receive("ER", at: at(1399)) == [])
    #expect(codec.deadline == at(1400))
    #expect(codec.tick(at: at(1399)) == [])
    #expect(codec.tick(at: at(1400)) == [try .introduced("SERVER", .original)])
  }

  @Test mutating func silenceIsLine() throws {
    #expect(codec.deadline == at(3000))
    #expect(codec.tick(at: at(2999)) == [])
    #expect(codec.tick(at: at(3000)) == [try .introduced("SERVER", .line)])
    #expect(codec.dialect == .line)
    #expect(codec.deadline == nil)
  }

  @Test mutating func endOfFile() throws {
    var silent = codec
    #expect(silent.endOfFile(at: at(1001)) == [.ended])
    var rude = codec
    #expect(rude.receive("SERVER", at: at(1001)) == [])
    #expect(rude.endOfFile(at: at(1002)) == [try .introduced("SERVER", .original), .ended])
    #expect(codec.receive("The line is full.\r\n", at: at(1001)) == [])
    #expect(codec.endOfFile(at: at(1002)) == [.serverRefused("The line is full.")])
  }

  @Test mutating func bounded() {
    #expect(
      codec.receive(String(repeating: "a", count: 200_000), at: at(1001))
        == [.failed(.malformed("more than 32768 bytes before the conversation began"))])
  }
}
