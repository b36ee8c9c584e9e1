import ChatCore
import ChatPosix
import Seeded
import Testing
import Transcript

@testable import ChatServer

/// Claims, those that fail among them, hand-overs and deaths in any order.
@Suite struct ClaimScheduleTests {
  @Test func noTwoProcessesHoldOneConversationAndEveryClaimIsAnswered() throws {
    let seed = chosenSeed()
    let schedules = chosenScheduleCount() / 2_000
    var random = SeededRandom(seed: seed)
    var (takeOvers, failures) = (0, 0)
    for schedule in 0..<schedules {
      var world = try World("seed \(seed), schedule \(schedule)")
      for _ in 0..<(40 + random.below(160)) { try world.step(&random) }
      try world.settle()
      takeOvers += world.takeOvers
      failures += world.failures
    }
    print(
      "claim schedules: CHAT_SEED=\(seed), \(schedules): \(takeOvers) claims, \(failures) failed")
    // It is about something.
    #expect(takeOvers > schedules / 5 && failures > schedules / 30, "seed \(seed)")
  }

  /// One with the floor, its link or process lost at any moment, two who claim it, either of
  /// whom may be killed or fail, and one who waits: all orders of so many moves.
  @Test func everyOrderOfTwoClaims() throws {
    var world = try World("")
    let (owner, first, second) = try world.beginWithTwoClaims()
    var count = (orders: 0, takeOvers: 0)
    try world.tryAll(9, of: owner, by: first, second, &count)
    print("claim orders: \(count.orders) of 9 moves, \(count.takeOvers) of them with a take-over")
    #expect(count.takeOvers > count.orders / 10 && count.orders > 1_000)
  }
}

/// What can happen next.
private enum Move: Hashable {
  case claim(Int32, attempt: Int)
  /// It does what it was ordered to.
  case follow(Int32)
  case die(Int32)
  case loseLink(Int32)
  case leave(Int32)
  case fail(Int32, FailedClaim)
  case yieldDesk
  /// Longer than any process gets to hand over.
  case wait
}

/// The processes as they really are, beside what the listener believes.
private struct World {
  private struct Process {
    /// The conversation that it writes.
    var holds: Int64?
    /// Whether it was just given that, and may find that it cannot go on with it.
    var mayFail = false
    /// Whether it has reported that, and what becomes of it.
    var failed: FailedClaim?
    var isOrdered = false
    var isKilled = false
  }

  private static let desk: Int32 = 50

  private var name: Comment
  private var stage: Stage
  private var living: [Int32: Process] = [:]
  private var unanswered: Set<Int32> = []
  private var terminal: Int32?
  private var deskMustYield = false
  private var deskIsThere = false
  private var attempts: [Int64: Int] = [:]
  private(set) var takeOvers = 0
  private(set) var failures = 0
  /// How often each conversation was gone on with, and those with which nobody can.
  private var epochs: [Int64: Int64] = [:]
  private var over: Set<Int64> = []
  /// Moves that were made, of those that are made once.
  private var made: Set<Move> = []

  init(_ name: String) throws {
    self.name = Comment(rawValue: name)
    stage = try Stage()
    stage.machine.wantsDesk = true
  }

  mutating func step(_ random: inout SeededRandom) throws {
    let processes = living.keys.sorted()
    let process = processes.isEmpty ? 7 : processes[random.below(processes.count)]
    switch random.below(25) {
    case 0, 1, 2, 3:
      let known = stage.actions.count
      if let process = stage.admit() { living[process] = Process() }
      obey(Array(stage.actions[known...]))
    case 4, 5, 6: introduce(process)
    case 7, 8, 9, 10: claim(process, &random)
    case 11: loseLink(process)
    case 12, 13, 14: follow(process)
    case 15: if living[process] != nil { end(process, .signaled(9, coreDumped: false)) }
    case 16: leave(process)
    case 17: yieldDesk()
    case 18...22: failToTakeOver(process, random.below(4) == 0 ? .isOver : .goesOn)
    default:
      stage.pass(.milliseconds(Int64(random.below(1_500))))
      feed(.turnIsOver)
    }
  }

  mutating func beginWithTwoClaims() throws -> (owner: Int32, first: Int32, second: Int32) {
    var processes: [Int32] = []
    for _ in 0..<4 {
      let admitted = stage.admit()
      let process = try #require(admitted)
      living[process] = Process()
      processes.append(process)
    }
    introduce(processes[0])
    introduce(processes[3])
    feed(.turnIsOver)
    #expect(stage.state(of: processes[0]) == .hasFloor && terminal == processes[0])
    return (processes[0], processes[1], processes[2])
  }

  /// Every order of so many moves from here on; whoever is left does then what it was ordered
  /// to, and is answered.
  func tryAll(
    _ depth: Int, of owner: Int32, by first: Int32, _ second: Int32,
    _ count: inout (orders: Int, takeOvers: Int)
  ) throws {
    let moves = depth == 0 ? [] : moves(of: owner, by: first, second)
    if moves.isEmpty {
      count.orders += 1
      if takeOvers > 0 { count.takeOvers += 1 }
      var end = self
      return try end.settle()
    }
    for move in moves {
      var next = self
      next.name = Comment(rawValue: "\(name.rawValue) \(move)")
      next.make(move, of: owner)
      try next.tryAll(depth - 1, of: owner, by: first, second, &count)
    }
  }

  private func moves(of owner: Int32, by first: Int32, _ second: Int32) -> [Move] {
    var moves = [Move.claim(first, attempt: 1), .claim(second, attempt: 2), .wait]
      .filter { !made.contains($0) }
    if deskMustYield { moves.append(.yieldDesk) }
    for process in [owner, first, second] {
      guard let known = living[process] else { continue }
      if known.isKilled || known.isOrdered || known.failed != nil { moves.append(.follow(process)) }
      if known.holds != nil, !known.isKilled { moves.append(.die(process)) }
      if known.mayFail, !known.isKilled {
        moves += [.fail(process, .goesOn), .fail(process, .isOver)]
      }
      if process == owner, !known.isKilled, !known.isOrdered {
        moves += [.loseLink(owner), .leave(owner)].filter { !made.contains($0) }
      }
    }
    return moves
  }

  private mutating func make(_ move: Move, of owner: Int32) {
    made.insert(move)
    switch move {
    case .claim(let process, let attempt):
      guard stage.state(of: process) == .introducing else { return }
      claim(process, Int64(owner), attempt)
      feed(.turnIsOver)
    case .follow(let process): follow(process)
    case .die(let process): end(process, .signaled(9, coreDumped: false))
    case .loseLink(let process): loseLink(process)
    case .leave(let process): leave(process)
    case .fail(let process, let failed): failToTakeOver(process, failed)
    case .yieldDesk: yieldDesk()
    case .wait:
      stage.pass(.seconds(3))
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

  private mutating func loseLink(_ process: Int32) {
    guard holdsTalk(process), living[process]?.failed == nil else { return }
    living[process]?.mayFail = false
    feed(report: .detached, from: process)
  }

  private mutating func claim(_ process: Int32, _ random: inout SeededRandom) {
    guard let session = stage.session(process), session.state == .introducing,
      !session.hasClaimed, session.conversation == nil
    else { return }
    let conversation = Int64(101 + random.below(40))
    let attempt = max(1, (attempts[conversation] ?? 0) + 1 - random.below(3) / 2)
    claim(process, conversation, attempt)
  }

  private mutating func claim(_ process: Int32, _ conversation: Int64, _ attempt: Int) {
    attempts[conversation] = max(attempt, attempts[conversation] ?? 0)
    unanswered.insert(process)
    obey(stage.claim(Int32(conversation), attempt: attempt, from: process))
  }

  /// The transcript does not let it go on, now or ever; it gives the terminal back.
  private mutating func failToTakeOver(_ process: Int32, _ failed: FailedClaim) {
    guard let known = living[process], known.mayFail, !known.isKilled, let held = known.holds
    else { return }
    failures += 1
    epochs[held, default: 0] -= 1
    if failed == .isOver { over.insert(held) }
    living[process]?.holds = nil
    living[process]?.mayFail = false
    living[process]?.failed = failed
    feed(report: .notTakenOver(goesOn: failed == .goesOn), from: process)
    feed(report: .released, from: process)
    feed(.turnIsOver)
  }

  /// Does what it was ordered to, or dies of what killed it.
  private mutating func follow(_ process: Int32) {
    guard let known = living[process] else { return }
    if known.isKilled { return end(process, .signaled(9, coreDumped: false)) }
    if let failed = known.failed {
      let exit = failed == .goesOn ? SessionExit.handedOver : .closeUnrecorded
      return end(process, .exited(exit.rawValue))
    }
    guard known.isOrdered else { return }
    feed(report: .released, from: process)
    end(process, .exited(SessionExit.handedOver.rawValue))
  }

  /// Ends its conversation by itself.
  private mutating func leave(_ process: Int32) {
    guard let known = living[process], !known.isKilled, known.failed == nil else { return }
    if let held = known.holds { over.insert(held) }
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
        #expect(!over.contains(inheritance.conversation), "an end is gone on with: \(name)")
        epochs[inheritance.conversation, default: 0] += 1
        #expect(
          stage.session(process)?.epoch == epochs[inheritance.conversation],
          "it believes another epoch: \(name)")
        living[process]?.holds = inheritance.conversation
        living[process]?.mayFail = true
        #expect(living[process]?.isOrdered == false, name)
      default: break
      }
    }
  }
}
