import ChatCore
import ChatWire
import Testing
import WireSamples

/// Servers that greet as a chatserve does, `NAME NUL`, and do not answer the
/// handle.
struct UnansweringServerTests {
  /// A codec that was greeted by ann, has given its handle, and got nothing for
  /// five seconds.
  private func unanswered() throws -> PeerCodec {
    var codec = PeerCodec(side: .client)
    #expect(codec.receive("ann\0", at: at(0)) == [try .introduced("ann", .native)])
    #expect(codec.deadline == nil, "the person may take an hour for a name")
    #expect(codec.encoded(.handle(try Handle("bob"))) == "bob\0")
    #expect(codec.tick(at: at(100)) == [])
    #expect(codec.deadline == at(5100))
    #expect(codec.tick(at: at(5099)) == [])
    #expect(codec.tick(at: at(5100)) == [try .introduced("ann", .original)])
    #expect(codec.dialect == .original && codec.deadline == nil)
    return codec
  }

  @Test func anAnswerInTimeIsAChatserves() throws {
    var codec = PeerCodec(side: .client)
    _ = codec.receive("ann\0", at: at(0))
    _ = codec.encode(.handle(try Handle("bob")))
    _ = codec.tick(at: at(0))
    #expect(codec.receive("wait 1\0", at: at(4999)) == [.serverQueued(place: 1)])
    #expect(codec.deadline == nil && codec.tick(at: at(10_000)) == [])
    #expect(codec.dialect == .native)
  }

  @Test(arguments: ["mode turns\0floor\0", "wait 1\0mode turns\0floor\0"], 1...19)
  func aLateAnswerIsAChatserves(_ answer: String, _ size: Int) throws {
    var codec = try unanswered()
    var events: [Conversation.Event] = []
    for piece in pieces(Array(answer.utf8), of: size) {
      events += codec.receive(piece, at: at(9000))
    }
    #expect(events.first == (try .introduced("ann", .native)))
    #expect(events.suffix(2) == [.serverSetMode(.turns), .serverGaveFloor])
    #expect(codec.dialect == .native)
    #expect(codec.encoded(.say(number: 1, try Message("hi"))) == "say 1 hi\0")
  }

  @Test(arguments: 1...30)
  func aChatserveThatReadsTheOriginalsManner(_ size: Int) throws {
    var codec = try unanswered()
    #expect(codec.encoded(.say(number: 1, try Message("hi"))) == "hi\0")
    var events: [Conversation.Event] = []
    for piece in pieces(Array("mode turns\0floor\0hello".utf8), of: size) {
      events += codec.receive(piece, at: at(9000))
    }
    #expect(events == [])
    #expect(codec.tick(at: at(9300)) == [try .said("hello")])
    #expect(codec.encoded(.say(number: 2, try Message("you"))) == "you")
  }

  /// So many answers, as a hostile server sends them at once, are no depth of
  /// calls: 64 KiB in one read, and as much again in the next.
  @Test func answersWithoutEnd() throws {
    var codec = try unanswered()
    _ = codec.encode(.say(number: 1, try Message("hi")))
    let answers = Array(String(repeating: "floor\0", count: 10_900).utf8)
    for second in 7...8 {
      #expect(codec.receive(answers, at: at(Int64(second) * 1000)) == [])
      #expect(codec.deadline == nil)
    }
    let half = Array(String(repeating: "floor\0", count: 1_000_000).utf8) + Array("flo".utf8)
    #expect(codec.receive(half, at: at(9000)) == [])
    #expect(codec.receive("or\0hello\0", at: at(9100)) == [try .said("hello")])
  }

  @Test(arguments: ["", "\0", "\0\0\0\0"], [1, 2, 3, 7, 100])
  func tenTurnsWithCStrings(_ end: String, _ size: Int) throws {
    var codec = try unanswered()
    var now: Int64 = 10_000
    for turn in 1...10 {
      _ = codec.encode(.say(number: turn, try Message("question \(turn)")))
      var events: [Conversation.Event] = []
      for piece in pieces(Array("ann> answer \(turn)\(end)".utf8), of: size) {
        events += codec.receive(piece, at: at(now))
      }
      events += codec.tick(at: at(now + 300))
      #expect(events == [try .said("answer \(turn)")])
      now += 1000
    }
  }

  @Test func itsEnd() throws {
    var codec = try unanswered()
    _ = codec.receive("ann> by", at: at(6000))
    #expect(codec.endOfFile(at: at(6001)) == [try .said("by"), .ended])
    var silent = try unanswered()
    #expect(silent.endOfFile(at: at(6001)) == [.ended])
    var long = try unanswered()
    let much = [UInt8](repeating: 0x61, count: RecordFramer.maximumRecordLength + 1)
    #expect(long.receive(much, at: at(6000)).last?.isLast == true)
  }
}
