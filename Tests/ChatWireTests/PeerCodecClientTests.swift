import ChatCore
import ChatWire
import Testing

struct PeerCodecClientTests {
  private static let stream = Array(
    "SERVER\0mode free\0wait 2\0floor\0say 1 hi\nthere\0ack 4\0ping\0deny too long\0quit stopped\0"
      .utf8)

  @Test(arguments: 1...stream.count)
  func native(_ size: Int) throws {
    var codec = PeerCodec(side: .client, connectedAt: at(0))
    #expect(
      codec.receiveAll(pieces(Self.stream, of: size)) == [
        .dialect(.native), .handle(try Handle("SERVER")), .mode(.free), .place(2), .floor,
        try .said("hi\nthere", number: 1), .acknowledged(4), .ping, .denied("too long"),
        .quit(.stopped),
      ])
  }

  @Test func original() throws {
    var codec = PeerCodec(side: .client, connectedAt: at(0))
    #expect(codec.receive("SERVER".utf8, at: at(100)) == [])
    #expect(codec.tick(at: at(399)) == [])
    #expect(codec.tick(at: at(400)) == [.dialect(.original), .handle(try Handle("SERVER"))])
    #expect(codec.receive("SERVER> hi".utf8, at: at(500)) == [try .said("SERVER> hi")])
    #expect(codec.receive("\\quit".utf8, at: at(501)) == [.quit(.user)])
  }

  @Test func aGreetingThatIsNoHandleDoesNotStopTheConversation() throws {
    var codec = PeerCodec(side: .client, connectedAt: at(0))
    #expect(codec.receive("Welcome to chat\n".utf8, at: at(1)) == [])
    #expect(
      codec.tick(at: at(301)) == [
        .dialect(.original), .invalidHandle("Welcome to chat", .severalWords),
      ])
    #expect(codec.receive("hi".utf8, at: at(400)) == [try .said("hi")])
  }

  @Test func line() throws {
    var codec = PeerCodec(side: .client, connectedAt: at(0))
    #expect(codec.deadline == at(2000))
    #expect(codec.tick(at: at(1999)) == [])
    #expect(codec.tick(at: at(2000)) == [.dialect(.line)])
    #expect(codec.deadline == nil)
    #expect(
      codec.receive("hello\nann> hi\nann> x\na b> y\n\\quit\n".utf8, at: at(2100)) == [
        try .said("hello"), .handle(try Handle("ann")), try .said("hi"), try .said("x"),
        try .said("a b> y"), .quit(.user),
      ])
  }

  @Test func refused() throws {
    var full = PeerCodec(side: .client, connectedAt: at(0))
    #expect(full.receive("The line is full.\n".utf8, at: at(1)) == [])
    #expect(full.endOfFile(at: at(2)) == [.refused("The line is full.")])
    var late = PeerCodec(side: .client, connectedAt: at(0))
    #expect(
      late.receive("SERVER\0Too late.\n".utf8, at: at(1))
        == [.dialect(.native), .handle(try Handle("SERVER"))])
    #expect(late.endOfFile(at: at(2)) == [.refused("Too late.")])
    var silent = PeerCodec(side: .client, connectedAt: at(0))
    #expect(silent.endOfFile(at: at(2)) == [.endOfFile])
  }
}
