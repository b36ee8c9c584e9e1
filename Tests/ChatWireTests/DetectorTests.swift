import ChatCore
import ChatWire
import Seeded
import Testing
import WireSamples

/// One row of docs/protocol.md's tables: what comes from a peer that nobody
/// here wrote, and what is made of it.
struct DetectorCell: CustomTestStringConvertible, Sendable {
  var testDescription: String
  let side: Party
  /// When the first byte comes.
  let start: Int64
  /// Whether this side has said something before that.
  var hasSpoken = false
  let bytes: [UInt8]
  let events: [Conversation.Event]
  let dialect: Dialect

  init(
    _ name: String, to side: Party, at start: Int64 = 0, hasSpoken: Bool = false,
    _ bytes: String, _ dialect: Dialect, _ events: [Conversation.Event]
  ) {
    testDescription = name
    self.side = side
    self.start = start
    self.hasSpoken = hasSpoken
    self.bytes = Array(bytes.utf8)
    self.events = events
    self.dialect = dialect
  }
}

extension DetectorCell {
  private static func named(_ name: String, _ dialect: Dialect) -> Conversation.Event {
    guard let event = try? Conversation.Event.introduced(name, dialect) else {
      preconditionFailure("\(name) is a handle")
    }
    return event
  }

  private static func said(_ text: String, _ number: Int? = nil) -> Conversation.Event {
    guard let event = try? Conversation.Event.said(text, number: number) else {
      preconditionFailure("\(text) is a message")
    }
    return event
  }

  private static let padding = String(repeating: "\0", count: 487)
  private static let minute: Int64 = 60_000

  /// The rows that do not depend on where reads end.
  static let all: [DetectorCell] = [
    // From clients.
    DetectorCell(
      "handle NUL", to: .server, "bob\0say 1 hi\0", .native,
      [named("bob", .native), said("hi", 1)]),
    DetectorCell(
      "name> text NUL", to: .server, "bob> hi there\0", .original,
      [named("bob", .original), said("hi there")]),
    DetectorCell(
      "name> text, padded", to: .server, "bob> hi" + padding + "bob> you\0\0", .original,
      [named("bob", .original), said("hi"), said("you")]),
    DetectorCell(
      "the NUL of a name", to: .server, "bob\0hi there\0\\quit\0", .original,
      [named("bob", .native), named("bob", .original), said("hi there"), .quit(.user)]),
    DetectorCell(
      "several names NUL", to: .server, "Mary Ann\0hi\0", .original,
      [named("Mary", .original), .misnamedClient(gave: "Mary Ann"), said("hi")]),
    DetectorCell(
      "a long name NUL", to: .server, "Maximiliane\0hi\0", .original,
      [named("Maximilian", .original), .misnamedClient(gave: "Maximiliane"), said("hi")]),
    DetectorCell(
      "no name", to: .server, "hello, is anybody there?\0", .original,
      [
        named("guest", .original), .misnamedClient(gave: ""), said("hello, is anybody there?"),
      ]),
    DetectorCell(
      "a name made fit is taken off too", to: .server, "Mary Ann> a\0Mary Ann> b\0Mary> c\0",
      .original,
      [
        named("Mary", .original), .misnamedClient(gave: "Mary Ann"), said("a"), said("b"),
        said("c"),
      ]),
    DetectorCell(
      "the name in every form", to: .server, "bob\nbob>hi\nbob >> hi\nbob> bob> hi\nbob> \\quit\n",
      .line, [named("bob", .line), said("hi"), said("hi"), said("hi"), .quit(.user)]),
    DetectorCell(
      "a line, then NULs", to: .server, "bob\n\0hi\n\0\\quit\n\0", .line,
      [named("bob", .line), said("hi"), .quit(.user)]),
    DetectorCell("quit", to: .server, "quit user\0", .native, [.quit(.user)]),
    DetectorCell(
      "quit without a known reason", to: .server, "quit now!\0", .original,
      [named("guest", .original), .misnamedClient(gave: ""), said("quit now!")]),
    // From servers.
    DetectorCell(
      "a greeting NUL", to: .client, "SERVER\0floor\0", .native,
      [named("SERVER", .native), .serverGaveFloor]),
    DetectorCell(
      "a late greeting NUL", to: .client, at: minute, "ann\0floor\0", .native,
      [named("SERVER", .line), named("ann", .native), .serverGaveFloor]),
    DetectorCell(
      "a late greeting NUL when lines were sent", to: .client, at: minute, hasSpoken: true,
      "ann\0You wait.\nann> hi\nann> \nYou wait.\n", .line,
      [
        named("SERVER", .line), named("ann", .line), .serverNoticed("You wait."), said("hi"),
        .serverNoticed("You wait."),
      ]),
    DetectorCell(
      "lines", to: .client, at: minute, "hi\nann> you\n\n\nann> again\n", .line,
      [named("SERVER", .line), said("hi"), named("ann", .line), said("you"), said("again")]),
    DetectorCell(
      "ssh", to: .client, "SSH-2.0-OpenSSH_9.2p1\r\n", .original,
      [
        .serverNoticed("SSH-2.0-OpenSSH_9.2p1"),
        .failed(.malformed("it is no chat server")),
      ]),
  ]

  /// Those of servers whose messages quiet ends; a message is in one piece, or
  /// in pieces that come within it.
  static let quiet: [DetectorCell] = [
    DetectorCell(
      "an answer without an end", to: .client, at: minute, hasSpoken: true, "Server> Hello bob",
      .original,
      [
        named("SERVER", .line), named("SERVER", .original), named("Server", .original),
        said("Hello bob"),
      ]),
    DetectorCell(
      "an answer with NULs", to: .client, at: minute, hasSpoken: true, "Hello bob" + padding,
      .original, [named("SERVER", .line), named("SERVER", .original), said("Hello bob")]),
    DetectorCell(
      "an answer of one word with a NUL", to: .client, at: minute, hasSpoken: true, "Hello\0",
      .original, [named("SERVER", .line), named("SERVER", .original), said("Hello")]),
    DetectorCell(
      "a greeting without an end", to: .client, at: 100, "ann", .original,
      [named("ann", .original)]),
    DetectorCell(
      "a late greeting without an end", to: .client, at: minute, "ann", .original,
      [named("SERVER", .line), named("ann", .original)]),
    DetectorCell(
      "a late greeting that is no name", to: .client, at: minute, "Welcome to chat", .original,
      [named("SERVER", .line), .serverNoticed("Welcome to chat"), named("SERVER", .original)]),
    DetectorCell(
      "a greeting NUL and words", to: .client, "ann\0Hello bob\0Bye\0",
      .original,
      [named("ann", .native), named("ann", .original), said("Hello bob"), said("Bye")]),
    DetectorCell(
      "a greeting NUL and words without an end", to: .client, "ann\0Hello bob",
      .original, [named("ann", .native), named("ann", .original), said("Hello bob")]),
    DetectorCell(
      "the end of a line left out", to: .client, at: minute, hasSpoken: true, "hi\nyou", .line,
      [named("SERVER", .line), said("hi"), said("you")]),
  ]

  /// What the codec makes of `chunks`, with `pauses` before each.
  func received(_ chunks: [[UInt8]], pauses: [Int64]) -> (PeerCodec, [Conversation.Event]) {
    var codec = PeerCodec(side: side, ownHandle: try? Handle("own"))
    var now: Int64 = 0
    var events: [Conversation.Event] = []
    // The program ticks at every deadline.
    func pass(to end: Int64) {
      while let deadline = codec.deadline, deadline <= at(end) {
        events += codec.tick(at: deadline)
      }
      now = end
    }
    pass(to: start)
    if hasSpoken, let message = try? Message("hello") {
      _ = codec.encode(.say(number: 1, message))
    }
    for (chunk, pause) in zip(chunks, pauses) {
      pass(to: now + pause)
      events += codec.receive(chunk, at: at(now))
    }
    pass(to: now + 10_000)
    return (codec, events)
  }
}

/// Every cell of the detector's tables, however it is cut and whenever it
/// comes.
struct DetectorTests {
  @Test(arguments: DetectorCell.all + DetectorCell.quiet, 1...40)
  func everyChunkSize(_ cell: DetectorCell, _ size: Int) {
    let chunks = pieces(cell.bytes, of: size)
    let (codec, events) = cell.received(chunks, pauses: chunks.map { _ in 0 })
    #expect(events == cell.events)
    #expect(codec.dialect == cell.dialect || events.last?.isLast == true)
  }

  @Test(arguments: DetectorCell.all + DetectorCell.quiet)
  func inOnePiece(_ cell: DetectorCell) {
    #expect(cell.received([cell.bytes], pauses: [0]).1 == cell.events)
  }

  /// Pauses within what one message may have between its pieces.
  @Test(arguments: DetectorCell.all + DetectorCell.quiet)
  func randomPauses(_ cell: DetectorCell) {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededRandom(seed: seed)
    for _ in 0..<50 {
      let chunks = random.pieces(cell.bytes, upTo: 30)
      // A greeting's patience is from its first byte on.
      let longest = cell.start < 2000 && cell.side == .client ? 299 / Int64(chunks.count) : 250
      let pauses = chunks.map { _ in Int64.random(in: 0...longest, using: &random) }
      #expect(cell.received(chunks, pauses: pauses).1 == cell.events, "seed \(seed)")
    }
  }

  /// Ten turns each way with a server that ends nothing and says everything in
  /// two pieces.
  @Test func twoPieces() throws {
    for greeting in ["", "ann", "ann\0\0\0"] {
      var codec = PeerCodec(side: .client, ownHandle: try Handle("own"))
      var now: Int64 = 60_000
      _ = codec.tick(at: at(2000))
      if !greeting.isEmpty {
        _ = codec.receive(greeting, at: at(now))
        now += 300
        _ = codec.tick(at: at(now))
      }
      for turn in 1...10 {
        _ = codec.encode(.say(number: turn, try Message("question \(turn)")))
        #expect(codec.receive("ann> answer", at: at(now)) == [])
        #expect(codec.receive(" \(turn)", at: at(now + 50)) == [])
        let events = codec.tick(at: at(now + 350))
        #expect(events.last == (try .said("answer \(turn)")), "\(greeting), \(turn)")
        #expect(codec.dialect == .original)
        now += 1000
      }
    }
  }

  /// B7: what is answered is bounded by what was sent, and then counted.
  @Test func answersAreBounded() {
    var codec = PeerCodec(side: .server, ownHandle: try? Handle("SERVER"))
    _ = codec.receive("bob\n")
    var sent = 4
    var answered = 0
    for _ in 0..<10_000 {
      _ = codec.receive("x\n")
      sent += 2
      answered += codec.encode(.deny(.tooMuchHeld)).count
      #expect(answered < 4096 + 10 * sent)
    }
    let small = PeerPhrases(
      refusedHandle: { _ in "" },
      refusal: {
        if case .unanswered(let count) = $0 {
          "\(count) more."
        } else {
          String(repeating: "long ", count: 20)
        }
      }, place: { _ in "" }, floor: { _ in "" }, held: "", goodbye: { _ in "" })
    var counted = PeerCodec(side: .server, phrases: small, connectedAt: at(0))
    _ = counted.receive("bob\n")
    var denied = 0
    while !counted.encode(.deny(.tooMuchHeld)).isEmpty { denied += 1 }
    #expect(denied == 40)
    _ = counted.encode(.deny(.tooMuchHeld))
    _ = counted.receive(String(repeating: "x", count: 100) + "\n")
    #expect(counted.encoded(.deny(.tooMuchHeld)).hasPrefix("2 more.\n"))
  }

  /// B7: a server's errors are taken as they are.
  @Test(arguments: Dialect.allCases)
  func aClientAnswersNoError(_ dialect: Dialect) {
    var codec = PeerCodec.client(dialect)
    #expect(codec.encode(.deny(.invalid(.empty))) == [])
    #expect(codec.encode(.rejectHandle(.empty)) == [])
  }

  @Test func aServersLongMessageIsCutAndNothingOfItLost() throws {
    let long = String(repeating: "é", count: 700)
    for dialect in [Dialect.line, .original] {
      var codec = PeerCodec.client(dialect)
      #expect(
        codec.receive(long + "\n", at: at(3000)) == [
          try .said(String(repeating: "é", count: 500)),
          .serverNoticed(String(repeating: "é", count: 200)),
        ])
    }
  }
}
