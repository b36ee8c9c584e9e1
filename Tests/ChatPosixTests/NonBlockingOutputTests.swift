import Glibc
import Testing

@testable import ChatPosix

extension PosixTests {
  /// Output whose reader does not read.
  @Suite struct NonBlockingOutputTests {
    /// Writes lines until one is not taken; one that waits is ended by SIGALRM.
    private static func fill(_ output: NonBlockingOutput) -> Int {
      var lines = 0
      while output.write("line \(lines)\n") { lines += 1 }
      return lines
    }

    private static func isNonBlocking(_ descriptor: FileDescriptor) -> Bool {
      fcntl(descriptor.rawValue, F_GETFL) & O_NONBLOCK != 0
    }

    /// What comes out, with the output asked again and again to write the rest.
    private static func drain(
      _ source: FileDescriptor, _ output: NonBlockingOutput
    ) throws -> [UInt8] {
      var all: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 4096)
      try source.setNonBlocking()
      while true {
        switch try source.readAvailable(into: &buffer) {
        case .bytes(let count): all += buffer[..<count]
        case .wouldBlock, .endOfFile:
          if output.interest == nil { return all }
        }
        output.flush()
      }
    }

    @Test func aTerminalThatNobodyReadsHoldsNobodyUp() throws {
      let status = try inChild {
        let terminal = try Terminal()
        let output = NonBlockingOutput(terminal.slave)
        let lines = Self.fill(output)
        guard lines > 1000, output.interest != nil, !Self.isNonBlocking(terminal.slave) else {
          return false
        }
        let text = String(decoding: try Self.drain(terminal.master, output), as: UTF8.self)
        return text == (0..<lines).map { "line \($0)\r\n" }.joined()
      }
      #expect(status == .exited(0))
    }

    @Test func aPipeThatNobodyEmptiesHoldsNobodyUp() throws {
      let status = try inChild {
        let pipe = try Pipe.open()
        try pipe.writeEnd.setNonBlocking(false)
        let output = NonBlockingOutput(pipe.writeEnd)
        let lines = Self.fill(output)
        guard lines > 1000, !Self.isNonBlocking(pipe.writeEnd) else { return false }
        let text = String(decoding: try Self.drain(pipe.readEnd, output), as: UTF8.self)
        return text == (0..<lines).map { "line \($0)\n" }.joined()
      }
      #expect(status == .exited(0))
    }

    @Test func whatAReaderThatHasGoneDidNotTakeIsDropped() throws {
      let status = try inChild {
        try Signals.ignoreBrokenPipe()
        let pipe = try Pipe.open()
        let output = NonBlockingOutput(pipe.writeEnd)
        _ = Self.fill(output)
        pipe.readEnd.closeOnce()
        return output.write("to nobody\n") && output.interest == nil
      }
      #expect(status == .exited(0))
    }

    /// The last words of a program whose terminal was stopped, or whose pipe nobody
    /// empties.
    @Test(arguments: [true, false])
    func lastWordsWaitForNobodyForLong(isTerminal: Bool) throws {
      let status = try inChild {
        let pipe = try Pipe.open()
        let terminal = try Terminal()
        let end = isTerminal ? terminal.slave : pipe.writeEnd
        try end.setNonBlocking(false)
        dup2(end.rawValue, 2)
        _ = Self.fill(NonBlockingOutput(end))
        // Ends the wait of one that waits without limit.
        alarm(20)
        let start = Clock.monotonicMilliseconds()
        StandardError.write("bye\n", within: .milliseconds(200))
        return (200..<10_000).contains(Clock.monotonicMilliseconds() - start)
      }
      #expect(status == .exited(0))
    }

    @Test func lastWordsArriveWhole() throws {
      let status = try inChild {
        let pipe = try Pipe.open()
        dup2(pipe.writeEnd.rawValue, 2)
        StandardError.write("Good Bye\n", within: .seconds(2))
        var buffer = [UInt8](repeating: 0, count: 64)
        guard case .bytes(let count) = try pipe.readEnd.readAvailable(into: &buffer) else {
          return false
        }
        return String(decoding: buffer[..<count], as: UTF8.self) == "Good Bye\n"
      }
      #expect(status == .exited(0))
    }

    @Test func aFileIsWrittenWhereItsOwnerStands() throws {
      let status = try inChild {
        let path = "/tmp/chat-output-\(getpid())"
        defer { unlink(path) }
        let file = try FileDescriptor.open(
          path, .readWrite, options: [.create, .truncate], permissions: .ownerReadWrite)
        try file.writeAll("before\n")
        let output = NonBlockingOutput(file)
        guard output.write("notice\n") else { return false }
        try file.writeAll("after\n")
        var buffer = [UInt8](repeating: 0, count: 64)
        _ = try file.seek(offset: 0, from: .start)
        guard case .bytes(let count) = try file.readAvailable(into: &buffer) else { return false }
        return String(decoding: buffer[..<count], as: UTF8.self) == "before\nnotice\nafter\n"
      }
      #expect(status == .exited(0))
    }
  }
}
