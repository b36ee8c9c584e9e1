import ChatCore
import ChatPosix
import Testing

@testable import ChatServer

/// Who does not let go of the transcript's lock is found, and nobody else.
@Suite struct LockWatchTests {
  /// Turns of the listener's loop for so long, `step` apart, in which who has the lock
  /// is what `holder` says at each look, and who is asked answers.
  private func run(
    _ stage: inout Stage, for duration: Duration, every step: Duration = .milliseconds(50),
    keeper: Int32? = nil, _ holder: (Int) -> LockWatch.Sight?
  ) -> [ListenerMachine.Action] {
    var all: [ListenerMachine.Action] = []
    var passed = Duration.zero
    var looks = 0
    while passed < duration {
      stage.pass(step)
      passed += step
      let actions = stage.feed(.turnIsOver)
      all += actions
      for case .order(.answer, let process) in actions { stage.report(.alive, from: process) }
      guard actions.contains(where: { $0.isLook }) else { continue }
      all += stage.feed(.lockSeen(holder(looks), keeper: keeper))
      looks += 1
    }
    return all
  }

  private func busy(_ process: Int32?) -> LockWatch.Sight {
    LockWatch.Sight(process: process, isInKernel: false)
  }

  private func talk(_ stage: inout Stage) throws -> (owner: Int32, other: Int32) {
    let owner = try stage.session(in: .hasFloor)
    stage.report(.tookFloor, from: owner)
    let other = try stage.session(in: .waiting)
    for process in [owner, other] { stage.report(.alive, from: process) }
    return (owner, other)
  }

  @Test func nobodyLooksWithoutCause() throws {
    var stage = try Stage()
    _ = try talk(&stage)
    let actions = run(&stage, for: .seconds(9)) { _ in nil }
    #expect(!actions.contains { $0.isLook })
  }

  @Test func whoKeepsItForTenSecondsIsKilledAndRecorded() throws {
    var stage = try Stage()
    let (owner, other) = try talk(&stage)
    stage.report(.lockedOut, from: owner)
    stage.report(.alive, from: other)
    #expect(run(&stage, for: .seconds(9)) { _ in busy(other) }.killed.isEmpty)
    stage.report(.alive, from: owner)
    #expect(run(&stage, for: .seconds(3)) { _ in busy(other) }.killed == [other])
    let end = stage.feed(.ended(other, .signaled(9, coreDumped: false), at: .ms(1)))
    #expect(end.deaths.map(\.detail) == ["kept the transcript's lock for 10 s"])
    #expect(end.deaths.map(\.reason) == [.crashed])
  }

  /// As long as nobody new is locked out, nobody looks on.
  @Test func theLooksEndWithTheirCause() throws {
    var stage = try Stage()
    let (owner, other) = try talk(&stage)
    stage.report(.lockedOut, from: owner)
    stage.report(.alive, from: other)
    let looks = run(&stage, for: .seconds(60)) { _ in nil }.filter(\.isLook).count
    #expect((8...11).contains(looks))
    #expect(stage.machine.lockWatch.deadline == nil)
  }

  /// A writer that works lets go of it between two looks, once in two hundred.
  @Test func whoLetsGoOfItIsLeftAlone() throws {
    var stage = try Stage()
    let (owner, other) = try talk(&stage)
    var actions: [ListenerMachine.Action] = []
    for _ in 0..<60 {
      stage.report(.lockedOut, from: owner)
      stage.report(.alive, from: other)
      stage.report(.alive, from: owner)
      actions += run(&stage, for: .seconds(6)) { $0 % 100 == 99 ? nil : busy(other) }
    }
    #expect(actions.killed.isEmpty && actions.notices.isEmpty)
  }

  /// Of one look in so many it runs; for so many minutes it waits.
  @Test func whoWaitsForADiskIsLeftAlone() throws {
    for (runs, minutes) in [(1_000_000, 60), (100, 15), (10, 1)] {
      var stage = try Stage()
      let (owner, other) = try talk(&stage)
      var look = 0
      for _ in 0..<(minutes * 10) {
        stage.report(.lockedOut, from: owner)
        let actions = run(&stage, for: .seconds(6)) { _ in
          look += 1
          return LockWatch.Sight(process: other, isInKernel: look % runs != 0)
        }
        #expect(actions.killed.isEmpty)
      }
    }
  }

  /// Who has the kernel wait for a disk now and then, to be taken for one that waits.
  @Test func whoWaitsNowAndThenIsKilled() throws {
    var stage = try Stage()
    let (owner, other) = try talk(&stage)
    var killed: [Int32] = []
    for _ in 0..<4 {
      stage.report(.lockedOut, from: owner)
      killed +=
        run(&stage, for: .seconds(6)) { look in
          LockWatch.Sight(process: other, isInKernel: look % 2 == 0)
        }.killed
    }
    #expect(killed == [other])
  }

  /// Ctrl-Z and fg: what is stopped with the listener has no chance to let go.
  @Test func timeInWhichTheListenerWasStoppedDoesNotCount() throws {
    var stage = try Stage()
    let (owner, other) = try talk(&stage)
    stage.report(.lockedOut, from: owner)
    stage.report(.alive, from: other)
    #expect(
      run(&stage, for: .seconds(3600), every: .seconds(60)) { _ in busy(other) }.killed.isEmpty)
  }

  @Test func theKeeperIsReplaced() throws {
    var stage = try Stage()
    let owner = try talk(&stage).owner
    stage.report(.lockedOut, from: owner)
    let actions = run(&stage, for: .seconds(12), keeper: 77) { _ in busy(77) }
    #expect(actions.contains { if case .killKeeper = $0 { true } else { false } })
    #expect(actions.notices.contains { if case .keeperKeptLock = $0 { true } else { false } })
  }

  @Test(arguments: [nil, 4711])
  func anotherProgramIsNamedOnceAndLeftAlone(_ process: Int32?) throws {
    var stage = try Stage()
    let owner = try talk(&stage).owner
    var named: [Int32?] = []
    for _ in 0..<20 {
      stage.report(.lockedOut, from: owner)
      for session in stage.machine.sessions { stage.report(.alive, from: session.processID) }
      let actions = run(&stage, for: .seconds(6)) { _ in busy(process) }
      #expect(actions.killed.isEmpty)
      named += actions.compactMap {
        if case .nameLockHolder(let process) = $0 { .some(process) } else { nil }
      }
    }
    #expect(named == [process])
  }

  /// Who does not answer, since another has the lock, is not killed for it.
  @Test func whoIsLockedOutIsGivenTime() throws {
    var stage = try Stage()
    let (owner, other) = try talk(&stage)
    let third = try stage.session(in: .waiting)
    stage.pass(.seconds(10))
    // Asked, and silent from now on.
    #expect(stage.feed(.turnIsOver).orders(to: owner).contains(.answer))
    stage.report(.lockedOut, from: third)
    stage.report(.alive, from: other)
    var killed: [Int32] = []
    for _ in 0..<240 where killed.isEmpty {
      let actions = run(&stage, for: .milliseconds(50)) { _ in busy(other) }
      killed += actions.killed
      for case .inspect(let process) in actions {
        killed += stage.feed(.silent(process, isInKernel: false)).killed
      }
    }
    #expect(killed == [other])
    #expect(stage.session(owner)?.fault == nil)
  }
}

extension ListenerMachine.Action {
  fileprivate var isLook: Bool { if case .findLockHolder = self { true } else { false } }
}
