import Glibc
import Testing

@testable import ChatPosix

extension PosixTests {
  @Suite struct ChildProcessTests {
    @Test func theExitStatusComesBack() throws {
      ChildProcess.requiresSingleThread = false
      let parent = ProcessID.current
      let child = try ChildProcess.fork { ProcessID.parent == parent ? 7 : 1 }
      #expect(child > 0)
      #expect(try ChildProcess.wait(for: child) == .exited(7))
      #expect(throws: SystemCallError(call: "waitpid", errno: .noChildProcess)) {
        try ChildProcess.wait(for: child)
      }
    }

    @Test func aDeathBySignalIsToldApart() throws {
      let child = try startChild {
        pause()
        return true
      }
      kill(child, SIGKILL)
      #expect(try ChildProcess.wait(for: child) == .signaled(SIGKILL, coreDumped: false))
      #expect(
        ChatPosix.ExitStatus(waitStatus: 0x80 | SIGABRT) == .signaled(SIGABRT, coreDumped: true))
      #expect(ChatPosix.ExitStatus(waitStatus: 255 << 8) == .exited(255))
    }

    @Test func reapTakesAllThatHaveEndedAndNoOthers() throws {
      let status = try inChild {
        guard ChildProcess.reap().isEmpty else { return false }
        try Signals.install([.childChanged])
        let living = try ChildProcess.fork {
          pause()
          return 0
        }
        var expected: [Int32: ChatPosix.ExitStatus] = [:]
        for code: Int32 in 1...5 {
          expected[try ChildProcess.fork { code }] = .exited(code)
        }
        var poller = Poller()
        var ended: [Int32: ChatPosix.ExitStatus] = [:]
        while ended.count < 5 {
          _ = try poller.poll([], timeoutMilliseconds: patience)
          guard Signals.take() == [.childChanged] else { return false }
          for child in ChildProcess.reap() { ended[child.processID] = child.status }
        }
        guard ended == expected, ChildProcess.reap().isEmpty else { return false }
        kill(living, SIGKILL)
        return try ChildProcess.wait(for: living) == .signaled(SIGKILL, coreDumped: false)
      }
      #expect(status == .exited(0))
    }

    @Test func whatStdioHoldsComesOutOnce() throws {
      let pipe = try Pipe.open()
      defer { pipe.readEnd.closeOnce() }
      let file = try #require(fdopen(pipe.writeEnd.rawValue, "w"))
      fputs("once", file)
      let status = try inChild { fflush(file) == 0 }
      fclose(file)
      #expect(status == .exited(0))
      #expect(try read(100, from: pipe.readEnd) == Array("once".utf8))
    }

    @Test func threadsAreCounted() throws {
      #expect(ThreadCount.threads(in: Array("Name:\tx\nThreads:\t12\n".utf8)[...]) == 12)
      #expect(ThreadCount.threads(in: Array("Name:\tx\n".utf8)[...]) == nil)
      // A fork leaves one thread.
      #expect(try inChild { ThreadCount.current() == 1 } == .exited(0))
    }

    @Test func forkWithThreadsTraps() async throws {
      let result = await #expect(
        processExitsWith: .failure, observing: [\.standardErrorContent]
      ) {
        ChildProcess.requiresSingleThread = true
        _ = try ChildProcess.fork { 0 }
      }
      let said = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
      #expect(said.contains("threads: the child would inherit dead locks"))
    }

    @Test func aDescriptorUsedAfterItsCloseTraps() async throws {
      let result = await #expect(
        processExitsWith: .failure, observing: [\.standardErrorContent]
      ) {
        _ = try? FileDescriptor(rawValue: 999).writeAvailable([1])
        exit(0)
      }
      let said = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
      #expect(said.contains("used after its end"))
    }

    @Test func theEnvironmentIsRead() {
      setenv("CHAT_POSIX_TEST", "é", 1)
      #expect(Environment.value(of: "CHAT_POSIX_TEST") == "é")
      unsetenv("CHAT_POSIX_TEST")
      #expect(Environment.value(of: "CHAT_POSIX_TEST") == nil)
    }
  }
}
