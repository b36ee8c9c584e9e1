import ChatCore
import ChatSecure
import ChatTerminal
import Seeded
import Testing
import Transcript

@testable import ChatServer

/// The messages between our own processes, decoded as a stranger's.
@Suite struct ControlMessageTests {
  /// A direction, its decoder made one that gives back the bytes.
  struct Direction: Sendable, CustomTestStringConvertible {
    var name: String
    var codes: [UInt8]
    var samples: [[UInt8]]
    /// The bytes of what was read from these.
    var read: @Sendable ([UInt8]) throws(ControlError) -> [UInt8]
    /// Of the messages whose last field has no length of its own.
    var openCodes: Set<UInt8> = []

    var testDescription: String { name }
  }

  private static let death = ConversationDeath(
    conversation: 7, peer: "127.0.0.1", port: 50_112, openedAt: .ms(5), at: .ms(6), by: .server,
    reason: .crashed, detail: "signal 9")

  private static let key: PublicKey = {
    guard let key = PublicKey([UInt8](0..<32)) else { fatalError("32 bytes are a key") }
    return key
  }()

  private static let unconfirmed = TranscriptWriter.Unconfirmed(
    handle: ConversationReport.peer, count: 3, texts: ["one", "two\nrows ✓"])

  /// What it has to say of messages is bounded, and fits one of its own.
  @Test func whatWasNotConfirmedIsShortened() throws {
    for scalar in ["a", "é", "✓", "🙂"] {
      let texts = [String](repeating: String(repeating: scalar, count: 16_384), count: 12)
      let bytes = KeeperAnswer.unconfirmed(
        TranscriptWriter.Unconfirmed(
          handle: ConversationReport.peer, count: 2_000, texts: texts)
      ).bytes
      #expect(bytes.count <= ControlLimits.messageLength)
      guard case .unconfirmed(let read) = try KeeperAnswer(bytes: bytes) else {
        Issue.record("another answer")
        return
      }
      #expect(read.count == 2_000 && read.texts.count == 12)
      #expect(read.texts.allSatisfy { $0.hasSuffix(scalar + "…") && $0.utf8.count > 1_000 })
    }
    var wrong = [Self.unconfirmed, Self.unconfirmed, Self.unconfirmed]
    wrong[0].count = 1
    wrong[1].texts = [String](repeating: "a", count: 13)
    wrong[1].count = 13
    var writer = ControlWriter(code: AnswerCode.unconfirmed.rawValue)
    writer.add(ConversationReport.peer.text)
    writer.add(Int64(1))
    writer.add(String(repeating: "a", count: 1_100))
    let bytes = wrong.dropLast().map { KeeperAnswer.unconfirmed($0).bytes } + [writer.bytes]
    for bytes in bytes { #expect(throws: ControlError.self) { try KeeperAnswer(bytes: bytes) } }
  }

  private static let view: TerminalView = {
    var options = DeskOptions()
    options.isPlain = true
    options.showsTimes = true
    return TerminalView(options) { ["TERM": "xterm", "TMUX": "", "STY": "1.pts"][$0] }
  }()

  static let directions = [
    Direction(
      name: "report", codes: ReportCode.allCases.map(\.rawValue),
      samples: ConversationReport.samples.map(\.bytes),
      read: { bytes throws(ControlError) in try ConversationReport(bytes: bytes).bytes },
      openCodes: [
        ReportCode.draft.rawValue, ReportCode.memory.rawValue, ReportCode.unsaid.rawValue,
      ]),
    Direction(
      name: "order", codes: OrderCode.allCases.map(\.rawValue),
      samples: [
        ListenerOrder.floor, .unattendedFloor, .memory(Array("t".utf8)), .yield, .resume, .answer,
        .blocked,
        .draft(Array("half".utf8)), .place(3), .full, .stop("SIGTERM"),
        .notice("Recording works again. ✓"), .queue([], total: 0),
        .queue(
          [
            WaitingPeer(
              processID: 12, conversation: 4, openedAt: .ms(9), address: "127.0.0.1:50112"),
            WaitingPeer(
              processID: 13, conversation: nil, openedAt: .ms(10), address: "[fe80::1%eth0]:1",
              wasShown: true),
          ], total: 3),
        .presence(Presence()), .presence(.sample),
        .handOver, .claimRefused(goesOn: true), .claimRefused(goesOn: false), .graceIsOver,
        .restart("SIGUSR2"), .awaited(true), .attach, .giveBack, .view(view),
        .view(TerminalView(DeskOptions()) { _ in nil }),
        .awaited(false),
        .takeOver(
          Inheritance(
            conversation: 7, openedAt: .ms(5), hasFloor: true, predecessorDied: false)),
        .takeOver(
          Inheritance(
            conversation: 1, openedAt: .ms(-5), hasFloor: false, predecessorDied: true,
            lostAt: .ms(-7), shown: 12)),
      ].map(\.bytes),
      read: { bytes throws(ControlError) in try ListenerOrder(bytes: bytes).bytes },
      openCodes: [
        OrderCode.draft.rawValue, OrderCode.memory.rawValue, OrderCode.queue.rawValue,
      ]),
    Direction(
      name: "terminal's request", codes: AttachRequest.Code.allCases.map(\.rawValue),
      samples: [
        AttachRequest.attach(view), .resized, .continued, .leave(suspends: true),
        .leave(suspends: false),
      ].map(\.bytes),
      read: { bytes throws(ControlError) in try AttachRequest(bytes: bytes).bytes }),
    Direction(
      name: "answer to a terminal", codes: AttachAnswer.Code.allCases.map(\.rawValue),
      samples: [
        AttachAnswer.attached, .refused(.taken(by: 7, since: .ms(5))), .refused(.unusable),
        .refused(.stopping), .detached(.asked), .detached(.stopped),
      ].map(\.bytes),
      read: { bytes throws(ControlError) in try AttachAnswer(bytes: bytes).bytes }),
    Direction(
      name: "request", codes: RequestCode.allCases.map(\.rawValue),
      samples: [
        KeeperRequest.recordDeath(death),
        .recordDeath(
          ConversationDeath(
            peer: "fe80::1%eth0", port: 0, openedAt: .ms(-1), at: .ms(0), by: nil, reason: .eof,
            epoch: 0)),
        .closeResumable(death),
        .recordRefusals(RefusedConnections(source: "2001:db8:0:1::/64", since: .ms(7), count: 9)),
        .index, .floorTaken, .floorFree, .answer, .stop, .closeResumable(death), .sealAs(key),
      ].map(\.bytes),
      read: { bytes throws(ControlError) in try KeeperRequest(bytes: bytes).bytes }),
    Direction(
      name: "answer", codes: AnswerCode.allCases.map(\.rawValue),
      samples: [
        KeeperAnswer.running(1), .running((1 << 62) - 1), .failed(TranscriptTrouble(.locked)),
        .recorded, .alive, .resumable(.sample(4)), .sealMissing((1 << 62) - 1),
        .sealNotKept(KeyTrouble(.cannotMake, errno: 28)),
        .resumable(.sample(1 << 40, Protection(isEncrypted: false))),
        .resumable(
          .sample(5, Protection(isEncrypted: true, key: ConversationReport.key(1).description))),
        .unconfirmed(unconfirmed),
      ].map(\.bytes),
      read: { bytes throws(ControlError) in try KeeperAnswer(bytes: bytes).bytes },
      openCodes: [AnswerCode.unconfirmed.rawValue]),
  ]

  @Test func noByteHasTwoMeanings() {
    let codes = Self.directions.flatMap(\.codes)
    #expect(Set(codes).count == codes.count)
    for direction in Self.directions {
      #expect(Set(direction.samples.compactMap(\.first)) == Set(direction.codes))
    }
  }

  /// A key that nobody could have proved, a name that is none, and numbers below their range.
  @Test func whatNoConversationCanBeIsRefused() {
    var wrong = [ResumableConversation](repeating: .sample(4), count: 6)
    wrong[0].protection = Protection(
      isEncrypted: false, key: ConversationReport.key(1).description)
    wrong[1].protection = Protection(isEncrypted: true, key: "SHA256:k")
    wrong[2].id = 0
    wrong[3].attempt = -1
    wrong[4].epoch = -1
    wrong[5].id = 1 << 62
    for talk in wrong {
      #expect(throws: ControlError.outOfRange) {
        try KeeperAnswer(bytes: KeeperAnswer.resumable(talk).bytes)
      }
    }
    #expect(throws: ControlError.outOfRange) {
      var death = Self.death
      death.conversation = nil
      _ = try KeeperRequest(bytes: KeeperRequest.closeResumable(death).bytes)
    }
  }

  @Test(arguments: directions)
  func whatIsWrittenIsRead(_ direction: Direction) throws {
    for sample in direction.samples {
      #expect(try direction.read(sample) == sample)
      #expect(sample.count <= ControlLimits.messageLength)
    }
  }

  @Test(arguments: directions)
  func everyFirstByteThatIsNoCodeIsRefused(_ direction: Direction) {
    for byte in UInt8.min ... .max where !direction.codes.contains(byte) {
      for rest in [[], [0], [UInt8](repeating: 0xff, count: 64)] {
        #expect(throws: ControlError.unknownCode(byte)) { try direction.read([byte] + rest) }
      }
    }
    #expect(throws: ControlError.empty) { try direction.read([]) }
  }

  @Test(arguments: directions)
  func truncatedAndLengthenedMessagesAreRefused(_ direction: Direction) throws {
    for sample in direction.samples where !direction.openCodes.contains(sample[0]) {
      for length in 0..<sample.count {
        #expect(throws: ControlError.self) { try direction.read(Array(sample.prefix(length))) }
      }
      #expect(throws: ControlError.trailing) { try direction.read(sample + [0]) }
    }
    for sample in direction.samples where direction.openCodes.contains(sample[0]) {
      for length in 0..<sample.count {
        let part = Array(sample.prefix(length))
        if let read = try? direction.read(part) { #expect(read == part) }
      }
    }
  }

  @Test(arguments: directions)
  func randomBytesAreReadOrRefused(_ direction: Direction) throws {
    let seed = chosenSeed()
    var random = SeededRandom(seed: seed)
    for _ in 0..<20_000 {
      var bytes = direction.samples[random.below(direction.samples.count)]
      for _ in 0...random.below(3) {
        bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
      }
      // What can be read has one form.
      if let read = try? direction.read(bytes) {
        try #require(read == bytes, "seed \(seed)")
      }
    }
  }

  @Test func valuesOutOfRangeAreRefused() {
    func report(_ code: ReportCode, _ fields: Int64...) -> [UInt8] {
      ControlWriter.message(code.rawValue) { writer in for field in fields { writer.add(field) } }
    }
    for id in [Int64(0), -1, .min, .max, 1 << 62] {
      #expect(throws: ControlError.outOfRange) {
        try ConversationReport(bytes: report(.recorded, id))
      }
    }
    #expect(throws: ControlError.outOfRange) {
      try ConversationReport(bytes: report(.wordsUnread, -1))
    }
    for (kind, code) in [("fuller", Int64(0)), ("full", 1 << 40), ("full", .min)] {
      let message = ControlWriter.message(ReportCode.recordingFailed.rawValue) { writer in
        writer.add(kind)
        writer.add(code)
        writer.add(0)
      }
      #expect(throws: ControlError.outOfRange) { try ConversationReport(bytes: message) }
    }
    // A length beyond what there is, and one below nothing.
    for length in [Int64(1), 4_000, .max, -1, .min] {
      #expect(throws: ControlError.self) {
        try ConversationReport(bytes: report(.unrecorded, length))
      }
    }
    var text = ControlWriter(code: ReportCode.unrecorded.rawValue)
    text.add(2)
    text.add(bytes: [0xc3, 0x28])
    #expect(throws: ControlError.notUTF8) { try ConversationReport(bytes: text.bytes) }
  }

  @Test func aTextThatIsTooLongIsCutBetweenCharacters() throws {
    let long = String(repeating: "👩‍🚀", count: 3_000)
    guard case .notice(let text) = try ListenerOrder(bytes: ListenerOrder.notice(long).bytes) else {
      Issue.record("no notice")
      return
    }
    #expect(long.hasPrefix(text))
    #expect(text.count == ControlLimits.textLength / "👩‍🚀".utf8.count)
  }

  @Test func theLongestQueueFitsAMessage() throws {
    let peers = (1...ControlLimits.queueLength).map { number in
      WaitingPeer(
        processID: Int32.max - Int32(number), conversation: Int64(number), openedAt: .ms(.max),
        address: "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%interface-name]:65535")
    }
    let bytes = ListenerOrder.queue(peers, total: 1_000).bytes
    #expect(bytes.count <= ControlLimits.messageLength)
    #expect(try ListenerOrder(bytes: bytes) == .queue(peers, total: 1_000))
    #expect(throws: ControlError.self) {
      try ListenerOrder(bytes: ListenerOrder.queue(peers + [peers[0]], total: 1_000).bytes)
    }
  }

  @Test func theFullestRoomFitsAMessage() throws {
    let name = try Handle(String(repeating: "\u{1f9d1}\u{1f3fd}", count: 8))
    let address = "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%interface-name]:65535"
    let presence = Presence(
      awaited: Array(
        repeating: Presence.Awaited(name: name, within: .seconds(86_400), hasFloor: true),
        count: Presence.shownAtOnce),
      waiting: Array(
        repeating: Presence.Waiting(name: name, address: address), count: Presence.shownAtOnce),
      unnamed: Array(repeating: address, count: Presence.shownAtOnce))
    let bytes = ListenerOrder.presence(presence).bytes
    #expect(bytes.count <= ControlLimits.messageLength)
    #expect(try ListenerOrder(bytes: bytes) == .presence(presence))
  }

  @Test func aDraftGoesInPartsThatFitAMessage() throws {
    for count in [0, 1, ControlLimits.messageLength - 1, ControlLimits.messageLength, 70_000] {
      let draft = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
      let parts = ControlLimits.parts(ofDraft: draft)
      #expect(parts.allSatisfy { ListenerOrder.draft($0).bytes.count <= 16 * 1024 })
      #expect(Array(parts.joined()) == Array(draft.prefix(ControlLimits.draftLength)))
    }
  }
}

extension Presence {
  fileprivate static let sample = Presence(
    awaited: [Awaited(name: .unnamedServer, within: .seconds(252), hasFloor: true)],
    waiting: [
      Waiting(name: nil, address: "127.0.0.1:50112"),
      Waiting(name: .unnamedServer, address: "[::1]:1"),
    ], unnamed: ["127.0.0.1:50113"])
}
