import Glibc
import Testing

@testable import ChatPosix

extension PosixTests {
  /// One rule for every wrapped call: EINTR is repeated, the rest is thrown
  /// with the call's name.
  @Suite struct ForcedErrnoTests {
    struct Wrapped: Sendable, CustomTestStringConvertible {
      let call: String
      let perform: @Sendable () throws -> Void
      var testDescription: String { call }
    }

    private static func withListener(_ body: (ListeningSocket) throws -> Void) throws {
      let listener = try ListeningSocket.open(port: 0, address: "127.0.0.1")
      defer { listener.close() }
      try body(listener)
    }

    private static func withPair(_ body: (SocketPair) throws -> Void) throws {
      let pair = try SocketPair.open()
      defer {
        pair.one.close()
        pair.other.close()
      }
      try body(pair)
    }

    private static func withConnection(_ body: (Connection) throws -> Void) throws {
      let connection = try Connection(host: "127.0.0.1")
      defer { connection.close() }
      try body(connection)
    }

    private static func withTerminal(_ body: (Terminal) throws -> Void) throws {
      let terminal = try Terminal()
      defer { terminal.close() }
      try body(terminal)
    }

    static let wrapped: [Wrapped] = [
      Wrapped(call: "pipe2") {
        let pipe = try Pipe.open()
        pipe.readEnd.closeOnce()
        pipe.writeEnd.closeOnce()
      },
      Wrapped(call: "socketpair") { try withPair { _ in } },
      Wrapped(call: "send") { try withPair { try #require(try $0.one.send([1]) == .sent) } },
      Wrapped(call: "recv") { try withPair { try #require(try $0.one.receive() == .wouldBlock) } },
      Wrapped(call: "sendmsg") {
        try withPair { try #require(try $0.one.send([1], passing: [$0.one.descriptor]) == .sent) }
      },
      Wrapped(call: "recvmsg") {
        try withPair {
          var passed: [FileDescriptor] = []
          try #require(try $0.one.receive(maximumLength: 9, passed: &passed) == .wouldBlock)
        }
      },
      Wrapped(call: "dup2") {
        let same = FileDescriptor.self
        try StandardDescriptors.replace(
          input: same.standardInput, output: same.standardOutput, error: same.standardError)
      },
      Wrapped(call: "accept4") {
        try withListener { try #require(try $0.accept() == .wouldBlock) }
      },
      Wrapped(call: "getsockname") { try boundSocket().0.closeOnce() },
      Wrapped(call: "getpeername") { try withConnection { _ = try $0.client.peerAddress() } },
      Wrapped(call: "getsockopt") {
        try withConnection { _ = try $0.client.option(SOL_SOCKET, SO_ERROR) }
      },
      Wrapped(call: "setsockopt") {
        let (socket, _) = try boundSocket()
        defer { socket.closeOnce() }
        try socket.setPeerOptions()
      },
      Wrapped(call: "shutdown") { try withConnection { try $0.client.shutdownWrite() } },
      Wrapped(call: "fcntl") { try withConnection { try $0.client.setNonBlocking() } },
      Wrapped(call: "tcgetattr") {
        try withTerminal { _ = try TerminalMode.current(of: $0.slave) }
      },
      Wrapped(call: "mkdir") { try #require(try !FileNames.makeDirectory("/tmp")) },
      Wrapped(call: "stat") { try #require(try FileNames.target(of: "/tmp") == .other) },
      Wrapped(call: "access") { try FileNames.checkWritable("/dev/null") },
      Wrapped(call: "statx") { try #require(try FileIdentity(of: "/tmp") != nil) },
      Wrapped(call: "fchmod") {
        let path = FilePath("/tmp/forced-errno-\(ProcessID.current)")
        defer { unlink(path.string) }
        try FileDescriptor.create(path).closeOnce()
      },
      Wrapped(call: "sigaction") { try Signals.ignoreBrokenPipe() },
      Wrapped(call: "kill") {
        // Nobody has the largest number there is: a false, not an error.
        try #require(try !Signals.send(.terminate, to: .max))
      },
    ]

    @Test(arguments: wrapped) func anInterruptedCallIsRepeated(wrapped: Wrapped) throws {
      try SystemCallScript.run([
        (wrapped.call, .fails(.interrupted)), (wrapped.call, .fails(.interrupted)),
      ]) { script in
        try wrapped.perform()
        #expect(script.remaining == 0)
      }
    }

    @Test(arguments: wrapped) func anErrorIsThrownWithTheNameOfTheCall(wrapped: Wrapped) throws {
      let error = SystemCallError(call: wrapped.call, errno: .invalidArgument)
      try SystemCallScript.run([(wrapped.call, .fails(.invalidArgument))]) { script in
        #expect(throws: error) { try wrapped.perform() }
        #expect(script.remaining == 0)
      }
    }

    @Test(arguments: ["socket", "setsockopt", "bind", "listen", "getsockname"])
    func listeningFailsWithTheNameOfTheCallAndLeaksNothing(call: String) throws {
      let error = ListenError.system(SystemCallError(call: call, errno: .noMemory))
      try SystemCallScript.run([(call, .fails(.noMemory))]) { _ in
        #expect(throws: error) { try ListeningSocket.open(port: 0, address: "127.0.0.1") }
      }
      let status = try inChild {
        let free = dup(0)
        close(free)
        try SystemCallScript.run([(call, .fails(.noMemory))]) { _ in
          _ = try? ListeningSocket.open(port: 0)
        }
        return dup(0) == free
      }
      #expect(status == .exited(0))
    }

    @Test func aForkThatFailsLeavesNoLine() throws {
      let status = try inChild {
        let free = dup(0)
        close(free)
        try SystemCallScript.run([("fork", .fails(.resourceTemporarilyUnavailable))]) { script in
          _ = try? ChildProcess.forkWithSocket { _ in 0 }
          precondition(script.remaining == 0)
        }
        return dup(0) == free
      }
      #expect(status == .exited(0))
    }

    @Test(arguments: [
      ("socket", Errno.addressFamilyNotSupported), ("bind", .addressNotAvailable),
    ])
    func withoutIPv6AServerListensOnIPv4(call: String, errno: Errno) throws {
      let listener = try SystemCallScript.run([(call, .fails(errno))]) { _ in
        try ListeningSocket.open(port: 0)
      }
      defer { listener.close() }
      try #require(try listener.descriptor.localAddress().host == "0.0.0.0")
    }

    @Test(arguments: [
      ECONNABORTED, EMFILE, ENFILE, ENOBUFS, ENOMEM, EPROTO, EPERM, ENETDOWN, ENOPROTOOPT,
      EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP, ENETUNREACH,
    ])
    func anAcceptThatFailsForAMomentIsAValue(number: Int32) throws {
      let errno = Errno(rawValue: number)
      try Self.withListener { listener in
        try SystemCallScript.run([("accept4", .fails(errno))]) { _ in
          try #require(try listener.accept() == .retryLater(errno))
        }
      }
    }

    @Test(arguments: [Errno.interrupted, .nowInProgress])
    func anInterruptedConnectGoesOn(errno: Errno) throws {
      let address = try #require(try Resolver.resolve("127.0.0.1", port: 1).first)
      let connecting = try SystemCallScript.run([("connect", .fails(errno))]) { _ in
        try Connecting.start(to: address)
      }
      #expect(connecting.state == .inProgress)
      // The script kept the call from the kernel, so this is too early.
      #expect(throws: SystemCallError(call: "getpeername", errno: .socketNotConnected)) {
        try connecting.finish()
      }
    }

    @Test func anUnreachableNetworkIsThrownAtTheStart() throws {
      let address = try #require(try Resolver.resolve("127.0.0.1", port: 1).first)
      try SystemCallScript.run([("connect", .fails(.networkUnreachable))]) { _ in
        #expect(throws: SystemCallError(call: "connect", errno: .networkUnreachable)) {
          try Connecting.start(to: address)
        }
      }
    }

    @Test func anInterruptedPollReturnsSoThatSignalsAreSeen() throws {
      var poller = Poller()
      try SystemCallScript.run([("ppoll", .fails(.interrupted))]) { _ in
        try #require(try poller.poll([]).isEmpty)
      }
      try SystemCallScript.run([("ppoll", .fails(.noMemory))]) { _ in
        #expect(throws: SystemCallError(call: "ppoll", errno: .noMemory)) {
          try poller.poll([])
        }
      }
    }

    @Test func aForkThatFailsIsThrown() throws {
      ChildProcess.requiresSingleThread = false
      try SystemCallScript.run([("fork", .fails(.resourceTemporarilyUnavailable))]) { _ in
        #expect(
          throws: SystemCallError(call: "fork", errno: .resourceTemporarilyUnavailable)
        ) {
          try ChildProcess.fork { 0 }
        }
      }
    }
  }
}
