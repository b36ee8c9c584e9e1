import ChatCore
import Testing
import Transcript

extension Fixture {
  /// Conversations of every kind, written as the server writes them.
  func writeEverything() throws {
    let writer = try TranscriptWriter(path: path)
    try writer.connection.execute("PRAGMA synchronous = OFF")
    let begin = try Self.time("2026-03-01T14:00:00")
    let moment = { (seconds: Int64) in Timestamp(milliseconds: begin + seconds * 1000 + 7) }
    let first = try writer.startRun(try Self.description(port: 1027), at: moment(0))

    let quit = try conversation(writer, first, port: 50_112, .turns)
    try quit.append([
      (.open, moment(1)), (.handle(try Handle("tatyana"), .native), moment(2)), (.floor, moment(2)),
      (.message(from: .client, number: 1, try Message("hi")), moment(3)),
      (.message(from: .server, number: 1, try Message("hi, how is it?")), moment(4)),
      (.acknowledged(through: 1), moment(4)),
    ])
    for number in 2...40 {
      let text = "line \(number) of a talk about noon, lunch and the weather"
      try quit.append([
        (.message(from: .client, number: number, try Message(text)), moment(10 + Int64(number)))
      ])
    }
    // Past one page, so that there are overflow pages too.
    let long = String(repeating: "👨‍👩‍👧", count: 300)
    try quit.append([
      (.message(from: .server, number: 2, try Message(long)), moment(60)),
      (.close(by: .client, .quit, detail: nil, undelivered: 1), moment(61)),
    ])

    let broken = try conversation(writer, first, port: 0, .free)
    try broken.append([
      (.open, moment(70)), (.handle(try Handle("mike"), .line), moment(71)),
      (.message(from: .client, number: 1, try Message(bytes: [0xff, 0x61, 0xc3])), moment(72)),
      (.held(number: 2, try Message("too soon")), moment(73)),
      (.close(by: nil, .reset, detail: "Connection reset", undelivered: 0), moment(74)),
    ])

    let crashed = try conversation(writer, first, port: 65_535, .turns)
    try crashed.append([
      (.open, moment(80)), (.handle(try Handle("mike"), .original), moment(81)),
      (.message(from: .client, number: 1, try Message("日本語 🎉")), moment(82)),
    ])
    let id = try #require(crashed.conversationID)
    let death = TranscriptWriter.End(
      openedAt: moment(80), peerAddress: "::1", peerPort: 65_535, mode: .turns, at: moment(83),
      by: nil, reason: .crashed, detail: "signal 11")
    try writer.record([(death, .close(id))], [], run: first)

    try conversation(writer, first, port: 50_300, .turns).append([
      (.open, moment(90)), (.close(by: .server, .timeout, detail: nil, undelivered: 0), moment(99)),
    ])
    try conversation(writer, first, port: 50_301, .turns).append([
      (.open, moment(100)), (.handle(try Handle("zoë"), .native), moment(101)),
    ])
    let left = try conversation(writer, first, port: 50_302, .turns)
    left.offer = ([UInt8](repeating: 0xa5, count: 32), .seconds(300))
    try left.append([
      (.open, moment(110)), (.handle(try Handle("amy"), .native), moment(111)),
      (.resumable, moment(111)), (.floor, moment(111)),
      (.message(from: .client, number: 1, try Message("one")), moment(112)),
      (.message(from: .client, number: 3, try Message("three")), moment(113)),
      (.mode(.free), moment(114)), (.drop(.reset, detail: "Connection reset"), moment(115)),
    ])
    try writer.stopRun(first, at: moment(200))
    let second = try writer.startRun(try Self.description(port: 1028), at: moment(300))
    _ = try ConversationWriter.takeOver(
      writer, run: second, conversation: try #require(left.conversationID),
      openedAt: moment(110), tokenHash: [UInt8](repeating: 0xa5, count: 32),
      from: ("192.0.2.9", 50_303), protection: Protection(isEncrypted: true, key: "SHA256:k"),
      shown: 0, attempt: 1, at: moment(302))
    try conversation(writer, second, port: 50_400, .turns).append([(.open, moment(301))])
    _ = try history("search", "noon")
  }

  private static func description(port: Int) throws -> RunDescription {
    RunDescription(
      pid: 4711, bootID: "b1946ac9-2492-4d23-8a5b-1f0f4c0e9a11", version: "1.0", port: port,
      handle: try Handle("SERVER"))
  }

  private func conversation(
    _ writer: TranscriptWriter, _ run: Int64, port: Int, _ mode: Mode
  ) throws -> ConversationWriter {
    ConversationWriter(writer, run: run, peerAddress: "192.0.2.7", peerPort: port, mode: mode)
  }
}
