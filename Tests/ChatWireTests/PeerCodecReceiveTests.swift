import ChatCore
import ChatWire
import Seeded
import Testing
import WireSamples

struct PeerCodecReceiveTests {
  @Test(arguments: [Dialect.native, .line], 1...90)
  func everyChunkSize(_ dialect: Dialect, _ size: Int) throws {
    let sample = try WireSample(dialect, readBy: .server)
    var codec = PeerCodec(side: .server)
    #expect(codec.receiveAll(pieces(sample.bytes, of: size)) == sample.events)
    #expect(codec.dialect == dialect)
    #expect(codec.endOfFile(at: at(9)) == [])
    #expect(codec.deadline == nil)
  }

  @Test(arguments: [Dialect.native, .line])
  func randomSplits(_ dialect: Dialect) throws {
    let sample = try WireSample(dialect, readBy: .server)
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededRandom(seed: seed)
    for _ in 0..<200 {
      var codec = PeerCodec(side: .server)
      #expect(
        codec.receiveAll(random.pieces(sample.bytes, upTo: 30)) == sample.events, "seed \(seed)")
    }
  }

  @Test func original() throws {
    var codec = PeerCodec(side: .server)
    #expect(codec.receive("tatyana", at: at(10)) == [])
    #expect(codec.deadline == at(310))
    #expect(codec.tick(at: at(309)) == [])
    #expect(
      codec.tick(at: at(310)) == [try .introduced("tatyana", .original)])
    #expect(codec.receive("hi\nthere\r\n", at: at(400)) == [try .said("hi\nthere")])
    #expect(codec.receive("\\\\quit\0", at: at(401)) == [try .said("\\\\quit")])
    #expect(codec.receive("\n", at: at(402)) == [])
    #expect(codec.receive([0x61, 0xe9], at: at(403)) == [])
    #expect(codec.deadline == at(703))
    #expect(
      codec.tick(at: at(703)) == [
        .said(number: nil, try Message(bytes: [0x61, 0xe9]))
      ])
    #expect(codec.receive("last", at: at(704)) == [])
    #expect(codec.receive("\\quit", at: at(705)) == [try .said("last"), .quit(.user)])
    #expect(codec.receive("late", at: at(706)) == [])
  }

  @Test func bytesThatComeWithTheDeadlineAreTheNextMessage() throws {
    let decided: [Conversation.Event] = [try .introduced("tatyana", .original)]
    var codec = PeerCodec(side: .server)
    #expect(codec.receive("tatyana", at: at(0)) == [])
    #expect(codec.receive("hi\n", at: at(300)) == decided + [try .said("hi")])

    var other = PeerCodec(side: .server)
    #expect(other.receive("tatyana", at: at(0)) == [])
    #expect(
      other.receive("\nhi\n", at: at(299)) == [
        try .introduced("tatyana", .line), try .said("hi"),
      ])
  }

  @Test func handleAndMessageInOneLine() throws {
    var codec = PeerCodec(side: .server)
    #expect(
      codec.receive("bob> hi\nbob> again\nann> no\nbob> \\\\o/\nbob> \\quit\n", at: at(0)) == [
        try .introduced("bob", .line), try .said("hi"), try .said("again"),
        try .said("ann> no"), try .said("\\o/"), .quit(.user),
      ])
    var short = PeerCodec(side: .server)
    #expect(
      short.receive("bob> \n", at: at(0)) == [try .introduced("bob", .line)])
  }

  @Test func aServerAsksForAHandleUntilItIsOne() throws {
    var line = PeerCodec(side: .server)
    #expect(
      line.receive("two words\n\nabcdefghijk\ntatyana\nhi\n", at: at(0)) == [
        .misnamed(.severalWords), .misnamed(.empty),
        .misnamed(.tooLong(11)), try .introduced("tatyana", .line),
        try .said("hi"),
      ])
    var native = PeerCodec(side: .server)
    #expect(
      native.receive("resume a 1\0tatyana\0say 1 a\0", at: at(0)) == [
        .misnamed(.severalWords), try .introduced("tatyana", .native),
        try .said("a", number: 1),
      ])
  }

  @Test func aPersonMayLeaveAtTheQuestionForTheName() {
    for (text, dialect) in [("quit user\0", Dialect.native), ("\\quit\n", .line)] {
      var codec = PeerCodec(side: .server)
      #expect(codec.receive(text, at: at(0)) == [.quit(.user)])
      #expect(codec.dialect == dialect)
    }
    var codec = PeerCodec(side: .server)
    #expect(codec.receive("\\quit", at: at(0)) == [])
    #expect(codec.tick(at: at(300)) == [.quit(.user)])
  }

  @Test func telnet() throws {
    let bytes: [UInt8] =
      [255, 251, 31] + Array("tat".utf8) + [255, 250, 31, 10, 0, 255, 240] + Array("yana\r\nh".utf8)
      + [255, 253, 6] + Array("i\r\0".utf8) + [255, 244]
    for size in 1...bytes.count {
      var codec = PeerCodec(side: .server)
      let events = codec.receiveAll(pieces(bytes, of: size))
      #expect(codec.takeReplies() == [255, 254, 31, 255, 252, 6])
      #expect(events == [try .introduced("tatyana", .line), try .said("hi")])
    }
  }

  @Test func invalidBytesAreKept() throws {
    var native = PeerCodec.server(.native)
    let text: [UInt8] = [0x61, 0xff, 0xc3]
    let said = Conversation.Event.said(number: nil, try Message(bytes: [0x61, 0xc3, 0x62]))
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
      line.receive((long + "\n" + endless + "\nhi\n"), at: at(1)) == [
        .saidInvalid(number: nil, .tooLong), .saidInvalid(number: nil, .tooLong), try .said("hi"),
      ])
    var original = PeerCodec.server(.original)
    #expect(original.receive(long + "\n", at: at(400)) == [.saidInvalid(number: nil, .tooLong)])
    var native = PeerCodec.server(.native)
    #expect(native.receive("say 1 \(long)\0", at: at(1)) == [.saidInvalid(number: 1, .tooLong)])
  }

  @Test func malformedIsTheEnd() {
    var codec = PeerCodec.server(.native)
    #expect(
      codec.receive("ping\0say -1 a\0pong\0", at: at(1))
        == [.ping, .failed(.malformed("a bad argument of say"))])
    #expect(codec.receive("ping\0", at: at(1)) == [])
    #expect(codec.endOfFile(at: at(1)) == [])

    let flood = [UInt8](repeating: 0x61, count: 200_000)
    for (dialect, how) in [(Dialect.native, "without an end"), (.original, "at once")] {
      var flooded = PeerCodec.server(dialect)
      #expect(
        flooded.receive(flood, at: at(400)) == [
          .failed(.malformed("more than 32768 bytes \(how)"))
        ])
    }
    var undecided = PeerCodec(side: .server)
    #expect(
      undecided.receive(flood, at: at(0)) == [
        .failed(.malformed("more than 32768 bytes before the conversation began"))
      ])
  }

  @Test func aStreamThatIsCutOffIsLostToANativePeerAlone() throws {
    var native = PeerCodec.server(.native)
    #expect(
      native.endOfFile(at: at(1), isTruncated: true)
        == [.failed(.broken("Cut off without an end"))])
    var line = PeerCodec.server(.line)
    #expect(line.receive("last", at: at(1)) == [])
    #expect(line.endOfFile(at: at(1), isTruncated: true) == [try .said("last"), .ended])
    var original = PeerCodec.server(.original)
    #expect(original.endOfFile(at: at(301), isTruncated: true) == [.ended])
  }

  @Test func endOfFile() throws {
    var silent = PeerCodec(side: .server)
    #expect(silent.endOfFile(at: at(1)) == [.ended])
    #expect(silent.endOfFile(at: at(1)) == [])
    var piped = PeerCodec(side: .server)
    #expect(piped.receive("bob> hi", at: at(0)) == [])
    #expect(
      piped.endOfFile(at: at(1)) == [
        try .introduced("bob", .line), try .said("hi"), .ended,
      ])
    var line = PeerCodec.server(.line)
    #expect(line.receive("hi\nlast", at: at(1)) == [try .said("hi")])
    #expect(line.endOfFile(at: at(2)) == [try .said("last"), .ended])
    var native = PeerCodec.server(.native)
    #expect(native.receive("say 1 cut of", at: at(1)) == [])
    #expect(native.endOfFile(at: at(2)) == [.ended])
  }
}
