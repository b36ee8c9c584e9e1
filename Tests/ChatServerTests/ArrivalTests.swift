import ChatCore
import ChatPosix
import Testing

@testable import ChatServer

/// When the operator's command runs, and what it is told.
@Suite struct ArrivalTests {
  private static let handle = ConversationReport.peer

  private func arrival(_ number: Int) -> Arrival {
    Arrival(.floor, Self.handle, at: "192.0.2.7:\(number)")
  }

  @Test func messagesAreReadStrictly() throws {
    for kind in Arrival.Kind.allCases {
      let arrival = Arrival(kind, Self.handle, at: "[::1]:5")
      #expect(try Arrival(bytes: arrival.bytes) == arrival)
      for count in 0..<arrival.bytes.count {
        #expect(throws: ControlError.self) {
          try Arrival(bytes: Array(arrival.bytes.prefix(count)))
        }
      }
      #expect(throws: ControlError.trailing) { try Arrival(bytes: arrival.bytes + [0]) }
    }
    #expect(throws: ControlError.unknownCode(0x11)) { try Arrival(bytes: [0x11]) }
  }

  @Test func outcomesAreReadStrictly() throws {
    for outcome in [
      CommandOutcome.exited(0), .exited(255), .signaled(9), .tookTooLong, .notStarted(.noMemory),
    ] {
      #expect(try CommandOutcome(bytes: outcome.bytes) == outcome)
      for count in 0..<outcome.bytes.count {
        #expect(throws: ControlError.self) {
          try CommandOutcome(bytes: Array(outcome.bytes.prefix(count)))
        }
      }
      #expect(throws: ControlError.trailing) { try CommandOutcome(bytes: outcome.bytes + [0]) }
    }
    #expect(throws: ControlError.unknownCode(0x71)) { try CommandOutcome(bytes: [0x71]) }
    #expect(throws: ControlError.outOfRange) {
      try CommandOutcome(bytes: CommandOutcome.exited(4096).bytes)
    }
  }

  @Test func oneRunsAtATimeAndTheNewestWaits() {
    var schedule = ArrivalSchedule()
    #expect(schedule.deadline == nil && schedule.start(at: .ms(0)) == nil)
    schedule.add(arrival(1))
    #expect(schedule.start(at: .ms(0)) == arrival(1))
    schedule.add(arrival(2))
    schedule.add(arrival(3))
    #expect(schedule.start(at: .ms(9_000)) == nil)
    #expect(schedule.deadline == .ms(10_000))
    #expect(!schedule.isOverdue(at: .ms(9_999)) && schedule.isOverdue(at: .ms(10_000)))
    schedule.ended()
    #expect(schedule.start(at: .ms(10_000)) == arrival(3))
    schedule.ended()
    #expect(schedule.start(at: .ms(60_000)) == nil && schedule.deadline == nil)
  }

  @Test func oneThatEndsAtOnceIsNotFollowedAtOnce() {
    var schedule = ArrivalSchedule()
    schedule.add(arrival(1))
    #expect(schedule.start(at: .ms(0)) != nil)
    schedule.ended()
    schedule.add(arrival(2))
    #expect(schedule.start(at: .ms(4_999)) == nil)
    #expect(schedule.deadline == .ms(5_000))
    #expect(schedule.start(at: .ms(5_000)) == arrival(2))
  }
}
