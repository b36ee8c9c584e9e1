import Glibc

/// A bare TCP connection: a peer that says exactly the bytes it is told to.
public class PeerSocket {
  public let descriptor: Int32
  /// Everything that was received.
  public internal(set) var received: [UInt8] = []
  public internal(set) var hasEnded = false

  init(descriptor: Int32) {
    self.descriptor = descriptor
    Descriptor.setNonBlocking(descriptor)
  }

  /// Connects to a port of 127.0.0.1, from 127.0.0.`host`.
  public convenience init(port: UInt16, from host: UInt8 = 1) throws {
    self.init(descriptor: try Self.connected(to: port, from: host))
  }

  static func connected(to port: UInt16, from host: UInt8) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    if host != 1 {
      guard Loopback.with(port: 0, host: host, { bind(descriptor, $0, $1) }) == 0 else {
        close(descriptor)
        throw HarnessFailure("binding 127.0.0.\(host): \(String(cString: strerror(errno)))")
      }
    }
    guard Loopback.with(port: port, { connect(descriptor, $0, $1) }) == 0 else {
      let reason = String(cString: strerror(errno))
      close(descriptor)
      throw HarnessFailure("connecting to port \(port): \(reason)")
    }
    return descriptor
  }

  deinit { if !isClosed { close(descriptor) } }

  private var isClosed = false

  public var receivedText: String { String(decoding: received, as: UTF8.self) }

  public func send(_ text: String) throws {
    try send(Array(text.utf8))
  }

  public func send(_ bytes: [UInt8]) throws {
    try Descriptor.writeAll(bytes, to: descriptor, whileWaiting: readAvailable)
  }

  /// Sends as much of `text` as is taken at once, and reads nothing.
  ///
  /// - Returns: how many bytes that were.
  public func offer(_ text: String) -> Int {
    Descriptor.writeAvailable(Array(text.utf8), to: descriptor)
  }

  /// Says the end of file, as `nc -N` does at its own.
  public func sendEndOfFile() {
    shutdown(descriptor, Int32(SHUT_WR))
  }

  /// Leaves without a word.
  public func leave() {
    isClosed = true
    close(descriptor)
  }

  /// Leaves with a reset, as a crashed machine does.
  public func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(
      descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout.size(ofValue: linger)))
    leave()
  }

  /// Gives as much of `bytes` as is taken at once.
  ///
  /// - Returns: how many bytes that were.
  public func offer(_ bytes: [UInt8]) -> Int { Descriptor.writeAvailable(bytes, to: descriptor) }

  /// Takes what has come.
  public func readAvailable() {
    received += Descriptor.readAvailable(descriptor, hasEnded: &hasEnded)
  }

  /// What came since the last call, which is forgotten.
  func takeReceived() -> [UInt8] {
    readAvailable()
    defer { received = [] }
    return received
  }

  /// Reads until `text` was received.
  public func waitFor(
    _ text: String, times: Int = 1, within seconds: Double = Deadline.usual
  ) throws {
    try waitUntil("“\(text)”", within: seconds) {
      receivedText.occurrences(of: text) >= times
    }
  }

  /// Reads until anything was received.
  public func waitForSomething(within seconds: Double = Deadline.usual) throws {
    try waitUntil("a byte", within: seconds) { !received.isEmpty }
  }

  /// Reads to the end.
  public func waitForEnd(within seconds: Double = Deadline.usual) throws {
    try waitUntil("the end of file", within: seconds) { hasEnded }
  }

  func waitUntil(
    _ what: String, within seconds: Double = Deadline.usual, _ condition: () -> Bool
  ) throws {
    let deadline = Deadline(seconds: seconds)
    while true {
      readAvailable()
      if condition() { return }
      if deadline.isOver || hasEnded {
        throw HarnessFailure(
          "\(hasEnded ? "not before the end" : "not within \(seconds) s"): \(what). Received:\n"
            + received.map { String(UnicodeScalar($0)) }.joined().debugDescription)
      }
      deadline.wait(for: descriptor, atMost: deadline.millisecondsLeft)
    }
  }
}

/// Addresses of this machine alone.
public enum Loopback {
  /// A bare socket connected to 127.0.0.1, from 127.0.0.`host`; `nil` when it is
  /// not to be had.
  public static func connected(to port: UInt16, from host: UInt8) -> Int32? {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard with(port: 0, host: host, { bind(descriptor, $0, $1) }) == 0,
      with(port: port, { connect(descriptor, $0, $1) }) == 0
    else {
      close(descriptor)
      return nil
    }
    return descriptor
  }

  static func with<Result>(
    port: UInt16, host: UInt8 = 1, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = (UInt32(0x7f00_0000) | UInt32(host)).bigEndian
    let length = socklen_t(MemoryLayout<sockaddr_in>.size)
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }
}
