import ChatCore
import ChatWire
import Testing

struct NativeCodecTests {
  private func decode(_ text: String) throws(WireError) -> NativeRecord {
    try decode(Array(text.utf8))
  }

  private func decode(_ bytes: [UInt8]) throws(WireError) -> NativeRecord {
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(WireError) in try NativeCodec.decode(buffer) }
    }
    return try result.get()
  }

  @Test func everyRecordComesBack() throws {
    let message = try Message("häłło\nthere  ")
    let records: [NativeRecord] =
      Mode.allCases.map { .mode($0) } + QuitReason.allCases.map { .quit($0) } + [
        .wait(1), .floor, .say(number: 1, message), .say(number: .max, message), .ack(7), .ping,
        .pong, .deny("no, because"), .deny(""), .unknown(verb: "later"),
      ]
    for record in records {
      var bytes: [UInt8] = []
      NativeCodec.encode(record, into: &bytes)
      #expect(bytes.last == 0)
      #expect(bytes.count { $0 == 0 } == 1)
      #expect(try decode(Array(bytes.dropLast())) == record)
    }
  }

  @Test func bytesAreExact() throws {
    var bytes: [UInt8] = []
    NativeCodec.encode(.handle("tatyana"), into: &bytes)
    NativeCodec.encode(.say(number: 12, try Message("hi")), into: &bytes)
    NativeCodec.encode(.quit(.idle), into: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == "tatyana\0say 12 hi\0quit idle\0")
  }

  @Test func aNulInATextDoesNotEndTheRecord() throws {
    var bytes: [UInt8] = []
    NativeCodec.encode(.say(number: 1, try Message("a\0b")), into: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == "say 1 a\u{fffd}b\0")
  }

  @Test(arguments: [
    ("say", NativeVerb.say), ("say ", .say), ("say x hi", .say), ("say -1 hi", .say),
    ("say +1 hi", .say), ("say 0 hi", .say), ("say  1 hi", .say), ("say 1x hi", .say),
    ("say 9223372036854775808 hi", .say), ("say 99999999999999999999999 hi", .say),
    ("ack", .ack), ("ack ", .ack), ("ack 1 ", .ack), ("ack 0", .ack), ("wait", .wait),
    ("wait -3", .wait), ("mode", .mode), ("mode TURNS", .mode), ("mode turns ", .mode),
    ("floor now", .floor), ("ping ", .ping), ("pong 1", .pong),
  ])
  func badArguments(_ record: String, _ verb: NativeVerb) {
    #expect(throws: WireError.badArgument(verb)) { try decode(record) }
  }

  @Test func emptyRecord() {
    #expect(throws: WireError.emptyRecord) { try decode("") }
  }

  @Test func textThatIsNoMessage() throws {
    #expect(try decode("say 3 ") == .invalidMessage(number: 3, .empty))
    #expect(try decode("say 3") == .invalidMessage(number: 3, .empty))
    let long = String(repeating: "é", count: 501)
    #expect(try decode("say 3 " + long) == .invalidMessage(number: 3, .tooLong))
    #expect(
      try decode("say 3 " + long.dropLast())
        == .say(number: 3, try Message(String(long.dropLast()))))
    let heavy = String(repeating: "e" + String(repeating: "\u{301}", count: 100), count: 99)
    #expect(try decode("say 3 " + heavy) == .invalidMessage(number: 3, .tooLong))
  }

  @Test func spacesBelongToTheText() throws {
    #expect(try decode("say 1  a ") == .say(number: 1, try Message(" a ")))
  }

  @Test func invalidUTF8IsRepairedAndKept() throws {
    let raw: [UInt8] = [0x61, 0xff, 0x62]
    let record = try decode(Array("say 1 ".utf8) + raw)
    #expect(record == .say(number: 1, try Message("a\u{fffd}b", raw: raw)))
  }

  @Test func quitReasons() throws {
    #expect(try decode("quit") == .quit(.user))
    #expect(try decode("quit moonlight") == .quit(.user))
    #expect(QuitReason.allCases.map(\.word) == ["user", "idle", "stopped", "full", "error"])
    #expect(QuitReason.allCases.allSatisfy { QuitReason(word: $0.word) == $0 })
  }

  @Test func unknownVerbsAreTold() throws {
    #expect(try decode("sayx 1 a") == .unknown(verb: "sayx"))
    #expect(try decode("SAY 1 a") == .unknown(verb: "SAY"))
    #expect(try decode([0xff]) == .unknown(verb: "\u{fffd}"))
  }
}
