import ChatCore
import Seeded
import Testing

/// The invariants under any order of events: hostile peers, sick disks and
/// operators who type at the wrong moment, all drawn at random.
@Suite struct ConversationScheduleTests {
  @Test(arguments: 0..<4)
  func invariantsHoldUnderRandomSchedules(part: Int) throws {
    let seed = chosenSeed() &+ UInt64(part)
    let schedules = chosenScheduleCount() / 4
    print("conversation schedules: CHAT_SEED=\(seed &- UInt64(part)) part \(part), \(schedules)")
    var random = SeededRandom(seed: seed)
    var ended = 0
    var talked = 0
    for schedule in 0..<schedules {
      let result = runSchedule(&random)
      if let violation = result.violation {
        Issue.record("\(violation), in schedule \(schedule) of seed \(seed), part \(part)")
        return
      }
      ended += result.ended ? 1 : 0
      talked += result.talked ? 1 : 0
    }
    // The schedules must reach the states that the invariants are about.
    #expect(ended > schedules / 4)
    #expect(talked > schedules / 4)
  }

  private func runSchedule(
    _ random: inout SeededRandom
  ) -> (violation: String?, ended: Bool, talked: Bool) {
    let role: Party = random.below(3) == 0 ? .client : .server
    let mode: Mode = random.below(2) == 0 ? .turns : .free
    var now = Instant(milliseconds: 1_000)
    var checker = InvariantChecker(
      ConversationSettings(
        role: role, mode: mode, idleLimit: [nil, .seconds(5), .seconds(62)][random.below(3)],
        wantsFree: random.below(4) == 0),
      at: now)
    // A schedule may begin with the usual opening, or with anything at all.
    var events = random.below(4) == 0 ? [] : opening(role, &random)
    var talked = false
    for _ in 0..<(4 + random.below(24)) {
      let event = events.isEmpty ? anyEvent(&random) : events.removeFirst()
      if case .tick = event {
        now = now.advanced(by: .milliseconds(Int64(random.below(4_000))))
      }
      checker.handle(event, at: now)
      if random.below(3) != 0 { checker.commit(succeeding: random.below(6) != 0, at: now) }
      switch checker.machine.state {
      case .speaking, .listening: talked = true
      case .introducing, .naming, .queued, .over: break
      }
      if checker.violation != nil { break }
    }
    // A dying disk may hold the close back, but not for ever.
    checker.handle(.stop("the test"), at: now)
    for _ in 0..<8 {
      checker.commit(succeeding: random.below(2) == 0, at: now)
      now = now.advanced(by: .milliseconds(1_000))
      checker.handle(.tick, at: now)
    }
    let ended = checker.ending != nil
    return (checker.violation ?? (ended ? nil : "it never ended"), ended, talked)
  }

  private func opening(_ role: Party, _ random: inout SeededRandom) -> [Conversation.Event] {
    switch role {
    case .server: [.introduced(mike, randomDialect(&random)), .listenerGaveFloor]
    case .client:
      [
        .introduced(mike, .native), .operatorNamed(tatyana), .serverSetMode(.turns),
        .serverGaveFloor,
      ]
    }
  }

  private func randomDialect(_ random: inout SeededRandom) -> Dialect {
    Dialect.allCases[random.below(Dialect.allCases.count)]
  }

  private func anyEvent(_ random: inout SeededRandom) -> Conversation.Event {
    let number: Int? = random.below(2) == 0 ? nil : 1 + random.below(4)
    return switch random.below(34) {
    case 0: .introduced(mike, randomDialect(&random))
    case 1: .misnamed(.empty)
    case 2...7: .said(number: nil, words[random.below(words.count)])
    case 8, 9: .said(number: number, words[random.below(words.count)])
    case 10: .saidInvalid(number: number, .empty)
    case 11, 12: .acknowledged(1 + random.below(3))
    case 13: .ping
    case 14: random.below(3) == 0 ? .quit(QuitReason.allCases[random.below(6)]) : .received
    case 15: random.below(4) == 0 ? .ended : .received
    case 16: random.below(4) == 0 ? .failed(.unresponsive) : .received
    case 17: .listenerGaveFloor
    case 18: .listenerQueued(place: 1 + random.below(3))
    case 19: .serverGaveFloor
    case 20: .serverDenied("no")
    case 21: .operatorNamed(tatyana)
    case 22...26: .operatorSaid(words[random.below(words.count)])
    case 27: random.below(4) == 0 ? .operatorQuit : .received
    case 28:
      switch random.below(16) {
      case 0: .stop("SIGTERM")
      case 1: .listenerIsFull
      default: .tick
      }
    case 29: random.below(2) == 0 ? .operatorTyped : .typed
    case 30:
      switch random.below(6) {
      case 0: .operatorWantsFree
      case 1: .asked(Mode.allCases[random.below(2)])
      case 2: .serverSetMode(Mode.allCases[random.below(2)])
      case 3: .operatorIsThere(random.below(2) == 0)
      case 4: random.below(8) == 0 ? .serverIsAttended(random.below(2) == 0) : .received
      default: .serverWarnedOfSilence(limit: .seconds(300), left: .seconds(60))
      }
    case 31: linkEvent(&random)
    default: .tick
    }
  }

  /// What means something only where a link can be lost, or breaks the protocol.
  private func linkEvent(_ random: inout SeededRandom) -> Conversation.Event {
    guard let token = ResumeToken(bytes: Array(repeating: 1, count: ResumeToken.length)) else {
      preconditionFailure("32 bytes are a token")
    }
    return switch random.below(8) {
    case 0: .tookOffer
    case 1: .claimed(token, shown: random.below(3), attempt: 1)
    case 2: .recalled(1 + random.below(20))
    case 3: .resumed(through: random.below(3))
    case 4: .past(PastMessage(from: .client, number: 1, words[0]))
    case 5: .listenerKnowsNoClaim
    case 6: .graceIsOver
    default: .operatorWantsLink
    }
  }
}
