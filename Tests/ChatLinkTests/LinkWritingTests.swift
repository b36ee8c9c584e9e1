import ChatCore
import ChatLink
import ChatPosix
import ChatWire
import Testing
import WireSamples

/// What is written, when it counts as written, and how it ends.
@Suite struct LinkWritingTests {
  private func stage(_ carrier: Carrier, _ dialect: Dialect) throws -> LinkStage {
    let stage = try LinkStage(carrier, keepsWrites: carrier == .clear && dialect == .original)
    switch dialect {
    case .native: try stage.write("tatyana\0")
    case .line: try stage.write("tatyana\n")
    case .original:
      try stage.write("tatyana")
      _ = try stage.readAll()
      stage.now = at(300)
    }
    #expect(try stage.readAll() == [try .introduced("tatyana", dialect)])
    return stage
  }

  @Test(arguments: Carrier.anyDialect, [Dialect.native, .line])
  func everythingArrives(_ carrier: Carrier, _ dialect: Dialect) throws {
    let stage = try stage(carrier, dialect)
    let outgoing: [Conversation.Outgoing] = [
      .mode(.turns), .floor, .say(number: 1, try Message("hi")), .say(number: 2, try Message("so")),
      .quit(.user),
    ]
    for value in outgoing { stage.link.send(value) }
    // The socket takes messages for those who send no receipts.
    #expect(try stage.readAll() == (dialect == .native ? [] : [.acknowledged(2)]))
    #expect(stage.link.isFlushed)
    try stage.pumpFar()
    #expect(
      stage.farText
        == (dialect == .native
          ? "mode turns\0floor\0say 1 hi\0say 2 so\0quit user\0"
          : "Begin, turns.\nSERVER> hi\nSERVER> so\nGood Bye, user.\n"))
  }

  /// One write is one message, and one record where there are records.
  @Test(arguments: [Carrier.clear, .longRecords, .secure])
  func inTheOriginalDialectOneWriteIsOneMessage(_ carrier: Carrier) throws {
    let stage = try stage(carrier, .original)
    for number in 1...3 {
      stage.link.send(.say(number: number, try Message("message \(number)")))
    }
    #expect(try stage.readAll() == [.acknowledged(3)])
    try stage.pumpFar()
    #expect(
      stage.reads.map { String(decoding: $0, as: UTF8.self) }
        == ["message 1", "message 2", "message 3"])
  }

  /// Not before: what is sealed and not with the socket is not on its way.
  @Test(arguments: [
    (Carrier.shortRecords, Dialect.line), (.longRecords, .line), (.longRecords, .original),
  ])
  func aReceiptIsDueWhenTheSocketHasTheSealedBytes(_ carrier: Carrier, _ dialect: Dialect) throws {
    let stage = try stage(carrier, dialect)
    let near = try #require(stage.near as? RecordTransport)
    near.allowance = 0
    stage.link.send(.say(number: 1, try Message("hi")))
    let text = dialect == .line ? "SERVER> hi\n" : "hi"
    let records = carrier == .shortRecords ? (text.utf8.count + 4) / 5 : 1
    let sealedCount = text.utf8.count + 2 * records
    for _ in 1..<sealedCount {
      near.allowance = 1
      #expect(try stage.turn() == [])
      #expect(!stage.link.isFlushed)
      #expect(stage.link.interest?.write == true)
    }
    near.allowance = 1
    #expect(try stage.turn() == [.acknowledged(1)])
    #expect(stage.link.isFlushed)
    #expect(stage.link.interest?.write == false)
    try stage.pumpFar()
    #expect(stage.farText == text)
  }

  @Test func aWriteThatNeedsAReadGetsIt() throws {
    let stage = try LinkStage(.longRecords, greeted: false)
    stage.link.isReading = false
    stage.link.send(.greeting)
    #expect(try stage.turn() == [])
    #expect(stage.link.interest?.read == true, "for the hello")
    try stage.pumpFar()
    #expect(try stage.turn() == [])
    #expect(stage.link.isFlushed)
    #expect(stage.link.interest == nil)
    try stage.pumpFar()
    #expect(stage.farText == "SERVER\0")
  }

  @Test(arguments: Carrier.anyDialect)
  func whoDoesNotReadIsGivenUp(_ carrier: Carrier) throws {
    let behind = try stage(carrier, .native)
    let message = try Message(String(repeating: "é\u{301}\u{302}\u{303}", count: 500))
    var events: [Conversation.Event] = []
    for number in 1...1000 where events.isEmpty {
      behind.link.send(.say(number: number, message))
      events = behind.link.flush(at: behind.now)
    }
    #expect(events == [.failed(.unresponsive)])

    let stalled = try stage(carrier, .native)
    while stalled.link.isFlushed {
      stalled.link.send(.say(number: 1, message))
      #expect(try stalled.turn() == [])
    }
    #expect(stalled.link.deadline == at(60_000))
    stalled.now = at(59_999)
    #expect(try stalled.turn() == [])
    stalled.now = at(60_000)
    #expect(try stalled.turn() == [.failed(.unresponsive)])
  }

  @Test(arguments: Carrier.anyDialect)
  func aPeerThatIsGoneIsAFailureOnce(_ carrier: Carrier) throws {
    let stage = try stage(carrier, .native)
    stage.closeFar()
    stage.link.send(.ping)
    #expect(stage.link.flush(at: stage.now) == [.failed(.broken("Broken pipe"))])
    stage.link.send(.ping)
    #expect(stage.link.flush(at: stage.now) == [])
  }

  @Test(arguments: Carrier.anyDialect)
  func theLastWordsAreReadAndThenACleanEnd(_ carrier: Carrier) throws {
    let stage = try stage(carrier, .native)
    stage.link.send(.quit(.stopped))
    // What the peer still says must not reset the connection.
    try stage.write("say 1 unread\0")
    try stage.far.endWriting()
    stage.finish(within: .seconds(60))
    try stage.pumpFar()
    #expect(stage.farText == "quit stopped\0")
    #expect(stage.farEnd == .endOfFile)
  }

  @Test(arguments: Carrier.anyDialect)
  func aPeerThatLeftIsSeenOffBeforeTheLinkIsFinished(_ carrier: Carrier) throws {
    let stage = try stage(carrier, .native)
    stage.link.send(.quit(.stopped))
    stage.link.hangUp(at: stage.now)
    try stage.pumpFar()
    #expect(stage.farText == "quit stopped\0")
    #expect(stage.farEnd == .endOfFile)
    // One end, however often it is asked for; and no wait without end.
    stage.link.hangUp(at: stage.now)
    stage.finish(within: .milliseconds(10))
  }
}
