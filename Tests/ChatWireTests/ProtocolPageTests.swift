import ChatCore
import ChatWire
import Foundation
import Testing
import WireSamples

/// The examples of `docs/protocol.md` are what the code does.
struct ProtocolPageTests {
  private struct Send: Equatable {
    var isServer: Bool
    var bytes: [UInt8]
  }

  /// The hex dumps below the heading, in order.
  private func sends(below heading: String) throws -> [Send] {
    let page = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../docs/protocol.md")
    let lines = try String(contentsOf: page, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
    let start = try #require(lines.firstIndex(of: Substring("## " + heading)))
    var sends: [Send] = []
    for line in lines[(start + 1)...].prefix(while: { !$0.hasPrefix("## ") }) {
      let words = line.split(separator: " ")
      let hex = words.dropFirst(words.first == "S:" || words.first == "C:" ? 1 : 0)
        .prefix { $0.count == 2 && $0.allSatisfy(\.isHexDigit) }
        .compactMap { UInt8($0, radix: 16) }
      if words.first == "S:" || words.first == "C:" {
        sends.append(Send(isServer: words.first == "S:", bytes: hex))
      } else if line.hasPrefix("       "), !hex.isEmpty, let last = sends.indices.last {
        sends[last].bytes += hex
      }
    }
    return sends
  }

  private func server() throws -> PeerCodec {
    PeerCodec(side: .server, ownHandle: try Handle("SERVER"))
  }

  private func sent(
    _ outgoing: [Conversation.Outgoing], _ codec: inout PeerCodec
  ) -> [Send] {
    outgoing.map { Send(isServer: true, bytes: codec.encode($0)) }
  }

  /// Plays the client's sends to a server and returns what it made of them.
  private func events(_ sends: [Send], _ codec: inout PeerCodec) -> [Conversation.Event] {
    var now: Int64 = 0
    return sends.filter { !$0.isServer }.flatMap { send in
      now += 400
      return codec.receive(send.bytes, at: at(now))
    }
  }

  @Test func native() throws {
    let page = try sends(below: "Native")
    var codec = try server()
    let greeting = sent([.greeting], &codec)
    #expect(
      events(page, &codec) == [
        try .introduced("tatyana", .native), try .said("hi", number: 1), .acknowledged(1),
        .quit(.user),
      ])
    let answers: [Conversation.Outgoing] = [
      .mode(.turns), .floor, .acknowledge(1), .say(number: 1, try Message("hi")),
    ]
    #expect(page.filter(\.isServer) == greeting + sent(answers, &codec))
  }

  @Test func line() throws {
    let all = try sends(below: "Line")
    let page = Array(all.prefix { $0.bytes.first != 0xff })
    var codec = try server()
    let greeting = sent([.greeting], &codec)
    #expect(
      events(page, &codec) == [
        try .introduced("tatyana", .line), try .said("hi"), .quit(.user),
      ])
    let said = Conversation.Outgoing.say(number: 1, try Message("hi\n\u{1b}[2J"))
    #expect(page.filter(\.isServer) == greeting + sent([said], &codec))

    let telnet = Array(all.suffix(2))
    var other = try server()
    #expect(events(telnet, &other) == [])
    #expect(other.takeReplies() == telnet.last?.bytes)
  }

  @Test func original() throws {
    let page = try sends(below: "Original")
    var codec = try server()
    let greeting = sent([.greeting], &codec)
    #expect(
      events(page, &codec) == [
        try .introduced("tatyana", .original), try .said("hi"), .quit(.user),
      ])
    let said = Conversation.Outgoing.say(number: 1, try Message("hi"))
    #expect(page.filter(\.isServer) == greeting + sent([said], &codec))
  }

  @Test func goodbyeBeforeTheDialectIsKnown() throws {
    let page = try sends(below: "A goodbye before the dialect is known")
    var codec = try server()
    #expect(Array(page.prefix(2)) == sent([.greeting, .quit(.full)], &codec))
    var client = PeerCodec(side: .client)
    #expect(
      client.receive(page.prefix(2).flatMap(\.bytes), at: at(0))
        == [try .introduced("SERVER", .native), .quit(.full)])
    // Without a greeting, and after one.
    for sends in [page.suffix(1), [page[0], page[2]]] {
      var client = PeerCodec(side: .client)
      _ = client.receive(sends.flatMap(\.bytes), at: at(0))
      #expect(client.endOfFile(at: at(1)) == [.serverRefused("Full.")])
    }
  }
}
