import Glibc
import Testing

@testable import ChatPosix

extension PosixTests {
  @Suite struct TerminalTests {
    let terminal: Terminal

    init() throws { terminal = try Terminal(columns: 40, rows: 12) }

    @Test func rawModeIsEnteredAndGivenBack() throws {
      defer { terminal.close() }
      let before = try terminal.settings()
      let raw = try RawTerminal(input: terminal.slave, output: terminal.slave)
      let settings = try TerminalMode.current(of: terminal.slave).settings
      let off = tcflag_t(ISIG | ICANON | ECHO | IEXTEN)
      #expect(settings.c_lflag & off == 0)
      #expect(settings.c_iflag & tcflag_t(ICRNL | IXON) == 0)
      #expect(settings.c_oflag & tcflag_t(OPOST) != 0)
      #expect(raw.isRaw)
      raw.restore()
      #expect(try terminal.settings() == before)
      #expect(!raw.isRaw)
      raw.restore()
      #expect(try terminal.screen() == TerminalMode.resetSequence)
    }

    @Test func theEndOfTheObjectGivesBackAndEnteringAgainWorks() throws {
      defer { terminal.close() }
      let before = try terminal.settings()
      do {
        let raw = try RawTerminal(input: terminal.slave, output: terminal.slave)
        raw.restore()
        try raw.enter()
        try raw.enter()
        #expect(try terminal.settings() != before)
        #expect(raw.isRaw)
      }
      #expect(try terminal.settings() == before)
    }

    @Test func whatWasTypedAheadSurvivesBothWays() throws {
      defer { terminal.close() }
      try terminal.master.writeAll("half")
      let raw = try RawTerminal(input: terminal.slave, output: terminal.slave)
      #expect(try read(4, from: terminal.slave) == Array("half".utf8))
      try terminal.master.writeAll("line\n")
      _ = try ready(terminal.slave)
      raw.restore()
      #expect(try read(5, from: terminal.slave) == Array("line\n".utf8))
    }

    @Test func theSizeIsKnown() throws {
      defer { terminal.close() }
      #expect(terminal.slave.isTerminal)
      #expect(terminal.slave.windowSize() == WindowSize(columns: 40, rows: 12))
      var none = winsize()
      #expect(ioctl(terminal.slave.rawValue, UInt(TIOCSWINSZ), &none) == 0)
      #expect(terminal.slave.windowSize() == nil)
    }

    @Test func whatIsNoTerminalIsThrown() throws {
      defer { terminal.close() }
      let pipe = try Pipe.open()
      defer {
        pipe.readEnd.closeOnce()
        pipe.writeEnd.closeOnce()
      }
      #expect(pipe.readEnd.windowSize() == nil)
      #expect(throws: SystemCallError(call: "tcgetattr", errno: Errno(rawValue: ENOTTY))) {
        try RawTerminal(input: pipe.readEnd, output: pipe.writeEnd)
      }
    }

    @Test func aFailedEnterLeavesTheTerminalAsItWas() throws {
      defer { terminal.close() }
      let before = try terminal.settings()
      try SystemCallScript.run([("tcsetattr", .fails(.ioError))]) { _ in
        #expect(throws: SystemCallError(call: "tcsetattr", errno: .ioError)) {
          try RawTerminal(input: terminal.slave, output: terminal.slave)
        }
      }
      #expect(try terminal.settings() == before)
      #expect(try terminal.screen().isEmpty)
    }

    @Test(arguments: [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE])
    func aFatalSignalGivesTheTerminalBack(number: Int32) throws {
      defer { terminal.close() }
      let before = try terminal.settings()
      let status = try inChild {
        withoutCoreFile()
        try FatalSignals.install()
        let raw = try RawTerminal(input: terminal.slave, output: terminal.slave)
        raise(number)
        return raw.isRaw
      }
      #expect(status == .signaled(number, coreDumped: false))
      #expect(try terminal.settings() == before)
      #expect(try terminal.screen() == TerminalMode.resetSequence)
    }

    @Test func aRealFaultGivesTheTerminalBack() throws {
      defer { terminal.close() }
      let before = try terminal.settings()
      let status = try inChild {
        withoutCoreFile()
        try FatalSignals.install()
        let raw = try RawTerminal(input: terminal.slave, output: terminal.slave)
        let page = mmap(nil, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        return page?.load(as: UInt8.self) == 0 || raw.isRaw
      }
      #expect(status == .signaled(SIGSEGV, coreDumped: false))
      #expect(try terminal.settings() == before)
    }

    @Test func aStackOverflowGivesTheTerminalBack() throws {
      defer { terminal.close() }
      let before = try terminal.settings()
      let status = try inChild {
        withoutCoreFile()
        try FatalSignals.install()
        let raw = try RawTerminal(input: terminal.slave, output: terminal.slave)
        return descend(1) > 0 || raw.isRaw
      }
      #expect(status == .signaled(SIGSEGV, coreDumped: false))
      #expect(try terminal.settings() == before)
    }

    /// Never comes back, which the compiler cannot see.
    @inline(never) private func descend(_ depth: Int) -> Int {
      depth < 0 ? 0 : descend(depth + 1) ^ depth
    }

    @Test func aFatalSignalWithoutARawTerminalWritesNothing() throws {
      defer { terminal.close() }
      let status = try inChild {
        withoutCoreFile()
        try FatalSignals.install()
        let raw = try RawTerminal(input: terminal.slave, output: terminal.slave)
        raw.restore()
        raise(SIGABRT)
        return false
      }
      #expect(status == .signaled(SIGABRT, coreDumped: false))
      #expect(try terminal.screen() == TerminalMode.resetSequence)
    }

    @Test func theParentGivesBackWhatAKilledChildLeftRaw() throws {
      defer { terminal.close() }
      let before = try terminal.settings()
      let mode = try TerminalMode.current(of: terminal.slave)
      let status = try inChild {
        let raw = try RawTerminal(input: terminal.slave, output: terminal.slave)
        kill(getpid(), SIGKILL)
        return raw.isRaw
      }
      #expect(status == .signaled(SIGKILL, coreDumped: false))
      #expect(try terminal.settings() != before)
      mode.restore(input: terminal.slave, output: terminal.slave)
      #expect(try terminal.settings() == before)
    }

    @Test func restoringFromTheBackgroundDoesNotStop() throws {
      defer { terminal.close() }
      let status = try inChild {
        // The slave becomes the controlling terminal of a new session, with
        // this process in front and its child in a group behind.
        guard setsid() != -1, ioctl(terminal.slave.rawValue, UInt(TIOCSCTTY), 0) == 0 else {
          return false
        }
        let mode = try TerminalMode.current(of: terminal.slave)
        let child = try ChildProcess.fork {
          setpgid(0, 0)
          mode.restore(input: terminal.slave, output: terminal.slave)
          return tcgetpgrp(terminal.slave.rawValue) != getpgrp() ? 0 : 1
        }
        var raw: Int32 = 0
        guard waitpid(child, &raw, WUNTRACED) == child else { return false }
        // The end of a session leader must not end this test by SIGHUP.
        return raw == 0
      }
      #expect(status == .exited(0))
    }

    /// The tests crash on purpose.
    private func withoutCoreFile() {
      var none = rlimit(rlim_cur: 0, rlim_max: 0)
      setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    }
  }
}
