import ChatCore
import Testing

/// How long a person may be silent, and what counts as none.
@Suite struct SilenceTests {
  private func at(_ seconds: Double) -> Instant { Instant(milliseconds: Int64(seconds * 1000)) }

  /// A machine that has the floor at 0 s, its client's turn.
  private func talking(
    _ role: Party, mode: Mode = .turns, limit: Duration? = .seconds(300),
    dialect: Dialect = .native
  ) -> Conversation {
    var machine = Conversation(
      ConversationSettings(role: role, mode: mode, idleLimit: limit, handle: tatyana), at: at(0))
    _ = machine.begin(at: at(0))
    let events: [Conversation.Event] =
      role == .server
      ? [.recorded, .introduced(mike, dialect), .recorded, .listenerGaveFloor]
      : [.introduced(mike, dialect), .serverSetMode(mode), .serverGaveFloor]
    for event in events { _ = machine.handle(event, at: at(0)) }
    return machine
  }

  /// Takes time in steps until something is due at `end`, and gives what was
  /// done about silence.
  private func pass(
    _ machine: inout Conversation, from start: Double, to end: Double
  ) -> [Conversation.Action] {
    var done: [Conversation.Action] = []
    for second in stride(from: start, through: end, by: 0.5) {
      _ = machine.handle(.received, at: at(second))
      for action in machine.handle(.tick, at: at(second)) {
        switch action {
        case .warnOfSilence, .send(.warnOfSilence), .record(.close): done.append(action)
        default: break
        }
      }
    }
    return done
  }

  private func warning(of limit: Int64 = 300) -> [Conversation.Action] {
    [
      .warnOfSilence(limit: .seconds(limit), left: .seconds(60)),
      .send(.warnOfSilence(limit: .seconds(limit), left: .seconds(60))),
    ]
  }

  private let timeout: Conversation.Action =
    .record(.close(by: .client, .timeout, detail: nil, undelivered: 0))

  @Test func bothSidesAreWarnedAMinuteBeforeTheEnd() {
    var machine = talking(.server)
    #expect(pass(&machine, from: 0, to: 239.5) == [])
    #expect(machine.handle(.received, at: at(239.9)) == [])
    #expect(machine.deadline == at(240))
    #expect(pass(&machine, from: 240, to: 299.5) == warning())
    #expect(pass(&machine, from: 300, to: 300) == [timeout])
  }

  @Test func aMessageEndsTheSilence() {
    var machine = talking(.server)
    _ = pass(&machine, from: 0, to: 250)
    _ = machine.handle(.said(number: 1, words[0]), at: at(251))
    _ = machine.handle(.recorded, at: at(251))
    // The server's turn: nobody is to be warned.
    #expect(pass(&machine, from: 252, to: 900) == [])
    _ = machine.handle(.operatorSaid(words[1]), at: at(900))
    _ = machine.handle(.recorded, at: at(900))
    #expect(pass(&machine, from: 901, to: 1139) == [])
    #expect(pass(&machine, from: 1140, to: 1199) == warning())
  }

  @Test func whoTypesIsThere() {
    var machine = talking(.server)
    #expect(pass(&machine, from: 0, to: 245) == warning())
    _ = machine.handle(.typed, at: at(246))
    // Keys may have followed for as long as the next report takes.
    #expect(pass(&machine, from: 246, to: 495.5) == [])
    #expect(pass(&machine, from: 496, to: 555.5) == warning())
    #expect(pass(&machine, from: 556, to: 556) == [timeout])
  }

  /// A short limit is held off by the reports of a person who goes on typing.
  @Test(arguments: [0, 0.5]) func reportsAreOftenEnoughForEveryLimit(first: Double) {
    for limit in [1, 2, 5, 9, 10, 11, 30] as [Int64] {
      var machine = talking(.server, limit: .seconds(limit))
      for report in stride(from: first, through: Double(limit * 5), by: 10) {
        _ = machine.handle(.typed, at: at(report))
        #expect(pass(&machine, from: report, to: report + 9.5) == [], "a limit of \(limit) s")
      }
    }
  }

  @Test func keysWithoutAMessageDoNotKeepTheFloorForEver() {
    var machine = talking(.server)
    var done: [Conversation.Action] = []
    for report in stride(from: 0.0, through: 4000, by: 10) where done.isEmpty {
      _ = machine.handle(.typed, at: at(report))
      done = pass(&machine, from: report, to: report + 9.5).filter { $0 == timeout }
    }
    #expect(done == [timeout])
  }

  @Test func aLimitTooShortForAWarningIsReportedAtTheBeginning() {
    var machine = Conversation(
      ConversationSettings(role: .server, mode: .turns, idleLimit: .seconds(30)), at: at(0))
    _ = machine.begin(at: at(0))
    for event: Conversation.Event in [.recorded, .introduced(mike, .native), .recorded] {
      _ = machine.handle(event, at: at(0))
    }
    let report = Conversation.Action.send(
      .warnOfSilence(limit: .seconds(30), left: .seconds(30)))
    #expect(machine.handle(.listenerGaveFloor, at: at(1)).filter { $0 == report }.count == 1)
    #expect(pass(&machine, from: 1, to: 30.5) == [])
    #expect(pass(&machine, from: 31, to: 31) == [timeout])
  }

  @Test func aClientReportsKeysOnceInTenSeconds() {
    var machine = talking(.client)
    var reports: [Double] = []
    for second in stride(from: 0.0, through: 35, by: 0.5) {
      let actions = machine.handle(.operatorTyped, at: at(second))
      if actions == [.send(.typing)] { reports.append(second) } else { #expect(actions == []) }
    }
    #expect(reports == [0, 10, 20, 30])
  }

  /// A server may end it at any moment, also while somebody types.
  @Test(arguments: [(1.0, 1.2, "0"), (1, 10, "0"), (1, 20, "9"), (1, 71, "60"), (0, 300, "290")])
  func noSilenceIsShorterThanNothing(typed: Double, end: Double, silence: String) {
    var machine = talking(.client)
    _ = machine.handle(.operatorTyped, at: at(typed))
    let ends = machine.handle(.quit(.idle), at: at(end)).compactMap { action in
      if case .end(let ending) = action { ending.detail } else { nil }
    }
    #expect(ends == [silence])
  }

  @Test func aClientReportsNoKeysOutOfTurnNorToOtherPrograms() {
    for dialect in [Dialect.line, .original] {
      var machine = talking(.client, dialect: dialect)
      #expect(machine.handle(.operatorTyped, at: at(1)) == [])
    }
    var machine = talking(.client)
    _ = machine.handle(.operatorSaid(words[0]), at: at(1))
    #expect(machine.handle(.operatorTyped, at: at(20)) == [])
    var free = talking(.client, mode: .free)
    _ = free.handle(.operatorSaid(words[0]), at: at(1))
    #expect(free.handle(.operatorTyped, at: at(20)) == [.send(.typing)])
  }

  /// In `free` the silence is both sides', and so is typing.
  @Test func theOperatorTypingIsNoSilenceInFree() {
    var machine = talking(.server, mode: .free)
    _ = machine.handle(.operatorTyped, at: at(230))
    #expect(pass(&machine, from: 230, to: 479) == [])
    var turns = talking(.server)
    _ = turns.handle(.operatorTyped, at: at(230))
    #expect(pass(&turns, from: 230, to: 241) == warning())
  }

  @Test func aClientShowsTheServersWarning() {
    var machine = talking(.client)
    let event = Conversation.Event.serverWarnedOfSilence(limit: .seconds(300), left: .seconds(60))
    #expect(
      machine.handle(event, at: at(240))
        == [.warnOfSilence(limit: .seconds(300), left: .seconds(60))])
    var server = talking(.server)
    guard case .record(.close(_, .error, _, _))? = server.handle(event, at: at(240)).first else {
      Issue.record("a client warned its server")
      return
    }
  }
}
