import ChatCore
import ChatWire
import Testing
import WireSamples

struct NativeDialectTests {
  /// What a server makes of one record after the handle.
  private func read(_ record: [UInt8]) -> [Conversation.Event] {
    var codec = PeerCodec.server(.native)
    // A chatclient is known by its first record of them.
    _ = codec.receive("pong\0", at: at(1))
    return codec.receive(record + [0], at: at(1))
  }

  private func read(_ record: String) -> [Conversation.Event] { read(Array(record.utf8)) }

  /// What a client reads of all that a server can say.
  @Test func everyRecordComesBack() throws {
    let message = try Message("häłło\nthere  ")
    let records: [(Conversation.Outgoing, Conversation.Event?)] =
      Mode.allCases.map { (.mode($0), .serverSetMode($0)) } + [
        (.place(1), .serverQueued(place: 1)), (.floor, .serverGaveFloor),
        (.say(number: 1, message), .said(number: 1, message)),
        (.say(number: .max, message), .said(number: .max, message)),
        (.acknowledge(7), .acknowledged(7)), (.ping, .ping), (.pong, nil),
        (.deny(.tooMuchHeld), .serverDenied("Too much.")),
        (.rejectHandle(.empty), .serverDenied("Again: ")),
        (
          .warnOfSilence(limit: .seconds(300), left: .milliseconds(59_001)),
          .serverWarnedOfSilence(limit: .seconds(300), left: .seconds(60))
        ),
      ] + QuitReason.allCases.map { (.quit($0), .quit($0)) }
    for (outgoing, event) in records {
      var server = PeerCodec.server(.native)
      var client = PeerCodec.client(.native)
      let bytes = server.encode(outgoing)
      #expect(bytes.last == 0)
      #expect(bytes.count { $0 == 0 } == 1)
      #expect(client.receive(bytes, at: at(1)) == (event.map { [$0] } ?? []))
    }
  }

  /// Words that people begin with: behind a record that only a server of ours sends.
  @Test func whetherSomebodyIsThereComesBehindTheFloor() {
    var server = PeerCodec.server(.native)
    var client = PeerCodec.client(.native)
    #expect(client.receive(server.encode(.attended(false)), at: at(1)) == [])
    client = PeerCodec.client(.native)
    #expect(client.receive(server.encode(.floor), at: at(1)) == [.serverGaveFloor])
    for isAttended in [false, true] {
      let bytes = server.encode(.attended(isAttended))
      #expect(client.receive(bytes, at: at(1)) == [.serverIsAttended(isAttended)])
    }
    #expect(server.encoded(.attended(false)) == "away\0")
    #expect(server.encoded(.attended(true)) == "back\0")
  }

  /// What a client alone says.
  @Test func typingAndQuestionsComeToTheServer() {
    var client = PeerCodec.client(.native)
    #expect(client.encoded(.typing) == "typing\0")
    #expect(client.encoded(.ask(.free)) == "ask free\0")
    #expect(read("typing") == [.typed])
    #expect(read("ask free") == [.asked(.free)])
    #expect(read("ask turns") == [.asked(.turns)])
    // A later version's mode.
    #expect(read("ask whispers") == [])
  }

  /// The words of an original client that ends its C strings are none of ours.
  @Test(arguments: ["typing is hard", "ask me", "idle hands", "idle 300 60", "ask free beer"])
  func wordsOfAnOriginalAreNoVerbs(text: String) throws {
    var codec = PeerCodec.server(.native)
    #expect(codec.receive("\(text)\0", at: at(1)) == [])
    #expect(
      codec.endOfFile(at: at(2)) == [
        try .introduced("tatyana", .original), try .said(text), .ended,
      ])
  }

  @Test func bytesAreExact() throws {
    var codec = PeerCodec.client(.native)
    let outgoing: [Conversation.Outgoing] = [
      .handle(try Handle("tatyana")), .say(number: 12, try Message("hi")), .quit(.idle),
    ]
    #expect(outgoing.map { codec.encoded($0) }.joined() == "tatyana\0say 12 hi\0quit idle\0")
  }

  @Test func aNulInATextDoesNotEndTheRecord() throws {
    var codec = PeerCodec.client(.native)
    #expect(codec.encoded(.say(number: 1, try Message("a\0b"))) == "say 1 a\u{fffd}b\0")
  }

  @Test(arguments: [
    ("say", "say"), ("say ", "say"), ("say x hi", "say"), ("say -1 hi", "say"),
    ("say +1 hi", "say"), ("say 0 hi", "say"), ("say  1 hi", "say"), ("say 1x hi", "say"),
    ("say 9223372036854775808 hi", "say"), ("say 99999999999999999999999 hi", "say"),
    ("ack", "ack"), ("ack ", "ack"), ("ack 1 ", "ack"), ("ack 0", "ack"), ("wait", "wait"),
    ("wait -3", "wait"), ("mode", "mode"), ("mode TURNS", "mode"), ("mode turns ", "mode"),
    ("typing fast", "typing"), ("idle", "idle"), ("idle 300", "idle"), ("idle 300 x", "idle"),
    ("idle 300 60 1", "idle"), ("idle 0 60", "idle"),
    ("floor now", "floor"), ("ping ", "ping"), ("pong 1", "pong"),
  ])
  func badArguments(_ record: String, _ verb: String) {
    #expect(read(record) == [.failed(.malformed("a bad argument of \(verb)"))])
  }

  @Test func emptyRecord() {
    #expect(read("") == [.failed(.malformed("an empty record"))])
  }

  @Test func textThatIsNoMessage() throws {
    #expect(read("say 3 ") == [.saidInvalid(number: 3, .empty)])
    #expect(read("say 3") == [.saidInvalid(number: 3, .empty)])
    let long = String(repeating: "é", count: 501)
    #expect(read("say 3 " + long) == [.saidInvalid(number: 3, .tooLong)])
    #expect(
      read("say 3 " + long.dropLast()) == [try .said(String(long.dropLast()), number: 3)])
    let heavy = String(repeating: "e" + String(repeating: "\u{301}", count: 100), count: 99)
    #expect(read("say 3 " + heavy) == [.saidInvalid(number: 3, .tooLong)])
  }

  @Test func spacesBelongToTheText() throws {
    #expect(read("say 1  a ") == [try .said(" a ", number: 1)])
  }

  @Test func invalidUTF8IsRepairedAndKept() throws {
    let raw: [UInt8] = [0x61, 0xff, 0x62]
    #expect(
      read(Array("say 1 ".utf8) + raw)
        == [.said(number: 1, try Message("a\u{fffd}b", raw: raw))])
  }

  @Test func quitReasons() {
    #expect(read("quit") == [.quit(.user)])
    #expect(read("quit moonlight") == [.quit(.user)])
    #expect(
      QuitReason.allCases.map(\.rawValue) == [
        "user", "idle", "stopped", "full", "error", "blocked", "lost", "moved", "expired",
        "others-waited",
      ])
    for reason in QuitReason.allCases {
      #expect(read("quit \(reason.rawValue)") == [.quit(reason)])
    }
  }

  /// A later version's first record may be one that nobody here knows, when
  /// another is sent with it.
  @Test func unknownVerbsBehindTheHandleAreIgnored() throws {
    var codec = PeerCodec.server(.native)
    #expect(codec.receive("frobnicate 3\0sing\0", at: at(1)) == [])
    #expect(codec.receive("ping\0", at: at(300)) == [.ping])
    #expect(codec.deadline == nil)
    var original = PeerCodec.server(.native)
    #expect(original.receive("hello there\0", at: at(1)) == [])
    #expect(
      original.endOfFile(at: at(2)) == [
        try .introduced("tatyana", .original), try .said("hello there"), .ended,
      ])
  }

  @Test func unknownVerbsAreIgnored() {
    #expect(read("sayx 1 a") == [])
    #expect(read("SAY 1 a") == [])
    #expect(read([0xff]) == [])
  }
}
