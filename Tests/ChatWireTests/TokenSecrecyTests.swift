import ChatCore
import ChatWire
import Testing
import WireSamples

/// Whoever sees a token can go on with the conversation: whatever is wrong with the record
/// that it comes in, nothing of it is a message, a name or a notice.
@Suite struct TokenSecrecyTests {
  private static let digits = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
  private static let records =
    [
      "resume \(digits) 0 99999999999999999999", "resume \(digits) 99999999999999999999 1",
      "resume \(digits) 0", "resume \(digits) 0 0", "resume \(digits) 0 1 ", "resume \(digits)",
      "resume  \(digits) 0 1", " resume \(digits) 0 1", "resume\t\(digits) 0 1",
      "resume \(digits.uppercased()) 0 1", "RESUME \(digits) 0 1", "resume \(digits) -1 1",
      "resume \(digits)0 0 1", "resume \(digits.dropLast()) 0 1", "resume \(digits) 0 1\r",
      "resume \(digits.prefix(20))> hi", "session \(digits) 99999999999999999999",
      "session \(digits)", "session \(digits) 300 x", "resume\(digits) 0 1", "session\(digits)",
    ] + betweens.flatMap { ["resume\($0)\(digits) 0 1", "session \($0)\(digits) 300"] }
  /// Every space that Unicode has, those of no width, and signs that somebody may put there.
  private static let betweens =
    (0...0x3000).compactMap(Unicode.Scalar.init).filter {
      !$0.isASCII && ($0.properties.isWhitespace || $0.properties.generalCategory == .format)
    }.map(String.init) + ["\u{feff}", "\u{2060}", "=", ": ", "-", "\"", "\u{b7}", "\u{a0} \u{a0}"]
  /// How a record ends; the last: with quiet.
  private static let ends = ["\0", "\0\0", "\n", "\r\n", "\r\0", ""]
  /// What came before it.
  private static let beginnings = ["", "bob\0", "bob\0pong\0", "bob\n", "bob> hi\n"]

  private func isShown(_ events: [Conversation.Event]) -> Bool {
    let text = String(describing: events).lowercased()
    return text.contains(Self.digits.prefix(16)) || text.contains(Self.digits.suffix(20))
  }

  @Test(arguments: records, ends)
  func nobodyShowsAnythingOfIt(record: String, end: String) {
    for beginning in Self.beginnings {
      for size in [1, 30, 200] {
        // A server of lines knows no token.
        for side in beginning.contains("\n") ? [Party.server] : [.server, .client] {
          var codec = PeerCodec(side: side)
          var events = codec.receiveAll(pieces(Array((beginning + record + end).utf8), of: size))
          events += codec.tick(at: at(20_000))
          events += codec.receive("and more\0", at: at(21_000))
          events += codec.tick(at: at(40_000))
          events += codec.endOfFile(at: at(50_000))
          #expect(!isShown(events), "\(side), \(beginning.debugDescription), \(size): \(events)")
        }
      }
    }
  }

  /// An original's handle, and then the record.
  @Test(arguments: records, ends)
  func asAnOriginalsMessage(record: String, end: String) {
    for size in [20, 200] {
      var codec = PeerCodec(side: .server)
      var events = codec.receive("bob", at: at(0)) + codec.tick(at: at(300))
      for piece in pieces(Array((record + end).utf8), of: size) {
        events += codec.receive(piece, at: at(400))
      }
      events += codec.tick(at: at(1000)) + codec.endOfFile(at: at(2000))
      #expect(!isShown(events), "\(size): \(events)")
    }
  }

  /// A slow network may cut a claim almost anywhere: the rest is waited for.
  @Test(arguments: 4...72)
  func aClaimThatIsCutOnItsWayIsStillOne(length: Int) throws {
    let token = try #require(ResumeToken(Self.digits))
    let bytes = Array("resume \(Self.digits) 3 1\0".utf8)
    var codec = PeerCodec(side: .server)
    #expect(codec.receive(Array(bytes[..<length]), at: at(0)) == [])
    #expect(codec.tick(at: at(9_000)) == [])
    #expect(
      codec.receive(Array(bytes[length...]), at: at(9_500))
        == [.claimed(token, shown: 3, attempt: 1)])
  }

  /// The rest never comes.
  @Test(arguments: 24...72)
  func whatIsLeftOfOneIsBadInput(length: Int) throws {
    var codec = PeerCodec(side: .server)
    #expect(codec.receive(String("resume \(Self.digits) 3 1".prefix(length)), at: at(0)) == [])
    let events = codec.tick(at: at(10_000))
    #expect(events == [.failed(.malformed("a token that is not in a record of its own"))])
  }

  /// Who is called so, or says so, is served.
  @Test func wordsOfPeopleStayWords() throws {
    var codec = PeerCodec(side: .server)
    #expect(codec.receive("resume", at: at(0)) == [])
    #expect(codec.tick(at: at(10_000)) == [try .introduced("resume", .original)])
    #expect(
      codec.receive("resume the session 0123\n", at: at(11_000)) == [
        try .said("resume the session 0123")
      ])
    for text in [
      "resume me", "session ended", "resume deadbeef now", "session 12", "resumed", "sessions: 12",
      "resume\u{a0}the session", "resumedeadbeef", "resume, deadbeef", "…resume…",
    ] {
      var line = PeerCodec(side: .server)
      #expect(
        line.receive("bob\n\(text)\n", at: at(0)) == [
          try .introduced("bob", .line), try .said(text),
        ])
    }
  }

  @Test func aNativeClientReadsThatItsRecordIsBad() {
    for record in ["resume \(Self.digits) 0 99999999999999999999", "resume \(Self.digits) 0"] {
      var codec = PeerCodec(side: .server)
      #expect(
        codec.receive(record + "\0", at: at(0)) == [.failed(.malformed("a bad argument of resume"))]
      )
      #expect(codec.dialect == .native)
      #expect(codec.encoded(.quit(.error)) == "quit error\0")
    }
  }
}
