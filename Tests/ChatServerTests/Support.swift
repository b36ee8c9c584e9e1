import ChatCore
import ChatPosix
import ChatSecure
import Seeded
import Testing
import Transcript

@testable import ChatServer

/// From CHAT_SEED, or another one each run; every failure names it.
func chosenSeed() -> UInt64 {
  Environment.value(of: "CHAT_SEED").flatMap { UInt64($0) } ?? UInt64.random(in: 0 ... .max)
}

/// How many schedules to run: CHAT_SCHEDULES, or a million of the cheapest, in all.
func chosenScheduleCount() -> Int {
  Environment.value(of: "CHAT_SCHEDULES").flatMap { Int($0) } ?? 1_000_000
}

extension Instant {
  static func ms(_ milliseconds: Int64) -> Instant { Instant(milliseconds: milliseconds) }
}

extension Timestamp {
  static func ms(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }
}

extension ChatPosix.ExitStatus {
  /// Of a process that leaves its conversation to another.
  static let handedOver = ChatPosix.ExitStatus.exited(SessionExit.handedOver.rawValue)
  static let killed = ChatPosix.ExitStatus.signaled(9, coreDumped: false)
}

/// A listener's machine with what it does.
struct Stage {
  var machine: ListenerMachine
  var now = Instant.ms(1_000_000)
  let address: SocketAddress
  private var nextProcess: Int32 = 100
  /// All that it ever did.
  private(set) var actions: [ListenerMachine.Action] = []

  /// So long the peers of a stage's listener can come back.
  static let resumeWithin = Duration.seconds(300)

  init(_ admission: AdmissionSettings = .unlimited, isDetached: Bool = false) throws {
    machine = ListenerMachine(
      waitingLimit: 8, database: "/t.db", admission: admission, resumeWithin: Self.resumeWithin,
      isDetached: isDetached)
    address = try #require(try Resolver.resolve("127.0.0.1", port: 50_112).first)
  }

  /// Feeds one event.
  ///
  /// - Returns: what follows from it.
  @discardableResult
  mutating func feed(_ event: ListenerMachine.Event) -> [ListenerMachine.Action] {
    var new: [ListenerMachine.Action] = []
    machine.handle(event, at: now, &new)
    actions += new
    return new
  }

  @discardableResult
  mutating func report(
    _ report: ConversationReport, from process: Int32
  ) -> [ListenerMachine.Action] {
    feed(.report(process, report.bytes))
  }

  /// A conversation with a new peer; `nil` where it is turned away.
  mutating func admit(from other: SocketAddress? = nil, draw: Int = 99) -> Int32? {
    let address = other ?? address
    var new: [ListenerMachine.Action] = []
    let admitted = machine.admit(
      from: address.source, at: .ms(5_000), now: now, draw: draw, &new)
    actions += new
    guard case .openedAt(let openedAt) = admitted else { return nil }
    nextProcess += 1
    feed(
      .forked(
        nextProcess, address, openedAt: openedAt, TokenHash(of: Self.token(of: nextProcess))))
    return nextProcess
  }

  /// What a process is given for its peer.
  static func token(of process: Int32) -> ResumeToken {
    let bytes = (0..<ResumeToken.length).map { UInt8(truncatingIfNeeded: process >> ($0 % 4 * 8)) }
    guard let token = ResumeToken(bytes: bytes) else { fatalError("a token has 32 bytes") }
    return token
  }

  /// A conversation in this state, by the way that an honest one comes there.
  mutating func session(in state: Session.State) throws -> Int32 {
    let process = try #require(admit())
    switch state {
    case .introducing: break
    case .claiming:
      let other = try talk(in: .waiting)
      claim(other, from: process)
    case .waiting: report(.ready, from: process)
    case .unread: report(.unread, from: process)
    case .hasFloor:
      report(.ready, from: process)
      feed(.turnIsOver)
    case .leaving: report(.released, from: process)
    }
    #expect(self.state(of: process) == state)
    return process
  }

  /// The same with a peer that can come back, in the transcript under its process's number.
  mutating func talk(in state: Session.State) throws -> Int32 {
    let process = try session(in: state)
    report(.recorded(conversation: Int64(process)), from: process)
    report(.resumable(ConversationReport.peer, ConversationReport.clear), from: process)
    return process
  }

  /// Has the peer of `process` claim the talk that began with `other`.
  @discardableResult
  mutating func claim(
    _ other: Int32, attempt: Int = 1, _ protection: Protection = ConversationReport.clear,
    from process: Int32
  ) -> [ListenerMachine.Action] {
    report(.claim(Self.token(of: other), attempt: attempt, protection), from: process)
  }

  func session(_ process: Int32) -> Session? {
    machine.sessions.first { $0.processID == process }
  }

  func state(of process: Int32) -> Session.State? { session(process)?.state }

  mutating func pass(_ duration: Duration) { now = now.advanced(by: duration) }
}

extension [ListenerMachine.Action] {
  var killed: [Int32] {
    compactMap { if case .kill(let process) = $0 { process } else { nil } }
  }

  var deaths: [ConversationDeath] {
    compactMap { if case .ask(.recordDeath(let death)) = $0 { death } else { nil } }
  }

  var notices: [ServerNotice] {
    compactMap { if case .notify(let notice) = $0 { notice } else { nil } }
  }

  var hasStop: Bool {
    contains { if case .closePort = $0 { true } else { false } }
  }

  func orders(to process: Int32) -> [ListenerOrder] {
    compactMap {
      if case .order(let order, let receiver) = $0, receiver == process { order } else { nil }
    }
  }

  /// What was given to whoever claimed it.
  var takeOvers: [(process: Int32, inheritance: Inheritance)] {
    compactMap {
      if case .order(.takeOver(let inheritance), let process) = $0 {
        (process, inheritance)
      } else {
        nil
      }
    }
  }

  /// The ends of conversations that were waited for.
  var givenUp: [ConversationDeath] {
    compactMap { if case .ask(.closeResumable(let death)) = $0 { death } else { nil } }
  }

  /// Who got the floor, and the draft with it.
  var floors: [(process: Int32, draft: [UInt8])] {
    compactMap {
      if case .giveFloor(let process, let draft, _) = $0 { (process, draft) } else { nil }
    }
  }
}

extension ResumableConversation {
  static func sample(_ id: Int64, _ protection: Protection? = nil) -> ResumableConversation {
    guard let handle = try? Handle("tatyana") else { fatalError("tatyana is a name") }
    return ResumableConversation(
      id: id, tokenHash: [UInt8](repeating: UInt8(id & 0xff), count: 32), openedAt: .ms(5),
      handle: handle, hadFloor: id == 4, until: .ms(900), attempt: 3, epoch: 2,
      protection: protection)
  }
}

extension ConversationReport {
  /// One of every kind, and more of those that carry something.
  static var samples: [ConversationReport] {
    [
      .ready, .unread, .tookFloor, .released, .recorded(conversation: 1),
      .recorded(conversation: 1 << 40),
      .draft([]), .draft(Array("half a line".utf8)), .draft([0, 0xff]), .interrupted,
      .operatorAbsent, .outputGone, .recordingFailed(TranscriptTrouble(.full)),
      .recordingFailed(TranscriptTrouble(.cannotOpen, code: 14, errno: 13)),
      .recordingFailed(TranscriptTrouble(.other, code: -1)), .recordingWorks,
      .wordsUnread(count: 2), .queueRead(count: 1),
      .unrecorded(by: nil, .eof, detail: ""), .unrecorded(by: .client, .quit, detail: "gone"),
      .typed, .badWords, .alive, .lockedOut,
      .proved(key(1)), .proved(key(2)),
      .memory([]), .memory(Array("t".utf8)), .who, .stopAsked, .suspended,
      .resumable(peer, clear), .resumable(peer, encrypted), .detached,
      .claim(Stage.token(of: 7), attempt: 1, encrypted),
      .claim(Stage.token(of: 7), attempt: .max, clear), .floorFreed,
      .notTakenOver(goesOn: false), .notTakenOver(goesOn: true), .spoke,
      .shown(through: 1), .shown(through: 1 << 40),
      .named(peer), .over(by: nil, .reset), .over(by: .server, .timeout),
      .unsaid(isOnLine: false, []), .unsaid(isOnLine: true, Array("half a line".utf8)),
      .gaveBack, .detachAsked(suspends: true), .detachAsked(suspends: false),
    ]
  }

  static let peer = Handle.unnamedServer
  static let clear = Protection(isEncrypted: false)
  static let encrypted = Protection(isEncrypted: true, key: key(1).description)

  /// A fingerprint that is nobody's.
  static func key(_ number: UInt8) -> Fingerprint {
    let digits = String(repeating: Character(UnicodeScalar(64 + number)), count: 42)
    guard let key = Fingerprint("SHA256:\(digits)A") else { fatalError("43 characters are one") }
    return key
  }

  static func sample(_ code: ReportCode) -> ConversationReport {
    samples.last { $0.code == code } ?? .ready
  }
}
