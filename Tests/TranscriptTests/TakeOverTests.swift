import ChatCore
import Testing

@testable import Transcript

/// How a process goes on with a conversation that another has begun.
@Suite struct TakeOverTests {
  let scratch = Scratch()

  private func events(_ writer: TranscriptWriter) throws -> [Event] {
    try Archive(writer.connection).events(conversation: 1)
  }

  /// Client 1 and 3, since 2 was refused; server 1, which is confirmed, and 2.
  private func gappy(_ writer: TranscriptWriter) throws -> ConversationWriter {
    try resumableTalk(
      writer,
      [
        (.client(1, "one"), .ms(3000)), (.server(1, "eins"), .ms(3001)),
        (.acknowledged(through: 1), .ms(3002)), (.client(3, "three"), .ms(3003)),
        (.server(2, "zwei"), .ms(4000)),
      ])
  }

  @Test func whereTheConversationStandsIsReadFromWhatIsWritten() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let old = try gappy(writer)
    let (new, past) = try writer.takeOver(shown: 1, attempt: 4, at: 46_000)
    #expect(
      past
        == Resumption(
          peer: try Handle("tatyana"), mode: .turns, hasFloor: true, turn: .client, ownNumber: 2,
          peerNumber: 3, unconfirmed: [try Message("zwei")],
          recent: [
            PastMessage(from: .client, number: 1, try Message("one")),
            PastMessage(from: .server, number: 1, try Message("eins")),
            PastMessage(from: .client, number: 3, try Message("three")),
          ], awayFor: .seconds(42), addressChanged: false))
    #expect(new.conversationID == old.conversationID)
    // Nobody saw it go: the last that was heard counts.
    let link = try events(writer).suffix(2)
    #expect(link.map(\.time) == [.ms(4000), .ms(46_000)])
    #expect(link.first?.content == .drop(Event.Drop(.reset)))
    guard case .resume(let resume)? = link.last?.content else { throw Unexpected(nil) }
    #expect((resume.run, resume.epoch, resume.attempt, resume.away) == (1, 1, 4, 42_000))
    #expect((resume.address, resume.port, resume.hasMoved) == ("127.0.0.1", 50_200, false))
    #expect(resume.protection == Protection(isEncrypted: true, key: "SHA256:k"))
    try new.append([(.client(7, "seven"), .ms(47_000)), (.server(3, "drei"), .ms(47_001))])
    #expect(try writer.findings().isEmpty)
  }

  @Test(arguments: [(0, 2, 1), (1, 1, 2), (2, 0, 3)])
  func whatTheClientHasDecidesWhatIsSaidAgain(shown: Int, again: Int, both: Int) throws {
    let writer = try TranscriptWriter(path: scratch.path)
    _ = try resumableTalk(
      writer,
      [
        (.server(1, "eins"), .ms(3001)), (.client(1, "one"), .ms(3000)),
        (.server(2, "zwei"), .ms(4000)),
      ], mode: .free)
    let (_, past) = try writer.takeOver(shown: shown)
    #expect(past.unconfirmed.count == again && past.recent.count == both)
    #expect(past.turn == nil && past.ownNumber == 2)
    #expect(
      try writer.connection.integer("SELECT acknowledged FROM conversation") == Int64(shown))
  }

  @Test func noMoreThanTwentyAreSeenOnceMore() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    _ = try resumableTalk(
      writer, (1...50).map { (try .client($0, "line \($0)"), .ms(3000)) }, mode: .free)
    let (_, past) = try writer.takeOver()
    #expect(past.recent.map(\.number) == Array(31...50))
  }

  /// All that came since what the operator is known to have seen, beside the last twenty.
  @Test(arguments: [(1, 59), (11, 54), (31, 44), (90, 20), (97, 20), (.max, 20)])
  func whatTheOperatorMayNotHaveSeenIsSeenOnceMore(seen: Int, count: Int) throws {
    let writer = try TranscriptWriter(path: scratch.path)
    _ = try resumableTalk(
      writer,
      try (1...50).flatMap { number -> [(Entry, Timestamp)] in
        [
          (try .client(2 * number - 1, "line"), .ms(3000)),
          (try .server(number, "answer"), .ms(3000)),
        ]
      }, mode: .free)
    let (_, past) = try writer.takeOver(shown: 50, seen: seen)
    #expect(past.recent.count == count)
    #expect(past.recent.last?.from == .server)
  }

  /// A client that claims to have forgotten more is refused: what it was said instead would
  /// have a gap.
  @Test(arguments: [0, 2990])
  func noMoreIsSaidAgainThanMayBeUnderWay(confirmed: Int) throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let count = 3000
    let old = try resumableTalk(
      writer, (1...count).map { (try .server($0, "line \($0)"), .ms(3000)) }, mode: .free)
    if confirmed > 0 {
      try old.append([
        (.acknowledged(through: confirmed), .ms(3001)), (.client(1, "one"), .ms(3001)),
      ])
    }
    for shown in [0, count - 1025] {
      #expect(try kind { _ = try writer.takeOver(shown: shown) } == .notResumable)
    }
    #expect(try writer.connection.integer("SELECT epoch FROM resumption") == 0)
    let most = try writer.takeOver(shown: count - 1024, attempt: 1).1.unconfirmed
    #expect(most.count == 1024 && most.first?.text == "line \(count - 1023)")
    #expect(try writer.takeOver(shown: 2995, attempt: 2).1.unconfirmed.count == 5)
  }

  /// What is to be said once more is not in a transcript that took the place of another.
  @Test func whoMissesWordsThatAreNotThereIsRefused() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    _ = try resumableTalk(
      writer, [(.server(1, "eins"), .ms(3000)), (.server(3, "drei"), .ms(3001))], mode: .free)
    try writer.connection.execute("UPDATE resumption SET server_before = 1")
    for shown in [0, 1] {
      #expect(try kind { _ = try writer.takeOver(shown: shown) } == .notResumable, "\(shown)")
    }
    #expect(try writer.connection.integer("SELECT epoch FROM resumption") == 0)
    #expect(try writer.takeOver(shown: 2).1.unconfirmed == [try Message("drei")])
  }

  @Test func aDropThatIsThereIsTheOneThatCounts() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let old = try resumableTalk(writer, [(.client(1, "one"), .ms(3000))])
    try old.append([
      (.drop(.reset, detail: "Connection reset"), .ms(5000)),
      // The operator goes on.
      (.server(1, "there?"), .ms(6000)),
    ])
    let (_, past) = try writer.takeOver(at: 9000, lostAt: 8000)
    #expect(past.awayFor == .seconds(4) && past.turn == .client)
    #expect(past.unconfirmed == [try Message("there?")])
    #expect(try events(writer).count { $0.kind == .known(.drop) } == 1)
    #expect(try writer.findings().isEmpty)
  }

  /// The time in which the link was down is nobody's silence.
  @Test func silenceIsCountedFromTheLastMessageWithoutTheTimesAway() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let old = try resumableTalk(writer, [(.client(1, "one"), .ms(3000))])
    let id = try #require(old.conversationID)
    #expect(try writer.silence(in: id, at: .ms(4500)) == .milliseconds(1500))
    try old.append([(.drop(.reset, detail: nil), .ms(5000))])
    #expect(try writer.takeOver(attempt: 1, at: 9000).1.silentFor == .seconds(2))
    #expect(try writer.silence(in: id, at: .ms(9000)) == .seconds(2))
    _ = try writer.takeOver(attempt: 2, at: 20_000, lostAt: 10_000)
    #expect(try writer.silence(in: id, at: .ms(20_500)) == .milliseconds(3500))
    // A clock that was set back, and a conversation that is not there.
    #expect(try writer.silence(in: id, at: .ms(1)) == .zero)
    #expect(try writer.silence(in: id + 1, at: .ms(9000)) == .zero)
  }

  @Test func whoSawItGoSaysWhen() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    try resumableTalk(writer)
    #expect(try writer.takeOver(at: 9000, lostAt: 8500).1.awayFor == .milliseconds(500))
    // A clock that was set back in between.
    #expect(try writer.takeOver(attempt: 2, at: 7000).1.awayFor == .zero)
  }

  @Test func aModeThatWasChangedIsTheMode() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let old = try resumableTalk(writer, [(.client(1, "one"), .ms(3000))])
    try old.append([(.mode(.free), .ms(3001))])
    let (new, past) = try writer.takeOver()
    #expect(past.mode == .free && past.turn == nil)
    try new.append([(.mode(.turns), .ms(9001))])
    let third = try writer.takeOver(attempt: 2).1
    #expect(third.mode == .turns && third.turn == .server)
    #expect(try writer.findings().isEmpty)
  }

  @Test func whoWaitsInTheQueueHasNoTurn() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    try resumableTalk(writer, hasFloor: false)
    let past = try writer.takeOver().1
    #expect(!past.hasFloor && past.turn == nil)
  }

  @Test func anAddressChangesFromTheLastOne() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    try resumableTalk(writer)
    for (attempt, address, changed) in [
      (1, "192.0.2.9", true), (2, "192.0.2.9", false), (3, "127.0.0.1", true),
    ] {
      let past = try writer.takeOver(from: address, attempt: attempt).1
      #expect(past.addressChanged == changed, "\(attempt)")
    }
    #expect(try writer.connection.integer("SELECT epoch FROM resumption") == 3)
    #expect(try writer.findings().isEmpty)
  }

  @Test func aClaimThatIsNotRightChangesNothing() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let old = try resumableTalk(writer, [(.server(1, "eins"), .ms(3000))])
    _ = try writer.takeOver(shown: 1, attempt: 5)
    let untaken = ConversationWriter(
      writer, run: old.run, peerAddress: "::1", peerPort: 1, mode: .free)
    let hash = [UInt8](repeating: 9, count: 32)
    untaken.offer = (hash, .seconds(1))
    try untaken.append([
      (.open, .ms(4000)), (.handle(try Handle("mike"), .native), .ms(4001)),
    ])
    let plain = try talk(writer, [], at: 6000)
    let before = try Archive(writer.connection).newestEvent()
    let rows = try writer.connection.integer("SELECT sum(epoch * 1000 + attempt) FROM resumption")
    #expect(try kind { _ = try writer.takeOver(conversation: 77, attempt: 6) } == .notResumable)
    #expect(try kind { _ = try writer.takeOver(openedAt: 2001, attempt: 6) } == .notResumable)
    #expect(try kind { _ = try writer.takeOver(hash: hash, attempt: 6) } == .notResumable)
    #expect(
      try kind {
        _ = try writer.takeOver(
          conversation: plain.conversationID ?? 0, openedAt: 6000, attempt: 6)
      } == .notResumable)
    for attempt in [-1, 0, 4, 5] {
      #expect(try kind { _ = try writer.takeOver(attempt: attempt) } == .superseded)
    }
    for shown in [-1, 2, .max] {
      #expect(try kind { _ = try writer.takeOver(shown: shown, attempt: 6) } == .overstated)
    }
    #expect(try Archive(writer.connection).newestEvent() == before)
    #expect(
      try writer.connection.integer("SELECT sum(epoch * 1000 + attempt) FROM resumption") == rows)
    // Who shows the token has taken the offer, whether that was written or not.
    let third = try writer.startRun(.sample(), at: .ms(8000))
    _ = try writer.takeOver(
      run: third, conversation: 2, openedAt: 4000, hash: hash, attempt: 1)
    #expect(try writer.findings().isEmpty)
  }

  @Test func whatIsClosedIsNotGoneOnWith() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let old = try resumableTalk(writer)
    try old.append([(.close(by: .server, .quit, detail: nil, undelivered: 0), .ms(5000))])
    #expect(try kind { _ = try writer.takeOver() } == .over)
    #expect(try writer.findings().isEmpty)
  }

  /// A process that was stopped wakes at any moment, and wants to write anything.
  @Test func whoWasTakenOverFromWritesNothing() throws {
    let last: [[(Entry, Timestamp)]] = [
      [(try .client(1, "late"), .ms(9500))], [(try .server(1, "late"), .ms(9500))],
      [(.drop(.reset, detail: nil), .ms(9500))], [(.mode(.free), .ms(9500))],
      [(.acknowledged(through: 1), .ms(9500))], [(.floor, .ms(9500))],
      [(.resumable, .ms(9500))],
      [(.close(by: nil, .reset, detail: nil, undelivered: 0), .ms(9500))],
    ]
    for stage in 0...3 {
      for (index, entries) in last.enumerated() {
        let scratch = Scratch()
        let writer = try TranscriptWriter(path: scratch.path)
        let old = try resumableTalk(writer)
        if stage > 0 { try old.append([(.drop(.reset, detail: nil), .ms(3000))]) }
        // A process of its own, as after a restart.
        let other = try TranscriptWriter(path: scratch.path)
        let run = stage == 2 ? try other.startRun(.sample(), at: .ms(8000)) : old.run
        let (new, _) = try other.takeOver(run: run)
        let (newest, _) = try stage == 3 ? writer.takeOver(attempt: 2) : (new, nil as Resumption?)
        let before = try Archive(writer.connection).newestEvent()
        for late in stage == 3 ? [old, new] : [old] {
          #expect(try kind { try late.append(entries) } == .superseded, "\(stage), \(index)")
        }
        #expect(try Archive(writer.connection).newestEvent() == before)
        #expect(try writer.connection.integer("SELECT acknowledged FROM conversation") == 0)
        try newest.append(entries)
        #expect(try writer.findings().isEmpty, "\(stage), \(index)")
      }
    }
  }

  /// Of a file that somebody else has written.
  @Test(arguments: [
    "UPDATE resumption SET epoch = 9223372036854775807",
    "UPDATE resumption SET within = -9223372036854775808, attempt = -9223372036854775808",
    "UPDATE event SET number = -9223372036854775808, at = -9223372036854775808",
    "UPDATE event SET number = 9223372036854775807, at = 9223372036854775807",
    "UPDATE resumption SET server_before = -1, client_before = 9223372036854775807",
    "UPDATE event SET text = '' WHERE kind = 'message'",
    "UPDATE conversation SET mode = 'choir', acknowledged = -9223372036854775808",
    "UPDATE handle SET name = ''",
  ])
  func absurdValuesAreNoTrap(_ damage: String) throws {
    let writer = try TranscriptWriter(path: scratch.path)
    try resumableTalk(
      writer, [(.client(1, "one"), .ms(3000)), (.server(1, "eins"), .ms(3001))])
    try writer.connection.execute(damage)
    let refused = try kind { _ = try writer.takeOver(shown: 0) }
    #expect([nil, .corrupt, .notResumable].contains(refused), "\(damage)")
    _ = try writer.resumable(port: 1027, address: nil, besides: 99, at: .ms(1), limit: 9)
    _ = try writer.fate(
      tokenHash: tokenHash, Protection(isEncrypted: false), port: 1027, address: nil, at: .ms(9000))
    _ = try writer.findings()
  }

  /// In one transaction: what the old one still wrote before is read.
  @Test func whatIsWrittenBeforeIsKnown() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let other = try TranscriptWriter(path: scratch.path)
    let old = try resumableTalk(writer)
    try old.append([(.client(1, "just in time"), .ms(8999))])
    #expect(try other.takeOver().1.peerNumber == 1)
  }
}
