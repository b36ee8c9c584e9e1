import ChatCore
import ChatWire
import Seeded
import Testing

struct PeerCodecReceiveTests {
  /// What a client of each dialect sends, and what a server makes of it.
  private static func conversation(_ dialect: Dialect) throws -> ([UInt8], [Incoming]) {
    let tatyana = try Handle("tatyana")
    switch dialect {
    case .native:
      return (
        Array(
          "tatyana\0say 1 hi \u{1f44d}\0say 2 \0later x\0pong\0ack 3\0quit idle\0say 3 no\0".utf8),
        [
          .dialect(.native), .handle(tatyana), try .said("hi \u{1f44d}", number: 1),
          .invalid(.empty, number: 2), .pong, .acknowledged(3), .quit(.idle),
        ]
      )
    case .line:
      return (
        Array(" tatyana \r\nhi \u{1f44d}  \r\n\n\\\\quit\n\\help\ntatyana> me\n\\quit \nno\n".utf8),
        [
          .dialect(.line), .handle(tatyana), try .said("hi \u{1f44d}  "),
          .invalid(.empty, number: nil),
          try .said("\\quit"), try .said("\\help"), try .said("tatyana> me"), .quit(.user),
        ]
      )
    case .original:
      return ([], [])
    }
  }

  @Test(arguments: [Dialect.native, .line], 1...90)
  func everyChunkSize(_ dialect: Dialect, _ size: Int) throws {
    let (bytes, expected) = try Self.conversation(dialect)
    var codec = PeerCodec(side: .server, connectedAt: at(0))
    #expect(codec.receiveAll(pieces(bytes, of: size)) == expected)
    #expect(codec.endOfFile(at: at(9)) == [])
    #expect(codec.deadline == nil)
  }

  @Test(arguments: [Dialect.native, .line])
  func randomSplits(_ dialect: Dialect) throws {
    let (bytes, expected) = try Self.conversation(dialect)
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededRandom(seed: seed)
    for _ in 0..<200 {
      var codec = PeerCodec(side: .server, connectedAt: at(0))
      #expect(codec.receiveAll(random.pieces(bytes, upTo: 30)) == expected, "seed \(seed)")
    }
  }

  @Test func original() throws {
    var codec = PeerCodec(side: .server, connectedAt: at(0))
    #expect(codec.receive("tatyana".utf8, at: at(10)) == [])
    #expect(codec.deadline == at(310))
    #expect(codec.tick(at: at(309)) == [])
    #expect(
      codec.tick(at: at(310)) == [.dialect(.original), .handle(try Handle("tatyana"))])
    #expect(codec.receive("hi\nthere\r\n".utf8, at: at(400)) == [try .said("hi\nthere")])
    #expect(codec.receive("\\\\quit".utf8, at: at(401)) == [try .said("\\\\quit")])
    #expect(codec.receive("\n".utf8, at: at(402)) == [.invalid(.empty, number: nil)])
    #expect(
      codec.receive([0x61, 0xe9], at: at(403)) == [
        .said(number: nil, try Message(bytes: [0x61, 0xe9]))
      ])
    #expect(codec.receive("\\quit".utf8, at: at(404)) == [.quit(.user)])
    #expect(codec.receive("late".utf8, at: at(405)) == [])
  }

  @Test func bytesThatComeWithTheDeadlineAreTheNextMessage() throws {
    let decided: [Incoming] = [.dialect(.original), .handle(try Handle("tatyana"))]
    var codec = PeerCodec(side: .server, connectedAt: at(0))
    #expect(codec.receive("tatyana".utf8, at: at(0)) == [])
    #expect(codec.receive("hi\n".utf8, at: at(300)) == decided + [try .said("hi")])

    var other = PeerCodec(side: .server, connectedAt: at(0))
    #expect(other.receive("tatyana".utf8, at: at(0)) == [])
    #expect(
      other.receive("\nhi\n".utf8, at: at(299)) == [
        .dialect(.line), .handle(try Handle("tatyana")), try .said("hi"),
      ])
  }

  @Test func handleAndMessageInOneLine() throws {
    var codec = PeerCodec(side: .server, connectedAt: at(0))
    #expect(
      codec.receive("bob> hi\nbob> again\nann> no\nbob> \\\\o/\nbob> \\quit\n".utf8, at: at(0)) == [
        .dialect(.line), .handle(try Handle("bob")), try .said("hi"), try .said("again"),
        try .said("ann> no"), try .said("\\o/"), .quit(.user),
      ])
    var short = PeerCodec(side: .server, connectedAt: at(0))
    #expect(
      short.receive("bob> \n".utf8, at: at(0)) == [.dialect(.line), .handle(try Handle("bob"))])
  }

  @Test func aServerAsksForAHandleUntilItIsOne() throws {
    var line = PeerCodec(side: .server, connectedAt: at(0))
    #expect(
      line.receive("two words\n\nabcdefghijk\ntatyana\nhi\n".utf8, at: at(0)) == [
        .dialect(.line), .invalidHandle("two words", .severalWords), .invalidHandle("", .empty),
        .invalidHandle("abcdefghijk", .tooLong(11)), .handle(try Handle("tatyana")),
        try .said("hi"),
      ])
    var native = PeerCodec(side: .server, connectedAt: at(0))
    #expect(
      native.receive("a b\0tatyana\0say 1 a\0".utf8, at: at(0)) == [
        .dialect(.native), .invalidHandle("a b", .severalWords), .handle(try Handle("tatyana")),
        try .said("a", number: 1),
      ])
    var original = PeerCodec(side: .server, connectedAt: at(0))
    #expect(original.receive("a b".utf8, at: at(0)) == [])
    #expect(
      original.tick(at: at(300)) == [.dialect(.original), .invalidHandle("a b", .severalWords)])
    #expect(original.receive("ann".utf8, at: at(301)) == [.handle(try Handle("ann"))])
  }

  @Test func aPersonMayLeaveAtTheQuestionForTheName() {
    for (text, dialect) in [("quit user\0", Dialect.native), ("\\quit\n", .line)] {
      var codec = PeerCodec(side: .server, connectedAt: at(0))
      #expect(codec.receive(text.utf8, at: at(0)) == [.dialect(dialect), .quit(.user)])
    }
    var codec = PeerCodec(side: .server, connectedAt: at(0))
    #expect(codec.receive("\\quit".utf8, at: at(0)) == [])
    #expect(codec.tick(at: at(300)) == [.dialect(.original), .quit(.user)])
  }

  @Test func telnet() throws {
    let bytes: [UInt8] =
      [255, 251, 31] + Array("tat".utf8) + [255, 250, 31, 10, 0, 255, 240] + Array("yana\r\nh".utf8)
      + [255, 253, 6] + Array("i\r\0".utf8) + [255, 244]
    for size in 1...bytes.count {
      var codec = PeerCodec(side: .server, connectedAt: at(0))
      var replies: [UInt8] = []
      let incoming = codec.receiveAll(pieces(bytes, of: size)).filter { value in
        guard case .reply(let reply) = value else { return true }
        replies += reply
        return false
      }
      #expect(replies == [255, 254, 31, 255, 252, 6])
      #expect(incoming == [.dialect(.line), .handle(try Handle("tatyana")), try .said("hi")])
    }
  }

  @Test func invalidBytesAreKept() throws {
    var native = PeerCodec.server(.native)
    let text: [UInt8] = [0x61, 0xff, 0xc3]
    let said = Incoming.said(number: nil, try Message(bytes: [0x61, 0xc3, 0x62]))
    #expect(
      native.receive(Array("say 1 ".utf8) + text + [0], at: at(1))
        == [.said(number: 1, try Message("a\u{fffd}\u{fffd}", raw: text))])
    var line = PeerCodec.server(.line)
    #expect(line.receive([0x61, 0xc3, 0x62, 0x0a], at: at(1)) == [said])
  }

  @Test func longMessagesAreInvalidAndNotTheEnd() throws {
    let long = String(repeating: "a", count: 501)
    var line = PeerCodec.server(.line)
    let endless = String(repeating: "a", count: 200_000)
    #expect(
      line.receive((long + "\n" + endless + "\nhi\n").utf8, at: at(1)) == [
        .invalid(.tooLong, number: nil), .invalid(.tooLong, number: nil), try .said("hi"),
      ])
    var original = PeerCodec.server(.original)
    #expect(original.receive(long.utf8, at: at(400)) == [.invalid(.tooLong, number: nil)])
    var native = PeerCodec.server(.native)
    #expect(native.receive("say 1 \(long)\0".utf8, at: at(1)) == [.invalid(.tooLong, number: 1)])
  }

  @Test func malformedIsTheEnd() {
    var codec = PeerCodec.server(.native)
    #expect(
      codec.receive("ping\0say -1 a\0pong\0".utf8, at: at(1))
        == [.ping, .malformed(.badArgument(.say))])
    #expect(codec.receive("ping\0".utf8, at: at(1)) == [])
    #expect(codec.endOfFile(at: at(1)) == [])

    let flood = [UInt8](repeating: 0x61, count: 200_000)
    for dialect in [Dialect.native, .original] {
      var flooded = PeerCodec.server(dialect)
      #expect(flooded.receive(flood, at: at(400)) == [.malformed(.oversized(limit: 32768))])
    }
    var undecided = PeerCodec(side: .server, connectedAt: at(0))
    #expect(undecided.receive(flood, at: at(0)) == [.malformed(.oversized(limit: 32768))])
  }

  @Test func endOfFile() throws {
    var silent = PeerCodec(side: .server, connectedAt: at(0))
    #expect(silent.endOfFile(at: at(1)) == [.endOfFile])
    #expect(silent.endOfFile(at: at(1)) == [])
    var piped = PeerCodec(side: .server, connectedAt: at(0))
    #expect(piped.receive("bob> hi".utf8, at: at(0)) == [])
    #expect(
      piped.endOfFile(at: at(1)) == [
        .dialect(.line), .handle(try Handle("bob")), try .said("hi"), .endOfFile,
      ])
    var line = PeerCodec.server(.line)
    #expect(line.receive("hi\nlast".utf8, at: at(1)) == [try .said("hi")])
    #expect(line.endOfFile(at: at(2)) == [try .said("last"), .endOfFile])
    var native = PeerCodec.server(.native)
    #expect(native.receive("say 1 cut of".utf8, at: at(1)) == [])
    #expect(native.endOfFile(at: at(2)) == [.endOfFile])
  }
}
