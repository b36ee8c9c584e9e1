import ChatCore
import Testing

@testable import Transcript

/// Who may come back, until when, and what becomes of those who do not.
@Suite struct GraceTests {
  let scratch = Scratch()

  private func resumable(
    _ writer: TranscriptWriter, besides run: Int64, at time: Int64, port: Int = 1027,
    address: String? = nil
  ) throws -> [ResumableConversation] {
    try writer.resumable(
      port: port, address: address, besides: run, at: .ms(time), limit: 100)
  }

  private func ending(at time: Int64, _ id: Int64 = 1) throws -> Ending? {
    let archive = try Archive(path: scratch.path)
    archive.now = { .ms(time) }
    return try archive.conversation(id, counting: false)?.ending
  }

  @Test func theDropBeginsTheTimeToComeBack() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let talk = try resumableTalk(writer, [(.client(1, "hi"), .ms(3000))])
    try talk.append([(.drop(.reset, detail: nil), .ms(10_000)), (.server(1, "?"), .ms(11_000))])
    let run = try writer.startRun(.sample(), at: .ms(50_000))
    let found = try resumable(writer, besides: run, at: 309_999)
    #expect(
      found == [
        ResumableConversation(
          id: 1, tokenHash: tokenHash, openedAt: .ms(2000), handle: try Handle("tatyana"),
          hadFloor: true, until: .ms(310_000), attempt: 0, epoch: 0, protection: nil)
      ])
    #expect(try resumable(writer, besides: run, at: 310_000).isEmpty)
    #expect(try ending(at: 309_999) == .open)
    #expect(try ending(at: 310_000) == .lost(before: .ms(50_000)))
  }

  @Test func withoutADropTheLastEventDoesOrTheNextServer() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    try resumableTalk(writer, [(.client(1, "hi"), .ms(10_000))])
    #expect(try ending(at: 309_999) == .open)
    #expect(try ending(at: 310_000) == .lost(before: nil))
    // Another address, and then another port, take nobody's place.
    for (port, address) in [(1027, "192.0.2.1"), (1028, nil)] {
      var other = try RunDescription.sample(port: port)
      other.address = address
      let run = try writer.startRun(other, at: .ms(100_000))
      #expect(
        try resumable(writer, besides: run, at: 100_000, port: port, address: address).isEmpty)
    }
    let run = try writer.startRun(.sample(), at: .ms(400_000))
    #expect(try resumable(writer, besides: run, at: 400_000).map(\.until) == [.ms(700_000)])
    #expect(try ending(at: 699_999) == .open)
    #expect(try ending(at: 700_000) == .lost(before: .ms(100_000)))
    // A third server begins no time of its own.
    let third = try writer.startRun(.sample(), at: .ms(600_000))
    #expect(try resumable(writer, besides: third, at: 600_000).map(\.until) == [.ms(700_000)])
  }

  /// That the offer was taken and that the floor was given are written with the next
  /// commit: without either nobody knows, and with the floor alone it was not taken.
  @Test func onlyWhoMayHaveTakenTheOfferAndIsNotClosedMayComeBack() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    for hasFloor in [false, true] {
      let untaken = try newConversation(writer)
      untaken.offer = ([UInt8](repeating: hasFloor ? 1 : 5, count: 32), .seconds(300))
      try untaken.append(
        [(.open, .ms(1)), (.handle(try Handle("mike"), .native), .ms(2))]
          + (hasFloor ? [(.floor, .ms(3))] : []))
    }
    // No other client knows what a token is.
    let line = try newConversation(writer)
    line.offer = ([UInt8](repeating: 2, count: 32), .seconds(300))
    try line.append([
      (.open, .ms(1)), (.handle(try Handle("zoe"), .line), .ms(2)), (.resumable, .ms(3)),
    ])
    #expect(try writer.connection.integer("SELECT count(*) FROM resumption") == 2)
    let closed = try resumableTalk(writer)
    try closed.append([(.close(by: .client, .quit, detail: nil, undelivered: 0), .ms(3000))])
    let run = try writer.startRun(.sample(), at: .ms(4000))
    let found = try resumable(writer, besides: run, at: 5000)
    #expect(found.map(\.id) == [1] && found.first?.hadFloor == false)
    #expect(try ending(at: 5000, 1) == .open)
    #expect(try ending(at: 5000, 2)?.state == .lost)
    #expect(try ending(at: 5000, 3)?.state == .lost)
    #expect(try writer.findings().isEmpty)
  }

  @Test func theyComeInTheirOrderAndTheNewestOfMany() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    for number in UInt8(1)...5 {
      try resumableTalk(
        writer, hasFloor: number == 1, hash: [UInt8](repeating: number, count: 32))
    }
    let run = try writer.startRun(.sample(), at: .ms(4000))
    #expect(try resumable(writer, besides: run, at: 5000).map(\.id) == [1, 2, 3, 4, 5])
    #expect(try resumable(writer, besides: run, at: 5000).map(\.hadFloor).count { $0 } == 1)
    let newest = try writer.resumable(
      port: 1027, address: nil, besides: run, at: .ms(5000), limit: 2)
    #expect(newest.map(\.id) == [4, 5])
  }

  @Test func whoHasComeBackBelongsToTheNewRun() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    try resumableTalk(writer)
    let second = try writer.startRun(.sample(), at: .ms(4000))
    let (conversation, _) = try writer.takeOver(run: second, from: "192.0.2.9", at: 5000)
    try conversation.append([(.client(1, "back"), .ms(6000))])
    #expect(try resumable(writer, besides: second, at: 7000).isEmpty)
    var lock: RunLock? = try RunLock.acquire(database: scratch.path, run: second)
    #expect(lock != nil)
    #expect(try ending(at: 9_000_000) == .open)
    lock = nil
    #expect(try ending(at: 9_000_000) == .lost(before: nil))
    let third = try writer.startRun(.sample(), at: .ms(8000))
    let found = try resumable(writer, besides: third, at: 9000)
    #expect(found.map(\.epoch) == [1] && found.map(\.attempt) == [1])
    #expect(found.first?.protection == Protection(isEncrypted: true, key: "SHA256:k"))
    #expect(found.first?.until == .ms(308_000))
  }

  // MARK: Ends

  private func end(
    _ writer: TranscriptWriter, _ conversation: Int64 = 1, openedAt: Int64 = 2000, run: Int64
  ) throws -> TranscriptWriter.Unrecorded {
    let rest = try writer.abandoned(conversation, openedAt: .ms(openedAt), run: run)
    let end = TranscriptWriter.End(
      openedAt: .ms(openedAt), peerAddress: "", peerPort: 0, mode: .turns, at: .ms(400_000),
      by: nil, reason: .reset, detail: "no answer")
    try writer.record([(end, rest)], [], run: run)
    return rest
  }

  /// A process that was taken over reports an older conversation's id, or one that is not
  /// there: the end is its own conversation's all the same.
  @Test(arguments: [1, 77] as [Int64])
  func anIdOfAnotherHidesNoEnd(reported: Int64) throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let older = try resumableTalk(
      writer, [(.close(by: .client, .quit, detail: nil, undelivered: 0), .ms(2500))])
    let own = ConversationWriter(
      writer, run: older.run, peerAddress: "127.0.0.1", peerPort: 2, mode: .turns)
    own.offer = ([UInt8](repeating: 9, count: 32), .seconds(300))
    try own.append([
      (.open, .ms(3000)), (.handle(try Handle("eve"), .native), .ms(3001)),
      (.resumable, .ms(3002)), (.client(1, "hi"), .ms(3003)),
    ])
    #expect(own.conversationID == 2)
    let rest = try end(writer, reported, openedAt: 3000, run: older.run)
    #expect(rest == .resumable(2, run: older.run))
    #expect(try writer.connection.integer("SELECT count(*) FROM event WHERE kind = 'close'") == 2)
    #expect(try writer.findings().isEmpty)
  }

  @Test func whoDoesNotComeBackIsClosedByTheNextServer() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let old = try resumableTalk(writer)
    let run = try writer.startRun(.sample(), at: .ms(4000))
    #expect(try end(writer, openedAt: 2001, run: run) == .nothing)
    // A run that is still alive knows better.
    var lock: RunLock? = try RunLock.acquire(database: scratch.path, run: old.run)
    #expect(lock != nil)
    #expect(try end(writer, run: run) == .nothing)
    lock = nil
    for _ in 0..<2 { #expect(try end(writer, run: run) == .resumable(1, run: old.run)) }
    #expect(
      try ending(at: 1)
        == .closed(Event.Close(by: nil, .reset, detail: "no answer"), at: .ms(400_000)))
    // One that wakes up later is too late, and so is its client.
    #expect(try kind { try old.append([(.client(1, "late"), .ms(9000))]) } == .superseded)
    #expect(
      try kind {
        try old.append([(.close(by: .server, .sigint, detail: nil, undelivered: 0), .ms(9000))])
      } == .superseded)
    #expect(try kind { _ = try writer.takeOver(run: run) } == .over)
    #expect(try writer.findings().isEmpty)
  }

  /// Of a process that could not record its end, the operator has read it.
  @Test(arguments: [CloseReason.crashed, .quit])
  func whatWasNotConfirmedIsCountedAndNamed(reason: CloseReason) throws {
    for isAwaited in [false, true] {
      let scratch = Scratch()
      let writer = try TranscriptWriter(path: scratch.path)
      let talk = try resumableTalk(writer)
      try talk.append(
        try (1...20).map { (try .server($0, "word \($0)"), .ms(3000 + Int64($0))) } + [
          (.acknowledged(through: 5), .ms(3050)), (.client(1, "mine"), .ms(3051)),
        ])
      let end = TranscriptWriter.End(
        openedAt: .ms(2000), peerAddress: "", peerPort: 0, mode: .turns, at: .ms(9000), by: nil,
        reason: reason, detail: nil)
      let rest: TranscriptWriter.Unrecorded =
        isAwaited ? .resumable(1, run: talk.run) : .close(1)
      let named = try writer.record([(end, rest), (end, rest)], [], run: talk.run)
      let wanted = TranscriptWriter.Unconfirmed(
        handle: try Handle("tatyana"), count: 15, texts: (6...17).map { "word \($0)" })
      #expect(named == (isAwaited || reason == .crashed ? [wanted] : []))
      let archive = try Archive(path: scratch.path)
      guard case .closed(let close, _)? = try archive.conversation(1, counting: false)?.ending
      else {
        Issue.record("not closed")
        return
      }
      #expect(close == Event.Close(by: nil, reason, undelivered: 15))
      #expect(try writer.findings().isEmpty)
    }
  }

  @Test func twoReportsOfOneEndInOneCommitAreOne() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let old = try resumableTalk(writer)
    let end = TranscriptWriter.End(
      openedAt: .ms(2000), peerAddress: "", peerPort: 0, mode: .turns, at: .ms(9000), by: nil,
      reason: .reset, detail: nil)
    try writer.record(
      [(end, .close(1)), (end, .resumable(1, run: old.run)), (end, .close(1))], [], run: old.run)
    #expect(try ending(at: 1)?.state == .closed)
  }

  /// A death that was noticed before somebody went on with the conversation.
  @Test func aLateDeathEndsNothingThatGoesOn() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let old = try resumableTalk(writer)
    let (new, _) = try writer.takeOver()
    func die(epoch: Int64?) throws {
      let end = TranscriptWriter.End(
        openedAt: .ms(2000), peerAddress: "", peerPort: 0, mode: .turns, at: .ms(9500),
        by: .server, reason: .crashed, detail: nil, epoch: epoch)
      let rest = try writer.unrecorded(1, openedAt: .ms(2000), run: old.run)
      try writer.record([(end, rest)], [], run: old.run)
    }
    try die(epoch: 0)
    try new.append([(.client(1, "still here"), .ms(9600))])
    #expect(try writer.findings().isEmpty)
    try die(epoch: 1)
    #expect(try ending(at: 1)?.state == .closed)
    #expect(try kind { try new.append([(.client(2, "no"), .ms(9700))]) } == .superseded)
    #expect(try writer.findings().isEmpty)
    // A run has nothing to say of what another has gone on with.
    let scratch = Scratch()
    let second = try TranscriptWriter(path: scratch.path)
    let first = try resumableTalk(second)
    let run = try second.startRun(.sample(), at: .ms(8000))
    _ = try second.takeOver(run: run)
    #expect(try second.unrecorded(1, openedAt: .ms(2000), run: first.run) == .nothing)
    let isRecorded = try second.recordDeath(
      conversation: 1, run: first.run, at: .ms(9), by: nil, reason: .crashed)
    #expect(!isRecorded)
  }

  @Test(arguments: [
    (CloseReason.quit, QuitReason.user), (.timeout, .idle), (.sigint, .stopped), (.full, .full),
    (.restart, .stopped),
    (.error, .error), (.blocked, .blocked), (.eof, .expired), (.reset, .expired),
    (.unresponsive, .expired), (.crashed, .lost),
    (.othersWaited, .othersWaited),
  ])
  func whoComesTooLateReadsHowItEnded(_ reason: CloseReason, _ goodbye: QuitReason) throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let talk = try resumableTalk(
      writer, [(.client(1, "a"), .ms(3000)), (.client(4, "b"), .ms(3001))])
    #expect(try writer.fate([UInt8](repeating: 0, count: 32)) == .unknown)
    #expect(try writer.fate() == .unended(recorded: 4))
    try talk.append([
      (.held(number: 5, try Message("never shown")), .ms(3999)),
      (.close(by: nil, reason, detail: nil, undelivered: 0), .ms(4000)),
    ])
    #expect(try writer.fate() == .over(recorded: 4, goodbye))
    #expect(try writer.fate(port: 1028) == .over(recorded: 4, goodbye))
  }

  /// Not from another port or address, as long as the one that has it may go on with it.
  @Test func whoComesToAnotherServerReadsWhereItIs() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let talk = try resumableTalk(writer, [(.client(1, "a"), .ms(3000))])
    for (port, address) in [(1028, nil), (1027, "127.0.0.1")] as [(Int, String?)] {
      #expect(try writer.fate(port: port, address, at: 300_000) == .elsewhere(port: 1027))
      #expect(try writer.fate(port: port, address, at: 303_000) == .unended(recorded: 1))
      // Nothing was said for long, and the server lives.
      let lock = try RunLock.acquire(database: scratch.path, run: talk.run)
      #expect(try writer.fate(port: port, address, at: 303_000) == .elsewhere(port: 1027))
      withExtendedLifetime(lock) {}
    }
    #expect(try writer.fate() == .unended(recorded: 1))
  }

  /// Who has the token and is not its owner learns nothing, alive or over.
  @Test func aRightTokenOverAnotherLinkIsAsAWrongOne() throws {
    let writer = try TranscriptWriter(path: scratch.path)
    let talk = try resumableTalk(writer, [(.client(1, "a"), .ms(3000))])
    let key = Protection(isEncrypted: true, key: "SHA256:k")
    let others = [
      key, Protection(isEncrypted: true), Protection(isEncrypted: true, key: "SHA256:l"),
    ]
    for other in others { #expect(try writer.fate(other, port: 1028) == .unknown) }
    // The next link was encrypted, by this key.
    let (next, _) = try writer.takeOver(run: talk.run)
    try next.append([(.close(by: nil, .reset, detail: nil, undelivered: 0), .ms(9500))])
    #expect(try writer.fate(Protection(isEncrypted: false)) == .unknown)
    for other in others.dropFirst() { #expect(try writer.fate(other) == .unknown) }
    #expect(try writer.fate(key) == .over(recorded: 1, .expired))
  }
}

extension TranscriptWriter {
  fileprivate func fate(
    _ hash: [UInt8] = tokenHash, _ protection: Protection = Protection(isEncrypted: false),
    port: Int = 1027, _ address: String? = nil, at time: Int64 = 9000
  ) throws -> ClaimedFate {
    try fate(tokenHash: hash, protection, port: port, address: address, at: .ms(time))
  }

  fileprivate func fate(_ protection: Protection, port: Int = 1027) throws -> ClaimedFate {
    try fate(tokenHash, protection, port: port)
  }
}
