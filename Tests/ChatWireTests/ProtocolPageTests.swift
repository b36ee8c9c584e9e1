import ChatCore
import ChatWire
import Foundation
import Testing

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

  private func server(_ outgoing: [Outgoing], _ codec: inout PeerCodec) -> [Send] {
    outgoing.map { value in
      var bytes: [UInt8] = []
      codec.encode(value, into: &bytes)
      return Send(isServer: true, bytes: bytes)
    }
  }

  /// Plays the client's sends to a server and returns what it made of them.
  private func incoming(_ sends: [Send], _ codec: inout PeerCodec) -> [Incoming] {
    var now: Int64 = 0
    return sends.filter { !$0.isServer }.flatMap { send in
      now += 400
      return codec.receive(send.bytes, at: at(now))
    }
  }

  @Test func native() throws {
    let page = try sends(below: "Native")
    var codec = PeerCodec(side: .server, connectedAt: at(0))
    let hi = try Message("hi")
    let server = try Handle("SERVER")
    let greeting = self.server([.greeting(server)], &codec)
    #expect(
      incoming(page, &codec) == [
        .dialect(.native), .handle(try Handle("tatyana")), .said(number: 1, hi), .acknowledged(1),
        .quit(.user),
      ])
    let answers: [Outgoing] = [
      .mode(.turns), .floor, .acknowledge(1), .say(number: 1, from: server, hi),
    ]
    #expect(page.filter(\.isServer) == greeting + self.server(answers, &codec))
  }

  @Test func line() throws {
    let all = try sends(below: "Line")
    let page = Array(all.prefix { $0.bytes.first != 0xff })
    var codec = PeerCodec(side: .server, connectedAt: at(0))
    let server = try Handle("SERVER")
    let greeting = self.server([.greeting(server)], &codec)
    #expect(
      incoming(page, &codec) == [
        .dialect(.line), .handle(try Handle("tatyana")), try .said("hi"), .quit(.user),
      ])
    let said = Outgoing.say(number: 1, from: server, try Message("hi\n\u{1b}[2J"))
    #expect(page.filter(\.isServer) == greeting + self.server([said], &codec))

    let telnet = Array(all.suffix(2))
    var other = PeerCodec(side: .server, connectedAt: at(0))
    #expect(incoming(telnet, &other) == [.reply(try #require(telnet.last).bytes)])
  }

  @Test func original() throws {
    let page = try sends(below: "Original")
    var codec = PeerCodec(side: .server, connectedAt: at(0))
    let server = try Handle("SERVER")
    let greeting = self.server([.greeting(server)], &codec)
    #expect(
      incoming(page, &codec) == [
        .dialect(.original), .handle(try Handle("tatyana")), try .said("hi"), .quit(.user),
      ])
    let said = Outgoing.say(number: 1, from: server, try Message("hi"))
    #expect(page.filter(\.isServer) == greeting + self.server([said], &codec))
  }

  @Test func goodbyeBeforeTheDialectIsKnown() throws {
    let page = try sends(below: "A goodbye before the dialect is known")
    var codec = PeerCodec(side: .server, connectedAt: at(0))
    let outgoing: [Outgoing] = [
      .greeting(try Handle("SERVER")), .quit(.full, sentence: "Full."),
    ]
    #expect(page == server(outgoing, &codec))
    var client = PeerCodec(side: .client, connectedAt: at(0))
    _ = client.receive(page.flatMap(\.bytes), at: at(0))
    #expect(client.endOfFile(at: at(1)) == [.refused("Full.")])
  }
}
