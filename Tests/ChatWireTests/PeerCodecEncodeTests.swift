import ChatCore
import ChatWire
import Testing

struct PeerCodecEncodeTests {
  private static let notices: [Outgoing] = [
    .place(2, sentence: "Second in line."), .deny("Too long."), .handleRefused("Again: "),
    .quit(.idle, sentence: "Good Bye"), .quit(.user, sentence: nil), .mode(.free), .floor, .ping,
    .pong, .acknowledge(3),
  ]

  private func say(_ text: String) throws -> Outgoing {
    .say(number: 7, from: try Handle("SERVER"), try Message(text))
  }

  @Test(arguments: [
    (
      Dialect.native,
      [
        "wait 2\0", "deny Too long.\0", "deny Again: \0", "quit idle\0", "quit user\0",
        "mode free\0", "floor\0", "ping\0", "pong\0", "ack 3\0",
      ]
    ),
    (
      .line,
      ["Second in line.\n", "Too long.\n", "Again: \n", "Good Bye\n", "", "", "", "", "", ""]
    ),
    (.original, ["", "Too long.", "Again: ", "\\quit", "\\quit", "", "", "", "", ""]),
  ])
  func server(_ dialect: Dialect, _ expected: [String]) {
    var codec = PeerCodec.server(dialect)
    #expect(codec.dialect == dialect)
    #expect(Self.notices.map { codec.encoded($0) } == expected)
  }

  @Test func messagesToALine() throws {
    var codec = PeerCodec.server(.line)
    #expect(codec.encoded(try say("hi  ")) == "SERVER> hi  \n")
    #expect(codec.encoded(try say("\\quit")) == "SERVER> \\quit\n")
    #expect(
      codec.encoded(try say("a\nann> b\n\u{1b}[2J\r"))
        == "SERVER> a\n        ann> b\n        \\x1b[2J\\x0d\n")
    #expect(codec.encoded(.deny("a\nSERVER> b\u{7}")) == "a\\nSERVER> b\\x07\n")
  }

  @Test func messagesToAnOriginal() throws {
    var codec = PeerCodec.server(.original)
    #expect(codec.encoded(try say("a\nb")) == "a b")
    #expect(codec.encoded(try say("\\quit")) == "\\\\quit")
    #expect(codec.encoded(try say("\\quit now")) == "\\quit now")
    #expect(codec.encoded(try say("a\0b\u{1b}[2J")) == "a\\x00b\\x1b[2J")
  }

  @Test func messagesToANative() throws {
    var codec = PeerCodec.server(.native)
    #expect(codec.encoded(try say("a\n\u{1b}b ")) == "say 7 a\n\u{1b}b \0")
  }

  @Test func beforeTheDialectIsKnown() throws {
    var server = PeerCodec(side: .server, connectedAt: at(0))
    #expect(server.encoded(.greeting(try Handle("SERVER"))) == "SERVER\0")
    #expect(server.encoded(.quit(.full, sentence: "Full.")) == "Full.\n")
    #expect(server.encoded(.quit(.stopped, sentence: nil)) == "quit stopped\0")
    #expect(server.encoded(.ping) == "")
    var client = PeerCodec(side: .client, connectedAt: at(0))
    #expect(client.encoded(.quit(.user, sentence: nil)) == "")
  }

  @Test func client() throws {
    let handle = Outgoing.handle(try Handle("ann"))
    let said = Outgoing.say(number: 1, from: try Handle("ann"), try Message("hi"))
    let goodbye = Outgoing.quit(.user, sentence: "Good Bye")
    var native = PeerCodec.client(.native)
    #expect(
      [handle, said, goodbye].map { native.encoded($0) } == ["ann\0", "say 1 hi\0", "quit user\0"])
    var line = PeerCodec.client(.line)
    #expect([handle, said, goodbye].map { line.encoded($0) } == ["", "ann> hi\n", "\\quit\n"])
    var original = PeerCodec.client(.original)
    #expect([handle, said, goodbye].map { original.encoded($0) } == ["ann", "hi", "\\quit"])
  }

  /// What one side says in lines, the other reads as it was said.
  @Test(arguments: ["hi", "\\quit", "\\\\quit", "\\", "\\\\", " a ", "ann> b", "bob> b", "\\help"])
  func linesComeBack(_ text: String) throws {
    let ann = try Handle("ann")
    var client = PeerCodec.client(.line)
    var bytes: [UInt8] = []
    client.encode(.handle(ann), into: &bytes)
    for number in 1...2 {
      client.encode(.say(number: number, from: ann, try Message(text)), into: &bytes)
    }
    var server = PeerCodec(side: .server, connectedAt: at(0))
    #expect(
      server.receive(bytes, at: at(0)) == [
        .dialect(.line), .handle(ann), try .said(text), try .said(text),
      ])
  }
}
