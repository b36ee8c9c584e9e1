import ChatCore
import ChatWire
import Testing
import WireSamples

struct PeerCodecClientTests {
  @Test(arguments: 1...100)
  func native(_ size: Int) throws {
    let sample = try WireSample(.native, readBy: .client)
    var codec = PeerCodec(side: .client)
    #expect(codec.receiveAll(pieces(sample.bytes, of: size)) == sample.events)
  }

  @Test func original() throws {
    var codec = PeerCodec(side: .client)
    #expect(codec.receive("SERVER", at: at(100)) == [])
    #expect(codec.tick(at: at(399)) == [])
    #expect(codec.tick(at: at(400)) == [try .introduced("SERVER", .original)])
    #expect(codec.receive("SERVER> hi\0", at: at(500)) == [try .said("hi")])
    #expect(codec.receive("\\quit", at: at(501)) == [.quit(.user)])
  }

  @Test func aGreetingThatIsNoHandleDoesNotStopTheConversation() throws {
    var codec = PeerCodec(side: .client)
    #expect(codec.receive("Welcome to chat\n", at: at(1)) == [])
    #expect(
      codec.tick(at: at(301)) == [
        .serverNoticed("Welcome to chat"), try .introduced("SERVER", .original),
      ])
    #expect(codec.receive("You may speak.\n", at: at(400)) == [.serverNoticed("You may speak.")])
    #expect(codec.encoded(.say(number: 1, try Message("hello"))) == "hello")
    #expect(codec.receive("hi", at: at(500)) == [])
    #expect(codec.tick(at: at(800)) == [try .said("hi")])
    #expect(codec.endOfFile(at: at(801)) == [.ended])
  }

  @Test func line() throws {
    var codec = PeerCodec(side: .client)
    #expect(codec.tick(at: at(2000)) == [try .introduced("SERVER", .line)])
    #expect(
      codec.receive("hello\nann> hi\nann> x\na b> y\n\\quit\n", at: at(2100)) == [
        try .said("hello"), try .introduced("ann", .line), try .said("hi"), try .said("x"),
        try .said("a b> y"), .quit(.user),
      ])
  }

  /// ``PeerCodec/agreeOnNative(at:)``: what comes decides nothing any more.
  @Test(arguments: ["SERVER", "SERVER\n", "tatyana\nhi\n", "Welcome to chat\n"])
  func whatIsAgreedOnIsNotFoundOut(_ text: String) throws {
    for side in [Party.server, .client] {
      var codec = PeerCodec(side: side, ownHandle: try Handle("own"))
      codec.agreeOnNative(at: at(0))
      #expect(codec.dialect == .native)
      #expect(codec.receive(text, at: at(1)) == [])
      #expect(codec.tick(at: at(5_000)) == [])
      #expect(
        codec.endOfFile(at: at(5_001), isTruncated: true) == [
          .failed(.broken("Cut off without an end"))
        ])
    }
    // Who has found it out does not begin again.
    var late = PeerCodec.client(.line)
    late.agreeOnNative(at: at(2_001))
    #expect(late.dialect == .line)
  }

  @Test func refused() throws {
    var full = PeerCodec(side: .client)
    #expect(full.receive("The line is full.\n", at: at(1)) == [])
    #expect(full.endOfFile(at: at(2)) == [.serverRefused("The line is full.")])
    var late = PeerCodec(side: .client)
    #expect(
      late.receive("SERVER\0Too late.\n", at: at(1)) == [try .introduced("SERVER", .native)])
    #expect(late.endOfFile(at: at(2)) == [.serverRefused("Too late.")])
    var silent = PeerCodec(side: .client)
    #expect(silent.endOfFile(at: at(2)) == [.ended])
  }

  /// A row of a message may be where the stream is cut.
  @Test(arguments: [false, true])
  func noRefusalOnceItHasAnsweredAsAChatserve(isTruncated: Bool) throws {
    var codec = PeerCodec(side: .client)
    _ = codec.receive("SERVER\0floor\0say 1 one row\n", at: at(1))
    let last = codec.endOfFile(at: at(2), isTruncated: isTruncated)
    #expect(last == [isTruncated ? .failed(.broken("Cut off without an end")) : .ended])
  }
}
