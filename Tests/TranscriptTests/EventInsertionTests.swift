import ChatCore
import Testing

@testable import Transcript

/// Commits of many rows, around the lengths of the statements that write them.
@Suite struct EventInsertionTests {
  let scratch = Scratch()

  @Test(arguments: [1, 2, 7, 8, 9, 16, 63, 64, 65, 72, 73, 128, 200])
  func rowsOfOneCommitKeepTheirOrder(_ count: Int) throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let conversation = try talk(writer, [])
    // Every other row has what the one before it in the statement lacks.
    var entries: [(Entry, Timestamp)] = []
    for number in 1...count {
      let message =
        number % 2 == 0
        ? try Message(bytes: [0xff, UInt8(ascii: "a")]) : try Message("message \(number)")
      entries.append(
        number % 3 == 0
          ? (.held(number: number, message), .ms(Int64(number)))
          : (.message(from: .client, number: number, message), .ms(Int64(number))))
    }
    try conversation.append(entries)

    let events = try Archive(path: scratch.path).events(conversation: 1).dropFirst(2)
    #expect(events.map(\.seq) == Array(3...Int64(count + 2)))
    for (number, event) in zip(1..., events) {
      let isRepaired = number % 2 == 0
      #expect(event.time == .ms(Int64(number)))
      #expect(
        event.content
          == .message(
            Event.Said(
              by: .client, number: number, text: isRepaired ? "\u{fffd}a" : "message \(number)",
              raw: isRepaired ? [0xff, UInt8(ascii: "a")] : nil, isHeld: number % 3 == 0)))
    }
  }

  @Test func aRowThatIsRefusedTakesItsWholeCommitWithIt() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let conversation = try talk(writer, ["hi"])
    let close = (
      Entry.close(by: .client, .quit, detail: nil, undelivered: 0), Timestamp.ms(1)
    )
    var entries: [(Entry, Timestamp)] = []
    for number in 2...100 {
      entries.append((.message(from: .client, number: number, try Message("m")), .ms(1)))
    }
    #expect(throws: TranscriptError.self) {
      try conversation.append(entries + [close, close])
    }
    #expect(try Archive(path: scratch.path).events(conversation: 1).count == 3)
    try conversation.append(entries + [close])
    let seqs = try Archive(path: scratch.path).events(conversation: 1).map(\.seq)
    #expect(seqs == Array(1...103))
  }
}
