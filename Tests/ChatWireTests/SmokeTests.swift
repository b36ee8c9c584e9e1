import ChatCore
import ChatWire
import Testing

@Test func nativeConversation() throws {
  let now = Instant(milliseconds: 0)
  var server = PeerCodec(side: .server, connectedAt: now)
  var bytes: [UInt8] = []
  server.encode(.greeting(try Handle("SERVER")), into: &bytes)
  var client = PeerCodec(side: .client, connectedAt: now)
  #expect(client.receive(bytes, at: now) == [.dialect(.native), .handle(try Handle("SERVER"))])
  bytes = []
  client.encode(.handle(try Handle("tatyana")), into: &bytes)
  client.encode(
    .say(number: 1, from: try Handle("tatyana"), try Message("hi")), into: &bytes)
  #expect(
    server.receive(bytes, at: now) == [
      .dialect(.native), .handle(try Handle("tatyana")), .said(number: 1, try Message("hi")),
    ])
}
