import Glibc
import Testing

@testable import ChatPosix

extension PosixTests {
  /// What a service manager passes, and what it is told.
  @Suite struct SupervisionTests {
    @Test func whatIsForAnotherProcessOrNobodyIsLeft() throws {
      #expect(try ActivatedSocket.count(process: nil, count: nil, own: 7) == nil)
      #expect(try ActivatedSocket.count(process: "7", count: nil, own: 7) == nil)
      #expect(try ActivatedSocket.count(process: nil, count: "1", own: 7) == nil)
      #expect(try ActivatedSocket.count(process: "8", count: "1", own: 7) == nil)
      // Not ours to read either.
      #expect(try ActivatedSocket.count(process: "8", count: "x", own: 7) == nil)
      #expect(try ActivatedSocket.count(process: "7", count: "1", own: 7) == 1)
      #expect(try ActivatedSocket.count(process: "7", count: "3", own: 7) == 3)
    }

    @Test(arguments: [
      "", "0", "-1", "+1", " 1", "1 ", "0x1", "1.0", "٣", "99999999999999999999", "2147483648",
    ])
    func aNumberThatIsNoneIsNamed(_ text: String) {
      #expect(throws: ActivationError.unreadable("LISTEN_FDS", value: text)) {
        try ActivatedSocket.count(process: "7", count: text, own: 7)
      }
      #expect(throws: ActivationError.unreadable("LISTEN_PID", value: text)) {
        try ActivatedSocket.count(process: text, count: "1", own: 7)
      }
    }

    @Test func aListeningSocketIsAdoptedAsItIs() throws {
      for host in hasIPv6 ? ["127.0.0.1", "::1", nil] : ["127.0.0.1", nil] {
        let socket = try ListeningSocket.open(port: 0, address: host)
        defer { socket.close() }
        let flags = fcntl(socket.descriptor.rawValue, F_GETFL)
        _ = fcntl(socket.descriptor.rawValue, F_SETFL, flags & ~O_NONBLOCK)
        _ = fcntl(socket.descriptor.rawValue, F_SETFD, 0)
        let adopted = try ActivatedSocket.adopt(socket.descriptor)
        #expect(adopted.boundPort == socket.boundPort)
        #expect(adopted.address == host)
        #expect(adopted.descriptor.isNonBlocking)
        #expect(fcntl(socket.descriptor.rawValue, F_GETFD) == FD_CLOEXEC)
        #expect(try adopted.accept() == .wouldBlock)
      }
    }

    @Test func whatDoesNotListenIsNotAdopted() throws {
      let connection = try Connection(host: "127.0.0.1")
      defer { connection.close() }
      let pair = try SocketPair.open()
      defer { for end in [pair.one, pair.other] { end.close() } }
      let pipe = try Pipe.open()
      defer { for end in [pipe.readEnd, pipe.writeEnd] { end.closeOnce() } }
      let datagram = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
      let unbound = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      let local = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      // Of the family alone: the kernel chooses an abstract name. unix(7)
      _ = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(local, $0, socklen_t(MemoryLayout<sa_family_t>.size))
        }
      }
      #expect(listen(local, 1) == 0)
      let file = open("/dev/null", O_RDWR)
      defer { for descriptor in [datagram, unbound, local, file] { close(descriptor) } }
      let others =
        [connection.server, connection.client, pair.one.descriptor, pipe.readEnd]
        + [datagram, unbound, local, file].map { FileDescriptor(rawValue: $0) }
      for descriptor in others {
        #expect(throws: ActivationError.notListening) { try ActivatedSocket.adopt(descriptor) }
      }
      #expect(throws: ActivationError.notOpen) {
        try ActivatedSocket.adopt(FileDescriptor(rawValue: 987_654))
      }
    }

    @Test func whereTheManagerIs() {
      func manager(
        _ socket: String?, _ watchdog: String? = nil, _ watched: String? = nil
      ) -> ServiceManager? {
        ServiceManager(socket: socket, watchdog: watchdog, watched: watched, own: 7)
      }
      #expect(manager(nil) == nil && manager("") == nil && manager("/") == nil)
      #expect(manager("relative/socket") == nil && manager("vsock:2:1234") == nil)
      #expect(manager("/" + String(repeating: "x", count: 107)) == nil)
      #expect(manager("/run/n")?.path == Array("/run/n".utf8))
      #expect(manager("@n")?.path == [0] + Array("n".utf8))
      #expect(manager("/run/n")?.watchdogInterval == nil)
      #expect(manager("/run/n", "3000000")?.watchdogInterval == .milliseconds(1500))
      #expect(manager("/run/n", "3000000", "7")?.watchdogInterval == .milliseconds(1500))
      #expect(manager("/run/n", "3000000", "8")?.watchdogInterval == nil)
      #expect(manager("/run/n", "1")?.watchdogInterval == .milliseconds(10))
      for text in ["0", "-5", "x", ""] {
        #expect(manager("/run/n", text)?.watchdogInterval == nil)
      }
    }

    @Test(arguments: [true, false])
    func statesComeInOneDatagramOfALineEach(isAbstract: Bool) throws {
      let name = "/tmp/chat-notify-\(getpid())-\(UInt32.random(in: 0 ... .max))"
      let receiver = try DatagramReceiver(at: isAbstract ? "@" + name.dropFirst() : name)
      defer { receiver.close() }
      let manager = try #require(
        ServiceManager(
          socket: isAbstract ? "@" + name.dropFirst() : name, watchdog: nil, watched: nil, own: 1))
      manager.report(["READY=1", "STATUS=two\nlines"])
      #expect(try receiver.next() == "READY=1\nSTATUS=two")
    }

    @Test func nobodyWaitsForAManager() throws {
      let missing = try #require(
        ServiceManager(
          socket: "/tmp/chat-nobody-\(getpid())", watchdog: nil, watched: nil, own: 1))
      missing.report(["READY=1"])
      let name = "/tmp/chat-full-\(getpid())"
      let receiver = try DatagramReceiver(at: name)
      defer { receiver.close() }
      let full = try #require(
        ServiceManager(socket: name, watchdog: nil, watched: nil, own: 1))
      // More than its queue takes, and it reads none: unix(7), max_dgram_qlen.
      for _ in 0..<2000 { full.report(["WATCHDOG=1"]) }
      #expect(try receiver.next() == "WATCHDOG=1")
    }
  }
}

/// The other end of sd_notify(3).
private final class DatagramReceiver {
  private let descriptor: FileDescriptor
  private let path: String

  init(at path: String) throws {
    self.path = path
    descriptor = FileDescriptor(
      rawValue: socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0))
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    var bytes = Array(path.utf8)
    if path.hasPrefix("@") { bytes[0] = 0 }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    let length = MemoryLayout<sa_family_t>.size + bytes.count
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor.rawValue, $0, socklen_t(length))
      }
    }
    try #require(result == 0)
  }

  func next() throws -> String {
    #expect(try ready(descriptor).canRead)
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = recv(descriptor.rawValue, &buffer, buffer.count, 0)
    return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
  }

  func close() {
    descriptor.closeOnce()
    unlink(path)
  }
}
