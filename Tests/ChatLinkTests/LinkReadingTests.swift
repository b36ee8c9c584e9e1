import ChatCore
import ChatLink
import ChatPosix
import ChatWire
import Testing
import WireSamples

/// What is read is the same whatever carries it and wherever that cuts it.
@Suite struct LinkReadingTests {
  private static let samples: [(Dialect, Party)] = [
    (.native, .server), (.line, .server), (.native, .client),
  ]

  @Test(arguments: Carrier.anyDialect, samples)
  func everyChunkSize(_ carrier: Carrier, _ sample: (Dialect, Party)) throws {
    let sample = try WireSample(sample.0, readBy: sample.1)
    for size in 1...sample.bytes.count {
      let stage = try LinkStage(carrier, side: sample.side)
      var events: [Conversation.Event] = []
      for piece in pieces(sample.bytes, of: size) {
        try stage.write(piece)
        events += try stage.readAll()
      }
      #expect(events == sample.events, "pieces of \(size)")
    }
  }

  /// All at once: what the socket has no more of, the transport still has.
  @Test(arguments: Carrier.anyDialect, samples)
  func whatTheTransportHoldsIsRead(_ carrier: Carrier, _ sample: (Dialect, Party)) throws {
    let sample = try WireSample(sample.0, readBy: sample.1)
    let stage = try LinkStage(carrier, side: sample.side)
    try stage.write(sample.bytes)
    #expect(try stage.readAll() == sample.events)
  }

  @Test(arguments: [Carrier.shortRecords, .longRecords])
  func everyCutOfTheSealedBytes(_ carrier: Carrier) throws {
    let sample = try WireSample(.native, readBy: .server)
    for size in 1...40 {
      let stage = try LinkStage(carrier)
      let far = try #require(stage.far as? RecordTransport)
      var rest = sample.bytes[...]
      var events: [Conversation.Event] = []
      while !rest.isEmpty {
        far.allowance = size
        rest = rest.dropFirst(try far.write(rest))
        events += try stage.readAll()
      }
      #expect(events == sample.events, "\(size) sealed bytes at a time")
    }
  }

  @Test(arguments: [Carrier.shortRecords, .longRecords, .secure])
  func whatIsHeldIsLeftToWhoDoesNotRead(_ carrier: Carrier) throws {
    let stage = try LinkStage(carrier)
    try stage.write("tatyana\0")
    #expect(try stage.readAll() == [try .introduced("tatyana", .native)])
    try stage.write("say 1 a\0")
    try stage.write("say 2 b\0")
    #expect(stage.link.receive(at: stage.now).first == .received)
    #expect(stage.link.mayHaveMore)
    stage.link.isReading = false
    #expect(stage.link.deadline == nil)
    #expect(stage.link.interest == nil)
    #expect(try stage.readAll() == [])
    stage.link.isReading = true
    let deadline = try #require(stage.link.deadline)
    #expect(deadline <= stage.now)
    // One record was read above: of the short ones, half a message.
    let first = carrier == .shortRecords ? [try Conversation.Event.said("a", number: 1)] : []
    #expect(try stage.readAll() == first + [try .said("b", number: 2)])
  }

  /// In the original dialect quiet ends a message, and one that says goodbye is
  /// a message of its own.
  @Test(arguments: [Carrier.clear, .longRecords, .secure])
  func quietEndsAMessage(_ carrier: Carrier) throws {
    let stage = try LinkStage(carrier, keepsWrites: carrier == .clear)
    try stage.write("tatyana")
    #expect(try stage.readAll() == [])
    stage.now = at(300)
    #expect(try stage.readAll() == [try .introduced("tatyana", .original)])
    try stage.write("hi ")
    #expect(try stage.readAll() == [])
    stage.now = at(350)
    try stage.write("there")
    #expect(try stage.readAll() == [])
    stage.now = at(650)
    #expect(try stage.readAll() == [try .said("hi there")])
    for text in ["last", "\\quit"] { try stage.write(text) }
    #expect(try stage.readAll() == [try .said("last"), .quit(.user)])
  }

  @Test(arguments: Carrier.anyDialect, [("tatyana\0", Dialect.native), ("tatyana\n", .line)])
  func anEndIsCleanOrNot(_ carrier: Carrier, _ first: (String, Dialect)) throws {
    let clean = try LinkStage(carrier)
    try clean.write(first.0)
    try clean.far.endWriting()
    #expect(try clean.readAll() == [try .introduced("tatyana", first.1), .ended])
    #expect(clean.link.isAtEnd)

    let bare = try LinkStage(carrier)
    try bare.write(first.0)
    try bare.far.descriptor.shutdownWrite()
    let lost = carrier != .clear && first.1 == .native
    #expect(
      try bare.readAll() == [
        try .introduced("tatyana", first.1),
        lost ? .failed(.broken("Cut off without an end")) : .ended,
      ])
  }

  @Test func aBrokenTransportIsAFailureAndItsAnswerIsSent() throws {
    let stage = try LinkStage(.longRecords)
    try stage.write("tatyana\0")
    _ = try stage.far.descriptor.writeAvailable([0xff, 0xff])
    #expect(
      try stage.readAll() == [
        try .introduced("tatyana", .native), .failed(.malformed("a record over the limit")),
      ])
    stage.link.send(.quit(.error))
    #expect(try stage.turn() == [])
    #expect(throws: Conversation.LinkFailure.malformed("a record over the limit")) {
      try stage.pumpFar()
    }
  }

  @Test func aHelloThatDoesNotComeIsAFailureInTime() throws {
    let stage = try LinkStage(.longRecords, greeted: false)
    #expect(stage.link.deadline == at(10_000))
    stage.now = at(9_999)
    #expect(try stage.turn() == [])
    stage.now = at(10_000)
    #expect(try stage.turn() == [.failed(.broken("no hello in time"))])
  }

  /// No more is taken off the socket than the owner wants, and what is kept was counted
  /// when it was taken.
  @Test func whatIsKeptIsNotCountedAgain() throws {
    let stage = try LinkStage(.secure)
    try stage.write([UInt8](repeating: 0x61, count: 1000) + [0x0a])
    var counts: [Int] = []
    while !stage.link.hasBufferedInput, counts.count < 100 {
      #expect(counts.isEmpty || stage.link.mayHaveMore)
      _ = stage.link.receive(at: stage.now, upTo: 100)
      counts.append(stage.link.lastReadCount)
    }
    #expect(counts.dropLast().allSatisfy { $0 == 100 }, "\(counts)")
    #expect((1001...1100).contains(counts.reduce(0, +)), "\(counts)")
    #expect(stage.link.deadline.map { $0 <= stage.now } == true)
    _ = stage.link.tick(at: stage.now, upTo: 0)
    #expect(stage.link.hasBufferedInput)
    #expect(stage.link.receive(at: stage.now, upTo: 300) == [.received])
    #expect(stage.link.lastReadCount == 0)
    #expect(stage.link.tick(at: stage.now).count == 2)
    #expect(stage.link.lastReadCount == 0 && !stage.link.hasBufferedInput)
  }
}
