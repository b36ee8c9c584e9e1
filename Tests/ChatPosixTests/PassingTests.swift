import Glibc
import Testing

@testable import ChatPosix

extension PosixTests {
  /// Descriptors that go with a message.
  @Suite struct PassingTests {
    let pair: SocketPair

    init() throws { pair = try SocketPair.open() }

    private func close() {
      pair.one.close()
      pair.other.close()
    }

    private func isOpen(_ descriptor: FileDescriptor) -> Bool {
      fcntl(descriptor.rawValue, F_GETFD) != -1
    }

    @Test func descriptorsComeOpenAndCloseOnExec() throws {
      let pipe = try Pipe.open()
      #expect(
        try pair.one.send([7], passing: [pipe.readEnd, pipe.writeEnd, pipe.writeEnd]) == .sent)
      #expect(try pair.one.send([8]) == .sent)
      var passed: [FileDescriptor] = []
      #expect(try pair.other.receive(maximumLength: 16, passed: &passed) == .message([7]))
      try #require(passed.count == 3)
      for descriptor in passed {
        #expect(fcntl(descriptor.rawValue, F_GETFD) == FD_CLOEXEC)
      }
      pipe.readEnd.closeOnce()
      pipe.writeEnd.closeOnce()
      try passed[1].writeAll("hi")
      #expect(try read(2, from: passed[0]) == Array("hi".utf8))
      for descriptor in passed { descriptor.closeOnce() }
      passed = []
      #expect(try pair.other.receive(maximumLength: 16, passed: &passed) == .message([8]))
      #expect(passed.isEmpty)
      close()
    }

    /// The kernel lets go of what nobody takes; unix(7).
    @Test func whoDoesNotAskForDescriptorsGetsNone() throws {
      let pipe = try Pipe.open()
      #expect(try pair.one.send([7], passing: [pipe.writeEnd]) == .sent)
      pipe.writeEnd.closeOnce()
      #expect(try pair.other.receive() == .message([7]))
      #expect(try ready(pipe.readEnd).hungUp)
      pipe.readEnd.closeOnce()
      close()
    }

    @Test func aMessageThatIsTooLongGivesItsDescriptorsAllTheSame() throws {
      #expect(try pair.one.send([1, 2, 3], passing: [pair.one.descriptor]) == .sent)
      var passed: [FileDescriptor] = []
      #expect(try pair.other.receive(maximumLength: 2, passed: &passed) == .tooLong)
      #expect(passed.count == 1)
      for descriptor in passed { descriptor.closeOnce() }
      close()
    }

    @Test func withoutRoomForMoreTheMessageComesAlone() throws {
      let status = try inChild {
        let pair = try SocketPair.open()
        guard try pair.one.send([7], passing: [pair.one.descriptor]) == .sent else { return false }
        var bounds = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &bounds)
        var passed: [FileDescriptor] = []
        let result = try pair.other.receive(maximumLength: 16, passed: &passed)
        return result == .message([7]) && passed.isEmpty
      }
      #expect(status == .exited(0))
    }

    @Test func aFullSocketAndAClosedOneAreValues() throws {
      var sent = 0
      let message = [UInt8](repeating: 7, count: 4096)
      while try pair.one.send(message, passing: [pair.one.descriptor]) == .sent {
        sent += 1
        try #require(sent < 1 << 16)
      }
      #expect(sent > 0)
      pair.other.close()
      #expect(try pair.one.send([1], passing: [pair.one.descriptor]) == .closed)
      pair.one.close()
    }

    @Test func errorsOfPassingAreThrownWithTheCallsName() throws {
      try SystemCallScript.run([("sendmsg", .fails(Errno(rawValue: ETOOMANYREFS)))]) { _ in
        let error = SystemCallError(call: "sendmsg", errno: Errno(rawValue: ETOOMANYREFS))
        #expect(throws: error) { try pair.one.send([1], passing: [pair.one.descriptor]) }
      }
      try SystemCallScript.run([("sendmsg", .fails(.resourceTemporarilyUnavailable))]) { _ in
        let result = try pair.one.send([1], passing: [pair.one.descriptor])
        #expect(result == .wouldBlock)
      }
      try SystemCallScript.run([("recvmsg", .fails(.noMemory))]) { _ in
        let error = SystemCallError(call: "recvmsg", errno: .noMemory)
        #expect(throws: error) {
          var passed: [FileDescriptor] = []
          _ = try pair.one.receive(maximumLength: 16, passed: &passed)
        }
      }
      close()
    }

    @Test func standardDescriptorsAreReplaced() throws {
      let status = try inChild {
        let null = try StandardDescriptors.openNull()
        let pipe = try Pipe.open()
        try StandardDescriptors.replace(input: null, output: pipe.writeEnd, error: null)
        try StandardOutput.write("to the pipe")
        var byte: [UInt8] = [0]
        guard try FileDescriptor.standardInput.readAvailable(into: &byte) == .endOfFile else {
          return false
        }
        return try read(11, from: pipe.readEnd) == Array("to the pipe".utf8)
      }
      #expect(status == .exited(0))
    }
  }
}
