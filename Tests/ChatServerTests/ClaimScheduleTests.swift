import ChatCore
import ChatPosix
import Seeded
import Testing
import Transcript

@testable import ChatServer

/// Claims, hand-overs and deaths in any order.
@Suite struct ClaimScheduleTests {
  @Test func noTwoProcessesHoldOneConversationAndEveryClaimIsAnswered() throws {
    let seed = chosenSeed()
    var random = SeededRandom(seed: seed)
    var takeOvers = 0
    for schedule in 0..<500 {
      var world = try World("seed \(seed), schedule \(schedule)")
      for _ in 0..<(40 + random.below(160)) { try world.step(&random) }
      try world.settle()
      takeOvers += world.takeOvers
    }
    // It is about something.
    #expect(takeOvers > 100, "seed \(seed)")
  }
}

/// The processes as they really are, beside what the listener believes.
private struct World {
  private struct Process {
    /// The conversation that it writes.
    var holds: Int64?
    var isOrdered = false
    var isKilled = false
  }

  private static let desk: Int32 = 50

  private let name: Comment
  private var stage: Stage
  private var living: [Int32: Process] = [:]
  private var unanswered: Set<Int32> = []
  private var terminal: Int32?
  private var deskMustYield = false
  private var deskIsThere = false
  private var attempts: [Int64: Int] = [:]
  private(set) var takeOvers = 0

  init(_ name: String) throws {
    self.name = Comment(rawValue: name)
    stage = try Stage()
    stage.machine.wantsDesk = true
  }

  mutating func step(_ random: inout SeededRandom) throws {
    let processes = living.keys.sorted()
    let process = processes.isEmpty ? 7 : processes[random.below(processes.count)]
    switch random.below(20) {
    case 0, 1, 2, 3:
      let known = stage.actions.count
      if let process = stage.admit() { living[process] = Process() }
      obey(Array(stage.actions[known...]))
    case 4, 5, 6: introduce(process)
    case 7, 8, 9, 10: claim(process, &random)
    case 11: if holdsTalk(process) { feed(report: .detached, from: process) }
    case 12, 13, 14: follow(process)
    case 15: if living[process] != nil { end(process, .signaled(9, coreDumped: false)) }
    case 16: leave(process)
    case 17: yieldDesk()
    default:
      stage.pass(.milliseconds(Int64(random.below(1_500))))
      feed(.turnIsOver)
    }
  }

  /// Whoever is ordered to do something does it.
  mutating func settle() throws {
    for _ in 0..<40 where !unanswered.isEmpty {
      for process in living.keys.sorted() { follow(process) }
      yieldDesk()
      stage.pass(.seconds(1))
      feed(.turnIsOver)
    }
    #expect(unanswered.isEmpty, name)
  }

  private mutating func introduce(_ process: Int32) {
    guard stage.state(of: process) == .introducing, !unanswered.contains(process),
      stage.session(process)?.fault == nil
    else { return }
    living[process]?.holds = Int64(process)
    feed(report: .recorded(conversation: Int64(process)), from: process)
    feed(report: .ready, from: process)
    guard stage.state(of: process) == .waiting else { return }
    feed(report: .resumable(ConversationReport.peer, ConversationReport.clear), from: process)
  }

  private func holdsTalk(_ process: Int32) -> Bool {
    guard let session = stage.session(process), session.talk != nil else { return false }
    return session.state == .waiting || session.state == .hasFloor
  }

  private mutating func claim(_ process: Int32, _ random: inout SeededRandom) {
    guard let session = stage.session(process), session.state == .introducing,
      !session.hasClaimed, session.conversation == nil
    else { return }
    let conversation = Int64(101 + random.below(40))
    let attempt = max(1, (attempts[conversation] ?? 0) + 1 - random.below(3) / 2)
    attempts[conversation] = max(attempt, attempts[conversation] ?? 0)
    unanswered.insert(process)
    obey(stage.claim(Int32(conversation), attempt: attempt, from: process))
  }

  /// Does what it was ordered to, or dies of what killed it.
  private mutating func follow(_ process: Int32) {
    guard let known = living[process] else { return }
    if known.isKilled { return end(process, .signaled(9, coreDumped: false)) }
    guard known.isOrdered else { return }
    feed(report: .released, from: process)
    end(process, .exited(SessionExit.handedOver.rawValue))
  }

  /// Ends its conversation by itself.
  private mutating func leave(_ process: Int32) {
    guard let known = living[process], !known.isKilled else { return }
    feed(report: .released, from: process)
    end(process, .exited(SessionExit.ended.rawValue))
  }

  private mutating func end(_ process: Int32, _ status: ChatPosix.ExitStatus) {
    living[process] = nil
    unanswered.remove(process)
    if terminal == process { terminal = nil }
    feed(.ended(process, status, at: .ms(9)))
    feed(.turnIsOver)
  }

  private mutating func yieldDesk() {
    guard deskMustYield else { return }
    deskMustYield = false
    feed(report: .released, from: Self.desk)
    deskIsThere = false
    feed(.ended(Self.desk, .exited(0), at: .ms(9)))
    feed(.turnIsOver)
  }

  private mutating func feed(report: ConversationReport, from process: Int32) {
    if report == .released, terminal == process { terminal = nil }
    obey(stage.report(report, from: process))
  }

  private mutating func feed(_ event: ListenerMachine.Event) { obey(stage.feed(event)) }

  private mutating func obey(_ actions: [ListenerMachine.Action]) {
    for action in actions {
      switch action {
      case .giveFloor(let process, _, _):
        #expect(terminal == nil, name)
        terminal = process
      case .startDesk:
        #expect(!deskIsThere, name)
        deskIsThere = true
        feed(.deskStarted(Self.desk))
      case .kill(let process): living[process]?.isKilled = true
      case .inspect(let process): feed(.silent(process, isInKernel: true))
      case .order(.yield, _): deskMustYield = true
      case .order(.handOver, let process):
        unanswered.remove(process)
        living[process]?.isOrdered = true
      case .order(.claimRefused, let process):
        unanswered.remove(process)
      case .order(.full, let process), .order(.graceIsOver, let process):
        if stage.session(process) != nil { leave(process) }
      case .order(.takeOver(let inheritance), let process):
        takeOvers += 1
        unanswered.remove(process)
        #expect(
          living.values.allSatisfy { $0.holds != inheritance.conversation },
          "two hold conversation \(inheritance.conversation): \(name)")
        #expect(!inheritance.hasFloor || terminal == process, name)
        living[process]?.holds = inheritance.conversation
        #expect(living[process]?.isOrdered == false, name)
      default: break
      }
    }
  }
}
