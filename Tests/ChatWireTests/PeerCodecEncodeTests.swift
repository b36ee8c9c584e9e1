import ChatCore
import ChatWire
import Testing
import WireSamples

struct PeerCodecEncodeTests {
  private static let notices: [Conversation.Outgoing] = [
    .place(2), .deny(.tooMuchHeld), .rejectHandle(.empty), .quit(.idle), .mode(.free), .floor,
    .ping, .pong, .acknowledge(3),
  ]

  private func say(_ text: String) throws -> Conversation.Outgoing {
    .say(number: 7, try Message(text))
  }

  @Test(arguments: [
    (
      Dialect.native,
      [
        "wait 2\0", "deny Too much.\0", "deny Again: \0", "quit idle\0", "mode free\0",
        "floor\0", "ping\0", "pong\0", "ack 3\0",
      ]
    ),
    (
      .line,
      [
        "Number 2.\n", "Too much.\n", "Again: \n", "Good Bye, idle.\n", "", "Begin, free.\n", "",
        "", "",
      ]
    ),
    (.original, ["", "Too much.", "Again: ", "\\quit", "", "", "", "", ""]),
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
    #expect(codec.encoded(.deny(.invalid(.empty))) == "a\\nSERVER> b\\x07\n")
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
    var server = PeerCodec(side: .server, ownHandle: try Handle("SERVER"))
    #expect(server.encoded(.greeting) == "SERVER\0")
    #expect(server.encoded(.quit(.stopped)) == "quit stopped\0")
    #expect(server.encoded(.ping) == "")
    #expect(server.encoded(.place(1)) == "")
    var client = PeerCodec(side: .client)
    #expect(client.encoded(.quit(.user)) == "")
  }

  @Test func client() throws {
    let handle = Conversation.Outgoing.handle(try Handle("ann"))
    let said = Conversation.Outgoing.say(number: 1, try Message("hi"))
    let goodbye = Conversation.Outgoing.quit(.user)
    var native = PeerCodec.client(.native)
    #expect(
      [handle, said, goodbye].map { native.encoded($0) } == ["ann\0", "say 1 hi\0", "quit user\0"])
    var line = PeerCodec.client(.line)
    #expect([handle, said, goodbye].map { line.encoded($0) } == ["", "ann> hi\n", "\\quit\n"])
    var original = PeerCodec.client(.original)
    #expect([handle, said, goodbye].map { original.encoded($0) } == ["ann", "hi", "\\quit"])
  }

  /// What one side says in lines, the other reads as it was said.
  @Test(arguments: ["hi", "\\quit", "\\\\quit", "\\", "\\\\", " a ", "an> b", "bob> b", "\\help"])
  func linesComeBack(_ text: String) throws {
    let ann = try Handle("ann")
    var client = PeerCodec.client(.line)
    var bytes = client.encode(.handle(ann))
    for number in 1...2 { bytes += client.encode(.say(number: number, try Message(text))) }
    var server = PeerCodec(side: .server)
    #expect(
      server.receive(bytes, at: at(0)) == [
        .introduced(ann, .line), try .said(text), try .said(text),
      ])
  }
}

/// What a person with nc reads of a conversation that goes on.
struct LineNoticeTests {
  @Test func silenceAndFreedomAreLines() {
    var codec = PeerCodec.server(.line)
    _ = codec.encode(.mode(.turns))
    _ = codec.encode(.floor)
    #expect(
      codec.encoded(.warnOfSilence(limit: .seconds(300), left: .seconds(60))) == "300, 60.\n")
    #expect(codec.encoded(.mode(.free)) == "Freed.\n")
    #expect(codec.encoded(.mode(.free)) == "")
    #expect(codec.encoded(.typing) == "" && codec.encoded(.ask(.free)) == "")
  }

  @Test func anOriginalWouldTakeThemForMessages() {
    var codec = PeerCodec.server(.original)
    for outgoing: Conversation.Outgoing in [
      .warnOfSilence(limit: .seconds(300), left: .seconds(60)), .mode(.free), .typing,
      .attended(false), .attended(true),
    ] {
      #expect(codec.encode(outgoing) == [])
    }
  }
}
