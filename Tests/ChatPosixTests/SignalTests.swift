import Glibc
import Testing

@testable import ChatPosix

extension PosixTests {
  @Suite struct SignalTests {
    @Test func aSignalRaisedWhileBlockedWakesThePoller() throws {
      let status = try inChild {
        try Signals.install([.windowChange, .terminate])
        kill(getpid(), SIGWINCH)
        // Blocked: the handler has not run.
        guard Signals.take().isEmpty else { return false }
        var poller = Poller()
        guard try poller.poll([], timeoutMilliseconds: patience).isEmpty else { return false }
        return Signals.take() == [.windowChange] && Signals.take().isEmpty
      }
      #expect(status == .exited(0))
    }

    @Test func aSignalThatNobodyHasTakenEndsEveryWaitButThoseThatIgnoreSignals() throws {
      let status = try inChild {
        try Signals.install([.terminate, .windowChange])
        kill(getpid(), SIGTERM)
        var deaf = Poller(ignoringSignals: true)
        // Blocked still, so this waits for its whole time.
        let start = Clock.monotonicMilliseconds()
        _ = try deaf.poll([], timeoutMilliseconds: 20)
        guard Clock.monotonicMilliseconds() - start >= 20, Signals.take().isEmpty else {
          return false
        }
        var poller = Poller()
        // The first is woken by the signal, the others find its flag. Without a
        // limit: one that overlooks the flag is ended by SIGALRM.
        for _ in 0..<3 { guard try poller.poll([]).isEmpty else { return false } }
        kill(getpid(), SIGWINCH)
        _ = try poller.poll([])
        return Signals.take() == [.terminate, .windowChange]
      }
      #expect(status == .exited(0))
    }

    @Test func everySignalIsTakenOnce() throws {
      let status = try inChild {
        try Signals.install(Signal.allCases)
        // A SIGTSTP takes a pending SIGCONT away, and the other way round
        // (POSIX, Signal Generation and Delivery).
        let wanted = Signal.allCases.filter { $0 != .continued }
        for _ in 0..<3 { for signal in wanted { kill(getpid(), signal.number) } }
        var poller = Poller()
        _ = try poller.poll([], timeoutMilliseconds: patience)
        guard Signals.take() == wanted else { return false }
        _ = try poller.poll([], timeoutMilliseconds: 0)
        return Signals.take().isEmpty
      }
      #expect(status == .exited(0))
    }

    @Test func aSignalFromAnotherProcessEndsAnEndlessWait() throws {
      let pair = try SocketPair.open()
      let child = try startChild {
        try Signals.install([.terminate])
        _ = try pair.other.send([1])
        var poller = Poller()
        _ = try poller.poll([])
        return Signals.take() == [.terminate]
      }
      _ = try ready(pair.one.descriptor)
      #expect(try Signals.send(.terminate, to: child))
      #expect(try ChildProcess.wait(for: child) == .exited(0))
      pair.one.close()
      pair.other.close()
    }

    @Test func aChildForgetsWhatItsParentHadNotTaken() throws {
      let status = try inChild {
        try Signals.install([.hangup])
        kill(getpid(), SIGHUP)
        var poller = Poller()
        _ = try poller.poll([], timeoutMilliseconds: patience)
        let child = try ChildProcess.fork {
          Signals.resetInChild()
          return Signals.take().isEmpty ? 0 : 1
        }
        return try ChildProcess.wait(for: child) == .exited(0) && Signals.take() == [.hangup]
      }
      #expect(status == .exited(0))
    }

    @Test func nohupIsRespected() throws {
      let status = try inChild {
        signal(SIGHUP, SIG_IGN)
        try Signals.install([.hangup, .terminate])
        kill(getpid(), SIGHUP)
        var poller = Poller()
        _ = try poller.poll([], timeoutMilliseconds: 0)
        return Signals.take().isEmpty
      }
      #expect(status == .exited(0))
    }

    @Test func stoppingComesBackWhenContinued() throws {
      let child = try startChild {
        // A group of its own, whose parent can continue it: not orphaned.
        setpgid(0, 0)
        try Signals.install([.terminalStop, .continued])
        Signals.stopProcessGroup()
        var poller = Poller()
        // What continued it is answered by its return.
        _ = try poller.poll([], timeoutMilliseconds: 0)
        guard Signals.take().isEmpty else { return false }
        // The handler is back.
        kill(getpid(), SIGTSTP)
        _ = try poller.poll([], timeoutMilliseconds: patience)
        return Signals.take() == [.terminalStop]
      }
      var raw: Int32 = 0
      #expect(waitpid(child, &raw, WUNTRACED) == child)
      // WIFSTOPPED and WSTOPSIG of wait(2).
      #expect(raw & 0xff == 0x7f && raw >> 8 == SIGTSTP)
      #expect(try Signals.send(.continued, to: child))
      #expect(try ChildProcess.wait(for: child) == .exited(0))
    }
  }

  @Suite struct PollerTests {
    @Test func onlyWhatIsReadyIsReturnedInOrder() throws {
      let first = try Pipe.open()
      let second = try Pipe.open()
      let third = try Pipe.open()
      defer {
        for pipe in [first, second, third] {
          pipe.readEnd.closeOnce()
          pipe.writeEnd.closeOnce()
        }
      }
      try third.writeEnd.writeAll("x")
      try first.writeEnd.writeAll("x")
      var poller = Poller()
      let found = try poller.poll(
        [first, second, third].map { Interest($0.readEnd) }, timeoutMilliseconds: patience)
      #expect(found.map(\.descriptor) == [first.readEnd, third.readEnd])
      #expect(found.allSatisfy { $0.canRead && !$0.canWrite && !$0.hungUp && !$0.failed })
      let room = try poller.poll([Interest(second.writeEnd, read: false, write: true)])
      #expect(room.map(\.canWrite) == [true])
    }

    @Test func theTimeIsKept() throws {
      var poller = Poller()
      let start = Clock.monotonicMilliseconds()
      while Clock.monotonicMilliseconds() - start < 30 {
        let left = 30 - (Clock.monotonicMilliseconds() - start)
        #expect(try poller.poll([], timeoutMilliseconds: left).isEmpty)
      }
      #expect(try poller.poll([], timeoutMilliseconds: -5).isEmpty)
      #expect(Clock.monotonicMilliseconds() - start < patience)
    }

    @Test func timeoutsAreClamped() {
      #expect(Poller.timespec(.min).tv_sec == 0)
      #expect(Poller.timespec(.min).tv_nsec == 0)
      #expect(Poller.timespec(1999).tv_sec == 1)
      #expect(Poller.timespec(1999).tv_nsec == 999_000_000)
      #expect(Poller.timespec(.max).tv_sec == 365 * 24 * 3600)
    }

    @Test func theClocksGo() {
      let before = Clock.monotonicMilliseconds()
      #expect(Clock.monotonicMilliseconds() >= before)
      let earlier = Int64(time(nil))
      let seconds = Clock.realtimeMilliseconds() / 1000
      // time(2) may be a tick behind.
      #expect((earlier...Int64(time(nil)) + 1).contains(seconds))
    }
  }
}
