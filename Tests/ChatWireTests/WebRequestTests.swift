import ChatCore
import ChatWire
import Testing
import WireSamples

/// What a browser sends because a page wants it to.
struct WebRequestTests {
  private static let body = "operator\nGoodbye from a web page\nmike> hi\n"
  private static let forms = [
    "POST / HTTP/1.1\r\nHost: 127.0.0.1:5200\r\nContent-Type: text/plain\r\n\r\n",
    "GET /chat?say=Goodbye HTTP/1.0\r\n\r\n", "OPTIONS * HTTP/1.1\r\n\r\n",
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "HEAD http://localhost:5200/ HTTP/1.1\n\n",
    "CONNECT localhost:5200 HTTP/1.1\r\n\r\n", "patch /x HTTP/1.1\r\n\r\n",
    "M-SEARCH * HTTP/1.1\r\n\r\n", "PUT /a b HTTP/1.1\r\n\r\n",
    "DESCRIBE rtsp://localhost/x RTSP/1.0\r\n\r\n", "POST /\r HTTP/3\n\n",
  ]

  private static let isWeb = Conversation.Event.failed(.broken("a web request, which is no chat"))

  @Test(arguments: forms)
  func endsInSilenceAtEveryCut(_ form: String) {
    let bytes = Array((form + Self.body).utf8)
    for cut in 0...bytes.count {
      var codec = PeerCodec(side: .server)
      #expect(
        codec.receiveAll([Array(bytes[..<cut]), Array(bytes[cut...])]) == [Self.isWeb], "\(cut)")
      #expect(codec.receive("more\n") == [])
    }
    var codec = PeerCodec(side: .server)
    #expect(codec.receiveAll(pieces(bytes, of: 1)) == [Self.isWeb])
  }

  /// A slow network's cut may be taken for the end of a name, but never is a word of the
  /// page's a message.
  @Test(arguments: forms, [300, 5_000, 60_000] as [Int64])
  func endsAtEveryCutAfterQuiet(_ form: String, _ pause: Int64) {
    let bytes = Array((form + Self.body).utf8)
    for cut in 1..<form.utf8.count {
      var codec = PeerCodec(side: .server)
      var events = codec.receive(Array(bytes[..<cut]), at: at(0))
      if let deadline = codec.deadline { events += codec.tick(at: deadline) }
      events += codec.tick(at: at(pause))
      events += codec.receive(Array(bytes[cut...]), at: at(pause))
      #expect(events.last == Self.isWeb, "\(cut)")
      for event in events {
        guard case .said(_, let message) = event else { continue }
        #expect(!message.text.contains("Goodbye") && !message.text.contains("operator"), "\(cut)")
      }
    }
  }

  @Test func comesBehindEmptyRowsToo() {
    var codec = PeerCodec(side: .server)
    #expect(codec.receive("\r\n") == [.misnamed(.empty)])
    #expect(codec.receive("PUT /a HTTP/1.1\r\n" + Self.body) == [Self.isWeb])
  }

  @Test func endsWithoutAnEndOfItsLine() {
    var codec = PeerCodec(side: .server)
    #expect(codec.receive("GET / HTTP/1.0") == [])
    #expect(codec.deadline == nil)
    #expect(codec.endOfFile(at: at(400)) == [Self.isWeb])
  }

  /// What may become one costs no more than any opening.
  @Test func isBounded() {
    var codec = PeerCodec(side: .server)
    var events = codec.receive("GET /")
    for _ in 0..<40 where events.isEmpty {
      events = codec.receive(String(repeating: "a", count: 1024))
    }
    #expect(
      events == [.failed(.malformed("more than 32768 bytes before the conversation began"))])
  }

  /// People and programs who begin alike.
  @Test(arguments: [
    "GET\nhi\n", "GET /home\nbob\nhi\n", "GET well soon\nbob\n", "bob\nGET / HTTP/1.1\n",
    "bob> GET / HTTP/1.1\n", "POST / HTTP/1.1x\nbob\n", "a / http/1.1\nbob\n", "GET / HTTP/\nbob\n",
    "\\quit\n", "bob\0say 1 GET / HTTP/1.1\n\0", "GET\0say 1 hi\0", "GET /\0",
    "/me HTTP/1.1\nbob\n",
    "GET / /1.1\nbob\n", "GET  /\nbob\n",
  ])
  func othersAreReadAsBefore(_ text: String) throws {
    let bytes = Array(text.utf8)
    var whole = PeerCodec(side: .server)
    let expected = whole.receive(bytes, at: at(0))
    #expect(!expected.isEmpty && !expected.contains(Self.isWeb))
    for cut in 0...bytes.count {
      var codec = PeerCodec(side: .server)
      #expect(
        codec.receiveAll([Array(bytes[..<cut]), Array(bytes[cut...])]) == expected, "\(cut)")
      #expect(codec.dialect == whole.dialect)
    }
  }

  @Test func aNameIsNotWaitedFor() throws {
    var codec = PeerCodec(side: .server)
    #expect(codec.receive("GET") == [])
    #expect(codec.tick(at: at(300)) == [try .introduced("GET", .original)])
    #expect(codec.receive("hello", at: at(1_000)) == [])
    #expect(codec.tick(at: at(1_300)) == [try .said("hello")])
  }
}
