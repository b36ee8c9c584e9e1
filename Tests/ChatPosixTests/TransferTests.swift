import Glibc
import Testing

@testable import ChatPosix

extension PosixTests {
  /// Reads and writes under forced interruption, would-block, short transfers
  /// and errors.
  @Suite struct TransferTests {
    let pipe: Pipe

    init() throws {
      try Signals.ignoreBrokenPipe()
      pipe = try Pipe.open()
    }

    private func close() {
      pipe.readEnd.closeOnce()
      pipe.writeEnd.closeOnce()
    }

    @Test func anInterruptedReadIsRepeated() throws {
      defer { close() }
      try pipe.writeEnd.writeAll("abc")
      var buffer = [UInt8](repeating: 0, count: 10)
      try SystemCallScript.run([
        ("read", .fails(.interrupted)), ("read", .fails(.interrupted)),
      ]) { script in
        try #require(try pipe.readEnd.readAvailable(into: &buffer) == .bytes(3))
        #expect(script.remaining == 0)
      }
      #expect(buffer[..<3] == [97, 98, 99])
    }

    @Test func aShortReadLosesNothing() throws {
      defer { close() }
      try pipe.writeEnd.writeAll("abc")
      try SystemCallScript.run([("read", .moves(1)), ("read", .moves(1))]) { script in
        try #require(try read(3, from: pipe.readEnd) == Array("abc".utf8))
        #expect(script.remaining == 0)
      }
    }

    @Test(arguments: [Errno.resourceTemporarilyUnavailable, .wouldBlock])
    func wouldBlockIsAValue(errno: Errno) throws {
      defer { close() }
      var buffer = [UInt8](repeating: 0, count: 10)
      try SystemCallScript.run([("read", .fails(errno)), ("write", .fails(errno))]) { _ in
        try #require(try pipe.readEnd.readAvailable(into: &buffer) == .wouldBlock)
        try #require(try pipe.writeEnd.writeAvailable([1]) == .wouldBlock)
      }
    }

    @Test(arguments: [Errno.ioError, .connectionReset, .timedOut])
    func aFailedReadIsThrown(errno: Errno) throws {
      defer { close() }
      var buffer = [UInt8](repeating: 0, count: 10)
      try SystemCallScript.run([("read", .fails(errno))]) { _ in
        #expect(throws: SystemCallError(call: "read", errno: errno)) {
          try pipe.readEnd.readAvailable(into: &buffer)
        }
      }
    }

    @Test func endOfFileIsNotBytes() throws {
      defer { pipe.readEnd.closeOnce() }
      pipe.writeEnd.closeOnce()
      var buffer = [UInt8](repeating: 0, count: 10)
      #expect(try ready(pipe.readEnd).hungUp)
      #expect(try pipe.readEnd.readAvailable(into: &buffer) == .endOfFile)
    }

    @Test func aShortWriteSaysHowMuch() throws {
      defer { close() }
      try SystemCallScript.run([("write", .moves(2))]) { _ in
        try #require(try pipe.writeEnd.writeAvailable(Array("abc".utf8)) == .wrote(2))
      }
      #expect(try read(2, from: pipe.readEnd) == Array("ab".utf8))
    }

    @Test func writeAllGoesOnThroughEverythingThatPasses() throws {
      defer { close() }
      let outcomes: [(String, SystemCallScript.Outcome)] = [
        ("write", .moves(1)), ("write", .fails(.interrupted)), ("write", .moves(2)),
        ("write", .fails(.resourceTemporarilyUnavailable)), ("poll", .fails(.interrupted)),
        ("write", .moves(0)), ("write", .moves(3)),
      ]
      try SystemCallScript.run(outcomes) { script in
        try pipe.writeEnd.writeAll("abcdefghij")
        #expect(script.used == outcomes.map(\.0))
      }
      #expect(try read(10, from: pipe.readEnd) == Array("abcdefghij".utf8))
    }

    @Test(arguments: [Errno.noSpace, .brokenPipe, .ioError])
    func aFailedWriteIsThrownAfterWhatWentOut(errno: Errno) throws {
      defer { close() }
      try SystemCallScript.run([("write", .moves(2)), ("write", .fails(errno))]) { _ in
        #expect(throws: SystemCallError(call: "write", errno: errno)) {
          try pipe.writeEnd.writeAll("abcd")
        }
      }
      #expect(try read(2, from: pipe.readEnd) == Array("ab".utf8))
    }

    @Test func aReaderThatIsGoneIsThrown() throws {
      defer { pipe.writeEnd.closeOnce() }
      pipe.readEnd.closeOnce()
      #expect(throws: SystemCallError(call: "write", errno: .brokenPipe)) {
        try pipe.writeEnd.writeAll("x")
      }
    }

    @Test func anInterruptedCloseIsNotRepeated() throws {
      defer { close() }
      try SystemCallScript.run([("close", .fails(.interrupted))]) { script in
        pipe.readEnd.closeOnce()
        #expect(script.used == ["close"])
      }
      // A repeat would really have closed it.
      #expect(fcntl(pipe.readEnd.rawValue, F_GETFD) != -1)
    }

    @Test func standardOutputIsWrittenWholeThroughAFullPipe() throws {
      defer { pipe.readEnd.closeOnce() }
      let text = String(repeating: "0123456789abcdef", count: 1 << 16)
      let child = try startChild {
        dup2(pipe.writeEnd.rawValue, 1)
        dup2(pipe.writeEnd.rawValue, 2)
        try StandardOutput.write(text)
        try StandardError.write("!")
        return true
      }
      pipe.writeEnd.closeOnce()
      #expect(try read(1 << 21, from: pipe.readEnd) == Array((text + "!").utf8))
      #expect(try ChildProcess.wait(for: child) == .exited(0))
    }

    @Test func missingStandardDescriptorsBecomeTheNullDevice() throws {
      defer { close() }
      let status = try inChild {
        Glibc.close(0)
        Glibc.close(2)
        guard try StandardDescriptors.ensureOpen().map(\.rawValue) == [0, 2] else { return false }
        var null = stat()
        var zero = stat()
        var two = stat()
        return stat("/dev/null", &null) == 0 && fstat(0, &zero) == 0 && fstat(2, &two) == 0
          && zero.st_rdev == null.st_rdev && two.st_rdev == null.st_rdev
      }
      #expect(status == .exited(0))
    }

    @Test func nonBlockingCanBeTurnedOffAndOn() throws {
      defer { close() }
      try pipe.readEnd.setNonBlocking(false)
      #expect(fcntl(pipe.readEnd.rawValue, F_GETFL) & O_NONBLOCK == 0)
      try pipe.readEnd.setNonBlocking()
      #expect(fcntl(pipe.readEnd.rawValue, F_GETFL) & O_NONBLOCK != 0)
      #expect(!pipe.readEnd.isTerminal)
    }
  }
}
