import Glibc
import Testing

@testable import ChatPosix

/// One at a time: the tests fork, and a child holds the descriptors of every
/// test that is running.
@Suite(.serialized) struct PosixTests {}

/// Long enough for anything on one machine; a test that waits this long fails.
let patience: Int64 = 10_000

/// Waits until `descriptor` is ready.
func ready(
  _ descriptor: FileDescriptor, read: Bool = true, write: Bool = false
) throws -> Readiness {
  var poller = Poller()
  let interest = Interest(descriptor, read: read, write: write)
  let deadline = Clock.monotonicMilliseconds() + patience
  while Clock.monotonicMilliseconds() < deadline {
    // A signal of another test may end one wait.
    if let found = try poller.poll([interest], timeoutMilliseconds: patience).first {
      return found
    }
  }
  throw TimedOut()
}

struct TimedOut: Error {}

/// Reads until `count` bytes have come or the other side has finished.
func read(_ count: Int, from descriptor: FileDescriptor) throws -> [UInt8] {
  var all: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 4096)
  while all.count < count {
    _ = try ready(descriptor)
    switch try descriptor.readAvailable(into: &buffer) {
    case .bytes(let got): all += buffer[..<got]
    case .wouldBlock: continue
    case .endOfFile: return all
    }
  }
  return all
}

/// Two connected TCP sockets on the loopback.
struct Connection {
  let client: FileDescriptor
  let server: FileDescriptor
  let peer: SocketAddress

  init(host: String) throws {
    try Signals.ignoreBrokenPipe()
    let listener = try ListeningSocket.open(port: 0, address: host)
    defer { listener.close() }
    let address = try #require(try Resolver.resolve(host, port: listener.boundPort).first)
    let connecting = try Connecting.start(to: address)
    _ = try ready(listener.descriptor)
    guard case .accepted(let server, let peer) = try listener.accept() else { throw TimedOut() }
    _ = try ready(connecting.descriptor, read: false, write: true)
    self.client = try connecting.finish()
    self.server = server
    self.peer = peer
  }

  func close() {
    client.closeOnce()
    server.closeOnce()
  }
}

/// Whether this machine has an IPv6 loopback.
let hasIPv6 = (try? ListeningSocket.open(port: 0, address: "::1")).map { $0.close() } != nil

/// A socket that holds a port of 127.0.0.1 without listening on it.
func boundSocket() throws -> (FileDescriptor, SocketAddress) {
  let any = try #require(try Resolver.resolve("127.0.0.1", port: 0).first)
  let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  try #require(any.withSockaddr { bind(number, $0, $1) } == 0)
  let descriptor = FileDescriptor(rawValue: number)
  return (descriptor, try descriptor.localAddress())
}

/// Forks; the child runs `body` and ends with 0 when it returned true, 1 when
/// false, 2 when it threw, and by SIGALRM when it hangs.
func startChild(_ body: () throws -> Bool) throws -> Int32 {
  ChildProcess.requiresSingleThread = false
  return try ChildProcess.fork {
    // Dispatch, on whose threads the tests run, blocks most signals.
    var none = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, nil)
    alarm(20)
    do { return try body() ? 0 : 1 } catch { return 2 }
  }
}

/// What is process-wide (signals, reaping, standard descriptors) is tested in
/// a child, so that it cannot reach another test.
func inChild(_ body: () throws -> Bool) throws -> ChatPosix.ExitStatus {
  try ChildProcess.wait(for: startChild(body))
}

/// A pseudoterminal, pty(7).
struct Terminal {
  let master: FileDescriptor
  let slave: FileDescriptor

  init(columns: UInt16 = 80, rows: UInt16 = 24) throws {
    var ends: (Int32, Int32) = (-1, -1)
    var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    try #require(openpty(&ends.0, &ends.1, nil, nil, &size) == 0)
    master = FileDescriptor(rawValue: ends.0)
    slave = FileDescriptor(rawValue: ends.1)
  }

  /// The settings, byte for byte.
  func settings() throws -> [UInt8] {
    let mode = try TerminalMode.current(of: slave)
    return withUnsafeBytes(of: mode.settings) { Array($0) }
  }

  /// What came out on the screen, without waiting for more.
  func screen() throws -> String {
    try master.setNonBlocking()
    var buffer = [UInt8](repeating: 0, count: 4096)
    var all: [UInt8] = []
    while case .bytes(let count) = try master.readAvailable(into: &buffer) {
      all += buffer[..<count]
    }
    return String(decoding: all, as: UTF8.self)
  }

  func close() {
    master.closeOnce()
    slave.closeOnce()
  }
}
