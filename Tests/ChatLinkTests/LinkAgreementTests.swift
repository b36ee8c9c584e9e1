import ChatCore
import ChatLink
import ChatPosix
import ChatWire
import Testing
import WireSamples

/// Two that have said in the handshake that both are native: nobody who is between them
/// has them speak anything else by what he holds back or cuts.
@Suite struct LinkAgreementTests {
  @Test(arguments: [Party.server, .client])
  func theyTalkAsEver(_ side: Party) throws {
    let sample = try WireSample(.native, readBy: side)
    for size in [1, 2, 7, 100, sample.bytes.count] {
      let stage = try LinkStage(.native, side: side)
      var events: [Conversation.Event] = []
      for piece in pieces(sample.bytes, of: size) {
        try stage.write(piece)
        events += try stage.readAll()
      }
      #expect(events == sample.events, "pieces of \(size)")
    }
  }

  /// After any record, and at any time, but for a goodbye.
  @Test(arguments: [Party.server, .client])
  func whereverTheStreamIsCutItWasLost(_ side: Party) throws {
    let sample = try WireSample(.native, readBy: side)
    for count in stride(from: 0, to: sample.bytes.count, by: 3) {
      let stage = try LinkStage(.native, side: side)
      if count > 0 { try stage.write(Array(sample.bytes.prefix(count))) }
      var events = try stage.readAll()
      for time in stride(from: 500, through: 9_500, by: 500) {
        stage.now = at(Int64(time))
        events += try stage.readAll()
      }
      if events.contains(where: { if case .quit = $0 { true } else { false } }) { break }
      try stage.far.descriptor.shutdownWrite()
      events += try stage.readAll()
      #expect(events.last == .failed(.broken("Cut off without an end")), "after \(count)")
      for case .introduced(_, let dialect) in events { #expect(dialect == .native) }
    }
  }

  @Test func aGreetingThatIsHeldBackIsWaitedForAndNothingElseIsBegun() throws {
    let stage = try LinkStage(.native, side: .client)
    stage.now = at(9_999)
    #expect(try stage.readAll() == [])
    stage.now = at(10_001)
    #expect(try stage.readAll() == [.failed(.broken("no greeting in time"))])
  }

  @Test func aServerThatLetsNobodyInSaysSo() throws {
    let stage = try LinkStage(.native, side: .client)
    try stage.write("Sorry.\n")
    try stage.far.endWriting()
    #expect(try stage.readAll() == [.serverRefused("Sorry.")])
  }

  /// A record of 256 bytes with one in it counts as 256.
  @Test func whatIsTakenOffTheSocketCounts() throws {
    let stage = try LinkStage(.native)
    for byte in Array("tatyana\0".utf8) { try stage.write([byte]) }
    var count = 0
    var events: [Conversation.Event] = []
    repeat {
      events += stage.link.receive(at: stage.now)
      count += stage.link.lastReadCount
    } while stage.link.mayHaveMore
    #expect(events.filter { $0 != .received } == [try .introduced("tatyana", .native)])
    #expect(count >= 8 * 256)
  }
}
