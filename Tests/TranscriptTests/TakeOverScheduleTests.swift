import ChatCore
import Testing

@testable import Transcript

/// Every order in which a process, two attempts of its client to go on in others, and the
/// keeper can come to one conversation, each killed or stopped at any moment: whatever the
/// listener does, the transcript lets one of them write at a time.
@Suite struct TakeOverScheduleTests {
  let scratch = Scratch()

  /// One transaction.
  private enum Step: Hashable {
    case oldHearsClient
    case oldSays
    case oldLosesLink
    case oldCloses
    /// The client's attempts, each to a process of its own.
    case claim(Int)
    case hearsClient(Int)
    case says(Int)
    /// The keeper is asked to record the death of the first process.
    case death
    /// The keeper is asked to record that nobody has come.
    case nobodyCame
  }

  private static let olds: [[Step]] = [
    [.oldHearsClient, .oldLosesLink, .oldSays], [.oldSays, .oldHearsClient, .oldCloses],
  ]
  private static let keepers: [[Step]] = [[.death], [.nobodyCame]]
  private static let attempts: [[Step]] = [
    [.claim(1), .hearsClient(1)], [.claim(2), .says(2)],
  ]

  /// What is true of the conversation by what was let through.
  private struct Truth {
    var client = 0
    var server = 0
    var epoch: Int64 = 0
    var attempt = 0
    var isClosed = false
  }

  /// Each is played in a conversation of its own. That a process stops for good after any
  /// of its steps is the beginning of one of these orders.
  @Test(arguments: olds, keepers)
  private func oneOfThemWrites(_ old: [Step], _ keeper: [Step]) throws {
    let writer = try TranscriptWriter(path: scratch.path)
    try writer.connection.execute("PRAGMA synchronous = OFF")
    let run = try writer.startRun(.sample(), at: .ms(1))
    var number = 0
    try Self.eachOrder(of: [old, keeper] + Self.attempts) { order in
      number += 1
      try play(order, writer, run: run, number: number)
    }
    // 8! / (3! 1! 2! 2!)
    #expect(number == 1680)
    #expect(try writer.findings().isEmpty)
  }

  private static func eachOrder(
    of actors: [[Step]], _ order: [Step] = [], _ body: ([Step]) throws -> Void
  ) throws {
    if actors.allSatisfy(\.isEmpty) { return try body(order) }
    for (index, actor) in actors.enumerated() {
      guard let step = actor.first else { continue }
      var rest = actors
      rest[index].removeFirst()
      try eachOrder(of: rest, order + [step], body)
    }
  }

  private func play(
    _ order: [Step], _ writer: TranscriptWriter, run: Int64, number: Int
  ) throws {
    let openedAt = Int64(number) * 1000
    let hash = (0..<32).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    let first = ConversationWriter(
      writer, run: run, peerAddress: "::1", peerPort: 1, mode: .free)
    first.offer = (hash, .seconds(300))
    try first.append([
      (.open, .ms(openedAt)), (.handle(try Handle("tatyana"), .native), .ms(openedAt)),
      (.resumable, .ms(openedAt)), (.floor, .ms(openedAt)),
    ])
    let id = try #require(first.conversationID)
    var truth = Truth()
    var successors: [Int: (writer: ConversationWriter, epoch: Int64)] = [:]
    let end = TranscriptWriter.End(
      openedAt: .ms(openedAt), peerAddress: "", peerPort: 0, mode: .free, at: .ms(openedAt + 99),
      by: nil, reason: .reset, detail: nil, epoch: 0)

    /// Whether it is let through, which is as it has to be.
    func append(_ entry: Entry, by process: ConversationWriter, epoch: Int64) throws -> Bool {
      let refused = try kind { try process.append([(entry, .ms(openedAt + 1))]) }
      let mayWrite = !truth.isClosed && epoch == truth.epoch
      #expect(refused == (mayWrite ? nil : .superseded), "\(order)")
      return refused == nil
    }
    func hear(by process: ConversationWriter, epoch: Int64) throws {
      let entry = try Entry.client(truth.client + 1, "c")
      if try append(entry, by: process, epoch: epoch) { truth.client += 1 }
    }
    func say(by process: ConversationWriter, epoch: Int64) throws {
      let entry = try Entry.server(truth.server + 1, "s")
      if try append(entry, by: process, epoch: epoch) { truth.server += 1 }
    }

    for step in order {
      switch step {
      case .oldHearsClient: try hear(by: first, epoch: 0)
      case .oldSays: try say(by: first, epoch: 0)
      case .oldLosesLink: _ = try append(.drop(.reset, detail: nil), by: first, epoch: 0)
      case .oldCloses:
        let close = Entry.close(by: .client, .quit, detail: nil, undelivered: 0)
        if try append(close, by: first, epoch: 0) { truth.isClosed = true }
      case .claim(let attempt):
        var found: (ConversationWriter, Resumption)?
        let refused = try kind {
          found = try writer.takeOver(
            run: run, conversation: id, openedAt: openedAt, hash: hash, attempt: attempt,
            at: openedAt + 2)
        }
        let expected: TranscriptError.Kind? =
          truth.isClosed ? .over : attempt > truth.attempt ? nil : .superseded
        #expect(refused == expected, "\(order)")
        guard let (process, past) = found else { break }
        truth.epoch += 1
        truth.attempt = attempt
        successors[attempt] = (process, truth.epoch)
        // What was let through, neither more nor less.
        #expect(past.peerNumber == truth.client && past.ownNumber == truth.server, "\(order)")
        #expect(past.unconfirmed.count == truth.server, "\(order)")
        #expect(past.recent.count == truth.client, "\(order)")
      case .hearsClient(let attempt):
        if let process = successors[attempt] { try hear(by: process.writer, epoch: process.epoch) }
      case .says(let attempt):
        if let process = successors[attempt] { try say(by: process.writer, epoch: process.epoch) }
      case .death:
        let rest = try writer.unrecorded(id, openedAt: .ms(openedAt), run: run)
        try writer.record([(end, rest)], [], run: run)
        if truth.epoch == 0 { truth.isClosed = true }
      case .nobodyCame:
        var end = end
        end.epoch = nil
        let rest = try writer.abandoned(id, openedAt: .ms(openedAt), run: run)
        try writer.record([(end, rest)], [], run: run)
        truth.isClosed = true
      }
      let closes = try writer.connection.prepare(
        "SELECT count(*) FROM event WHERE conversation_id = ?1 AND kind = 'close'")
      closes.bind(id, at: 1)
      #expect(try closes.step() && closes.integer(at: 0) == (truth.isClosed ? 1 : 0), "\(order)")
    }
  }
}
