import ChatPosix
import Glibc
import Testing

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
