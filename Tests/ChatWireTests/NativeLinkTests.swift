import ChatCore
import ChatWire
import Testing
import WireSamples

/// The records by which a conversation outlasts its connection.
struct NativeLinkTests {
  private let token: ResumeToken
  private let offer: ResumeOffer

  init() throws {
    token = try #require(ResumeToken(bytes: Array(0..<32)))
    offer = ResumeOffer(token: token, within: .seconds(300))
  }

  @Test func tokensAreHexadecimal() {
    #expect(token.text == "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")
    #expect(ResumeToken(token.text) == token)
    #expect(ResumeToken(token.text.uppercased()) == nil)
    #expect(ResumeToken(String(token.text.dropLast())) == nil)
    #expect(ResumeToken(token.text + "0") == nil)
    #expect(ResumeToken("") == nil)
    #expect(ResumeToken(bytes: [1]) == nil)
  }

  @Test func offersCome() {
    var server = PeerCodec.server(.native)
    var client = PeerCodec.client(.native)
    let bytes = server.encode(.session(offer))
    #expect(String(decoding: bytes, as: UTF8.self) == "session \(token.text) 300\0")
    #expect(client.receive(bytes, at: at(1)) == [.offered(offer)])
    #expect(client.encoded(.takeOffer) == "session\0")
    #expect(server.receive("session\0", at: at(1)) == [.tookOffer])
  }

  /// At every size of the pieces in which they come.
  @Test(arguments: 1..<90)
  func claimsCome(size: Int) throws {
    var client = PeerCodec.client(.native)
    let bytes =
      client.encode(.resume(token, shown: 0, attempt: 12)) + client.encode(.recall(20))
      + client.encode(.say(number: 4, try Message("hi")))
    var server = PeerCodec(side: .server, ownHandle: try Handle("SERVER"))
    let events = server.receiveAll(pieces(bytes, of: size))
    #expect(
      events == [
        .claimed(token, shown: 0, attempt: 12), .recalled(20), try .said("hi", number: 4),
      ])
    let past = PastMessage(from: .client, number: 3, try Message("two\nlines"))
    let answer = server.encode(.resumed(through: 3)) + server.encode(.past(past))
    #expect(
      client.receiveAll(pieces(answer, of: size)) == [.resumed(through: 3), .past(past)])
    // Who it is needs no saying.
    #expect(server.receive("pong\0say 5 there\0") == [try .said("there", number: 5)])
  }

  @Test func whatIsNotKnownIsDeniedAndANameFollows() throws {
    var server = PeerCodec(side: .server, ownHandle: try Handle("SERVER"))
    #expect(
      server.receive("resume \(token.text) 3 1\0recall 5\0")
        == [.claimed(token, shown: 3, attempt: 1), .recalled(5)])
    #expect(server.encoded(.deny(.unknownConversation)).hasPrefix("deny "))
    #expect(server.receive("bob\0") == [try .introduced("bob", .native)])
  }

  @Test(arguments: ["", " ", " x 1 1", " 0 1"])
  func whatIsNoClaimIsNoName(_ rest: String) throws {
    var other = PeerCodec(side: .server, ownHandle: try Handle("SERVER"))
    _ = other.receive("bob\0")
    _ = other.receive("pong\0")
    #expect(
      other.receive("resume\(rest)\0")
        == [.failed(.malformed("resume in the middle of a conversation"))])
  }

  @Test(arguments: [
    "session x", "session 0", "resumed", "resumed x", "resumed -1", "past", "past client",
    "past client 0 a", "past nobody 1 a", "past client 1 ", "past client 1",
  ])
  func badArgumentsOfAServer(_ record: String) {
    var client = PeerCodec.client(.native)
    _ = client.receive("floor\0")
    let verb = String(record.prefix { $0 != " " })
    #expect(
      client.receive(record + "\0") == [.failed(.malformed("a bad argument of \(verb)"))])
  }

  @Test(arguments: ["session 1", "session ", "recall", "recall 0", "recall 21", "recall x"])
  func badArgumentsOfAClient(_ record: String) {
    var server = PeerCodec.server(.native)
    _ = server.receive("pong\0")
    let verb = String(record.prefix { $0 != " " })
    #expect(
      server.receive(record + "\0") == [.failed(.malformed("a bad argument of \(verb)"))])
  }

  /// The words of an original client that ends its C strings are none of ours.
  @Test(arguments: [
    "session starts", "resume", "resumed", "recall 5", "past", "resume work now", "past client 1 a",
  ])
  func wordsOfAnOriginalAreNoVerbs(text: String) throws {
    var codec = PeerCodec.server(.native)
    #expect(codec.receive("\(text)\0", at: at(1)) == [])
    #expect(
      codec.endOfFile(at: at(2)) == [
        try .introduced("tatyana", .original), try .said(text), .ended,
      ])
  }
}
