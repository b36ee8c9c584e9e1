import Glibc
import Testing

@testable import ChatPosix

extension PosixTests {
  @Suite struct SocketTests {
    @Test(arguments: hasIPv6 ? ["127.0.0.1", "::1"] : ["127.0.0.1"])
    func bytesGoBothWays(host: String) throws {
      let connection = try Connection(host: host)
      defer { connection.close() }
      #expect(connection.peer.host == host)
      #expect(try connection.client.localAddress() == connection.peer)
      #expect(try connection.client.writeAvailable(Array("hi".utf8)) == .wrote(2))
      #expect(try read(2, from: connection.server) == Array("hi".utf8))
      try connection.server.writeAll("good day")
      #expect(try read(8, from: connection.client) == Array("good day".utf8))
    }

    @Test func nothingThereIsAValue() throws {
      let connection = try Connection(host: "127.0.0.1")
      defer { connection.close() }
      var buffer = [UInt8](repeating: 0, count: 10)
      #expect(try connection.client.readAvailable(into: &buffer) == .wouldBlock)
    }

    @Test func halfCloseReadsAsEndOfFileAndLeavesTheOtherWayOpen() throws {
      let connection = try Connection(host: "127.0.0.1")
      defer { connection.close() }
      try connection.client.shutdownWrite()
      var buffer = [UInt8](repeating: 0, count: 10)
      #expect(try ready(connection.server).canRead)
      #expect(try connection.server.readAvailable(into: &buffer) == .endOfFile)
      try connection.server.writeAll("still here")
      #expect(try read(10, from: connection.client).count == 10)
    }

    @Test func aPeerThatDoesNotReadGivesWouldBlock() throws {
      let connection = try Connection(host: "127.0.0.1")
      defer { connection.close() }
      let chunk = [UInt8](repeating: 65, count: 1 << 16)
      var written = 0
      while case .wrote(let count) = try connection.client.writeAvailable(chunk) {
        written += count
        try #require(written < 1 << 30)
      }
      #expect(written > 0)
      var poller = Poller()
      let interest = Interest(connection.client, read: false, write: true)
      #expect(try poller.poll([interest], timeoutMilliseconds: 0).isEmpty)
    }

    @Test func aResetIsThrown() throws {
      let connection = try Connection(host: "127.0.0.1")
      // With nothing to linger for, a close resets; socket(7).
      var atOnce = linger(l_onoff: 1, l_linger: 0)
      setsockopt(
        connection.server.rawValue, SOL_SOCKET, SO_LINGER, &atOnce,
        socklen_t(MemoryLayout.size(ofValue: atOnce)))
      connection.server.closeOnce()
      defer { connection.client.closeOnce() }
      let found = try ready(connection.client)
      #expect(found.failed && found.hungUp && found.canRead && found.canWrite)
      var buffer = [UInt8](repeating: 0, count: 10)
      #expect(throws: SystemCallError(call: "read", errno: .connectionReset)) {
        try connection.client.readAvailable(into: &buffer)
      }
      #expect(throws: SystemCallError(call: "write", errno: .brokenPipe)) {
        try connection.client.writeAvailable([1])
      }
      try connection.client.shutdownWrite()  // the connection is gone: nothing to do
    }

    @Test func dualStackTakesIPv4AndShowsItAsIPv4() throws {
      let listener = try ListeningSocket.open(port: 0)
      defer { listener.close() }
      #expect(listener.boundPort != 0)
      for host in hasIPv6 ? ["127.0.0.1", "::1"] : ["127.0.0.1"] {
        let address = try #require(try Resolver.resolve(host, port: listener.boundPort).first)
        let connecting = try Connecting.start(to: address)
        defer { connecting.cancel() }
        _ = try ready(listener.descriptor)
        guard case .accepted(let server, let peer) = try listener.accept() else {
          Issue.record("nobody came")
          return
        }
        #expect(peer.host == host)
        server.closeOnce()
      }
      #expect(try listener.accept() == .wouldBlock)
    }

    @Test func shortOfDescriptorsAPeerWaitsInTheBacklog() throws {
      let status = try inChild {
        let listener = try ListeningSocket.open(port: 0, address: "127.0.0.1")
        let address = try listener.descriptor.localAddress()
        let connecting = try Connecting.start(to: address)
        _ = try ready(listener.descriptor)
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let before = limit.rlim_cur
        limit.rlim_cur = rlim_t(connecting.descriptor.rawValue + 1)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        guard try listener.accept() == .retryLater(.tooManyOpenFiles) else { return false }
        limit.rlim_cur = before
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        guard case .accepted = try listener.accept() else { return false }
        return true
      }
      #expect(status == .exited(0))
    }

    @Test func aPortInUseIsThrown() throws {
      let first = try ListeningSocket.open(port: 0, address: "127.0.0.1")
      defer { first.close() }
      #expect(throws: ListenError.system(SystemCallError(call: "bind", errno: .addressInUse))) {
        try ListeningSocket.open(port: first.boundPort, address: "127.0.0.1")
      }
    }

    @Test func anAddressOfAnotherMachineIsThrown() throws {
      #expect(
        throws: ListenError.system(SystemCallError(call: "bind", errno: .addressNotAvailable))
      ) {
        try ListeningSocket.open(port: 0, address: "192.0.2.7")
      }
    }

    @Test func aRefusedConnectIsThrown() throws {
      let (holder, address) = try boundSocket()
      defer { holder.closeOnce() }
      #expect(throws: SystemCallError(call: "connect", errno: .connectionRefused)) {
        let connecting = try Connecting.start(to: address)
        _ = try ready(connecting.descriptor, read: false, write: true)
        _ = try connecting.finish()
      }
    }

    @Test func connectingToOneselfIsRefused() throws {
      // Bound to the port it connects to, a socket reaches itself (RFC 9293,
      // simultaneous open): what chance does with an ephemeral port.
      let (socket, address) = try boundSocket()
      #expect(address.withSockaddr { connect(socket.rawValue, $0, $1) } == 0)
      let connecting = Connecting(descriptor: socket, state: .connected)
      #expect(throws: SystemCallError(call: "connect", errno: .connectionRefused)) {
        try connecting.finish()
      }
    }

    @Test func peerOptionsAreSet() throws {
      let connection = try Connection(host: "127.0.0.1")
      defer { connection.close() }
      try connection.server.setPeerOptions()
      let tcp = Int32(IPPROTO_TCP)
      #expect(try connection.server.option(tcp, TCP_NODELAY) == 1)
      #expect(try connection.server.option(SOL_SOCKET, SO_KEEPALIVE) == 1)
      #expect(try connection.server.option(tcp, TCP_KEEPIDLE) == 30)
      #expect(try connection.server.option(tcp, TCP_KEEPINTVL) == 10)
      #expect(try connection.server.option(tcp, TCP_KEEPCNT) == 6)
      #expect(try connection.server.option(tcp, TCP_USER_TIMEOUT) == 90_000)
    }

    @Test func everySocketIsNonBlockingAndClosedOnExec() throws {
      let listener = try ListeningSocket.open(port: 0)
      let connection = try Connection(host: "127.0.0.1")
      let pair = try SocketPair.open()
      let pipe = try Pipe.open()
      let all = [
        listener.descriptor, connection.client, connection.server, pair.one.descriptor,
        pair.other.descriptor, pipe.readEnd, pipe.writeEnd,
      ]
      for descriptor in all {
        #expect(fcntl(descriptor.rawValue, F_GETFD) & FD_CLOEXEC != 0)
        #expect(fcntl(descriptor.rawValue, F_GETFL) & O_NONBLOCK != 0)
        descriptor.closeOnce()
      }
    }
  }
}
